#pragma once
// Adding, testing and removing one's own relays. A relay goes into use only after it wrote and read back a throwaway
// envelope (PROTOCOL §6); only a person at the command line may skip that.
#include "app/chat/chat_engine.h"
#include "app/chat/greeting.h"
#include "app/chat/mailboxes.h"
#include "app/chat/relay_book.h"

namespace tacet::chat {

class RelayTests {
public:
    RelayTests(Context &context, RelayBook &relays, Mailboxes &mailboxes, Greeting &greeting)
        : m_context(context), m_relays(relays), m_mailboxes(mailboxes), m_greeting(greeting)
    {
    }

    void test(const QString &url, bool thenAdd, Answer<RelayInfo> answer);
    void tested(relay::TestId id, const relay::SelfTestReport &report);
    Outcome<Done> add(const QString &url);
    Outcome<Done> remove(const QString &url);
    void stop() { m_waiting.clear(); }

private:
    struct Waiting {
        bool add = false;
        Answer<RelayInfo> answer;
    };
    Context &m_context;
    RelayBook &m_relays;
    Mailboxes &m_mailboxes;
    Greeting &m_greeting;
    std::map<std::uint64_t, Waiting> m_waiting;
};

} // namespace tacet::chat
