// bench_classifier PEOPLE DAYS: real messengers in memory talk over one relay for some days; then relays_eye guesses from the
// relay's log who talks to whom, which lines are handshakes and which are receipts. Prints name, value, unit a line:
// precision and recall of each guess, without Tor and with it.
#include "tests/bench/relays_eye.h"
#include "tests/bench/stopwatch.h"
#include "tests/chat/world.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstdlib>

using namespace tacet;
using namespace tacet::test;
using bench::LogLine;

namespace {

constexpr const char *kRelay = "wss://relay.example";
constexpr qint64 kSecond = 1000;
constexpr qint64 kMinute = 60 * kSecond;
constexpr qint64 kHour = 60 * kMinute;

enum class Truth { Handshake, Text, Receipt };

/// A line of the log, with what no relay knows.
struct TrueLine {
    LogLine line; ///< without its circuit
    int person = 0;
    int session = 0; ///< from one start of the program to its end
    Truth truth = Truth::Receipt;
};

struct Record {
    std::vector<TrueLine> lines;
    std::map<crypto::NostrPublicKey, int> mailboxes;
    Truth now = Truth::Receipt; ///< what is published at this moment
    int numberOf(const crypto::NostrPublicKey &mailbox) { return mailboxes.try_emplace(mailbox, int(mailboxes.size())).first->second; }
};

/// Writes down what a relay would see of one person, and passes it on.
class Tapped final : public relay::RelayPort {
public:
    Tapped(relay::RelayPort &below, Record &record, const Clock &clock, int person, int session)
        : m_below(below), m_record(record), m_clock(clock), m_person(person), m_session(session)
    {
    }
    void setListener(relay::RelayListener *listener) override { m_below.setListener(listener); }
    void publish(relay::PublishId id, const relay::RelayUrl &url, const crypto::NostrEvent &event) override
    {
        if (const auto mailbox = mailboxOf(event))
            see(LogLine::What::Publish, *mailbox, crypto::toJson(event).size());
        m_below.publish(id, url, event);
    }
    void watch(const relay::RelayUrl &url, const crypto::NostrKeyPair &mailbox, relay::SyncFrom from) override
    {
        see(LogLine::What::Read, mailbox.publicKey(), 0);
        m_below.watch(url, mailbox, from);
    }
    void unwatch(const relay::RelayUrl &url, const crypto::NostrPublicKey &mailbox) override { m_below.unwatch(url, mailbox); }
    void sweep(const relay::RelayUrl &url, const crypto::NostrPublicKey &mailbox) override
    {
        see(LogLine::What::Read, mailbox, 0);
        m_below.sweep(url, mailbox);
    }
    void fetch(relay::FetchId id, const relay::RelayUrl &url, const crypto::NostrKeyPair &mailbox) override
    {
        see(LogLine::What::Read, mailbox.publicKey(), 0);
        m_below.fetch(id, url, mailbox);
    }
    void test(relay::TestId id, const relay::RelayUrl &url) override { m_below.test(id, url); }
    void setProxy(const std::optional<relay::ProxySettings> &proxy) override { m_below.setProxy(proxy); }
    std::vector<relay::RelayStatus> statuses() const override { return m_below.statuses(); }

private:
    void see(LogLine::What what, const crypto::NostrPublicKey &mailbox, std::size_t bytes)
    {
        m_record.lines.push_back({{m_clock.steadyMs(), what, 0, m_record.numberOf(mailbox), bytes}, m_person, m_session, m_record.now});
    }

    relay::RelayPort &m_below;
    Record &m_record;
    const Clock &m_clock;
    int m_person;
    int m_session;
};

struct Chat {
    int one = 0;
    int other = 0;
    chat::ContactId oneToOther;
    chat::ContactId otherToOne;
};

class Village {
public:
    Village(int people, std::uint64_t seed) : m_random(seed), m_world(seed)
    {
        m_world.relay(kRelay);
        m_world.wrapPort = [this](Person &person) -> relay::RelayPort & {
            const int number = std::atoi(person.name.c_str());
            auto &tapped = m_taps[number];
            tapped = std::make_unique<Tapped>(*person.port, record, m_world.clock, number, ++m_sessions);
            return *tapped;
        };
        for (int i = 0; i < people; ++i) {
            m_people.push_back(&m_world.person(std::to_string(i)));
            m_people.back()->create({QString::fromLatin1(kRelay)});
        }
        for (int i = 0; i < people; ++i) { // a ring and its chords: each has four contacts
            for (const int step : {1, 2})
                acquaint(i, (i + step) % people);
        }
    }
    ~Village()
    {
        for (Person *person : m_people)
            person->close(); // before its tap
    }

    void live(int days)
    {
        for (qint64 left = days * 24 * kHour; left > 0;) {
            const qint64 pause = qint64(m_random.below(std::uint64_t(30 * kMinute)));
            m_world.run(pause);
            left -= pause;
            comeAndGo();
            talk(m_chats[std::size_t(m_random.below(m_chats.size()))]);
        }
    }

    Record record;
    int texts = 0;

private:
    void acquaint(int one, int other)
    {
        record.now = Truth::Handshake;
        const auto before = must((*m_people[std::size_t(one)])->chats()).size();
        const auto invitation = must((*m_people[std::size_t(one)])->createInvitation(chat::InvitationKind::OneTime, QStringLiteral("x")));
        m_world.run(qint64(m_random.below(std::uint64_t(2 * kMinute))));
        const auto started = must((*m_people[std::size_t(other)])->startChat(invitation.link, std::nullopt));
        m_world.run(3 * kMinute);
        const auto chats = must((*m_people[std::size_t(one)])->chats());
        if (chats.size() != before + 1)
            qFatal("two people did not meet");
        for (const auto &summary : chats) {
            const bool isNew = std::none_of(m_chats.begin(), m_chats.end(), [&](const Chat &known) {
                return (known.one == one && known.oneToOther == summary.id) || (known.other == one && known.otherToOne == summary.id);
            });
            if (isNew)
                m_chats.push_back({one, other, summary.id, started.chat});
        }
        record.now = Truth::Receipt;
        m_world.run(qint64(m_random.below(std::uint64_t(kHour))));
    }

    void comeAndGo()
    {
        Person &person = *m_people[std::size_t(m_random.below(m_people.size()))];
        if (person.isOpen() && m_random.below(4) == 0)
            person.close();
        else if (!person.isOpen())
            person.open();
    }

    void talk(const Chat &chat)
    {
        Person *people[2] = {m_people[std::size_t(chat.one)], m_people[std::size_t(chat.other)]};
        const chat::ContactId ids[2] = {chat.oneToOther, chat.otherToOne};
        for (auto turns = 1 + m_random.below(8); turns > 0; --turns) {
            const auto who = std::size_t(m_random.below(2));
            if (!people[who]->isOpen())
                people[who]->open();
            m_world.settle();
            record.now = Truth::Text;
            const auto length = 1 + m_random.below(m_random.below(12) == 0 ? 3'000 : 160);
            must((*people[who])->sendText(ids[who], QString(qsizetype(length), QLatin1Char('x'))));
            ++texts;
            m_world.settle();
            record.now = Truth::Receipt;
            if (m_random.below(2) == 0 && people[1 - who]->isOpen()) { // whoever is asked looks at it
                must((*people[1 - who])->setOpenChat(ids[1 - who], true));
                m_world.run(qint64(1 * kSecond));
            }
            m_world.run(qint64(3 * kSecond) + qint64(m_random.below(std::uint64_t(90 * kSecond))));
        }
        for (const std::size_t side : {0, 1}) {
            if (people[side]->isOpen())
                must((*people[side])->setOpenChat(ids[side], false));
        }
    }

    SeededRandom m_random;
    World m_world;
    int m_sessions = 0;
    std::map<int, std::unique_ptr<Tapped>> m_taps;
    std::vector<Person *> m_people;
    std::vector<Chat> m_chats;
};

/// With Tor each mailbox is read over a circuit of its own, and what is published goes over another (app/relay: Peer).
std::vector<LogLine> logOf(const Record &record, bool tor)
{
    std::vector<LogLine> log;
    std::map<std::pair<int, int>, int> circuits;
    for (const TrueLine &each : record.lines) {
        LogLine line = each.line;
        const int purpose = line.what == LogLine::What::Publish ? -1 : line.mailbox;
        line.circuit = tor ? circuits.try_emplace({each.session, purpose}, int(circuits.size())).first->second : each.person;
        log.push_back(line);
    }
    return log;
}

/// Each contact's two mailboxes: who reads the one writes to the other.
std::set<bench::Pair> truePairs(const Record &record)
{
    std::map<int, int> reader;
    std::map<int, std::set<int>> writers;
    for (const TrueLine &each : record.lines) {
        if (each.truth == Truth::Handshake)
            continue;
        if (each.line.what == LogLine::What::Read)
            reader[each.line.mailbox] = each.person;
        else
            writers[each.line.mailbox].insert(each.person);
    }
    std::set<bench::Pair> pairs;
    for (const auto &[one, from] : writers) {
        for (const auto &[other, back] : writers) {
            const bool fits = one < other && reader.contains(one) && reader.contains(other) && from.contains(reader[other]) && back.contains(reader[one]);
            if (fits)
                pairs.insert({one, other});
        }
    }
    return pairs;
}

template<typename Set>
void score(const std::string &name, const Set &guessed, const Set &truth)
{
    std::size_t right = 0;
    for (const auto &each : guessed)
        right += truth.contains(each) ? 1 : 0;
    bench::report((name + " precision").c_str(), guessed.empty() ? 0 : double(right) / double(guessed.size()), "");
    bench::report((name + " recall").c_str(), truth.empty() ? 0 : double(right) / double(truth.size()), "");
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    if (argc != 3 || !crypto::initialise())
        qFatal("usage: bench_classifier PEOPLE DAYS");
    Village village(std::atoi(argv[1]), 7);
    village.live(std::atoi(argv[2]));
    const Record &record = village.record;
    std::map<Truth, std::set<std::size_t>> truth;
    for (std::size_t i = 0; i < record.lines.size(); ++i) {
        if (record.lines[i].line.what == LogLine::What::Publish)
            truth[record.lines[i].truth].insert(i);
    }
    bench::report("texts", village.texts, "");
    bench::report("texts published", double(truth[Truth::Text].size()), "");
    bench::report("receipts", double(truth[Truth::Receipt].size()), "");
    bench::report("handshake envelopes", double(truth[Truth::Handshake].size()), "");
    const auto pairs = truePairs(record);
    bench::report("conversations", double(pairs.size()), "");
    for (const bool tor : {false, true}) {
        const std::string how = tor ? "Tor: " : "direct: ";
        const auto log = logOf(record, tor);
        const auto guessed = bench::guessPairs(log);
        score(how + "pairs", guessed, pairs);
        score(how + "handshakes", bench::guessHandshakes(log), truth[Truth::Handshake]);
        score(how + "receipts", bench::guessReceipts(log, guessed), truth[Truth::Receipt]);
    }
    return 0;
}
