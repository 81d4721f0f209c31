#include "app/backup/vault_rows.h"

#include <limits>

namespace tacet::backup {
namespace {

constexpr int kPage = 500;

class Walk {
public:
    Walk(vault::Database &database, const std::function<bool(const Row &)> &take) : m_database(database), m_take(take) { }

    bool go(std::int64_t createdMs)
    {
        return give(HeadRow{kFormat, createdMs}) && profile() && contacts() && mail() && relays()
            && m_take(EndRow{m_records, m_messages, m_contacts});
    }

private:
    template<typename T>
    bool give(T &&row)
    {
        ++m_records;
        return m_take(Row(std::forward<T>(row)));
    }
    template<typename Rows>
    bool giveAll(Rows rows)
    {
        for (auto &row : rows) {
            if (!give(std::move(row)))
                return false;
        }
        return true;
    }

    bool profile()
    {
        auto profile = vault::readProfile(m_database);
        if (!profile) {
            m_database.keepError(vault::DbError::Corrupt); // a vault in use always has one
            return true;
        }
        return give(IdentityRow{std::move(profile->identitySeed), profile->createdMs})
            && giveAll(vault::readSettings(m_database));
    }

    bool contacts()
    {
        for (const vault::ContactRow &contact : vault::readContacts(m_database)) {
            ++m_contacts;
            if (!give(ContactEntry{contact, vault::readContactRelays(m_database, contact.id)}) || !history(contact.id)
                || !giveAll(vault::readOwnRendezvousOf(m_database, contact.id)))
                return false;
            for (const vault::ReceivedRow &received : vault::readReceived(m_database, contact.id)) {
                if (!give(ReceivedEntry{contact.id, received}))
                    return false;
            }
            if (auto peer = vault::readPeerRendezvous(m_database, contact.id)) {
                if (!give(PeerRendezvousEntry{contact.id, std::move(*peer)}))
                    return false;
            }
        }
        return giveAll(vault::readOpenings(m_database));
    }

    bool history(const vault::Id16 &contact)
    {
        vault::HistoryPlace place;
        place.sortMs = std::numeric_limits<std::int64_t>::min();
        for (;;) {
            auto page = vault::readNewer(m_database, contact, place, kPage);
            if (page.empty())
                return true;
            const vault::MessageRow &last = page.back();
            place = {last.sortMs, last.own, last.sequence, last.id};
            m_messages += std::int64_t(page.size());
            if (!giveAll(std::move(page)))
                return false;
        }
    }

    bool mail()
    {
        if (!giveAll(vault::readInvitations(m_database)))
            return false;
        for (vault::MailboxRow &mailbox : vault::readMailboxes(m_database)) {
            std::vector<std::string> relays;
            for (vault::MailboxRelayRow &relay : vault::readMailboxRelays(m_database, mailbox.publicKey))
                relays.push_back(std::move(relay.relay));
            if (!give(MailboxEntry{std::move(mailbox), std::move(relays)}))
                return false;
        }
        return true;
    }

    bool relays() { return giveAll(vault::readRelayRows(m_database)) && giveAll(vault::readHosts(m_database)); }

    vault::Database &m_database;
    const std::function<bool(const Row &)> &m_take;
    std::int64_t m_records = 0;
    std::int64_t m_messages = 0;
    std::int64_t m_contacts = 0;
};

} // namespace

bool walkRows(vault::Database &database, std::int64_t createdMs, const std::function<bool(const Row &)> &take)
{
    return Walk(database, take).go(createdMs);
}

std::int64_t countRows(vault::Database &database)
{
    return vault::countMessages(database) + 3 * vault::countContacts(database);
}

} // namespace tacet::backup
