#include "app/chat/spool.h"

#include <sodium.h>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tacet::chat {
namespace {

/// A file descriptor that closes itself.
class Descriptor {
public:
    Descriptor(const std::filesystem::path &file, int flags) : m_fd(::open(file.c_str(), flags | O_CLOEXEC, 0600)) { }
    ~Descriptor()
    {
        if (m_fd >= 0)
            ::close(m_fd);
    }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    bool isOpen() const { return m_fd >= 0; }
    int get() const { return m_fd; }

    std::size_t size() const
    {
        struct stat state = {};
        return ::fstat(m_fd, &state) == 0 ? std::size_t(state.st_size) : 0;
    }
    bool writeAt(crypto::ByteView bytes, std::size_t offset) const
    {
        while (!bytes.empty()) {
            const ssize_t count = ::pwrite(m_fd, bytes.data(), bytes.size(), off_t(offset));
            if (count < 0 && errno == EINTR)
                continue;
            if (count <= 0)
                return false;
            bytes = bytes.subspan(std::size_t(count));
            offset += std::size_t(count);
        }
        return true;
    }
    bool readAt(std::span<std::uint8_t> into, std::size_t offset) const
    {
        while (!into.empty()) {
            const ssize_t count = ::pread(m_fd, into.data(), into.size(), off_t(offset));
            if (count < 0 && errno == EINTR)
                continue;
            if (count <= 0)
                return false;
            into = into.subspan(std::size_t(count));
            offset += std::size_t(count);
        }
        return true;
    }

private:
    int m_fd;
};

} // namespace

static_assert(Spool::kRecordSize == Spool::kPlainSize + crypto_box_SEALBYTES);

std::size_t Spool::count() const
{
    const Descriptor file(m_file, O_RDONLY);
    return file.isOpen() ? file.size() / kRecordSize : 0;
}

Spool::Written Spool::append(const SpoolRecord &record, const SpoolKey &key)
{
    if (record.inner.size() > crypto::kMessageSizes.back())
        return Written::Failed;
    const Descriptor file(m_file, O_RDWR | O_CREAT);
    if (!file.isOpen())
        return Written::Failed;
    const std::size_t records = file.size() / kRecordSize; // what a crash tore off is written over
    if (records >= kMaximumRecords)
        return Written::Full;

    crypto::SecretBuffer plain(kPlainSize);
    crypto::Bytes head;
    crypto::append(head, record.mailbox.view());
    crypto::appendBe64(head, static_cast<std::uint64_t>(record.createdAtSeconds));
    crypto::appendBe32(head, static_cast<std::uint32_t>(record.inner.size()));
    std::copy(head.begin(), head.end(), plain.writable().begin());
    std::copy(record.inner.begin(), record.inner.end(), plain.writable().begin() + std::ptrdiff_t(head.size()));
    crypto::Bytes sealed(kRecordSize);
    // crypto_box_seal draws its ephemeral key from the system, not from the engine's Random: what this process
    // writes must not be repeatable from anything that it holds.
    if (crypto_box_seal(sealed.data(), plain.view().data(), plain.size(), key.bytes.data()) != 0)
        return Written::Failed;

    const std::size_t offset = records * kRecordSize;
    if (!file.writeAt(sealed, offset) || ::fdatasync(file.get()) != 0) {
        static_cast<void>(::ftruncate(file.get(), off_t(offset)));
        return Written::Failed;
    }
    return Written::Yes;
}

Outcome<std::vector<SpoolRecord>> Spool::readAll(const SpoolKeyPair &keys, int &unreadable) const
{
    unreadable = 0;
    std::vector<SpoolRecord> records;
    std::error_code missing;
    if (!std::filesystem::exists(m_file, missing))
        return records;
    const Descriptor file(m_file, O_RDONLY);
    if (!file.isOpen())
        return trouble(TroubleCode::DiskError, QString::fromStdString(m_file.string()));
    const std::size_t count = std::min(file.size() / kRecordSize, kMaximumRecords);
    for (std::size_t i = 0; i < count; ++i) {
        crypto::Bytes sealed(kRecordSize);
        if (!file.readAt(sealed, i * kRecordSize))
            return trouble(TroubleCode::DiskError, QString::fromStdString(m_file.string()));
        crypto::SecretBuffer plain(kPlainSize);
        if (crypto_box_seal_open(plain.writable().data(), sealed.data(), sealed.size(), keys.publicKey.bytes.data(),
                                 keys.secret.view().data())
            != 0) {
            ++unreadable;
            continue;
        }
        crypto::ByteReader reader(plain.view());
        const auto mailbox = reader.fixed<32>();
        const auto created = reader.be64();
        const auto size = reader.be32();
        if (!mailbox || !created || !size || *size > reader.remaining()) {
            ++unreadable;
            continue;
        }
        const crypto::ByteView inner = plain.view().subspan(kPlainSize - reader.remaining(), *size);
        records.push_back({crypto::NostrPublicKey{*mailbox}, static_cast<std::int64_t>(*created),
                           crypto::Bytes(inner.begin(), inner.end())});
    }
    return records;
}

Outcome<Done> Spool::clear()
{
    if (::unlink(m_file.c_str()) != 0 && errno != ENOENT)
        return trouble(TroubleCode::DiskError, QString::fromStdString(m_file.string()));
    return Done{};
}

} // namespace tacet::chat
