#pragma once
// A keychain in memory, which can be absent, emptied or deny.
#include "app/vault/secret_store.h"

#include <map>

namespace tacet::test {

class FakeSecretStore final : public vault::SecretStore {
public:
    void setAvailable(bool available) { m_available = available; }
    void setDenied(bool denied) { m_denied = denied; }
    void clear() { m_entries.clear(); }
    std::size_t size() const { return m_entries.size(); }

    bool available() const override { return m_available; }
    void read(const std::string &name, ReadReply reply) override
    {
        if (!m_available)
            return reply(fail(vault::SecretStoreError::Unavailable));
        if (m_denied)
            return reply(fail(vault::SecretStoreError::Denied));
        const auto at = m_entries.find(name);
        if (at == m_entries.end())
            return reply(fail(vault::SecretStoreError::NotFound));
        reply(at->second.clone());
    }
    void write(const std::string &name, crypto::FixedView<32> secret, Reply reply) override
    {
        if (!m_available || m_denied)
            return reply(fail(m_available ? vault::SecretStoreError::Denied : vault::SecretStoreError::Unavailable));
        m_entries.insert_or_assign(name, vault::StoredSecret(secret));
        reply(Done{});
    }
    void remove(const std::string &name, Reply reply) override
    {
        if (!m_available)
            return reply(fail(vault::SecretStoreError::Unavailable));
        m_entries.erase(name);
        reply(Done{});
    }

private:
    std::map<std::string, vault::StoredSecret> m_entries;
    bool m_available = true;
    bool m_denied = false;
};

} // namespace tacet::test
