#pragma once
// Mailboxes move away from a relay that is dead for good. Nobody is asked: the relays that are left are announced
// through the session, where too few are left another one is tried and taken of those that the user agreed to before,
// and the user is told. The silent relay is read on; should it come back, contacts hear of it again.
#include "app/chat/relay_tests.h"
#include "app/chat/silent_relays.h"

namespace tacet::chat {

class RelayMoves {
public:
    RelayMoves(Context &context, RelayBook &relays, Mailboxes &mailboxes, Greeting &greeting, RelayTests &tests)
        : m_context(context), m_relays(relays), m_mailboxes(mailboxes), m_greeting(greeting), m_tests(tests)
    {
    }

    void start();
    void stop();
    void changed(const relay::RelayStatus &status);
    /// A mailbox was read there to its end: more than an open socket, behind which nobody may answer.
    void caughtUp(const relay::RelayUrl &url) { m_heard.insert(url.text()); }

private:
    using Urls = std::vector<std::string>;
    /// A contact's mailbox that is read, and where.
    struct Place {
        vault::MailboxRow mailbox;
        Urls relays;
    };

    void look();
    std::vector<Place> places(vault::Database &db) const;
    bool wasHeard(const std::string &url) const;
    bool networkWasThere(const relay::RelayUrl &url) const;
    /// Answers the addresses that are given up from now on.
    Urls count(Step &step, const std::vector<Place> &places, SilentRelays &silent);
    void announceChanges(Step &step, const std::vector<Place> &places, const SilentRelays &before,
                         const SilentRelays &after);
    /// Relays that are given up and leave a mailbox without any place that lives.
    static std::set<std::string> lastPlaces(const std::vector<Place> &places, const SilentRelays &silent);
    void tell(Step &step, const Urls &givenUp, const std::vector<Place> &places, const SilentRelays &silent);
    Urls replacements(vault::Database &db, const Place &place, const SilentRelays &silent) const;
    void tryReplacements(const std::vector<Place> &places, const SilentRelays &silent);
    void replacementTested(const std::string &url, bool usable);
    void adopt(const std::string &url);
    void tellUntold(TroubleCode code);

    Context &m_context;
    RelayBook &m_relays;
    Mailboxes &m_mailboxes;
    Greeting &m_greeting;
    RelayTests &m_tests;
    std::set<std::string> m_heard;   ///< served since the last look
    std::set<std::string> m_opened;  ///< was connected since the last look
    std::set<std::string> m_testing;
    std::set<std::string> m_untold;  ///< last places; whether something takes their place is being tried
    std::set<std::string> m_told;    ///< last places that the user was told of in this run
    TimerHandle m_timer;
};

} // namespace tacet::chat
