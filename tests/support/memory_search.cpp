#include "tests/support/memory_search.h"

#include <QTest>

#include <sodium.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace tacet::test {

namespace {

constexpr std::uint8_t kMask = 0xA5;
constexpr std::size_t kPage = 4096;

/// One window of memory after another is copied here to be searched, so that a mapping that goes away meanwhile (another
/// thread's) is an error of read() and no crash. The copy is not searched itself.
std::array<std::uint8_t, 2 * kPage> g_window;

bool overlapsWindow(std::uintptr_t from, std::uintptr_t to)
{
    const auto begin = reinterpret_cast<std::uintptr_t>(g_window.data());
    return from < begin + g_window.size() && begin < to;
}

int countIn(crypto::ByteView window, const Needle &needle)
{
    int count = 0;
    const std::uint8_t *cursor = window.data();
    const std::uint8_t *end = cursor + window.size() - needle.size() + 1;
    while (cursor < end && (cursor = static_cast<const std::uint8_t *>(std::memchr(cursor, needle.first(), std::size_t(end - cursor))))) {
        count += needle.isAt(cursor) ? 1 : 0;
        ++cursor;
    }
    return count;
}

} // namespace

Needle::Needle(const char *name, crypto::ByteView secret) : m_name(name)
{
    // Byte by byte: a copy of the whole would pass through wide registers, which the dynamic linker saves on the stack.
    m_masked.reserve(secret.size());
    for (const std::uint8_t each : secret)
        m_masked.push_back(std::uint8_t(each ^ kMask));
}

Needle Needle::utf16(const char *name, crypto::ByteView ascii)
{
    Needle needle(name, ascii);
    std::vector<std::uint8_t> wide;
    wide.reserve(2 * needle.m_masked.size());
    for (const std::uint8_t each : needle.m_masked) {
        wide.push_back(each); // little endian, as every machine that Debian builds Tacet for
        wide.push_back(kMask);
    }
    needle.m_masked = std::move(wide);
    return needle;
}

std::uint8_t Needle::first() const
{
    return m_masked.front() ^ kMask;
}

bool Needle::isAt(const std::uint8_t *place) const
{
    return std::equal(m_masked.begin(), m_masked.end(), place,
                      [](std::uint8_t masked, std::uint8_t found) { return std::uint8_t(found ^ kMask) == masked; });
}

QStringList placesOf(const Needle &needle)
{
    QStringList places;
    std::FILE *maps = std::fopen("/proc/self/maps", "r");
    const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    if (!maps || memory < 0)
        qFatal("this process's memory map cannot be read");
    char line[512];
    while (std::fgets(line, sizeof line, maps)) {
        std::uintptr_t from = 0;
        std::uintptr_t to = 0;
        char mode[5] = {};
        if (std::sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s", &from, &to, mode) != 3 || mode[0] != 'r' || mode[1] != 'w')
            continue;
        for (std::uintptr_t at = from; at < to; at += kPage) {
            // A page and the beginning of the next: no needle hides on the border.
            const std::size_t size = std::min<std::size_t>(kPage + needle.size() - 1, to - at);
            if (overlapsWindow(at, at + size) || ::pread(memory, g_window.data(), size, off_t(at)) != ssize_t(size))
                continue;
            for (int i = countIn(crypto::ByteView(g_window).first(size), needle); i > 0; --i)
                places.append(QString::fromLocal8Bit(line).simplified().section(QLatin1Char(' '), 5));
        }
    }
    sodium_memzero(g_window.data(), g_window.size());
    ::close(memory);
    std::fclose(maps);
    return places;
}

void verifyGone(const Needle &needle)
{
    const QStringList places = placesOf(needle);
    QVERIFY2(places.isEmpty(), qPrintable(QString::fromLatin1(needle.name()) + QStringLiteral(" in ") + places.join(u' ')));
}

} // namespace tacet::test
