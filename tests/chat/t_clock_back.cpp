// A computer whose clock was ahead and was set right: what was written down meanwhile lies in the future and must stop nothing.
#include "tests/chat/world.h"
#include "tests/support/unit_registry.h"

#include "app/chat/limits.h"
#include "app/chat/reunion.h"
#include "app/vault/inbox_rows.h"
#include "app/vault/mailbox_rows.h"

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

const QString kOne = u"wss://one.example"_s;
constexpr qint64 kYearMs = 365 * kDayMs;

struct Two {
    Two()
    {
        alice.create({kOne});
        bob.create({kOne});
        pair = meet(world, alice, bob);
        world.run(10 * kMinuteMs);
    }
    World world;
    ScriptedRelay &one = world.relay("wss://one.example");
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    Pair pair;
};

} // namespace

class TestClockBack : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void gap_isAskedFor();
    void receipt_isSent();
    void whatWasSentAgain_restsBetweenReceipts();
    void rendezvous_isOfferedOnce();
    void lostSession_mayBeRenewed();
    void reusableAddress_isValidAgain();
};

void TestClockBack::gap_isAskedFor()
{
    Two t;
    t.world.clock.jumpWall(kYearMs);
    t.world.run(kMinuteMs);
    t.one.behaviour().lieInOk = true;
    must(t.bob->sendText(t.pair.bobToAlice, u"lost"_s));
    t.world.settle();
    t.one.behaviour().lieInOk = false;
    must(t.bob->sendText(t.pair.bobToAlice, u"next"_s));
    t.world.settle();
    t.world.clock.jumpWall(-kYearMs);
    t.world.run(10 * kMinuteMs);
    QCOMPARE(t.alice.history(t.pair.aliceToBob), (QStringList{u"lost"_s, u"next"_s}));
}

void TestClockBack::receipt_isSent()
{
    Two t;
    t.world.clock.jumpWall(kYearMs);
    const MessageId text = must(t.bob->sendText(t.pair.bobToAlice, u"text"_s));
    t.world.settle();
    t.world.clock.jumpWall(-kYearMs);
    t.world.run(10 * kMinuteMs);
    QCOMPARE(must(t.bob->message(text)).state, MessageState::Delivered);
}

void TestClockBack::whatWasSentAgain_restsBetweenReceipts()
{
    Two t;
    t.world.clock.jumpWall(kYearMs);
    t.one.behaviour().lieInOk = true;
    must(t.bob->sendText(t.pair.bobToAlice, u"unreadable"_s));
    t.world.settle();
    t.one.behaviour().lieInOk = false;
    t.world.clock.jumpWall(-kYearMs);
    vault::Bytes32 hash{};
    {
        // It was encrypted anew then, and Alice's program does not take it in whatever happens.
        vault::Transaction transaction(*t.bob.db);
        t.bob.db->exec("UPDATE outbox SET resent_ms = sent_ms WHERE message IS NOT NULL");
        auto row = t.bob.db->query("SELECT hash FROM outbox WHERE message IS NOT NULL AND sent_ms > ?1", t.world.clock.wallMs());
        QVERIFY(row.step());
        const crypto::Bytes bytes = row.blob(0);
        std::copy(bytes.begin(), bytes.end(), hash.begin());
        QVERIFY(transaction.commit().ok());
    }
    {
        vault::Transaction transaction(*t.alice.db);
        vault::writeSeen(*t.alice.db, hash, t.world.clock.wallMs());
        QVERIFY(transaction.commit().ok());
    }
    must(t.alice->setOpenChat(t.pair.aliceToBob, true)); // receipts go at once
    const std::size_t before = t.one.attempts();
    constexpr int kTexts = 30;
    for (int i = 0; i < kTexts; ++i) {
        must(t.bob->sendText(t.pair.bobToAlice, QString::number(i)));
        t.world.run(kSecondMs);
    }
    QCOMPARE(t.alice.history(t.pair.aliceToBob).size(), kTexts);
    const std::size_t asked = t.one.attempts() - before;
    QVERIFY2(asked < 2 * kTexts + 10, qPrintable(QString::number(asked))); // a text, a receipt
}

void TestClockBack::rendezvous_isOfferedOnce()
{
    Two t;
    t.world.clock.jumpWall(31 * kDayMs);
    t.alice.restart();
    t.world.run(kMinuteMs);
    t.world.clock.jumpWall(-31 * kDayMs);
    const auto mailboxes = [&] {
        vault::Snapshot snapshot(*t.alice.db);
        return t.alice.db->integer("SELECT count(*) FROM mailboxes WHERE purpose = ?1", vault::MailboxPurpose::Rendezvous).value_or(-1);
    };
    const auto before = mailboxes();
    t.world.run(kDayMs);
    QVERIFY(mailboxes() <= before + 1);
}

void TestClockBack::lostSession_mayBeRenewed()
{
    constexpr qint64 kNow = 50 * kYearMs;
    vault::ContactRow contact;
    QVERIFY(Reunion::mayRenew(contact, kNow));
    contact.renewalMs = kNow - 1;
    QVERIFY(!Reunion::mayRenew(contact, kNow));
    contact.renewalMs = kNow - kRenewalEveryMs;
    QVERIFY(Reunion::mayRenew(contact, kNow));
    contact.renewalMs = kNow + kYearMs;
    QVERIFY(Reunion::mayRenew(contact, kNow));
}

void TestClockBack::reusableAddress_isValidAgain()
{
    Two t;
    Person &carol = t.world.person("carol");
    carol.create({kOne});
    const Invitation address = must(t.alice->createInvitation(InvitationKind::Reusable, {}));
    t.world.settle();
    t.world.clock.jumpWall(60 * kDayMs);
    t.one.loseHistory(); // and with it the bundle of before
    t.alice.restart(); // renews
    t.world.run(kMinuteMs);
    t.world.clock.jumpWall(-60 * kDayMs);
    t.alice.restart();
    t.world.run(kMinuteMs);
    const ContactId chat = must(carol->startChat(address.link, std::nullopt)).chat;
    t.world.run(kMinuteMs);
    QVERIFY(must(carol->chat(chat)).link != Link::InvitationDead);
    QCOMPARE(must(t.alice->chats()).size(), 2);
}

TACET_TEST_UNIT("t_clock_back", TestClockBack)
#include "t_clock_back.moc"
