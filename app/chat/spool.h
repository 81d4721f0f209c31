#pragma once
// A file of sealed envelopes, written while the vault is closed and read once after unlocking. Records have one
// size, so that the file tells how many came and nothing more; each is a libsodium sealed box (X25519, XSalsa20-
// Poly1305, an ephemeral key per record) to a public key whose private half lies in the vault: what this process
// writes, it cannot read. The file is capped; full means that the relay keeps the envelope and is asked again.
#include "app/chat/trouble.h"
#include "crypto/bytes.h"
#include "crypto/limits.h"
#include "crypto/nostr_event.h"
#include "crypto/secret.h"

#include <filesystem>
#include <vector>

namespace tacet::chat {

struct SpoolKeyTag;
using SpoolKey = crypto::TaggedBytes<SpoolKeyTag, 32>;

/// Both halves, made with the profile and kept in the vault.
struct SpoolKeyPair {
    SpoolKey publicKey;
    crypto::SecretBytes<32> secret;
};

struct SpoolRecord {
    crypto::NostrPublicKey mailbox;
    std::int64_t createdAtSeconds = 0; ///< of the envelope
    crypto::Bytes inner;               ///< unwrapped ratchet message, as inbox takes it
};

class Spool {
public:
    /// mailbox ‖ time ‖ length ‖ the largest ratchet message, padded, and the sealed box around it.
    static constexpr std::size_t kPlainSize = 32 + 8 + 4 + crypto::kMessageSizes.back();
    static constexpr std::size_t kRecordSize = kPlainSize + 48;
    /// About 61 MB: weeks of a busy profile, and no way to fill a disk from outside.
    static constexpr std::size_t kMaximumRecords = 2000;

    explicit Spool(std::filesystem::path file) : m_file(std::move(file)) { }

    enum class Written { Yes, Full, Failed };
    /// On the disk when this answers Yes. A torn record at the end (a crash) is overwritten.
    Written append(const SpoolRecord &record, const SpoolKey &key);

    /// Whole records only; those that do not open are skipped and counted in `unreadable`.
    Outcome<std::vector<SpoolRecord>> readAll(const SpoolKeyPair &keys, int &unreadable) const;
    /// After everything in it was committed to the vault.
    Outcome<Done> clear();
    std::size_t count() const;

private:
    std::filesystem::path m_file;
};

} // namespace tacet::chat
