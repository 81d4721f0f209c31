#include "app/relayd/disclosure.h"
#include "app/relayd/sqlite.h"
#include "app/relayd/store.h"
#include "tests/support/envelopes.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace tacet;
using namespace tacet::relayd;
using namespace tacet::crypto;
using relay::Filter;

class TestStore : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup() { m_store.reset(); }
    void add_isFoundAgainAfterReopening();
    void add_uncommitted_isGone();
    void add_twice_isADuplicate();
    void find_answersFiltersNewestFirst();
    void find_agreesWithTheMatcher();
    void find_givesEnvelopesToTheirReadersAlone();
    void expired_isHiddenThenPurged();
    void erase_byAuthorOnly();
    void erase_envelopeByItsRecipient();
    void erase_beforeItCame();
    void deletions_goWithRetention();
    void deletions_areBoundedAtOnce();
    void olderStore_isServed();
    void replaceable_keepsTheNewest();
    void open_refuses();
    void summary_countsAndNamesNoOne();

private:
    NostrEvent signedEvent(int kind, std::int64_t at, std::vector<std::vector<std::string>> tags, const NostrKeyPair &author)
    {
        NostrEvent event;
        event.kind = kind;
        event.createdAt = at;
        event.tags = std::move(tags);
        sign(event, author, m_random);
        return event;
    }
    NostrKeyPair key() { return NostrKeyPair::generate(m_random); }
    Added add(const NostrEvent &event)
    {
        const auto added = m_store->add(event);
        const auto committed = m_store->commit();
        return added && committed ? *added : Added::Deleted;
    }
    void erase(const NostrEvent &event, std::int64_t now = 1'000'000) { QVERIFY(m_store->erase(event, now).ok() && m_store->commit().ok()); }
    std::int64_t deletionsAfterPurge(std::int64_t now, std::int64_t keepSeconds)
    {
        const bool purged = m_store->purge(now, keepSeconds).ok() && m_store->commit().ok();
        return purged ? m_store->summary()->deletions : -1;
    }
    std::size_t count(const Filter &filter, std::int64_t now = 1'000'000, const std::set<NostrPublicKey> *readers = nullptr)
    {
        const auto rows = m_store->find(filter, 1000, now, readers);
        return rows ? rows->size() : 999'999;
    }
    void reopen()
    {
        m_store.reset();
        auto opened = Store::open(folder(), Store::Mode::Serve);
        QVERIFY(opened.ok());
        m_store = std::move(*opened);
    }
    std::filesystem::path folder() const { return m_folder->path().toStdString() + "/data"; }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Store> m_store;
    test::SeededRandom m_random{1};
};

void TestStore::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    reopen();
}

void TestStore::add_isFoundAgainAfterReopening()
{
    const auto mailbox = key();
    const NostrEvent event = test::envelopeFor(mailbox.publicKey(), 1'800'000'000, m_random);
    QVERIFY(add(event) == Added::Stored);
    reopen();
    Filter filter;
    filter.ids = {event.id};
    const auto rows = m_store->find(filter, 10, 0, nullptr);
    QCOMPARE(rows->size(), std::size_t(1));
    const auto json = m_store->json(rows->front());
    const auto back = relay::readEvent(*relay::readJson(*json));
    QVERIFY(back.ok() && *back == event && verify(*back));
}

void TestStore::add_uncommitted_isGone()
{
    QVERIFY(m_store->add(test::datedEnvelope(key().publicKey(), 5, m_random)).ok());
    QVERIFY(m_store->hasGroup());
    reopen();
    QCOMPARE(count({}), std::size_t(0));
}

void TestStore::add_twice_isADuplicate()
{
    const NostrEvent event = test::datedEnvelope(key().publicKey(), 5, m_random);
    QVERIFY(add(event) == Added::Stored);
    QVERIFY(add(event) == Added::Duplicate);
    QCOMPARE(count({}), std::size_t(1));
}

void TestStore::find_answersFiltersNewestFirst()
{
    const auto mailbox = key();
    for (int i = 0; i < 30; ++i)
        add(test::datedEnvelope(mailbox.publicKey(), 100 + (i * 7) % 30, m_random));
    add(test::datedEnvelope(key().publicKey(), 200, m_random));
    Filter filter;
    filter.kinds = {1059};
    filter.tags['p'] = {toHex(mailbox.publicKey().bytes)};
    filter.since = 105;
    filter.until = 125;
    const auto rows = m_store->find(filter, 7, 0, nullptr);
    QCOMPARE(rows->size(), std::size_t(7));
    std::int64_t expected = 125;
    for (const std::int64_t row : *rows)
        QCOMPARE(relay::readEvent(*relay::readJson(*m_store->json(row)))->createdAt, expected--);
    QCOMPARE(count(filter), std::size_t(21));
    filter.matchesNothing = true;
    QCOMPARE(count(filter), std::size_t(0));
}

void TestStore::find_agreesWithTheMatcher()
{
    // Random events against random filters: the SQL and Filter::matches say the same.
    std::vector<NostrKeyPair> keys;
    for (int i = 0; i < 3; ++i)
        keys.push_back(key());
    const auto pick = [&] { return toHex(keys[m_random.below(3)].publicKey().bytes); };
    std::vector<NostrEvent> all;
    for (int i = 0; i < 80; ++i) {
        std::vector<std::vector<std::string>> tags{{"p", pick()}};
        if (m_random.below(2))
            tags.push_back({"p", pick()});
        if (m_random.below(2))
            tags.push_back({"e", pick(), "more"});
        all.push_back(signedEvent(int(40 + m_random.below(3)), std::int64_t(m_random.below(20)), tags, keys[m_random.below(3)]));
        add(all.back());
    }
    for (int round = 0; round < 300; ++round) {
        Filter filter;
        if (m_random.below(2))
            filter.tags['p'].push_back(pick());
        if (m_random.below(4) == 0)
            filter.tags['p'].push_back(pick());
        if (m_random.below(3) == 0)
            filter.tags['e'].push_back(pick());
        if (m_random.below(2))
            filter.kinds.push_back(int(40 + m_random.below(3)));
        if (m_random.below(3) == 0)
            filter.authors.push_back(keys[m_random.below(3)].publicKey());
        if (m_random.below(5) == 0)
            filter.ids.push_back(all[m_random.below(80)].id);
        if (m_random.below(3) == 0)
            filter.since = std::int64_t(m_random.below(20));
        if (m_random.below(3) == 0)
            filter.until = std::int64_t(m_random.below(20));
        std::set<NostrEventId> expected;
        for (const NostrEvent &event : all) {
            if (filter.matches(event))
                expected.insert(event.id);
        }
        std::set<NostrEventId> got;
        const auto rows = m_store->find(filter, 1000, 0, nullptr);
        QVERIFY(rows.ok());
        for (const std::int64_t row : *rows)
            got.insert(relay::readEvent(*relay::readJson(*m_store->json(row)))->id);
        QVERIFY2(got == expected, qPrintable(QString::number(round)));
    }
}

void TestStore::find_givesEnvelopesToTheirReadersAlone()
{
    const auto mine = key();
    const auto other = key();
    add(test::datedEnvelope(mine.publicKey(), 5, m_random));
    add(test::datedEnvelope(other.publicKey(), 5, m_random));
    add(signedEvent(1, 5, {}, other));
    const std::set<NostrPublicKey> nobody;
    const std::set<NostrPublicKey> me{mine.publicKey()};
    QCOMPARE(count({}, 0, &nobody), std::size_t(1));
    QCOMPARE(count({}, 0, &me), std::size_t(2));
    Filter filter;
    filter.tags['p'] = {toHex(other.publicKey().bytes)};
    QCOMPARE(count(filter, 0, &me), std::size_t(0));
}

void TestStore::expired_isHiddenThenPurged()
{
    const auto author = key();
    add(signedEvent(1, 5, {{"expiration", "1000"}}, author));
    add(signedEvent(1, 6, {{"expiration", "nonsense"}}, author));
    add(signedEvent(1, 7, {}, author));
    QCOMPARE(count({}, 999), std::size_t(3));
    QCOMPARE(count({}, 1000), std::size_t(2));
    QCOMPARE(*m_store->purge(1000), std::int64_t(1));
    QVERIFY(m_store->commit().ok());
    QCOMPARE(count({}, 0), std::size_t(2));
}

void TestStore::erase_byAuthorOnly()
{
    const auto author = key();
    const NostrEvent event = signedEvent(1, 5, {}, author);
    add(event);
    const std::string id = toHex(event.id.bytes);
    erase(signedEvent(5, 9, {{"e", id}}, key()));
    QCOMPARE(count({}), std::size_t(1));
    erase(signedEvent(5, 9, {{"e", "nonsense"}, {"e"}, {"a", ":"}, {"e", id}}, author));
    QCOMPARE(count({}), std::size_t(0));
    QVERIFY(add(event) == Added::Deleted);
}

void TestStore::erase_envelopeByItsRecipient()
{
    const auto mailbox = key();
    const NostrEvent event = test::datedEnvelope(mailbox.publicKey(), 5, m_random);
    add(event);
    const std::string id = toHex(event.id.bytes);
    erase(signedEvent(5, 9, {{"e", id}}, key()));
    QCOMPARE(count({}), std::size_t(1));
    erase(signedEvent(5, 9, {{"e", id}}, mailbox));
    QCOMPARE(count({}), std::size_t(0));
    QVERIFY(add(event) == Added::Deleted);
    // Other kinds are their author's alone, however they are addressed.
    const NostrEvent note = signedEvent(1, 5, {{"p", toHex(mailbox.publicKey().bytes)}}, key());
    add(note);
    erase(signedEvent(5, 9, {{"e", toHex(note.id.bytes)}}, mailbox));
    QCOMPARE(count({}), std::size_t(1));
}

void TestStore::erase_beforeItCame()
{
    const auto mailbox = key();
    const NostrEvent event = test::datedEnvelope(mailbox.publicKey(), 5, m_random);
    const std::string id = toHex(event.id.bytes);
    erase(signedEvent(5, 9, {{"e", id}}, key())); // a stranger's wish does not count
    QVERIFY(add(event) == Added::Stored);
    erase(signedEvent(5, 9, {{"e", id}}, mailbox));
    QVERIFY(add(event) == Added::Deleted);
}

void TestStore::deletions_goWithRetention()
{
    constexpr std::int64_t kDay = 24 * 3600;
    constexpr std::int64_t kKeep = 30 * kDay;
    const std::int64_t now = 1'000 * kDay;
    const auto author = key();
    const NostrEvent event = signedEvent(1, now - 5, {}, author);
    const NostrEvent late = signedEvent(2, now - 5, {}, author);
    add(late);
    erase(signedEvent(5, now - 10 * kDay, {{"e", toHex(event.id.bytes)}}, author), now);
    erase(signedEvent(5, now - 10 * kDay, {{"e", toHex(late.id.bytes)}}, author), now); // its own date counts: it was here
    erase(signedEvent(5, now * 1'000, {{"e", std::string(64, 'a')}}, author), now); // and no day that is to come
    QCOMPARE(deletionsAfterPurge(now + 100 * kKeep, 0), std::int64_t(3)); // without retention all stay
    QCOMPARE(deletionsAfterPurge(now + 20 * kDay, kKeep), std::int64_t(3));
    QVERIFY(add(event) == Added::Deleted);
    QCOMPARE(deletionsAfterPurge(now + 21 * kDay, kKeep), std::int64_t(2));
    QVERIFY(add(late) == Added::Deleted);
    QCOMPARE(deletionsAfterPurge(now + 31 * kDay, kKeep), std::int64_t(0));
}

void TestStore::deletions_areBoundedAtOnce()
{
    const auto author = key();
    std::vector<std::vector<std::string>> tags;
    for (int i = 0; i < Store::kPurgeAtOnce + 7; ++i)
        tags.push_back({"e", toHex(m_random.bytes<32>())});
    erase(signedEvent(5, 9, tags, author));
    QCOMPARE(*m_store->purge(10'000'000, 1'000), Store::kPurgeAtOnce);
    QCOMPARE(*m_store->purge(10'000'000, 1'000), std::int64_t(7));
    QCOMPARE(*m_store->purge(10'000'000, 1'000), std::int64_t(0));
    QVERIFY(m_store->commit().ok());
}

void TestStore::olderStore_isServed()
{
    const auto author = key();
    const NostrEvent event = signedEvent(1, 5, {}, author);
    const NostrEvent stays = signedEvent(1, 6, {}, author);
    add(stays);
    m_store.reset();
    sqlite3 *database = nullptr;
    QCOMPARE(sqlite3_open((folder() / "relay.db").c_str(), &database), SQLITE_OK);
    const char *before = "DROP TABLE deleted; PRAGMA user_version=1;"
                         "CREATE TABLE deleted(id BLOB NOT NULL, by BLOB NOT NULL, PRIMARY KEY(id, by)) WITHOUT ROWID;";
    QCOMPARE(sqlite3_exec(database, before, nullptr, nullptr, nullptr), SQLITE_OK);
    QVERIFY(Query(database, "INSERT INTO deleted(id,by) VALUES(?,?)").bind(event.id.view()).bind(author.publicKey().view()).run());
    sqlite3_close(database);
    QCOMPARE(Store::open(folder(), Store::Mode::Look).value()->summary()->deletions, std::int64_t(1)); // looking changes nothing
    reopen();
    QCOMPARE(count({}), std::size_t(1));
    QVERIFY(add(event) == Added::Deleted);
    constexpr std::int64_t kDay = 24 * 3600;
    QCOMPARE(deletionsAfterPurge(100 * kDay, 30 * kDay), std::int64_t(1)); // the first look counts, nobody knows better
    QCOMPARE(deletionsAfterPurge(130 * kDay, 30 * kDay), std::int64_t(1));
    QCOMPARE(deletionsAfterPurge(131 * kDay, 30 * kDay), std::int64_t(0));
    reopen();
    QVERIFY(add(event) == Added::Stored);
}

void TestStore::replaceable_keepsTheNewest()
{
    const auto author = key();
    QVERIFY(add(signedEvent(10'050, 10, {}, author)) == Added::Stored);
    QVERIFY(add(signedEvent(10'050, 20, {}, author)) == Added::Stored);
    QVERIFY(add(signedEvent(10'050, 15, {}, author)) == Added::Replaced);
    QVERIFY(add(signedEvent(10'050, 20, {}, key())) == Added::Stored);
    QVERIFY(add(signedEvent(30'000, 10, {{"d", "a"}}, author)) == Added::Stored);
    QVERIFY(add(signedEvent(30'000, 11, {{"d", "b"}}, author)) == Added::Stored);
    QVERIFY(add(signedEvent(30'000, 12, {{"d", "a"}}, author)) == Added::Stored);
    QCOMPARE(count({}), std::size_t(4));
}

void TestStore::open_refuses()
{
    QVERIFY(Store::open(folder(), Store::Mode::Serve).error() == StoreError::InUse);
    QVERIFY(Store::open(folder(), Store::Mode::Look).ok()); // beside a serving one
    QVERIFY(Store::open(m_folder->path().toStdString() + "/none", Store::Mode::Look).error() == StoreError::NoFolder);
    QVERIFY(Store::open("/proc/none/x", Store::Mode::Serve).error() == StoreError::NoFolder);
    const std::filesystem::path foreign = m_folder->path().toStdString() + "/foreign";
    std::filesystem::create_directory(foreign);
    QFile file(QString::fromStdString((foreign / "relay.db").string()));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(5000, 'x'));
    file.close();
    QVERIFY(Store::open(foreign, Store::Mode::Serve).error() == StoreError::NotOurs);
    QCOMPARE(file.size(), qint64(5000));
}

void TestStore::summary_countsAndNamesNoOne()
{
    const auto mailbox = key();
    for (int i = 0; i < 3; ++i)
        add(test::envelopeFor(mailbox.publicKey(), 1'800'000'000, m_random));
    add(test::datedEnvelope(key().publicKey(), 1'700'000'000, m_random));
    add(signedEvent(1, 1'750'000'000, {}, key()));
    const auto summary = m_store->summary();
    QVERIFY(summary.ok());
    QCOMPARE(summary->envelopes, std::int64_t(4));
    QCOMPARE(summary->mailboxes, std::int64_t(2));
    QCOMPARE(summary->envelopesBySize.size(), std::size_t(2));
    QCOMPARE(summary->otherEvents, std::int64_t(1));
    QCOMPARE(*summary->oldest, std::int64_t(1'700'000'000));
    const std::string text = disclosureText(*summary);
    QVERIFY(text.find("4 sealed envelopes") != std::string::npos);
    QVERIFY(text.find("2 random mailboxes") != std::string::npos);
    QVERIFY(text.find(toHex(mailbox.publicKey().bytes)) == std::string::npos);
    QVERIFY(relay::readJson(disclosureJson(*summary)).ok());
}

TACET_TEST_UNIT("t_store", TestStore)
#include "t_store.moc"
