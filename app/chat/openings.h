#pragma once
// The other side of invitations: opening a link. The chat is there at once; what it needs from the relays is fetched
// in its own time, and every wait has its sentence (PROTOCOL §3).
#include "app/chat/chat_engine.h"
#include "app/chat/fetches.h"
#include "app/chat/greeting.h"

namespace tacet::chat {

class Openings {
public:
    Openings(Context &context, RelayBook &relays, Greeting &greeting, Outbox &outbox, Fetches &fetches)
        : m_context(context), m_relays(relays), m_greeting(greeting), m_outbox(outbox), m_fetches(fetches)
    {
    }

    Outcome<LinkPreview> read(const QString &link);
    void look(const QString &link, Answer<LinkPreview> answer);
    Outcome<StartedChat> start(const QString &link, std::optional<ContactId> into);

    /// The contact whose link names this identity, if one was opened and is not fetched yet.
    static std::optional<ContactId> waitingFor(vault::Database &db, const crypto::IdentityKey &identity);
    /// Asks again for what is due.
    void runDue();
    void schedule();
    void stop();

private:
    Outcome<crypto::Link> parse(const QString &link) const;
    LinkPreview previewOf(vault::Database &db, const crypto::Link &link) const;
    void fetch(const ContactId &contact, const crypto::Link &link);
    void take(const ContactId &contact, const std::string &link, const Outcome<crypto::VerifiedBundle> &bundle);
    void meet(Step &step, vault::ContactRow &contact, vault::OpeningRow &opening, const crypto::VerifiedBundle &bundle);
    void replaceKey(Step &step, vault::ContactRow &contact, const crypto::VerifiedBundle &bundle);
    void stumble(Step &step, vault::ContactRow &contact, vault::OpeningRow &opening, TroubleCode code);
    std::vector<relay::RelayUrl> usable(vault::Database &db, const crypto::Link &link) const;

    Context &m_context;
    RelayBook &m_relays;
    Greeting &m_greeting;
    Outbox &m_outbox;
    Fetches &m_fetches;
    std::set<ContactId> m_underWay;
    std::map<ContactId, TroubleCode> m_told; ///< of links for a new key
    std::map<ContactId, crypto::UnixMs> m_met; ///< since when the bundle is valid that was met last
    /// Bundles that a preview fetched: "Start chat" right after it asks nobody again. By link text.
    std::map<std::string, crypto::VerifiedBundle> m_looked;
    TimerHandle m_timer;
};

} // namespace tacet::chat
