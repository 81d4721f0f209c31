#include "app/backup/backup_file.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tacet::backup {
namespace {

constexpr std::size_t kReadSize = crypto::kBackupSealedChunkSize;

/// Reads until `size` bytes or the end of the file; -1 and errno on failure.
ssize_t readFully(int descriptor, std::uint8_t *to, std::size_t size)
{
    std::size_t have = 0;
    while (have < size) {
        const ssize_t count = ::read(descriptor, to + have, size - have);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        if (count == 0)
            break;
        have += static_cast<std::size_t>(count);
    }
    return static_cast<ssize_t>(have);
}

} // namespace

BackupFileReader::BackupFileReader(int descriptor, std::int64_t size, crypto::BackupReader stream)
    : m_descriptor(descriptor), m_size(size), m_stream(std::move(stream)), m_sealed(kReadSize)
{
}

BackupFileReader::BackupFileReader(BackupFileReader &&other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1)), m_size(other.m_size), m_read(other.m_read),
      m_stream(std::move(other.m_stream)), m_sealed(std::move(other.m_sealed)), m_opened(std::move(other.m_opened)),
      m_used(other.m_used)
{
}

BackupFileReader::~BackupFileReader()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

Outcome<BackupFileReader> BackupFileReader::open(const std::filesystem::path &file, crypto::ByteView passphrase)
{
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return fail(troubleFrom(vault::fileErrorFromErrno(errno)));
    struct stat info{};
    crypto::Bytes header(crypto::kBackupHeaderSize);
    ssize_t count = -1;
    if (::fstat(descriptor, &info) == 0) {
        // What was just written shall come from the disk, not from the memory that it was written from.
        ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
        if (S_ISREG(info.st_mode))
            count = readFully(descriptor, header.data(), header.size());
        else
            errno = EIO;
    }
    if (count < 0) {
        const int error = errno;
        ::close(descriptor);
        return fail(troubleFrom(vault::fileErrorFromErrno(error)));
    }
    header.resize(static_cast<std::size_t>(count));
    auto stream = crypto::BackupReader::begin(header, passphrase);
    if (!stream) {
        ::close(descriptor);
        return fail(troubleFrom(stream.error()));
    }
    BackupFileReader reader(descriptor, info.st_size, std::move(*stream));
    reader.m_read = count;
    return reader;
}

Outcome<bool> BackupFileReader::fill()
{
    // Keep the part of a record that is there; drop what was handed out.
    if (m_used > 0) {
        crypto::SecretBuffer rest(m_opened.view().subspan(m_used));
        m_opened = std::move(rest);
        m_used = 0;
    }
    const ssize_t count = readFully(m_descriptor, m_sealed.data(), m_sealed.size());
    if (count < 0)
        return fail(BackupTrouble::DiskError);
    if (count == 0) {
        const auto finished = m_stream.finish();
        if (!finished)
            return fail(troubleFrom(finished.error()));
        return false;
    }
    m_read += count;
    const auto opened = m_stream.read(crypto::ByteView(m_sealed).first(static_cast<std::size_t>(count)), m_opened);
    if (!opened)
        return fail(troubleFrom(opened.error()));
    return true;
}

Outcome<std::optional<crypto::ByteView>> BackupFileReader::next()
{
    for (;;) {
        const crypto::ByteView rest = m_opened.view().subspan(m_used);
        if (rest.size() >= 4) {
            const std::size_t length = crypto::readBe32(rest.first<4>());
            if (length > kMaxRecordSize)
                return fail(BackupTrouble::Damaged);
            if (rest.size() - 4 >= length) {
                m_used += 4 + length;
                return std::optional(rest.subspan(4, length));
            }
        }
        const auto more = fill();
        if (!more)
            return fail(more.error());
        if (!*more) {
            if (m_opened.size() > m_used) // half a record at the end of an authentic stream
                return fail(BackupTrouble::Damaged);
            return std::optional<crypto::ByteView>();
        }
    }
}

Outcome<Summary> readRows(BackupFileReader &file, const std::function<Outcome<Done>(const Row &)> &take, Step step,
                          const Control &control)
{
    Summary summary;
    std::int64_t records = 0;
    bool ended = false;
    std::int64_t nextReport = 0;
    for (;;) {
        if (control.isCancelled())
            return fail(BackupTrouble::Cancelled);
        if (file.bytesRead() >= nextReport) {
            control.report(step, file.bytesRead(), file.size());
            nextReport = file.bytesRead() + file.size() / 200 + 1;
        }
        const auto bytes = file.next();
        if (!bytes)
            return fail(bytes.error());
        if (!*bytes)
            break;
        const auto row = decode(**bytes);
        if (!row || ended)
            return fail(BackupTrouble::Damaged);
        const auto *head = std::get_if<HeadRow>(&*row);
        if ((records == 0) != (head != nullptr))
            return fail(BackupTrouble::Damaged);
        if (head) {
            if (head->format > kFormat)
                return fail(BackupTrouble::Newer);
            summary.createdMs = head->createdMs;
        }
        summary.messages += std::holds_alternative<vault::MessageRow>(*row);
        summary.contacts += std::holds_alternative<ContactEntry>(*row);
        if (const auto *end = std::get_if<EndRow>(&*row)) {
            if (end->records != records || end->messages != summary.messages || end->contacts != summary.contacts)
                return fail(BackupTrouble::Damaged);
            ended = true;
        } else if (take && !std::holds_alternative<UnknownRow>(*row)) {
            if (const auto taken = take(*row); !taken)
                return fail(taken.error());
        }
        ++records;
    }
    if (!ended)
        return fail(BackupTrouble::Damaged);
    control.report(step, file.size(), file.size());
    summary.bytes = file.size();
    return summary;
}

} // namespace tacet::backup
