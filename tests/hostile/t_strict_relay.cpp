// Whole conversations, with real engines and pools, over a relay that is strict and over one that says nothing.
#include "tests/hostile/memory_network.h"
#include "tests/hostile/strict_relay.h"
#include "tests/support/unit_registry.h"

#include "app/chat/chat_engine.h"
#include "app/relay/pool.h"
#include "app/vault/schema.h"
#include "app/vault/transaction.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kSecond = 1000;
constexpr qint64 kMinute = 60 * kSecond;
constexpr std::int64_t kDaySeconds = 24 * 3600;
const QString kStrict = u"wss://strict.example"_s;
const QString kSilent = u"wss://silent.example"_s;

template<typename T>
T must(Outcome<T> outcome)
{
    if (!outcome)
        qFatal("trouble %d %s", int(outcome.error().code), qPrintable(outcome.error().detail));
    return std::move(outcome).value();
}

/// The relays, and what the strict one says over HTTP.
struct Place {
    Place() : folder(QDir(u"/dev/shm"_s).exists() ? u"/dev/shm/tacet-strict-XXXXXX"_s : QString())
    {
        network.add(*relay::RelayUrl::parse(kStrict.toStdString()), strict);
        network.add(*relay::RelayUrl::parse(kSilent.toStdString()), silent);
    }
    void run(qint64 ms) { timers.advance(ms); }
    /// Answers a little later, as HTTP does; of the silent relay it gives up.
    relay::InfoSource infoSource()
    {
        return [this](const relay::TransportOptions &options,
                      std::function<void(std::optional<relay::RelayInfo>)> then) -> std::unique_ptr<relay::InfoRequest> {
            auto request = std::make_unique<Request>();
            if (options.url.text() != kStrict.toStdString()) {
                request->timer = timers.after(15 * kSecond, [then = std::move(then)] { then(std::nullopt); });
                return request;
            }
            request->timer = timers.after(50, [this, then = std::move(then)] {
                relay::RelayInfo info;
                info.largestMessage = std::int64_t(StrictRelay::kMaximumFrame);
                info.clockSeconds = strict.now();
                then(info);
            });
            return request;
        };
    }

    struct Request final : relay::InfoRequest {
        TimerHandle timer;
    };
    QTemporaryDir folder;
    ManualClock clock;
    ManualTimers timers{clock};
    MemoryNetwork network{timers, 5};
    StrictRelay strict{*relay::RelayUrl::parse(kStrict.toStdString()), clock, timers};
    SilentRelay silent;
};

class Someone {
public:
    Someone(Place &place, const char *name, const QStringList &relays, std::uint64_t seed)
        : m_place(place), m_file(std::filesystem::path(place.folder.path().toStdString()) / name), m_random(seed)
    {
        m_key.fill(0x42);
        auto made = vault::Database::open(m_file, vault::OpenMode::Create, m_key, {});
        if (!made || !vault::bringToDate(**made, vault::currentSchema()))
            qFatal("cannot make a vault");
        must(ChatEngine::createProfile(**made, {QString::fromLatin1(name), relays, {}}, place.clock, m_random));
        made->reset();
        open();
    }
    ~Someone() { close(); }
    void open()
    {
        auto opened = vault::Database::open(m_file, vault::OpenMode::Writer, m_key, {});
        if (!opened)
            qFatal("cannot open a vault");
        m_db = std::move(*opened);
        m_pool = std::make_unique<relay::Pool>(
            relay::Environment{m_place.clock, m_place.timers, m_random, m_place.network.factory()}, m_place.infoSource());
        m_engine = std::make_unique<ChatEngine>(*m_db, *m_pool, m_place.clock, m_place.timers, m_random,
                                                [this](const Fact &fact) { facts.push_back(fact); });
        must(m_engine->start());
    }
    void close()
    {
        m_engine.reset();
        m_pool.reset();
        m_db.reset();
    }
    void restart()
    {
        close();
        open();
    }
    ChatEngine *operator->() { return m_engine.get(); }
    QList<Message> texts(const ContactId &chat)
    {
        QList<Message> all;
        for (const Message &message : must(m_engine->page(chat, {}, PageDirection::Older, 200)).messages) {
            if (message.system == SystemLine::None)
                all.append(message);
        }
        return all;
    }
    QStringList received(const ContactId &chat)
    {
        QStringList all;
        for (const Message &message : texts(chat)) {
            if (!message.own)
                all.append(message.text);
        }
        return all;
    }
    RelayCondition conditionOf(const QString &url)
    {
        for (const RelayInfo &relay : must(m_engine->relays())) {
            if (relay.url == url)
                return relay.condition;
        }
        return RelayCondition::Off;
    }

    std::vector<Fact> facts;

private:
    Place &m_place;
    std::filesystem::path m_file;
    SeededRandom m_random;
    crypto::FixedBytes<32> m_key{};
    std::unique_ptr<vault::Database> m_db;
    std::unique_ptr<relay::Pool> m_pool;
    std::unique_ptr<ChatEngine> m_engine;
};

struct Two {
    ContactId aliceToBob;
    ContactId bobToAlice;
};

Two meet(Place &place, Someone &alice, Someone &bob, qint64 patience = 20 * kSecond)
{
    const auto known = must(alice->chats());
    const Invitation invitation = must(alice->createInvitation(InvitationKind::OneTime, {}));
    place.run(2 * kSecond);
    const StartedChat started = must(bob->startChat(invitation.link, std::nullopt));
    place.run(patience);
    for (const ChatSummary &chat : must(alice->chats())) {
        if (std::none_of(known.begin(), known.end(), [&](const ChatSummary &old) { return old.id == chat.id; }))
            return {chat.id, started.chat};
    }
    return {{}, started.chat};
}

bool isLive(Someone &person, const ContactId &chat)
{
    return !chat.isNull() && must(person->chat(chat)).link == Link::Live;
}

} // namespace

class TestStrictRelay : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void wholeConversation();
    void severalContacts_eachItsOwnSocket();
    void authToPublish_usesOneTimeKeys();
    void clockDaysOff_authAndDatesFollowTheRelay_data();
    void clockDaysOff_authAndDatesFollowTheRelay();
    void silentRelayBeside_holdsUpNobody();
    void silentRelay_isNotCalledConnected();
};

void TestStrictRelay::wholeConversation()
{
    Place place;
    Someone alice(place, "alice", {kStrict}, 1);
    Someone bob(place, "bob", {kStrict}, 2);
    const Two two = meet(place, alice, bob);
    QVERIFY(isLive(alice, two.aliceToBob) && isLive(bob, two.bobToAlice));
    const QString longest(28'000, u'x');
    const QStringList said{u"hello"_s, QString(3'000, u'm'), longest, u"bye"_s};
    for (const QString &text : said) {
        must(bob->sendText(two.bobToAlice, text));
        place.run(kSecond);
        must(alice->sendText(two.aliceToBob, text));
        place.run(kSecond);
    }
    QCOMPARE(alice.received(two.aliceToBob), said);
    QCOMPARE(bob.received(two.bobToAlice), said);
    place.run(5 * kMinute); // receipts
    alice.restart();
    must(bob->sendText(two.bobToAlice, u"while she starts"_s));
    place.run(5 * kMinute);
    QCOMPARE(alice.received(two.aliceToBob), said + QStringList{u"while she starts"_s});
    for (const Message &message : bob.texts(two.bobToAlice)) {
        if (message.own)
            QCOMPARE(message.state, MessageState::Delivered);
    }
    QCOMPARE(alice.conditionOf(kStrict), RelayCondition::Connected);
    QVERIFY(place.strict.authed > 0);
    QCOMPARE(place.strict.secondKeys, 0); // one key a socket
    QCOMPARE(place.strict.tooMany, 0);
}

void TestStrictRelay::severalContacts_eachItsOwnSocket()
{
    Place place;
    Someone alice(place, "alice", {kStrict}, 1);
    std::vector<std::unique_ptr<Someone>> others;
    std::vector<Two> pairs;
    for (int i = 0; i < 4; ++i) {
        others.push_back(std::make_unique<Someone>(place, std::to_string(i).c_str(), QStringList{kStrict}, 10u + unsigned(i)));
        pairs.push_back(meet(place, alice, *others.back()));
        QVERIFY(isLive(alice, pairs.back().aliceToBob));
    }
    alice.restart();
    place.run(20 * kSecond);
    for (std::size_t i = 0; i < others.size(); ++i) {
        must((*others[i])->sendText(pairs[i].bobToAlice, QString::number(i)));
        must(alice->sendText(pairs[i].aliceToBob, QString::number(i)));
    }
    place.run(5 * kSecond);
    for (std::size_t i = 0; i < others.size(); ++i) {
        QCOMPARE(alice.received(pairs[i].aliceToBob), QStringList{QString::number(i)});
        QCOMPARE(others[i]->received(pairs[i].bobToAlice), QStringList{QString::number(i)});
    }
    QCOMPARE(place.strict.secondKeys, 0);
    QCOMPARE(place.strict.tooMany, 0);
}

void TestStrictRelay::authToPublish_usesOneTimeKeys()
{
    Place place;
    place.strict.authToPublish = true;
    Someone alice(place, "alice", {kStrict}, 1);
    Someone bob(place, "bob", {kStrict}, 2);
    const Two two = meet(place, alice, bob, kMinute);
    QVERIFY(isLive(alice, two.aliceToBob) && isLive(bob, two.bobToAlice));
    must(bob->sendText(two.bobToAlice, u"hello"_s));
    place.run(kMinute);
    QCOMPARE(alice.received(two.aliceToBob), QStringList{u"hello"_s});
    QCOMPARE(place.strict.secondKeys, 0);
}

void TestStrictRelay::clockDaysOff_authAndDatesFollowTheRelay_data()
{
    QTest::addColumn<qint64>("aheadSeconds");
    QTest::newRow("ours is nine days behind") << qint64(9 * kDaySeconds);
    QTest::newRow("ours is nine days ahead") << qint64(-9 * kDaySeconds);
}

void TestStrictRelay::clockDaysOff_authAndDatesFollowTheRelay()
{
    QFETCH(qint64, aheadSeconds);
    Place place;
    place.strict.clockAheadSeconds = aheadSeconds;
    place.strict.oldestSeconds = 3 * kDaySeconds;
    Someone alice(place, "alice", {kStrict}, 1);
    Someone bob(place, "bob", {kStrict}, 2);
    const Two two = meet(place, alice, bob, 10 * kMinute);
    QVERIFY(isLive(alice, two.aliceToBob) && isLive(bob, two.bobToAlice));
    must(bob->sendText(two.bobToAlice, u"hello"_s));
    place.run(10 * kMinute);
    QCOMPARE(alice.received(two.aliceToBob), QStringList{u"hello"_s});
    const bool told = std::any_of(bob.facts.begin(), bob.facts.end(), [&](const Fact &fact) {
        const auto *hint = std::get_if<ClockSeemsWrong>(&fact);
        return hint && std::abs(hint->offByMs + aheadSeconds * kSecond) < kMinute;
    });
    QVERIFY(told);
}

void TestStrictRelay::silentRelayBeside_holdsUpNobody()
{
    Place place;
    // First in the list, in the link and at every mailbox.
    Someone alice(place, "alice", {kSilent, kStrict}, 1);
    Someone bob(place, "bob", {kSilent, kStrict}, 2);
    const Two two = meet(place, alice, bob);
    QVERIFY(isLive(alice, two.aliceToBob) && isLive(bob, two.bobToAlice));
    QStringList said;
    for (int i = 0; i < 100; ++i) { // more than may be under way at once
        said << QString::number(i);
        must(bob->sendText(two.bobToAlice, said.last()));
    }
    place.run(10 * kSecond);
    QCOMPARE(alice.received(two.aliceToBob), said);
    place.run(60 * kMinute);
    must(bob->sendText(two.bobToAlice, u"later"_s));
    place.run(5 * kSecond);
    QCOMPARE(alice.received(two.aliceToBob), said + QStringList{u"later"_s});
    QVERIFY(place.silent.opened > 2);
    QVERIFY(place.silent.opened < 400); // it is not stormed either
}

void TestStrictRelay::silentRelay_isNotCalledConnected()
{
    Place place;
    Someone alice(place, "alice", {kSilent, kStrict}, 1);
    Someone bob(place, "bob", {kStrict}, 2);
    meet(place, alice, bob);
    place.run(10 * kMinute);
    for (int i = 0; i < 20; ++i) {
        place.run(7 * kSecond);
        QVERIFY(alice.conditionOf(kSilent) != RelayCondition::Connected);
        QCOMPARE(alice.conditionOf(kStrict), RelayCondition::Connected);
    }
    std::optional<TroubleCode> answer;
    alice->testRelay(kSilent, [&](const Outcome<RelayInfo> &outcome) {
        answer = outcome ? TroubleCode::None : outcome.error().code;
    });
    place.run(5 * kMinute);
    QVERIFY(answer.has_value());
    QVERIFY(*answer != TroubleCode::None);
}

TACET_TEST_UNIT("t_strict_relay", TestStrictRelay)
#include "t_strict_relay.moc"
