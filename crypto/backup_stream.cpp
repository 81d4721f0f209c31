#include "crypto/backup_stream.h"

#include "crypto/hkdf.h"
#include "crypto/labels.h"

namespace tacet::crypto {
namespace {

// Header (PROTOCOL §10.1):
//   magic(12) ‖ version(1) ‖ passes be32 ‖ memory KiB be32 ‖ salt(16) ‖ commitment(32) ‖ stream header(24) ‖ checksum(16)
constexpr std::string_view kMagic = "TacetBackup\n";
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kSaltSize = crypto_pwhash_SALTBYTES;
constexpr std::size_t kCommitmentSize = 32;
constexpr std::size_t kStreamHeaderSize = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t kChecksumSize = 16;
constexpr std::size_t kCommittedSize = kMagic.size() + 1 + 4 + 4 + kSaltSize; // what the key derivation binds
constexpr std::size_t kCheckedSize = kCommittedSize + kCommitmentSize + kStreamHeaderSize;
static_assert(kCheckedSize + kChecksumSize == kBackupHeaderSize);
static_assert(kBackupSealedChunkSize == kBackupChunkSize + crypto_secretstream_xchacha20poly1305_ABYTES);

FixedBytes<kChecksumSize> checksum(ByteView header)
{
    const Hash32 hash = sha256({asBytes(label::kBackupChecksum), header});
    FixedBytes<kChecksumSize> out;
    std::copy_n(hash.begin(), out.size(), out.begin());
    return out;
}

bool isAffordable(BackupCost cost)
{
    return cost.passes >= 1 && cost.passes <= kMaxBackupPasses && cost.memoryKib >= kMinBackupMemoryKib
        && cost.memoryKib <= kMaxBackupMemoryKib;
}

/// The key of the stream, and the commitment that shows which key it is: without it, one file could be made to
/// open under two passphrases, and a wrong passphrase could not be told from a damaged file.
struct BackupKeys {
    SecretBytes<32> stream;
    SecretBytes<32> commitment;
};

std::optional<BackupKeys> deriveKeys(ByteView passphrase, BackupCost cost, ByteView committedHeader)
{
    const ByteView salt = committedHeader.last(kSaltSize);
    SecretBytes<32> master;
    const int status = crypto_pwhash(master.writable().data(), master.kSize, reinterpret_cast<const char *>(passphrase.data()),
                                     passphrase.size(), salt.data(), cost.passes, std::size_t(cost.memoryKib) * 1024,
                                     crypto_pwhash_ALG_ARGON2ID13);
    wipeStackBelow();
    if (status != 0)
        return std::nullopt;
    const auto info = [&](std::string_view label) {
        Bytes out;
        append(out, label);
        append(out, committedHeader);
        return out;
    };
    return BackupKeys{hkdf<32>({}, master.view(), info(label::kBackupKey)),
                      hkdf<32>({}, master.view(), info(label::kBackupCommitment))};
}

} // namespace

struct BackupWriter::State {
    crypto_secretstream_xchacha20poly1305_state stream;
    Bytes header; ///< associated data of the first chunk, then empty
    SecretBuffer pending{kBackupChunkSize};
    std::size_t filled = 0;
    bool finished = false;

    ~State() { sodium_memzero(&stream, sizeof stream); }

    void push(std::uint8_t tag, Bytes &out)
    {
        const std::size_t at = out.size();
        out.resize(at + kBackupSealedChunkSize);
        crypto_secretstream_xchacha20poly1305_push(&stream, out.data() + at, nullptr, pending.view().data(),
                                                   kBackupChunkSize, header.data(), header.size(), tag);
        header.clear();
        filled = 0;
    }
};

BackupWriter::BackupWriter(std::unique_ptr<State> state) : m_state(std::move(state)) { }
BackupWriter::BackupWriter(BackupWriter &&) noexcept = default;
BackupWriter &BackupWriter::operator=(BackupWriter &&) noexcept = default;
BackupWriter::~BackupWriter() = default;

Result<BackupWriter, BackupError> BackupWriter::begin(ByteView passphrase, BackupCost cost, Random &random, Bytes &out)
{
    if (!isAffordable(cost))
        return fail(BackupError::TooCostly);
    Bytes header;
    append(header, kMagic);
    header.push_back(kVersion);
    appendBe32(header, cost.passes);
    appendBe32(header, cost.memoryKib);
    append(header, random.bytes<kSaltSize>());
    const auto keys = deriveKeys(passphrase, cost, header);
    if (!keys)
        return fail(BackupError::OutOfMemory);
    append(header, keys->commitment.view());

    auto state = std::make_unique<State>();
    FixedBytes<kStreamHeaderSize> streamHeader; // drawn by libsodium itself: the written exception of PROTOCOL §2.1
    crypto_secretstream_xchacha20poly1305_init_push(&state->stream, streamHeader.data(), keys->stream.view().data());
    append(header, streamHeader);
    append(header, checksum(header));
    append(out, header);
    state->header = std::move(header);
    return BackupWriter(std::move(state));
}

void BackupWriter::write(ByteView plaintext, Bytes &out)
{
    assert(!m_state->finished);
    while (!plaintext.empty()) {
        if (m_state->filled == kBackupChunkSize)
            m_state->push(crypto_secretstream_xchacha20poly1305_TAG_MESSAGE, out);
        const std::size_t count = std::min(plaintext.size(), kBackupChunkSize - m_state->filled);
        std::copy_n(plaintext.begin(), count, m_state->pending.writable().begin() + std::ptrdiff_t(m_state->filled));
        m_state->filled += count;
        plaintext = plaintext.subspan(count);
    }
}

void BackupWriter::finish(Bytes &out)
{
    assert(!m_state->finished);
    if (m_state->filled == kBackupChunkSize)
        m_state->push(crypto_secretstream_xchacha20poly1305_TAG_MESSAGE, out);
    // ISO/IEC 7816-4 inside the encryption: 0x80, then zeros. The last chunk always has at least that one byte.
    const auto rest = m_state->pending.writable().subspan(m_state->filled);
    sodium_memzero(rest.data(), rest.size());
    rest[0] = 0x80;
    m_state->push(crypto_secretstream_xchacha20poly1305_TAG_FINAL, out);
    m_state->pending.wipe();
    m_state->finished = true;
}

struct BackupReader::State {
    crypto_secretstream_xchacha20poly1305_state stream;
    Bytes header;
    Bytes pending; ///< sealed bytes of a chunk that is not complete yet
    bool finished = false;
    bool failed = false;

    ~State() { sodium_memzero(&stream, sizeof stream); }

    Result<Done, BackupError> pull(ByteView sealed, SecretBuffer &out)
    {
        SecretBuffer plain(kBackupChunkSize);
        unsigned char tag = 0;
        if (crypto_secretstream_xchacha20poly1305_pull(&stream, plain.writable().data(), nullptr, &tag, sealed.data(),
                                                       sealed.size(), header.data(), header.size()) != 0)
            return fail(BackupError::Damaged);
        header.clear();
        if (tag == crypto_secretstream_xchacha20poly1305_TAG_MESSAGE) {
            out.append(plain.view());
            return Done{};
        }
        std::size_t end = plain.size();
        while (end > 0 && plain.view()[end - 1] == 0)
            --end;
        if (tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL || end == 0 || plain.view()[end - 1] != 0x80)
            return fail(BackupError::Damaged);
        out.append(plain.view().first(end - 1));
        finished = true;
        return Done{};
    }
};

BackupReader::BackupReader(std::unique_ptr<State> state) : m_state(std::move(state)) { }
BackupReader::BackupReader(BackupReader &&) noexcept = default;
BackupReader &BackupReader::operator=(BackupReader &&) noexcept = default;
BackupReader::~BackupReader() = default;

Result<BackupCost, BackupError> BackupReader::inspect(ByteView header)
{
    const std::size_t seen = std::min(header.size(), kMagic.size());
    if (seen == 0 || !std::equal(header.begin(), header.begin() + std::ptrdiff_t(seen), kMagic.begin(),
                                 [](std::uint8_t a, char b) { return a == std::uint8_t(b); }))
        return fail(BackupError::NotABackup);
    if (header.size() < kMagic.size() + 1)
        return fail(BackupError::CutShort);
    // A later version may have another header altogether; all that is fixed for ever is magic and version.
    if (header[kMagic.size()] > kVersion)
        return fail(BackupError::NewerVersion);
    if (header.size() < kBackupHeaderSize)
        return fail(BackupError::CutShort);
    header = header.first(kBackupHeaderSize);
    const auto expected = checksum(header.first(kCheckedSize));
    if (header[kMagic.size()] != kVersion || !std::equal(expected.begin(), expected.end(), header.begin() + kCheckedSize))
        return fail(BackupError::Damaged);
    ByteReader in(header.subspan(kMagic.size() + 1));
    const BackupCost cost{*in.be32(), *in.be32()};
    if (!isAffordable(cost))
        return fail(BackupError::TooCostly);
    return cost;
}

Result<BackupReader, BackupError> BackupReader::begin(ByteView header, ByteView passphrase)
{
    const auto cost = inspect(header);
    if (!cost)
        return fail(cost.error());
    const auto keys = deriveKeys(passphrase, *cost, header.first(kCommittedSize));
    if (!keys)
        return fail(BackupError::OutOfMemory);
    if (!keys->commitment.equals(FixedView<kCommitmentSize>(header.data() + kCommittedSize, kCommitmentSize)))
        return fail(BackupError::WrongPassphrase);

    auto state = std::make_unique<State>();
    state->header.assign(header.begin(), header.begin() + kBackupHeaderSize);
    if (crypto_secretstream_xchacha20poly1305_init_pull(
            &state->stream, header.data() + kCommittedSize + kCommitmentSize, keys->stream.view().data()) != 0)
        return fail(BackupError::Damaged);
    return BackupReader(std::move(state));
}

Result<Done, BackupError> BackupReader::read(ByteView sealed, SecretBuffer &out)
{
    while (!sealed.empty()) {
        if (m_state->failed || m_state->finished) { // nothing may follow the last chunk
            m_state->failed = true;
            return fail(BackupError::Damaged);
        }
        const std::size_t count = std::min(sealed.size(), kBackupSealedChunkSize - m_state->pending.size());
        append(m_state->pending, sealed.first(count));
        sealed = sealed.subspan(count);
        if (m_state->pending.size() < kBackupSealedChunkSize)
            break;
        const auto pulled = m_state->pull(m_state->pending, out);
        m_state->pending.clear();
        if (!pulled) {
            m_state->failed = true;
            return fail(pulled.error());
        }
    }
    return Done{};
}

Result<Done, BackupError> BackupReader::finish() const
{
    if (m_state->failed)
        return fail(BackupError::Damaged);
    if (!m_state->finished)
        return fail(BackupError::CutShort);
    return Done{};
}

} // namespace tacet::crypto
