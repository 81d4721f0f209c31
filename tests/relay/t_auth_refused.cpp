// AUTH that is refused (NIP-42): what is the relay's last word and what is not, and who waits for the next try. Dates: t_dates.cpp.
#include "app/relay/auth_refusal.h"
#include "tests/relay/rig.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::crypto;
using tacet::test::Rig;

using Kind = PublishOutcome::Kind;
using Socket = tacet::test::FakeTransports::Socket;

namespace {

/// A mailbox alone on a socket of a relay that leaves all out until AUTH, and answers what it is asked first with nothing.
struct HeldMailbox {
    HeldMailbox()
    {
        rig.pool.watch(rig.url, mailbox, {rig.now() - 7 * 86'400});
        rig.openSocket();
        const auto request = socket().take<RequestFrame>();
        socket().say(writeChallenge("c"));
        auth = socket().take<AuthFrame>();
        socket().say(writeEose(request.at(0).subscription));
    }
    Socket &socket() const { return *rig.transports.sockets.front(); }
    void refuse(std::string_view words) { socket().say(writeOk(auth.at(0).event.id, false, words)); }
    /// Waits until AUTH is tried again, eleven minutes at most.
    bool isTriedAgain()
    {
        for (int seconds = 0; seconds < 660 && socket().sent.empty(); ++seconds) {
            socket().pong();
            rig.timers.advance(1'000);
        }
        auth = socket().take<AuthFrame>();
        return auth.size() == 1;
    }

    Rig rig;
    NostrKeyPair mailbox = rig.key();
    NostrEvent stored = test::datedEnvelope(mailbox.publicKey(), rig.now() - 6 * 86'400, rig.random);
    std::vector<AuthFrame> auth;
};

} // namespace

class TestAuthRefused : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void words_data();
    void words();
    void silentRelay_inPassing_isAskedAgain_data();
    void silentRelay_inPassing_isAskedAgain();
    void silentRelay_alwaysInTrouble_isReadAsItIs();
    void silentRelay_alwaysBusy_isNot();
    void silentRelay_gaveOneMeanwhile_isCaughtUp();
    void waitingForAuth_inPassing_asksSoon();
    void forPublishing_data();
    void forPublishing();
    void sharedMeanwhile_isTriedAgainAfterTheSplit();
};

void TestAuthRefused::words_data()
{
    QTest::addColumn<QString>("said");
    QTest::addColumn<int>("meant");
    const auto row = [](const char *said, AuthRefusal meant) { QTest::newRow(said) << QString::fromLatin1(said) << int(meant); };
    row("restricted: members only", AuthRefusal::Judgement);
    row("blocked: no", AuthRefusal::Judgement);
    row("invalid: another relay", AuthRefusal::Judgement);
    row("auth-required: challenge expired", AuthRefusal::Judgement);
    row("duplicate: x", AuthRefusal::Judgement);
    row("invalid: created_at too early", AuthRefusal::Date);
    row("error: ephemeral event expired", AuthRefusal::Date);
    row("rate-limited: slow down", AuthRefusal::Busy);
    row("rate-limited: too many events in the past minute", AuthRefusal::Busy);
    row("error: failed to authenticate", AuthRefusal::Trouble);
    row("no", AuthRefusal::Trouble);
    row("", AuthRefusal::Trouble);
}

void TestAuthRefused::words()
{
    QFETCH(QString, said);
    QFETCH(int, meant);
    QCOMPARE(int(authRefusalOf(said.toStdString())), meant);
}

void TestAuthRefused::silentRelay_inPassing_isAskedAgain_data()
{
    QTest::addColumn<QString>("said");
    for (const char *said : {"rate-limited: x", "error: try later", "no"})
        QTest::newRow(said) << QString::fromLatin1(said);
}

void TestAuthRefused::silentRelay_inPassing_isAskedAgain()
{
    QFETCH(QString, said);
    HeldMailbox t;
    for (int refusals = 0; refusals < 3; ++refusals) {
        t.refuse(said.toStdString());
        QVERIFY(t.socket().take().empty()); // not at once
        QVERIFY(t.isTriedAgain());
    }
    QVERIFY(t.rig.listener.reports.empty()); // its envelopes are as unknown as before
    t.socket().say(writeOk(t.auth.at(0).event.id, true, ""));
    t.rig.serve(t.socket(), {t.stored});
    QVERIFY(t.rig.listener.has(t.stored));
    QCOMPARE(t.rig.listener.reports.size(), std::size_t(1));
}

void TestAuthRefused::silentRelay_alwaysInTrouble_isReadAsItIs()
{
    HeldMailbox t; // khatru under an address that it does not know as its own
    int tries = 1;
    for (;; ++tries) {
        t.refuse("error: failed to authenticate");
        if (!t.rig.listener.reports.empty())
            break;
        QVERIFY(t.isTriedAgain());
    }
    QCOMPARE(tries, Connection::kMaximumAuthTroubles);
    QCOMPARE(t.rig.listener.reports.size(), std::size_t(1));
    QVERIFY(!t.isTriedAgain());
}

void TestAuthRefused::silentRelay_alwaysBusy_isNot()
{
    HeldMailbox t;
    for (int tries = 0; tries < 2 * Connection::kMaximumAuthTroubles; ++tries) {
        t.refuse("rate-limited: x");
        QVERIFY(t.isTriedAgain());
    }
    QVERIFY(t.rig.listener.reports.empty());
}

void TestAuthRefused::silentRelay_gaveOneMeanwhile_isCaughtUp()
{
    Rig rig;
    const auto mailbox = rig.key();
    const NostrEvent stored = rig.envelope(mailbox);
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    const auto request = socket.take<RequestFrame>().at(0);
    socket.say(writeChallenge("c"));
    const auto auth = socket.take<AuthFrame>();
    socket.say(writeEvent(request.subscription, stored));
    socket.say(writeEose(request.subscription));
    rig.serve(socket, {}); // nothing older
    QVERIFY(rig.listener.reports.empty()); // did it know of AUTH by then?
    socket.say(writeOk(auth.at(0).event.id, false, "rate-limited: x"));
    QVERIFY(rig.listener.has(stored));
    QCOMPARE(rig.listener.reports.size(), std::size_t(1)); // no
}

void TestAuthRefused::waitingForAuth_inPassing_asksSoon()
{
    Rig rig;
    const auto mailbox = rig.key();
    const NostrEvent stored = rig.envelope(mailbox);
    rig.pool.watch(rig.url, mailbox, {});
    auto &socket = rig.openSocket();
    auto request = socket.take<RequestFrame>();
    socket.say(writeChallenge("c"));
    socket.say(writeClosed(request.at(0).subscription, "auth-required: x"));
    socket.say(writeOk(socket.take<AuthFrame>().at(0).event.id, false, "rate-limited: too much from this address"));
    QVERIFY(socket.take().empty());
    rig.timers.advance(5'000);
    request = socket.take<RequestFrame>();
    QCOMPARE(request.size(), std::size_t(1));
    socket.say(writeClosed(request[0].subscription, "auth-required: x"));
    socket.say(writeOk(socket.take<AuthFrame>().at(0).event.id, true, ""));
    rig.serve(socket, {stored});
    QVERIFY(rig.listener.has(stored));
    QCOMPARE(rig.listener.reports.size(), std::size_t(1));
}

void TestAuthRefused::forPublishing_data()
{
    QTest::addColumn<QString>("said");
    QTest::addColumn<int>("kind");
    const auto row = [](const char *said, Kind kind) { QTest::newRow(said) << QString::fromLatin1(said) << int(kind); };
    row("error: try later", Kind::Retry);
    row("no", Kind::Retry);
    row("rate-limited: x", Kind::Retry);
    row("restricted: members only", Kind::Refused);
    row("duplicate: x", Kind::Refused);
}

void TestAuthRefused::forPublishing()
{
    QFETCH(QString, said);
    QFETCH(int, kind);
    Rig rig;
    const NostrEvent event = rig.envelope(rig.key());
    rig.pool.publish(PublishId{1}, rig.url, event);
    auto &socket = rig.openSocket();
    socket.take();
    socket.say(writeChallenge("c"));
    socket.say(writeOk(event.id, false, "auth-required: please"));
    socket.say(writeOk(socket.take<AuthFrame>().at(0).event.id, false, said.toStdString()));
    rig.settle();
    QCOMPARE(rig.listener.answers[PublishId{1}], 1);
    QCOMPARE(int(rig.listener.outcomes[PublishId{1}].kind), kind);
    if (Kind(kind) == Kind::Retry)
        QVERIFY(rig.listener.outcomes[PublishId{1}].retryAfterMs > 0);
    // Who asks to be left alone is.
    rig.pool.publish(PublishId{2}, rig.url, rig.envelope(rig.key()));
    QCOMPARE(socket.take<PublishFrame>().empty(), said.startsWith(QStringLiteral("rate-limited")));
}

void TestAuthRefused::sharedMeanwhile_isTriedAgainAfterTheSplit()
{
    HeldMailbox t;
    t.refuse("invalid: created_at too early");
    const auto other = t.rig.key();
    t.rig.pool.watch(t.rig.url, other, {});
    const auto request = t.socket().take<RequestFrame>();
    QCOMPARE(request.size(), std::size_t(1)); // on the same socket
    t.rig.timers.advance(10'000); // the time of the next try comes, and the socket has two keys
    QVERIFY(t.socket().take().empty());
    t.socket().say(writeEose(request[0].subscription));
    t.auth = t.socket().take<AuthFrame>();
    QCOMPARE(t.auth.size(), std::size_t(1));
    QVERIFY(t.auth[0].event.author == t.mailbox.publicKey());
    t.socket().say(writeOk(t.auth[0].event.id, true, ""));
    t.rig.serve(t.socket(), {t.stored});
    QVERIFY(t.rig.listener.has(t.stored));
}

TACET_TEST_UNIT("t_auth_refused", TestAuthRefused)
#include "t_auth_refused.moc"
