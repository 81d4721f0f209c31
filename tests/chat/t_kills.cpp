// Killed at every commit once: what was written is there, once, in order (architecture: Data on its way).
#include "tests/chat/world.h"
#include "tests/support/unit_registry.h"

#include <QRegularExpression>

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

const QString kOne = u"wss://one.example"_s;

/// Invites, meets, and exchanges `each` texts a side. Every act is repeated until it is known to have happened, as
/// a person would who finds the program gone and starts it again.
struct Story {
    World &world;
    Person &alice;
    Person &bob;
    int each;

    void act(const std::function<void()> &what) { world.survive(what); }

    void run()
    {
        act([&] {
            if (must(alice->invitations()).isEmpty())
                must(alice->createInvitation(InvitationKind::OneTime, u"Bob"_s));
        });
        // Killed after the commit: the invitation is there, though nobody heard.
        act([&] {
            if (must(alice->invitations()).isEmpty())
                must(alice->createInvitation(InvitationKind::OneTime, u"Bob"_s));
        });
        act([&] { world.settle(); });
        const QString link = must(alice->invitations()).first().link;
        for (int i = 0; i < 2; ++i) {
            act([&] {
                if (must(bob->chats()).isEmpty())
                    must(bob->startChat(link, std::nullopt));
            });
        }
        act([&] { world.run(30'000); });
        act([&] { world.run(30'000); });
        for (int i = 0; i < each; ++i) {
            say(bob, u"b%1"_s.arg(i));
            say(alice, u"a%1"_s.arg(i));
            act([&] { world.run(200); });
        }
        for (int i = 0; i < 3; ++i)
            act([&] { world.run(400'000); });
    }

    void say(Person &who, const QString &text)
    {
        for (int i = 0; i < 2; ++i) {
            act([&] {
                const ContactId chat = who.chatWith();
                if (!who.history(chat).contains(u"> "_s + text))
                    must(who->sendText(chat, text));
            });
        }
    }

    bool check(QString &why)
    {
        QStringList fromAlice;
        QStringList fromBob;
        for (int i = 0; i < each; ++i) {
            fromAlice << u"a%1"_s.arg(i);
            fromBob << u"b%1"_s.arg(i);
        }
        const QRegularExpression received(u"^[^>]"_s);
        const auto atAlice = alice.history(alice.chatWith()).filter(received);
        const auto atBob = bob.history(bob.chatWith()).filter(received);
        if (must(alice->chats()).size() != 1 || must(bob->chats()).size() != 1)
            why = u"more than one chat"_s;
        else if (atAlice != fromBob)
            why = u"at Alice: "_s + atAlice.join(u' ');
        else if (atBob != fromAlice)
            why = u"at Bob: "_s + atBob.join(u' ');
        for (Person *person : {&alice, &bob}) {
            for (const Message &message : person->messages(person->chatWith())) {
                if (message.own && message.state != MessageState::Delivered)
                    why = u"%1 is in state %2"_s.arg(message.text).arg(int(message.state));
                if (message.system == SystemLine::Gap || message.system == SystemLine::Undecryptable
                    || message.system == SystemLine::SessionRenewed || message.system == SystemLine::InvitationTriedTwice)
                    why = u"a line that nobody should see: %1"_s.arg(int(message.system));
            }
        }
        return why.isEmpty();
    }
};

} // namespace

class TestKills : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyCommit_once_data();
    void everyCommit_once();
    void randomInstants_twoHundredEachWay();
};

void TestKills::everyCommit_once_data()
{
    QTest::addColumn<int>("victim");
    QTest::addColumn<bool>("before");
    QTest::newRow("alice, before") << 0 << true;
    QTest::newRow("alice, after") << 0 << false;
    QTest::newRow("bob, before") << 1 << true;
    QTest::newRow("bob, after") << 1 << false;
}

void TestKills::everyCommit_once()
{
    QFETCH(int, victim);
    QFETCH(bool, before);
    int kills = 0;
    for (int at = 1;; ++at) {
        World world(3);
        world.relay("wss://one.example");
        Person &alice = world.person("alice");
        Person &bob = world.person("bob");
        alice.create({kOne});
        bob.create({kOne});
        int count = 0;
        bool killed = false;
        world.onCommit = [&](Person &person, vault::CommitPoint point) {
            const bool his = &person == (victim == 0 ? &alice : &bob);
            if (!his || (point == vault::CommitPoint::Before) != before)
                return;
            if (++count == at && !killed) {
                killed = true;
                world.kill(person);
            }
        };
        Story story{world, alice, bob, 3};
        story.run();
        QString why;
        QVERIFY2(story.check(why), qPrintable(u"killed at commit %1: %2"_s.arg(at).arg(why)));
        if (!killed)
            break;
        ++kills;
    }
    QVERIFY(kills > 40);
}

void TestKills::randomInstants_twoHundredEachWay()
{
    World world(4);
    ScriptedRelay &relay = world.relay("wss://one.example");
    relay.behaviour().reorder = true;
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    alice.create({kOne});
    bob.create({kOne});
    SeededRandom chance(99);
    int kills = 0;
    world.onCommit = [&](Person &person, vault::CommitPoint) {
        if (kills < 60 && chance.below(60) == 0) {
            ++kills;
            world.kill(person);
        }
    };
    Story story{world, alice, bob, 200};
    story.run();
    world.onCommit = nullptr;
    world.run(3'600'000);
    QCOMPARE(kills, 60);
    QString why;
    QVERIFY2(story.check(why), qPrintable(why));
}

TACET_TEST_UNIT("t_kills", TestKills)
#include "t_kills.moc"
