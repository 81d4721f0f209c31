// Relays that lose, lie, replay, flood and refuse; people who were away, with clocks that are wrong.
#include "tests/chat/world.h"
#include "tests/support/unit_registry.h"

#include "app/vault/mailbox_rows.h"
#include "app/vault/receipt_rows.h"
#include "crypto/gift_wrap.h"

#include <QRegularExpression>

#include <limits>
#include <set>

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

const QString kOne = u"wss://one.example"_s;
const QString kTwo = u"wss://two.example"_s;
constexpr qint64 kMinute = 60'000;
constexpr qint64 kHour = 60 * kMinute;
constexpr qint64 kDay = 24 * kHour;

struct Two {
    explicit Two(std::uint64_t seed = 1)
        : world(seed), one(world.relay("wss://one.example")), two(world.relay("wss://two.example")),
          alice(world.person("alice")), bob(world.person("bob"))
    {
        alice.create({kOne, kTwo});
        bob.create({kOne, kTwo});
        pair = meet(world, alice, bob);
        world.run(10 * kMinute); // receipts are out
    }
    QStringList atAlice() { return alice.history(pair.aliceToBob).filter(QRegularExpression(u"^[^>]"_s)); }
    QStringList say(int count)
    {
        QStringList texts;
        for (int i = 0; i < count; ++i) {
            texts << u"m%1"_s.arg(said++);
            must(bob->sendText(pair.bobToAlice, texts.last()));
            world.run(100);
        }
        all << texts;
        return texts;
    }
    /// Both relays say OK, and keep nothing of it.
    void sayLost(int count)
    {
        one.behaviour().lieInOk = two.behaviour().lieInOk = true;
        say(count);
        one.behaviour().lieInOk = two.behaviour().lieInOk = false;
    }

    World world;
    ScriptedRelay &one;
    ScriptedRelay &two;
    Person &alice;
    Person &bob;
    Pair pair;
    QStringList all;
    int said = 0;
};

} // namespace

class TestRelayLies : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eachRelayAndAttempt_hasAWrapOfItsOwn();
    void heldUpForWeeks_whatWaitedIsRead();
    void oneRelayDead_nobodyNotices();
    void lyingOk_honestSecondRelayCarries();
    void lyingOk_aloneIsRepairedByAsking();
    void lyingOk_aloneIsRepairedWithoutAQuestion();
    void drops_areFoundByTheNextPass();
    void duplicatesAndReplays_storeOnce();
    void refusal_failsAndRetryWorks();
    void rateLimit_waitsAndArrives();
    void rubbish_changesNothing();
    void tenDaysOffline_clockNineDaysOff_firstRelayDead();
    void wallClockBack_doesNotStopSending();
    void gap_isNamedThenFilledInItsPlace();
    void gap_isAskedForAndSentAgain();
    void neverAcknowledged_isSentAgainEverMoreSeldom();
    void lostSession_isRenewedOverRendezvous();
    void sessionOfALaterProgram_isLeftAlone();
    void higherSessions_areNotMadeWithoutEnd();
    void absurdDates_areNotKeptForEver();
    void randomSchedules_data();
    void randomSchedules();
};

void TestRelayLies::eachRelayAndAttempt_hasAWrapOfItsOwn()
{
    Two t;
    const std::size_t known[] = {t.one.stored().size(), t.two.stored().size()};
    t.one.behaviour().loseOk = true; // so that it is sent there again
    must(t.bob->sendText(t.pair.bobToAlice, u"often"_s));
    t.world.settle();
    t.one.behaviour().loseOk = false;
    t.world.run(10 * kMinute);
    std::set<crypto::NostrEventId> ids;
    std::set<crypto::NostrPublicKey> authors;
    std::size_t wraps = 0;
    for (ScriptedRelay *relay : {&t.one, &t.two}) {
        const std::size_t before = known[relay == &t.two];
        QVERIFY(relay->stored().size() > before);
        for (std::size_t i = before; i < relay->stored().size(); ++i, ++wraps) {
            ids.insert(relay->stored()[i].id);
            authors.insert(relay->stored()[i].author);
        }
    }
    QVERIFY(wraps >= 3);
    QCOMPARE(ids.size(), wraps);
    QCOMPARE(authors.size(), wraps);
    QCOMPARE(t.atAlice(), QStringList{u"often"_s});
}

void TestRelayLies::heldUpForWeeks_whatWaitedIsRead()
{
    Two t;
    t.one.behaviour().retry = t.two.behaviour().retry = "rate-limited: slow down";
    t.say(1);
    t.world.run(40 * kDay); // Alice reads on meanwhile, and looks a month back
    QVERIFY(t.atAlice().isEmpty());
    const std::size_t known[] = {t.one.stored().size(), t.two.stored().size()};
    t.one.behaviour().retry.clear();
    t.two.behaviour().retry.clear();
    t.world.run(kHour);
    for (ScriptedRelay *relay : {&t.one, &t.two}) {
        for (std::size_t i = known[relay == &t.two]; i < relay->stored().size(); ++i)
            QVERIFY(relay->stored()[i].createdAt >= t.world.clock.wallSeconds() - crypto::kWrapSpread - 3600);
    }
    QCOMPARE(t.atAlice(), t.all);
}

void TestRelayLies::oneRelayDead_nobodyNotices()
{
    Two t;
    t.one.behaviour().down = true;
    t.world.settle();
    t.say(5);
    QCOMPARE(t.atAlice(), t.all);
    for (const Message &message : t.bob.messages(t.pair.bobToAlice)) {
        if (message.own)
            QVERIFY(message.state >= MessageState::OnRelay);
    }
}

void TestRelayLies::lyingOk_honestSecondRelayCarries()
{
    Two t;
    t.one.behaviour().lieInOk = true;
    t.say(5);
    t.world.run(10 * kMinute);
    QCOMPARE(t.atAlice(), t.all);
}

void TestRelayLies::lyingOk_aloneIsRepairedByAsking()
{
    Two t;
    t.sayLost(3);
    t.say(1); // its number tells of the hole
    t.world.run(kHour);
    QCOMPARE(t.atAlice(), t.all);
    QVERIFY(!t.alice.hasLine(t.pair.aliceToBob, SystemLine::Gap));
}

void TestRelayLies::lyingOk_aloneIsRepairedWithoutAQuestion()
{
    Two t;
    t.sayLost(1);
    t.say(1);
    const auto alicesReceiptAlone = [&] { // she does not ask
        t.world.run(3'000);
        vault::Transaction transaction(*t.alice.db);
        for (const vault::GapRow &gap : vault::readGaps(*t.alice.db))
            vault::deleteGap(*t.alice.db, gap.contact, gap.epoch);
        QVERIFY(transaction.commit().ok());
        t.world.run(3 * kMinute);
    };
    alicesReceiptAlone(); // perhaps too early to send anything again
    QVERIFY(t.atAlice() != t.all);
    t.say(1);
    alicesReceiptAlone();
    QCOMPARE(t.atAlice(), t.all);
}

void TestRelayLies::drops_areFoundByTheNextPass()
{
    Two t(5);
    t.one.behaviour().dropPercent = 50;
    t.two.behaviour().dropPercent = 50;
    t.say(40);
    t.world.run(2 * kHour);
    t.one.behaviour().dropPercent = 0;
    t.two.behaviour().dropPercent = 0;
    t.world.run(4 * kHour);
    QCOMPARE(t.atAlice(), t.all);
}

void TestRelayLies::duplicatesAndReplays_storeOnce()
{
    Two t(6);
    t.one.behaviour().duplicatePercent = 100;
    t.one.behaviour().reorder = true;
    t.two.behaviour().reorder = true;
    t.say(30);
    t.world.run(kMinute);
    QCOMPARE(t.atAlice(), t.all);
    // Everything that was ever on relay one, once more on relay two, and all of it after a restart.
    for (const crypto::NostrEvent &event : std::vector(t.one.stored()))
        t.world.network.inject(t.two.url(), event);
    t.world.settle();
    t.alice.restart();
    t.bob.restart();
    t.world.run(kHour);
    QCOMPARE(t.atAlice(), t.all);
    QCOMPARE(must(t.alice->chats()).size(), 1);
    QCOMPARE(t.alice.countLines(t.pair.aliceToBob, SystemLine::PeerJoined), 1);
    QCOMPARE(t.alice.countLines(t.pair.aliceToBob, SystemLine::InvitationTriedTwice), 0);
    QCOMPARE(t.alice.countLines(t.pair.aliceToBob, SystemLine::SessionRenewed), 0);
}

void TestRelayLies::refusal_failsAndRetryWorks()
{
    Two t;
    t.one.behaviour().refuse = "blocked: no";
    t.two.behaviour().refuse = "blocked: no";
    const MessageId id = must(t.bob->sendText(t.pair.bobToAlice, u"refused"_s));
    t.world.run(kMinute);
    QCOMPARE(must(t.bob->message(id)).state, MessageState::Failed);
    QCOMPARE(must(t.bob->outbox()).failed, 1);
    t.one.behaviour().refuse.clear();
    t.world.run(kMinute);
    QVERIFY(t.atAlice().isEmpty());
    must(t.bob->retryMessage(id));
    t.world.run(kMinute);
    QCOMPARE(t.atAlice(), QStringList{u"refused"_s});
    QCOMPARE(must(t.bob->outbox()).failed, 0);
    t.world.run(5 * kMinute);
    QCOMPARE(must(t.bob->message(id)).state, MessageState::Delivered);
}

void TestRelayLies::rateLimit_waitsAndArrives()
{
    Two t;
    t.one.behaviour().retry = "rate-limited: slow down";
    t.two.behaviour().down = true;
    t.world.settle();
    const MessageId id = must(t.bob->sendText(t.pair.bobToAlice, u"patient"_s));
    t.world.run(5 * kMinute);
    QCOMPARE(must(t.bob->message(id)).state, MessageState::Queued);
    const auto attempts = t.one.attempts();
    QVERIFY(attempts < 30); // it is obeyed
    t.bob.restart();
    t.one.behaviour().retry.clear();
    t.world.run(kHour);
    QCOMPARE(t.atAlice(), QStringList{u"patient"_s});
}

void TestRelayLies::rubbish_changesNothing()
{
    Two t;
    SeededRandom random(77);
    // A relay knows the mailboxes that are asked for. It fills them with well-formed envelopes of nonsense, and with
    // messages of others.
    std::set<crypto::NostrPublicKey> mailboxes;
    for (const crypto::NostrEvent &event : t.one.stored())
        mailboxes.insert(*mailboxOf(event));
    const auto before = t.alice.messages(t.pair.aliceToBob).size();
    for (const crypto::NostrPublicKey &mailbox : mailboxes) {
        for (int i = 0; i < 40; ++i) {
            crypto::Bytes inner(crypto::kMessageSizes[std::size_t(i % 2)]);
            random.fill(inner);
            inner[0] = std::uint8_t(1 + i % 2); // looks like a first or a later message
            inner[1] = 1;
            t.world.network.inject(t.one.url(), *crypto::wrap(inner, mailbox, t.world.clock.wallSeconds(), random));
        }
    }
    t.world.run(kMinute);
    QCOMPARE(t.alice.messages(t.pair.aliceToBob).size(), before);
    QCOMPARE(must(t.alice->chats()).size(), 1);
    QCOMPARE(t.alice.summary().link, Link::Live);
    t.say(3);
    QCOMPARE(t.atAlice(), t.all);
}

void TestRelayLies::tenDaysOffline_clockNineDaysOff_firstRelayDead()
{
    Two t;
    t.bob.close();
    t.say(0);
    // Bob was away ten days, came back with a clock nine days behind, wrote, and could reach no relay for a while.
    t.world.run(10 * kDay);
    t.alice.close();
    t.one.behaviour().down = true;
    t.two.behaviour().down = true;
    t.world.clock.jumpWall(-9 * kDay);
    t.bob.open();
    t.say(3);
    t.world.run(kHour);
    t.two.behaviour().down = false; // the first relay stays dead
    t.world.run(kHour);
    t.bob.close();
    t.world.clock.jumpWall(9 * kDay);
    t.alice.open();
    t.world.run(kHour);
    QCOMPARE(t.atAlice(), t.all);
    t.alice.restart();
    t.world.run(2 * kDay);
    QCOMPARE(t.atAlice(), t.all);
}

void TestRelayLies::wallClockBack_doesNotStopSending()
{
    Two t;
    t.one.behaviour().down = true;
    t.two.behaviour().down = true;
    t.world.settle();
    t.say(2);
    t.world.run(kHour);
    t.bob.close();
    t.world.clock.jumpWall(-30 * kDay);
    t.one.behaviour().down = false;
    t.bob.open();
    t.say(1);
    t.world.run(kDay);
    QCOMPARE(t.atAlice(), t.all);
}

void TestRelayLies::gap_isNamedThenFilledInItsPlace()
{
    Two t;
    t.say(2);
    // Both relays keep the next two from Alice and Bob cannot answer questions.
    t.sayLost(2);
    t.say(1);
    t.bob.close();
    t.world.run(10 * kMinute);
    QCOMPARE(t.alice.countLines(t.pair.aliceToBob, SystemLine::Gap), 1);
    for (const Message &message : t.alice.messages(t.pair.aliceToBob)) {
        if (message.system == SystemLine::Gap)
            QCOMPARE(message.text, u"2"_s);
    }
    t.bob.open();
    t.world.run(2 * kHour);
    QCOMPARE(t.atAlice(), t.all); // in their writer's order, not in that of arrival
    QCOMPARE(t.alice.countLines(t.pair.aliceToBob, SystemLine::Gap), 0);
}

void TestRelayLies::gap_isAskedForAndSentAgain()
{
    Two t;
    t.sayLost(30);
    t.bob.restart();
    t.alice.restart();
    t.say(2);
    t.world.run(kHour);
    QCOMPARE(t.atAlice(), t.all);
    for (const Message &message : t.bob.messages(t.pair.bobToAlice)) {
        if (message.own)
            QCOMPARE(message.state, MessageState::Delivered);
    }
}

void TestRelayLies::neverAcknowledged_isSentAgainEverMoreSeldom()
{
    Two t;
    t.sayLost(1);
    {
        // However often it comes, nothing in there can be read, and nobody asks for it either.
        vault::Transaction transaction(*t.bob.db);
        t.bob.db->exec("UPDATE outbox SET payload = x'00', sealed = zeroblob(3072) WHERE message IS NOT NULL");
        QVERIFY(transaction.commit().ok());
    }
    const auto lastTime = [&] {
        vault::Snapshot snapshot(*t.bob.db);
        return t.bob.db->integer("SELECT max(sent_ms + resent_ms) FROM outbox WHERE sequence > 0 AND payload = x'00'").value_or(-1);
    };
    const auto timesInADay = [&] {
        int times = 0;
        for (int i = 0; i < 8 * 24; ++i) {
            const auto before = lastTime();
            t.say(1); // each is acknowledged, and so says that the one before it is missing
            t.world.run(kDay / 8 / 24 - 100);
            times += lastTime() != before ? 1 : 0;
        }
        return times;
    };
    const int first = timesInADay();
    QVERIFY2(first >= 4 && first <= 20, qPrintable(QString::number(first)));
    static_cast<void>(timesInADay());
    const int third = timesInADay();
    QVERIFY2(third <= 2, qPrintable(QString::number(third)));
}

void TestRelayLies::lostSession_isRenewedOverRendezvous()
{
    Two t;
    t.say(2);
    t.world.run(kHour);
    // Alice's copy of every session is damaged (a bad disk): she opens nothing any more.
    {
        vault::Transaction transaction(*t.alice.db);
        t.alice.db->exec("UPDATE sessions SET state = x'00'");
        QVERIFY(transaction.commit().ok());
    }
    t.alice.restart();
    t.say(3);
    t.world.run(2 * kHour);
    QCOMPARE(t.atAlice(), t.all);
    QCOMPARE(t.alice.summary().link, Link::Live);
    must(t.alice->sendText(t.pair.aliceToBob, u"back"_s));
    t.world.run(kMinute);
    QVERIFY(t.bob.history(t.pair.bobToAlice).contains(u"back"_s));
    QVERIFY(t.bob.hasLine(t.pair.bobToAlice, SystemLine::SessionRenewed));
}

void TestRelayLies::sessionOfALaterProgram_isLeftAlone()
{
    Two t;
    const auto sessions = [&] {
        vault::Snapshot snapshot(*t.alice.db);
        return t.alice.db->integer("SELECT count(*) FROM sessions WHERE state = x'ff'").value_or(-1);
    };
    {
        vault::Transaction transaction(*t.alice.db);
        t.alice.db->exec("UPDATE sessions SET state = x'ff'");
        QVERIFY(transaction.commit().ok());
    }
    const auto before = sessions();
    QVERIFY(before > 0);
    t.alice.restart();
    t.say(1);
    t.world.run(kHour);
    QCOMPARE(sessions(), before);
}

void TestRelayLies::higherSessions_areNotMadeWithoutEnd()
{
    Two t;
    {
        vault::Transaction transaction(*t.bob.db);
        t.bob.db->exec("UPDATE sessions SET state = x'00'"); // Bob has to start a new one
        QVERIFY(transaction.commit().ok());
    }
    t.say(1); // finds that out
    const auto written = [&] {
        vault::Snapshot snapshot(*t.bob.db);
        return t.bob.db->integer("SELECT own_sequence FROM contacts").value_or(-1);
    };
    const auto before = written();
    t.bob.restart();
    // Whatever number Bob chooses, Alice says that she has seen a higher one.
    for (int i = 0; i < 2'000; ++i) {
        {
            vault::Transaction transaction(*t.alice.db);
            t.alice.db->exec("UPDATE contacts SET highest_session = highest_session + 100000000");
            QVERIFY(transaction.commit().ok());
        }
        if (!t.world.network.step())
            t.world.run(1'000);
    }
    QVERIFY2(written() > before + 2, qPrintable(QString::number(written() - before))); // it asked more than once
    QVERIFY2(written() <= before + 12, qPrintable(QString::number(written() - before)));
}

void TestRelayLies::absurdDates_areNotKeptForEver()
{
    Two t;
    std::optional<crypto::NostrPublicKey> mailbox;
    {
        vault::Snapshot snapshot(*t.alice.db);
        for (const vault::MailboxRow &row : vault::readMailboxesOf(*t.alice.db, t.pair.aliceToBob.bytes)) {
            if (row.purpose == vault::MailboxPurpose::Contact)
                mailbox = crypto::NostrPublicKey{row.publicKey};
        }
        static_cast<void>(snapshot.finish());
    }
    SeededRandom random(9);
    for (const std::int64_t date : {std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::max() / 1000}) {
        crypto::Bytes bytes(crypto::kMessageSizes[0]);
        random.fill(bytes);
        t.world.network.inject(t.one.url(), *crypto::wrap(bytes, *mailbox, date, random));
    }
    t.world.settle();
    vault::Snapshot snapshot(*t.alice.db);
    const auto last = t.alice.db->integer("SELECT max(keep_ms) FROM seen").value_or(-1);
    QVERIFY(last > t.world.clock.wallMs() + 300 * kDay);
    QVERIFY(last < t.world.clock.wallMs() + 400 * kDay);
}

void TestRelayLies::randomSchedules_data()
{
    QTest::addColumn<int>("seed");
    for (int seed = 1; seed <= 6; ++seed)
        QTest::addRow("seed %d", seed) << seed;
}

void TestRelayLies::randomSchedules()
{
    QFETCH(int, seed);
    Two t{std::uint64_t(seed)};
    SeededRandom chance(std::uint64_t(seed) * 31);
    QStringList fromAlice;
    ScriptedRelay *const relays[] = {&t.one, &t.two};
    for (int round = 0; round < 120; ++round) {
        switch (chance.below(9)) {
        case 0:
        case 1:
        case 2:
            t.say(int(1 + chance.below(3)));
            break;
        case 3:
            fromAlice << u"a%1"_s.arg(fromAlice.size());
            must(t.alice->sendText(t.pair.aliceToBob, fromAlice.last()));
            break;
        case 4: {
            RelayBehaviour &behaviour = relays[chance.below(2)]->behaviour();
            behaviour = RelayBehaviour();
            behaviour.down = chance.below(3) == 0;
            behaviour.lieInOk = chance.below(5) == 0;
            behaviour.loseOk = chance.below(5) == 0;
            behaviour.dropPercent = int(chance.below(60));
            behaviour.duplicatePercent = int(chance.below(60));
            behaviour.reorder = chance.below(2) == 0;
            behaviour.retry = chance.below(6) == 0 ? "rate-limited: later" : "";
            break;
        }
        case 5:
            (chance.below(2) == 0 ? t.alice : t.bob).restart();
            break;
        case 6:
            t.world.clock.jumpWall(qint64(chance.below(2 * kHour)) - kHour);
            break;
        case 7:
            must(t.alice->setOpenChat(t.pair.aliceToBob, chance.below(2) == 0));
            break;
        default:
            t.world.run(qint64(chance.below(20 * kMinute)));
        }
        t.world.run(1000);
    }
    t.one.behaviour() = {};
    t.two.behaviour() = {};
    t.say(1);
    fromAlice << u"last"_s;
    must(t.alice->sendText(t.pair.aliceToBob, u"last"_s));
    t.world.run(8 * kHour);
    QCOMPARE(t.atAlice(), t.all);
    QCOMPARE(t.bob.history(t.pair.bobToAlice).filter(QRegularExpression(u"^[^>]"_s)), fromAlice);
    for (const Message &message : t.bob.messages(t.pair.bobToAlice)) {
        if (message.own)
            QVERIFY2(message.state >= MessageState::Delivered, qPrintable(message.text));
    }
    QCOMPARE(t.alice.countLines(t.pair.aliceToBob, SystemLine::Gap), 0);
    QCOMPARE(t.alice.countLines(t.pair.aliceToBob, SystemLine::SessionRenewed), 0);
    QCOMPARE(must(t.bob->outbox()).waiting, 0);
}

TACET_TEST_UNIT("t_relay_lies", TestRelayLies)
#include "t_relay_lies.moc"
