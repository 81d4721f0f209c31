// What a person deletes is not in the vault's log either, and what a ratchet left behind goes within the hour.
#include "app/chat/limits.h"
#include "tests/chat/world.h"
#include "tests/support/unit_registry.h"

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;

namespace {

std::uintmax_t logSize(const Person &person)
{
    return std::filesystem::file_size(person.file.native() + "-wal");
}

} // namespace

class TestDeleted : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void deletedText_isNotInTheLog()
    {
        Three three;
        const Pair pair = meet(three.world, three.alice, three.bob);
        must(three.alice->sendText(pair.aliceToBob, u"between us"_s));
        three.world.settle();
        const auto received = three.bob.messages(pair.bobToAlice);
        QVERIFY(logSize(three.bob) > 0);
        QVERIFY(three.bob->deleteForMe(received.last().id));
        QCOMPARE(logSize(three.bob), std::uintmax_t{0});

        QVERIFY(three.bob->setDraft(pair.bobToAlice, u"something"_s));
        QVERIFY(logSize(three.bob) > 0); // what deletes nothing costs no more than it did
        QVERIFY(three.bob->clearHistory(pair.bobToAlice));
        QCOMPARE(logSize(three.bob), std::uintmax_t{0});
    }

    void declinedRequest_isNotInTheLog()
    {
        Three three;
        const Invitation address = must(three.alice->createInvitation(InvitationKind::Reusable, {}));
        three.world.settle();
        must(three.bob->startChat(address.link, std::nullopt));
        three.world.settle();
        const ContactId asks = three.alice.chatWith(u"Bob"_s);
        QVERIFY(logSize(three.alice) > 0);
        QVERIFY(three.alice->declineRequest(asks));
        QCOMPARE(logSize(three.alice), std::uintmax_t{0});
    }

    void everyHour_theLogIsCleared()
    {
        Three three;
        meet(three.world, three.alice, three.bob);
        QVERIFY(logSize(three.bob) > 0); // the ratchet as it was, among others
        three.world.run(kUpkeepMs);
        QCOMPARE(logSize(three.bob), std::uintmax_t{0});
    }
};

TACET_TEST_UNIT("t_deleted", TestDeleted)
#include "t_deleted.moc"
