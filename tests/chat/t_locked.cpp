// A vault that is locked while messages come.
#include "tests/chat/world.h"
#include "tests/relay/rig.h"
#include "tests/support/unit_registry.h"

#include "app/chat/locked_receiver.h"
#include "crypto/hkdf.h"

#include <QScopeGuard>

#include <fstream>

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

const QString kOne = u"wss://one.example"_s;
const QString kTwo = u"wss://two.example"_s;
constexpr qint64 kMinute = 60'000;
constexpr qint64 kHour = 60 * kMinute;

/// One mailbox at a relay that is played word by word: the real readers decide what is asked.
struct Mailbox {
    Rig rig;
    QTemporaryDir folder;
    std::filesystem::path spoolFile = std::filesystem::path(folder.path().toStdString()) / "spool";
    crypto::NostrKeyPair keys = rig.key();
    std::vector<crypto::NostrEvent> stored;
    LockedState state;
    int arrived = 0;
    int asked = 0; ///< requests that were answered
    std::unique_ptr<LockedReceiver> receiver;

    Mailbox()
    {
        state.spoolKey = SpoolKey{rig.random.bytes<32>()};
        state.reading.push_back({rig.url, keys.clone(), relay::SyncFrom{rig.now(), rig.now()}});
    }
    ~Mailbox() { receiver.reset(); }

    /// Answers the hash of what is inside. It is dated up to two days before `secondsAgo`.
    crypto::FixedBytes<32> store(std::int64_t secondsAgo)
    {
        crypto::Bytes inner(crypto::kMessageSizes[0]);
        rig.random.fill(inner);
        stored.push_back(*crypto::wrap(inner, keys.publicKey(), rig.now() - secondsAgo, rig.random));
        return crypto::sha256(inner);
    }
    FakeTransports::Socket &lock()
    {
        std::sort(state.known.begin(), state.known.end());
        receiver = std::make_unique<LockedReceiver>(std::move(state), spoolFile, rig.pool, rig.clock, rig.timers, rig.random,
                                                    [this] { ++arrived; });
        receiver->start();
        return rig.openSocket();
    }
    void run(FakeTransports::Socket &socket, qint64 ms)
    {
        for (; ms > 0; ms -= 10'000) {
            while (rig.answer(socket, stored, 500))
                ++asked;
            socket.pong();
            rig.timers.advance(10'000);
        }
    }
    std::size_t spooled() const { return Spool(spoolFile).count(); }
};

} // namespace

class TestLocked : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void receivesIntoTheSpool();
    void whatIsKnown_isNeitherToldNorSealed();
    void aDayLater_theSweepSealsWhatIsNewAlone();
    void fullSpool_isFilledNoFurtherAndRelaysAreLeftInPeace();
    void spool_readsOnlyItsOwnRecords();
    void spool_isCapped();
    void answerToAnEarlierListener_isNobodys();
};

void TestLocked::receivesIntoTheSpool()
{
    World world;
    ScriptedRelay &relay = world.relay("wss://one.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne});
    bob.create({kOne});
    const Pair pair = meet(world, alice, bob);
    world.run(kHour);
    relay.behaviour().retry = "rate-limited: later";
    must(alice->sendText(pair.aliceToBob, u"ready before"_s));
    world.settle();
    const auto spoolFile = alice.file.parent_path() / "spool";
    LockedState state = must(alice->lockedState());
    QCOMPARE(state.sending.size(), std::size_t(1));
    alice.close();
    relay.behaviour().retry.clear();

    SeededRandom random(4);
    auto port = world.network.makePort();
    int arrived = 0;
    {
        LockedReceiver locked(std::move(state), spoolFile, *port, world.clock, world.timers, random, [&] { ++arrived; });
        locked.start();
        world.run(kMinute);
        QVERIFY(bob.history(pair.bobToAlice).contains(u"ready before"_s)); // outgoing goes on
        QVERIFY(arrived <= 1); // Bob's receipt for it
        must(bob->sendText(pair.bobToAlice, u"secret words"_s));
        must(bob->sendText(pair.bobToAlice, QString(9000, u'y')));
        world.run(kMinute);
        QVERIFY(arrived >= 2);
        for (const Message &message : bob.messages(pair.bobToAlice)) {
            if (message.own)
                QCOMPARE(message.state, MessageState::OnRelay); // no receipt from a locked vault
        }
    }
    port.reset();
    QVERIFY(Spool(spoolFile).count() >= 2);
    QCOMPARE(std::filesystem::file_size(spoolFile) % Spool::kRecordSize, std::size_t(0));
    // A relay that forgets everything meanwhile takes nothing away.
    relay.loseHistory();
    alice.open();
    QVERIFY(must(alice->drainSpool(spoolFile)) >= 2);
    QCOMPARE(alice.history(pair.aliceToBob), (QStringList{u"> ready before"_s, u"secret words"_s, QString(9000, u'y')}));
    QVERIFY(!std::filesystem::exists(spoolFile));
    QCOMPARE(must(alice->drainSpool(spoolFile)), 0);
}

void TestLocked::answerToAnEarlierListener_isNobodys()
{
    World world;
    ScriptedRelay &one = world.relay("wss://one.example");
    ScriptedRelay &two = world.relay("wss://two.example");
    Person &alice = world.person("alice");
    Person &carol = world.person("carol");
    Person &dave = world.person("dave");
    alice.create({kOne, kTwo});
    carol.create({kTwo}, u"Carol"_s);
    dave.create({kOne}, u"Dave"_s);
    meet(world, alice, carol);
    meet(world, alice, dave);
    world.run(kHour);
    one.behaviour().down = two.behaviour().down = true;
    must(alice->sendText(alice.chatWith(u"Carol"_s), u"to two"_s)); // the first row goes to the second relay
    const ContactId toDave = alice.chatWith(u"Dave"_s);
    const MessageId text = must(alice->sendText(toDave, u"to one"_s));
    world.settle();
    LockedState state = must(alice->lockedState());
    QCOMPARE(state.sending.size(), std::size_t(2));
    alice.close();
    one.behaviour() = two.behaviour() = {};
    one.behaviour().delayMs = kHour;
    two.behaviour().delayMs = 10 * kMinute;

    const auto line = world.network.makePort(); // the program's: it serves the locked receiver and the engine after it
    SeededRandom random(4);
    {
        LockedReceiver locked(std::move(state), alice.file.parent_path() / "spool", *line, world.clock, world.timers, random, [] {});
        locked.start();
        world.settle();
        world.clock.advance(5 * kMinute);
    }
    world.wrapPort = [&](Person &) -> relay::RelayPort & { return *line; };
    const auto end = qScopeGuard([&] { alice.close(); }); // before its line
    alice.open();
    world.run(6 * kMinute); // the second relay has taken what the receiver sent; the first has said nothing yet
    const auto messages = alice.messages(toDave);
    const auto waiting = std::find_if(messages.begin(), messages.end(), [&](const Message &message) { return message.id == text; });
    QVERIFY(waiting != messages.end());
    QCOMPARE(waiting->state, MessageState::Queued);
    world.run(24 * kHour);
    QCOMPARE(dave.history(dave.chatWith()), QStringList{u"to one"_s});
    QCOMPARE(carol.history(carol.chatWith()), QStringList{u"to two"_s});
}

void TestLocked::whatIsKnown_isNeitherToldNorSealed()
{
    World world;
    ScriptedRelay &one = world.relay("wss://one.example");
    ScriptedRelay &two = world.relay("wss://two.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne, kTwo});
    bob.create({kOne, kTwo});
    const Pair pair = meet(world, alice, bob);
    must(bob->sendText(pair.bobToAlice, u"read long ago"_s));
    world.run(kMinute);
    must(alice->sendText(pair.aliceToBob, u"and answered"_s));
    world.run(kHour);
    const auto received = [&] {
        qint64 count = 0;
        for (const RelayDisclosure &relay : must(alice->disclosure()).relays)
            count += relay.envelopesIn;
        return count;
    };
    const qint64 before = received();
    const auto spoolFile = alice.file.parent_path() / "spool";
    LockedState state = must(alice->lockedState());
    QVERIFY(state.reading.size() >= 2);
    for (const LockedState::Reading &reading : state.reading)
        QVERIFY(reading.from.lastSyncSeconds && reading.from.lastSweepSeconds.value_or(0) > 0);
    alice.close();

    SeededRandom random(4);
    auto port = world.network.makePort();
    int arrived = 0;
    {
        LockedReceiver locked(std::move(state), spoolFile, *port, world.clock, world.timers, random, [&] { ++arrived; });
        locked.start();
        world.run(kMinute);
        QCOMPARE(arrived, 0);
        QCOMPARE(Spool(spoolFile).count(), std::size_t(0));
        const auto copies = [&] { return std::pair(one.stored().size(), two.stored().size()); };
        const auto [atOne, atTwo] = copies();
        must(bob->sendText(pair.bobToAlice, u"new"_s));
        world.run(kMinute);
        QCOMPARE(copies(), std::pair(atOne + 1, atTwo + 1)); // an envelope of its own for each
        QCOMPARE(arrived, 1);
        QCOMPARE(Spool(spoolFile).count(), std::size_t(1));
    }
    port.reset();
    alice.open();
    QCOMPARE(must(alice->drainSpool(spoolFile)), 1);
    world.run(kMinute);
    QCOMPARE(alice.history(pair.aliceToBob), (QStringList{u"read long ago"_s, u"> and answered"_s, u"new"_s}));
    QCOMPARE(received(), before + 2); // that from the spool, too, and once for each relay
}

void TestLocked::aDayLater_theSweepSealsWhatIsNewAlone()
{
    Mailbox mailbox;
    constexpr int kMany = int(Spool::kMaximumRecords) + 100;
    for (int i = 0; i < kMany; ++i)
        mailbox.state.known.push_back(mailbox.store(i * 900));
    auto &socket = mailbox.lock();
    mailbox.run(socket, kHour);
    mailbox.store(10 * 24 * 3600); // of a clock that is far behind: the sweep alone finds it
    mailbox.run(socket, kHour);
    QCOMPARE(mailbox.arrived, 0);
    QCOMPARE(mailbox.spooled(), std::size_t(0));
    mailbox.run(socket, 23 * kHour);
    QVERIFY(socket.isAlive());
    QCOMPARE(mailbox.arrived, 1);
    QCOMPARE(mailbox.spooled(), std::size_t(1));
    mailbox.store(0);
    socket.end();
    mailbox.rig.timers.advance(relay::Connection::kFirstWaitMs);
    mailbox.run(mailbox.rig.openSocket(), kMinute);
    QCOMPARE(mailbox.arrived, 2);
    QCOMPARE(mailbox.spooled(), std::size_t(2));
}

void TestLocked::fullSpool_isFilledNoFurtherAndRelaysAreLeftInPeace()
{
    Mailbox mailbox;
    { std::ofstream(mailbox.spoolFile, std::ios::binary).put('x'); }
    std::filesystem::resize_file(mailbox.spoolFile, Spool::kMaximumRecords * Spool::kRecordSize); // a sparse file will do
    mailbox.state.known.push_back(mailbox.store(0)); // what is known can be kept: that is no sign of room
    mailbox.store(0);
    auto &socket = mailbox.lock();
    mailbox.run(socket, kHour);
    QVERIFY(mailbox.asked >= 4);
    mailbox.asked = 0;
    mailbox.run(socket, 4 * kHour);
    QVERIFY2(mailbox.asked >= 16 && mailbox.asked <= 4 * 8, qPrintable(QString::number(mailbox.asked)));
    QCOMPARE(mailbox.arrived, 0);
    QCOMPARE(mailbox.spooled(), Spool::kMaximumRecords);
    std::filesystem::remove(mailbox.spoolFile);
    mailbox.run(socket, 16 * kMinute);
    QCOMPARE(mailbox.arrived, 1);
    QCOMPARE(mailbox.spooled(), std::size_t(1));
}

void TestLocked::spool_readsOnlyItsOwnRecords()
{
    World world;
    world.relay("wss://one.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne});
    bob.create({kOne});
    const auto file = alice.file.parent_path() / "spool";
    const LockedState his = must(bob->lockedState());
    const LockedState hers = must(alice->lockedState());
    Spool spool(file);
    SpoolRecord record;
    record.inner.assign(3072, 7);
    QCOMPARE(spool.append(record, hers.spoolKey), Spool::Written::Yes);
    QCOMPARE(spool.append(record, his.spoolKey), Spool::Written::Yes);
    {
        std::ofstream torn(file, std::ios::binary | std::ios::app);
        torn << "a crash tore this off";
    }
    QCOMPARE(spool.count(), std::size_t(2));
    QCOMPARE(spool.append(record, hers.spoolKey), Spool::Written::Yes); // over the torn end
    QCOMPARE(spool.count(), std::size_t(3));
    QCOMPARE(must(alice->drainSpool(file)), 2); // one does not open with her key; all of it is rubbish, and nothing breaks
}

void TestLocked::spool_isCapped()
{
    World world;
    world.relay("wss://one.example");
    Person &alice = world.person("alice");
    alice.create({kOne});
    const auto file = alice.file.parent_path() / "spool";
    { std::ofstream(file, std::ios::binary).put('x'); }
    std::filesystem::resize_file(file, Spool::kMaximumRecords * Spool::kRecordSize); // a sparse file will do
    Spool spool(file);
    SpoolRecord record;
    record.inner.assign(3072, 7);
    QCOMPARE(spool.append(record, must(alice->lockedState()).spoolKey), Spool::Written::Full);
}

TACET_TEST_UNIT("t_locked", TestLocked)
#include "t_locked.moc"
