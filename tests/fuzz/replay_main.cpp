// replay_fuzz CORPUS-FOLDER TARGET: feeds a target its corpus, and each file damaged in the ways that find most: cut at
// every length, one bit flipped, a byte doubled or dropped, two files spliced. Damage is derived from the file itself,
// so a run repeats exactly. A crash names the input that made it.
#include "tests/fuzz/fuzz_target.h"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <unistd.h>

namespace tacet::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// Damaged forms of one file; enough to meet each branch of a parser, little enough for a test among hundreds.
constexpr std::size_t kCuts = 256;
constexpr std::size_t kFlips = 512;
constexpr std::size_t kSplices = 32;

std::map<std::string, FuzzTarget> &targets()
{
    static std::map<std::string, FuzzTarget> all;
    return all;
}

char g_current[512] = "(nothing yet)"; // read by the signal handler

void onCrash(int signal)
{
    // Only calls that POSIX allows in a handler.
    const char head[] = "crashed on: ";
    (void)!::write(STDERR_FILENO, head, sizeof head - 1);
    (void)!::write(STDERR_FILENO, g_current, std::strlen(g_current));
    (void)!::write(STDERR_FILENO, "\n", 1);
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void feed(FuzzTarget target, const Bytes &input, const std::string &name)
{
    std::snprintf(g_current, sizeof g_current, "%s", name.c_str());
    // A buffer of exactly this size: a sanitizer sees one byte too far.
    const std::vector<std::uint8_t> exact(input.begin(), input.end());
    target(exact);
}

std::size_t replay(FuzzTarget target, const std::vector<std::pair<std::string, Bytes>> &files)
{
    std::size_t fed = 0;
    for (std::size_t f = 0; f < files.size(); ++f) {
        const auto &[name, bytes] = files[f];
        const auto damaged = [&](const Bytes &input, const char *how, std::size_t where) {
            feed(target, input, name + ", " + how + " at " + std::to_string(where));
            ++fed;
        };
        feed(target, bytes, name);
        ++fed;
        const std::size_t size = bytes.size();
        const std::size_t cutStep = std::max<std::size_t>(1, size / kCuts);
        for (std::size_t cut = 0; cut < size; cut += cutStep)
            damaged(Bytes(bytes.begin(), bytes.begin() + std::ptrdiff_t(cut)), "cut", cut);
        const std::size_t flipStep = std::max<std::size_t>(1, size * 8 / kFlips);
        for (std::size_t bit = 0; bit < size * 8; bit += flipStep) {
            Bytes input = bytes;
            const std::size_t at = (bit + bit / 8) % (size * 8); // walks through all eight bits of the bytes
            input[at / 8] = std::uint8_t(input[at / 8] ^ (1U << (at % 8)));
            damaged(input, "bit flipped", at);
        }
        for (std::size_t at = 0; at < size; at += std::max<std::size_t>(1, size / kSplices)) {
            Bytes doubled = bytes;
            doubled.insert(doubled.begin() + std::ptrdiff_t(at), bytes[at]);
            damaged(doubled, "byte doubled", at);
            Bytes dropped = bytes;
            dropped.erase(dropped.begin() + std::ptrdiff_t(at));
            damaged(dropped, "byte dropped", at);
            const Bytes &other = files[(f + 1) % files.size()].second;
            Bytes spliced(bytes.begin(), bytes.begin() + std::ptrdiff_t(at));
            spliced.insert(spliced.end(), other.begin() + std::ptrdiff_t(std::min(at, other.size())), other.end());
            damaged(spliced, "spliced with the next", at);
        }
    }
    return fed;
}

} // namespace

FuzzRegistration::FuzzRegistration(const char *name, FuzzTarget target)
{
    targets()[name] = target;
}

int replayMain(int argc, char **argv)
{
    if (argc != 3 || targets().count(argv[2]) == 0) {
        std::fprintf(stderr, "replay_fuzz CORPUS-FOLDER TARGET; targets:\n");
        for (const auto &[name, target] : targets())
            std::fprintf(stderr, "  %s\n", name.c_str());
        return 2;
    }
    std::vector<std::pair<std::string, Bytes>> files;
    std::error_code failed;
    for (const auto &entry : std::filesystem::directory_iterator(argv[1], failed)) {
        std::ifstream file(entry.path(), std::ios::binary);
        files.emplace_back(entry.path().filename().string(), Bytes(std::istreambuf_iterator<char>(file), {}));
    }
    if (failed || files.empty()) {
        std::fprintf(stderr, "no corpus in %s: a target without examples tests nothing\n", argv[1]);
        return 1;
    }
    std::sort(files.begin(), files.end());
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL})
        std::signal(signal, onCrash);
    const FuzzTarget target = targets()[argv[2]];
    feed(target, {}, "the empty input");
    const std::size_t fed = replay(target, files) + 1;
    std::printf("%s: %zu files, %zu inputs\n", argv[2], files.size(), fed);
    return 0;
}

} // namespace tacet::test

int main(int argc, char **argv)
{
    if (sodium_init() < 0)
        return 1;
    return tacet::test::replayMain(argc, argv);
}
