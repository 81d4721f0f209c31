// One list of facts: what the relay's own answer says, what THREAT_MODEL.md says, and what its store has room for.
#include "app/relay/disclosed_facts.h"
#include "app/relay/json_reader.h"
#include "app/relayd/disclosure.h"
#include "app/relayd/sqlite.h"
#include "tests/support/envelopes.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QFile>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::relayd;
using namespace tacet::crypto;
using relay::DisclosedFact;
using relay::Holding;
using relay::kDisclosedFacts;

class TestDisclosure : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void store_hasNoColumnThatNoFactNames();
    void store_holdsWhatTheFactsCount();
    void command_saysEveryFact();
    void threatModel_saysEveryFactAndNoOther();

private:
    QTemporaryDir m_folder;
    StoreSummary m_summary;
    test::SeededRandom m_random{5};
};

namespace {

QString text(std::string_view words)
{
    return QString::fromUtf8(words.data(), qsizetype(words.size()));
}

QString capitalised(std::string_view words)
{
    QString out = text(words);
    out[0] = out[0].toUpper();
    return out;
}

/// A read-only look at the file itself, past the code that wrote it.
class OpenFile {
public:
    explicit OpenFile(const QString &path) { sqlite3_open_v2(path.toUtf8().constData(), &database, SQLITE_OPEN_READWRITE, nullptr); }
    ~OpenFile() { sqlite3_close(database); }
    OpenFile(const OpenFile &) = delete;
    OpenFile &operator=(const OpenFile &) = delete;
    sqlite3 *database = nullptr;
};

QSet<QString> columnsOf(sqlite3 *database)
{
    QSet<QString> columns;
    Query tables(database, "SELECT name FROM sqlite_master WHERE type='table'");
    while (tables.step()) {
        const std::string table(tables.text(0));
        Query info(database, "PRAGMA table_info(" + table + ")");
        while (info.step())
            columns.insert(text(table) + u'.' + text(info.text(1)));
    }
    return columns;
}

} // namespace

void TestDisclosure::initTestCase()
{
    auto store = Store::open(m_folder.path().toStdString(), Store::Mode::Serve);
    QVERIFY(store.ok());
    const auto mailbox = NostrKeyPair::generate(m_random);
    for (int i = 0; i < 3; ++i)
        QVERIFY((*store)->add(test::datedEnvelope(mailbox.publicKey(), 1'700'000'000 + i, m_random)).ok());
    NostrEvent request;
    request.kind = kKindDeletion;
    request.createdAt = 1'700'000'009;
    request.tags = {{"e", toHex(test::datedEnvelope(mailbox.publicKey(), 1'700'000'000, m_random).id.bytes)}};
    sign(request, mailbox, m_random);
    QVERIFY((*store)->erase(request, request.createdAt).ok());
    QVERIFY((*store)->commit().ok());
    const auto summary = (*store)->summary();
    QVERIFY(summary.ok());
    m_summary = *summary;
}

void TestDisclosure::store_hasNoColumnThatNoFactNames()
{
    QSet<QString> named;
    for (const DisclosedFact &fact : kDisclosedFacts) {
        QCOMPARE(fact.columns.empty(), fact.holding != Holding::Kept); // what is not kept has no column
        for (const QString &column : text(fact.columns).split(u' ', Qt::SkipEmptyParts)) {
            QVERIFY2(!named.contains(column), qPrintable(column));
            named.insert(column);
        }
    }
    const OpenFile file(m_folder.filePath(u"relay.db"_s));
    const QSet<QString> columns = columnsOf(file.database);
    QVERIFY(columns.size() > 10);
    QCOMPARE(QStringList((columns - named).values()), QStringList()); // kept, and disclosed nowhere
    QCOMPARE(QStringList((named - columns).values()), QStringList()); // disclosed, and not there
}

void TestDisclosure::store_holdsWhatTheFactsCount()
{
    const OpenFile file(m_folder.filePath(u"relay.db"_s));
    const auto number = [&](const char *sql) {
        Query query(file.database, sql);
        return query.step() ? query.integer(0) : -1;
    };
    QCOMPARE(number("SELECT count(*) FROM events"), m_summary.envelopes);
    QCOMPARE(number("SELECT count(DISTINCT value) FROM tags WHERE letter=112"), m_summary.mailboxes);
    QCOMPARE(number("SELECT count(DISTINCT author) FROM events"), m_summary.envelopes); // a key that was used once
    QCOMPARE(number("SELECT count(*) FROM deleted"), m_summary.deletions);
    QVERIFY(m_summary.envelopes == 3 && m_summary.mailboxes == 1 && m_summary.deletions == 1);
}

void TestDisclosure::command_saysEveryFact()
{
    const QString said = text(disclosureText(m_summary));
    const auto json = relay::readJson(disclosureJson(m_summary));
    QVERIFY(json.ok() && json->member("never_had") && json->member("only_seen"));
    for (const DisclosedFact &fact : kDisclosedFacts)
        QVERIFY2(said.contains(text(fact.sentence)), qPrintable(text(fact.sentence)));
    for (const QString &begin : {u"  3 sealed envelopes. "_s, u"  1 random mailbox. "_s, u"  1 id of a deleted event. "_s,
             u"  Dates on the envelopes, 2023-11-14T22:13:20+00:00 to 2023-11-14T22:13:22+00:00. "_s, u"  Network address. "_s})
        QVERIFY2(said.contains(begin), qPrintable(said));
    QCOMPARE(said.count(u'\n'), qsizetype(kDisclosedFacts.size()) + 3 + 1); // three heads, one size, nothing else
}

void TestDisclosure::threatModel_saysEveryFactAndNoOther()
{
    QFile file(QStringLiteral(TACET_SOURCE_DIR "/THREAT_MODEL.md"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QString section = QString::fromUtf8(file.readAll()).section(u"## What a relay could hand over\n"_s, 1).section(u"\n## "_s, 0, 0);
    QStringList rows = section.split(u'\n').filter(u"| "_s);
    QVERIFY(rows.size() > 2);
    rows.removeFirst(); // the head
    QStringList wanted;
    for (const DisclosedFact &fact : kDisclosedFacts) {
        const QString where = fact.holding == Holding::Kept ? u"on its disk"_s
            : fact.holding == Holding::Seen                ? u"seen while somebody is connected"_s
                                                           : u"never"_s;
        wanted += u"| %1 | %2 | %3 |"_s.arg(where, capitalised(fact.name), text(fact.sentence));
    }
    QCOMPARE(rows, wanted);
}

TACET_TEST_UNIT("t_disclosure", TestDisclosure)
#include "t_disclosure.moc"
