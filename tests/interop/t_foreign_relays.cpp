// Our client at relays that others wrote, and nostr-tools on the other end of the envelope.
#include "app/relay/pool.h"
#include "app/relay/web_socket_transport.h"
#include "crypto/base64.h"
#include "tests/interop/foreign_relay.h"
#include "tests/relay/rig.h"
#include "tests/support/npm_modules.h"
#include "tests/support/unit_registry.h"

#include <QTemporaryFile>
#include <QTest>

using namespace tacet;
using namespace tacet::relay;
using namespace tacet::crypto;

namespace {

using test::ForeignRelay;

RelayUrl addressOf(const ForeignRelay &relay)
{
    return *RelayUrl::parse(relay.url().toStdString());
}

struct Client {
    Client() { pool.setListener(&listener); }
    SystemClock clock;
    QtTimers timers;
    SystemRandom random;
    test::RecordingListener listener;
    Pool pool{{clock, timers, random, webSocketTransports()}, {}};
};

} // namespace

class TestForeignRelays : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void relay_carriesOurEnvelopes_data();
    void relay_carriesOurEnvelopes();
    void selfTest_takesTheStrictOneWithFreshDates();
    void nostrTools_opensAllSizesOfOurs();
    void ours_opensTheirs();
    void ours_seesTheirPrivateMessageAsForeign();

private:
    QByteArray node(const QStringList &arguments, const QByteArray &input = {})
    {
        QProcess process;
        process.setWorkingDirectory(m_modules.folder);
        process.start(QStringLiteral("node"), arguments);
        process.write(input);
        process.closeWriteChannel();
        if (!process.waitForFinished(60'000) || process.exitCode() != 0)
            qWarning("node: %s", process.readAllStandardError().constData());
        return process.readAllStandardOutput();
    }
    /// A wrap dated within the last hour: snstr takes no older one.
    NostrEvent freshWrap(const Bytes &inner, const NostrKeyPair &mailbox)
    {
        for (;;) {
            auto event = wrap(inner, mailbox.publicKey(), m_clock.wallSeconds(), m_random);
            if (event && event->createdAt > m_clock.wallSeconds() - 3'000)
                return std::move(*event);
        }
    }
    Bytes randomInner(std::size_t size)
    {
        Bytes inner(size);
        m_random.fill(inner);
        return inner;
    }
    QByteArray lineFor(const NostrKeyPair &mailbox, const NostrEvent &event)
    {
        return QByteArray::fromStdString("{\"secret\":\"" + toHex(mailbox.secret().view()) + "\",\"event\":" + toJson(event) + "}\n");
    }

    test::NpmModules m_modules;
    SystemClock m_clock;
    SystemRandom m_random;
};

void TestForeignRelays::initTestCase()
{
    m_modules = test::NpmModules::prepare(QStringLiteral("interop"), {QStringLiteral("relays")});
    if (!m_modules.skipReason.isEmpty())
        QSKIP(qPrintable(m_modules.skipReason));
}

void TestForeignRelays::relay_carriesOurEnvelopes_data()
{
    QTest::addColumn<QString>("script");
    QTest::newRow("snstr") << QStringLiteral("snstr.mjs");
    QTest::newRow("@nostr-relay/core") << QStringLiteral("nostr-relay-core.mjs");
}

void TestForeignRelays::relay_carriesOurEnvelopes()
{
    QFETCH(QString, script);
    ForeignRelay foreign;
    QVERIFY(foreign.start(m_modules.folder, script));
    const auto mailbox = NostrKeyPair::generate(m_random);
    const auto other = NostrKeyPair::generate(m_random);

    Client reader;
    reader.pool.watch(addressOf(foreign), mailbox, {});
    QTRY_COMPARE_WITH_TIMEOUT(reader.listener.reports.size(), std::size_t(1), 20'000);

    Client writer;
    const Bytes inner = randomInner(kMessageSizes[1]);
    const NostrEvent live = freshWrap(inner, mailbox);
    writer.pool.publish(PublishId{1}, addressOf(foreign), live);
    writer.pool.publish(PublishId{2}, addressOf(foreign), freshWrap(inner, other));
    QTRY_COMPARE_WITH_TIMEOUT(writer.listener.outcomes.size(), std::size_t(2), 20'000);
    for (const auto &[id, outcome] : writer.listener.outcomes)
        QVERIFY2(outcome.kind == PublishOutcome::Kind::Accepted, outcome.reason.c_str());
    QTRY_VERIFY_WITH_TIMEOUT(reader.listener.has(live), 20'000);
    QCOMPARE(reader.listener.events.size(), std::size_t(1)); // the other mailbox's never, even where the live feed ignores #p

    // Later, from the store; and nostr-tools opens what the relay gave back.
    Client late;
    late.pool.fetch(FetchId{1}, addressOf(foreign), mailbox);
    QTRY_COMPARE_WITH_TIMEOUT(late.listener.fetches.size(), std::size_t(1), 20'000);
    const FetchOutcome &outcome = late.listener.fetches[FetchId{1}].at(0);
    QVERIFY(outcome.kind == FetchOutcome::Kind::Complete);
    QCOMPARE(outcome.events.size(), std::size_t(1));
    const auto opened = readJson(node({QStringLiteral("open_wrap.mjs")}, lineFor(mailbox, outcome.events[0])).trimmed().toStdString());
    QVERIFY(opened.ok() && opened->member("plaintext"));
    QCOMPARE(*opened->member("plaintext")->string(), toBase64(inner));
}

void TestForeignRelays::selfTest_takesTheStrictOneWithFreshDates()
{
    ForeignRelay strict;
    ForeignRelay honest;
    QVERIFY(strict.start(m_modules.folder, QStringLiteral("snstr.mjs")));
    QVERIFY(honest.start(m_modules.folder, QStringLiteral("nostr-relay-core.mjs")));
    Client client;
    client.pool.test(TestId{1}, addressOf(strict));
    client.pool.test(TestId{2}, addressOf(honest));
    QTRY_COMPARE_WITH_TIMEOUT(client.listener.tests.size(), std::size_t(2), 30'000);
    for (const SelfTestReport &report : client.listener.tests)
        QVERIFY2(report.usable && report.reason.empty(), report.reason.c_str());
}

void TestForeignRelays::nostrTools_opensAllSizesOfOurs()
{
    const auto mailbox = NostrKeyPair::generate(m_random);
    QByteArray input;
    std::vector<Bytes> inners;
    for (const std::size_t size : kMessageSizes) {
        inners.push_back(randomInner(size));
        input += lineFor(mailbox, *wrap(inners.back(), mailbox.publicKey(), m_clock.wallSeconds(), m_random));
    }
    NostrEvent altered = *wrap(inners[0], mailbox.publicKey(), m_clock.wallSeconds(), m_random);
    altered.createdAt += 1;
    input += lineFor(mailbox, altered);
    const QList<QByteArray> answers = node({QStringLiteral("open_wrap.mjs")}, input).trimmed().split('\n');
    QCOMPARE(std::size_t(answers.size()), inners.size() + 1);
    for (std::size_t i = 0; i < inners.size(); ++i) {
        const auto answer = readJson(answers[qsizetype(i)].toStdString());
        QVERIFY(answer.ok() && answer->member("plaintext"));
        QCOMPARE(*answer->member("plaintext")->string(), toBase64(inners[i]));
    }
    QVERIFY(answers.back().contains("\"ok\":false"));
}

void TestForeignRelays::ours_opensTheirs()
{
    const auto mailbox = NostrKeyPair::generate(m_random);
    for (const std::size_t size : kMessageSizes) {
        const Bytes inner = randomInner(size);
        QTemporaryFile file;
        QVERIFY(file.open());
        file.write(QByteArray::fromStdString(toBase64(inner)));
        file.close();
        const QByteArray json = node({QStringLiteral("make_wrap.mjs"), QString::fromStdString(toHex(mailbox.publicKey().bytes)), file.fileName()});
        const auto parsed = readJson(json.trimmed().toStdString());
        QVERIFY(parsed.ok());
        const auto event = readEvent(*parsed);
        QVERIFY(event.ok() && verify(*event));
        const auto opened = unwrap(*event, mailbox);
        QVERIFY(opened.ok());
        QVERIFY(*opened == inner);
    }
}

void TestForeignRelays::ours_seesTheirPrivateMessageAsForeign()
{
    const auto mailbox = NostrKeyPair::generate(m_random);
    const QByteArray json = node({QStringLiteral("nip17_wrap.mjs"), QString::fromStdString(toHex(mailbox.publicKey().bytes))});
    const auto parsed = readJson(json.trimmed().toStdString());
    QVERIFY(parsed.ok());
    const auto event = readEvent(*parsed);
    QVERIFY(event.ok() && verify(*event)); // a valid envelope, and none of ours inside
    QVERIFY(unwrap(*event, mailbox).error() == WrapError::BadEnvelope);
}

TACET_TEST_UNIT("t_foreign_relays", TestForeignRelays)
#include "t_foreign_relays.moc"
