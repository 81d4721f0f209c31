// Full disks, and messages that take the program down.
#include "tests/chat/failing_results.h"
#include "tests/support/unit_registry.h"

#include "app/vault/inbox_rows.h"

#include <QRegularExpression>

#include <cerrno>

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

const QString kOne = u"wss://one.example"_s;
constexpr qint64 kMinute = 60'000;
constexpr qint64 kHour = 60 * kMinute;

} // namespace

class TestTrouble : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void diskFull_atEachWrite_losesNothing();
    void poison_isDeferredThenSetAside();
    void innocentMessage_killedOnce_arrives();
    void fullDisk_isNoCrash();
};

void TestTrouble::diskFull_atEachWrite_losesNothing()
{
    // The whole story once for each n: the n-th write of Bob's vault and some after it fail, then the disk has room.
    int failed = 0;
    for (int nth = 1; nth < 400; nth += 7) {
        World world(9);
        world.relay("wss://one.example");
        Person &alice = world.person("alice");
        Person &bob = world.person("bob");
        alice.create({kOne});
        FailNth plan(nth, ENOSPC, true);
        FaultVfs vfs(plan);
        bob.create({kOne});
        bob.close();
        bob.options.vfs = vfs.name();
        auto opened = vault::Database::open(bob.file, vault::OpenMode::Writer, [] {
            crypto::FixedBytes<32> key{};
            key.fill(0x42);
            return key;
        }(), bob.options);
        if (!opened)
            continue; // too early: the file could not even be opened
        opened->reset();
        if (plan.failures() > 0)
            continue;
        bob.open();
        const Invitation invitation = must(alice->createInvitation(InvitationKind::OneTime, {}));
        world.settle();
        QStringList texts;
        const auto tryAll = [&] {
            if (must(bob->chats()).isEmpty())
                static_cast<void>(bob->startChat(invitation.link, std::nullopt).ok());
            world.run(kMinute);
            for (int i = 0; i < 3 && !must(bob->chats()).isEmpty(); ++i) {
                const QString text = u"b%1"_s.arg(texts.size());
                const auto sent = bob->sendText(bob.chatWith(), text);
                if (sent)
                    texts << text;
                else
                    QCOMPARE(sent.error().code, TroubleCode::DiskFull);
                world.run(1000);
            }
            if (!must(alice->chats()).isEmpty())
                must(alice->sendText(alice.chatWith(), u"a"_s));
            world.run(kMinute);
        };
        tryAll();
        plan.heal();
        tryAll();
        world.run(4 * kHour);
        failed += plan.failures() > 0 ? 1 : 0;
        const QRegularExpression received(u"^[^>]"_s);
        QVERIFY2(must(alice->chats()).size() == 1, qPrintable(QString::number(nth)));
        QCOMPARE(alice.history(alice.chatWith()).filter(received), texts);
        QCOMPARE(bob.history(bob.chatWith()).filter(received).size(),
                 alice.history(alice.chatWith()).size() - texts.size());
        bob.close();
        bob.options.vfs = nullptr;
    }
    QVERIFY(failed > 20);
}

void TestTrouble::poison_isDeferredThenSetAside()
{
    World world;
    world.relay("wss://one.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne});
    bob.create({kOne});
    const Pair pair = meet(world, alice, bob);
    world.run(kHour);
    // Whatever is opened next takes Alice down, each time.
    std::set<vault::Bytes32> poison;
    std::optional<MessageId> message;
    int deaths = 0;
    world.onCommit = [&](Person &person, vault::CommitPoint point) {
        if (&person != &alice || point != vault::CommitPoint::After || !message)
            return;
        vault::Snapshot snapshot(*person.db);
        const auto now = vault::readProcessing(*person.db);
        if (now.empty())
            return;
        vault::Snapshot written(*bob.db); // its bytes, also when they are made anew
        auto row = bob.db->query("SELECT hash FROM outbox WHERE message = ?1 AND hash IS NOT NULL", message->bytes);
        if (row.step())
            poison.insert(row.fixed<32>(0));
        if (std::none_of(now.begin(), now.end(), [&](const auto &hash) { return poison.contains(hash); }))
            return;
        ++deaths;
        world.kill(person);
    };
    message = must(bob->sendText(pair.bobToAlice, u"poison"_s));
    world.survive([&] { world.settle(); });
    QCOMPARE(deaths, 1);
    // The messenger is up; others are read; the bad one is tried once more, later.
    must(bob->sendText(pair.bobToAlice, u"fine"_s));
    world.survive([&] { world.run(5000); });
    QCOMPARE(alice.history(pair.aliceToBob), QStringList{u"fine"_s});
    for (int i = 0; i < 10; ++i)
        world.survive([&] { world.run(kMinute); });
    QVERIFY(deaths >= 2);
    QVERIFY(alice.noticed(TroubleCode::MessageSetAside));
    for (int i = 0; i < 5; ++i)
        world.survive([&] { world.run(kHour); });
    alice.restart();
    world.survive([&] { world.run(kHour); });
    QCOMPARE(deaths, 4); // twice as it was, twice encrypted anew, and no more, however often its writer sends it
    must(bob->sendText(pair.bobToAlice, u"on"_s));
    world.run(kMinute);
    QCOMPARE(alice.history(pair.aliceToBob), (QStringList{u"fine"_s, u"on"_s}));
    QVERIFY(alice.hasLine(pair.aliceToBob, SystemLine::Gap)); // and it is named
}

void TestTrouble::innocentMessage_killedOnce_arrives()
{
    World world;
    world.relay("wss://one.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne});
    bob.create({kOne});
    const Pair pair = meet(world, alice, bob);
    bool killed = false;
    world.onCommit = [&](Person &person, vault::CommitPoint point) {
        if (&person != &alice || point != vault::CommitPoint::After || killed)
            return;
        vault::Snapshot snapshot(*person.db);
        if (vault::readProcessing(*person.db).empty())
            return;
        killed = true;
        world.kill(person);
    };
    must(bob->sendText(pair.bobToAlice, u"innocent"_s));
    world.survive([&] { world.settle(); });
    QVERIFY(killed);
    world.run(kMinute);
    QCOMPARE(alice.history(pair.aliceToBob), QStringList{u"innocent"_s});
    QVERIFY(!alice.noticed(TroubleCode::MessageSetAside));
}

void TestTrouble::fullDisk_isNoCrash()
{
    World world;
    world.relay("wss://one.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne});
    bob.create({kOne});
    const Pair pair = meet(world, alice, bob);
    world.run(kHour);
    bob.close();
    FailingResults plan;
    FaultVfs vfs(plan);
    bob.options.vfs = vfs.name();
    world.onCommit = [&](Person &person, vault::CommitPoint point) { plan.at(person, point, "bob"); };
    bob.open();
    world.run(kMinute);
    plan.sick = true;
    must(alice->sendText(pair.aliceToBob, u"innocent"_s));
    for (int start = 0; start < 3; ++start) {
        world.run(2 * kMinute);
        QVERIFY(plan.failures > start);
        bob.restart();
    }
    plan.sick = false;
    world.run(kHour);
    QVERIFY(!bob.noticed(TroubleCode::MessageSetAside));
    QCOMPARE(bob.history(pair.bobToAlice), QStringList{u"innocent"_s});
    bob.close();
    bob.options.vfs = nullptr;
}

TACET_TEST_UNIT("t_trouble", TestTrouble)
#include "t_trouble.moc"
