#pragma once
// The desktop keychain (Secret Service or KWallet, through QtKeychain) as a vault::SecretStore. Works, answering
// Unavailable, where no such service or no session bus exists. Never falls back to a plain file.
//
// QtKeychain hands secrets over in QByteArrays: the one place where 32 secret bytes pass through Qt. They are
// wiped there as far as Qt lets us; what the service and the bus keep of them is theirs.
#include "app/vault/secret_store.h"

#include <QObject>

#include <chrono>

namespace tacet::session {

class Keychain final : public QObject, public vault::SecretStore {
    Q_OBJECT

public:
    /// `patience`: a service that has not answered by then has Failed. Long, because it may be asking the user
    /// for the keyring's passphrase.
    explicit Keychain(std::chrono::milliseconds patience = std::chrono::minutes(2), QObject *parent = nullptr);

    /// A Secret Service or KWallet runs on the session bus, or would be started by it when asked.
    bool available() const override;
    void read(const std::string &name, ReadReply reply) override;
    /// Answers ok only after the entry was read back and is equal.
    void write(const std::string &name, crypto::FixedView<32> secret, Reply reply) override;
    void remove(const std::string &name, Reply reply) override;

private:
    std::chrono::milliseconds m_patience;
};

} // namespace tacet::session
