#pragma once
// What a desktop keychain is to the vault: a place that keeps 32 random bytes for this user. It may be
// absent, locked, emptied or replaced at any time, so a keychain slot is never the only one (key_slots.h).
// Implementations: app/session/keychain.h; a fake in tests/vault.
#include "crypto/result.h"
#include "crypto/secret.h"

#include <functional>
#include <string>

namespace tacet::vault {

enum class SecretStoreError {
    Unavailable, ///< no keychain service answers
    NotFound,    ///< the service answers and has no such entry
    Denied,      ///< the user or the service refused
    Failed,      ///< anything else, time-out included
};

using StoredSecret = crypto::SecretBytes<32>;

class SecretStore {
public:
    using ReadReply = std::function<void(Result<StoredSecret, SecretStoreError>)>;
    using Reply = std::function<void(Result<Done, SecretStoreError>)>;

    virtual ~SecretStore() = default;

    /// Whether a service is there at all; quick, asks for nothing and unlocks nothing.
    virtual bool available() const = 0;

    // Answers come on the calling thread, later or at once, exactly once; never after the store's end.
    // `name` is KeySlots::profileId().
    virtual void read(const std::string &name, ReadReply reply) = 0;
    virtual void write(const std::string &name, crypto::FixedView<32> secret, Reply reply) = 0;
    virtual void remove(const std::string &name, Reply reply) = 0;
};

} // namespace tacet::vault
