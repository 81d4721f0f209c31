// NIP-77 at the small relay: what it compares, with whom, and how much of it.
#include "tests/relayd/talk.h"
#include "tests/support/envelopes.h"
#include "tests/support/unit_registry.h"

#include <QTemporaryDir>
#include <QTest>

using namespace tacet;
using namespace tacet::relayd;
using namespace tacet::crypto;
using namespace tacet::relay;
using test::Talk;

class TestReconciliation : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup() { m_store.reset(); }
    void mailbox_isReconciledWithItsOwner();
    void envelopes_needTheMailboxKey();
    void withoutKindInWords_envelopesAreLeftOut();
    void filter_isObeyed();
    void snapshot_doesNotChangeUnderway();
    void expired_isNotCompared();
    void tooMany_isBlocked();
    void openOnes_areCounted();
    void memoryOfAll_isBounded();
    void memoryOfOneAddress_leavesSomeForOthers();
    void silence_closes();
    void garbage_closes();
    void rate_isObeyed();
    void largeAnswer_fitsAFrame();

private:
    Talk talk(bool readingNeedsAuth = false) { return Talk(m_clock, m_random, m_limits, *m_store, readingNeedsAuth); }
    void prove(Talk &client, const NostrKeyPair &key)
    {
        const auto auth = authEvent(*RelayUrl::parse("ws://relay.example:7447"), client.challenge, key, m_clock.wallSeconds(), m_random);
        QCOMPARE(client.words(writeAuth(auth)), std::string("accepted"));
        client.sent.clear();
    }
    static Filter filterFor(const NostrKeyPair &mailbox)
    {
        Filter filter;
        filter.kinds = {1059};
        filter.tags['p'] = {toHex(mailbox.publicKey().bytes)};
        return filter;
    }
    NostrEvent store(const NostrKeyPair &mailbox, std::int64_t date)
    {
        const auto event = test::datedEnvelope(mailbox.publicKey(), date, m_random);
        if (!m_store->add(event).ok() || !m_store->commit().ok())
            qFatal("the store takes nothing");
        return event;
    }
    /// Until the client knows the difference; nothing: it was refused.
    std::optional<std::set<NostrEventId>> neededBy(Talk &client, const Filter &filter, std::vector<NegentropyItem> known = {})
    {
        NegentropyClient asking(NegentropySet(std::move(known)), 4'096);
        client.sent.clear();
        client.session.received(writeReconcileOpen("n", filter, asking.initiate()));
        for (;;) {
            const auto answers = client.take<ReconcileFrame>();
            if (answers.size() != 1 || answers[0].subscription != "n")
                return std::nullopt;
            const auto next = asking.reconcile(answers[0].message);
            if (!next)
                return std::nullopt;
            if (!*next)
                break;
            client.session.received(writeReconcile("n", **next));
        }
        client.session.received(writeReconcileClose("n"));
        return client.sent.empty() ? std::optional(asking.needed()) : std::nullopt;
    }
    static std::string opening(const std::string &name, const Filter &filter)
    {
        return writeReconcileOpen(name, filter, NegentropyClient({}, 4'096).initiate());
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Store> m_store;
    test::ManualClock m_clock;
    test::SeededRandom m_random{9};
    Limits m_limits;
};

void TestReconciliation::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    auto opened = Store::open(m_folder->path().toStdString(), Store::Mode::Serve);
    QVERIFY(opened.ok());
    m_store = std::move(*opened);
    m_limits = Limits();
}

void TestReconciliation::mailbox_isReconciledWithItsOwner()
{
    Talk client = talk(true);
    const auto mailbox = NostrKeyPair::generate(m_random);
    prove(client, mailbox);
    std::vector<NegentropyItem> known;
    std::set<NostrEventId> missing;
    for (int i = 0; i < 300; ++i) {
        const auto event = store(mailbox, 1'000 + i / 4);
        if (i % 7 == 0)
            missing.insert(event.id);
        else
            known.push_back({std::uint64_t(event.createdAt), event.id});
        store(NostrKeyPair::generate(m_random), 1'000 + i / 4); // somebody else's
    }
    QVERIFY(neededBy(client, filterFor(mailbox), known) == missing);
    QCOMPARE(neededBy(client, filterFor(mailbox))->size(), std::size_t(300)); // the same name again
}

void TestReconciliation::envelopes_needTheMailboxKey()
{
    Talk client = talk(true);
    const auto mailbox = NostrKeyPair::generate(m_random);
    const auto other = NostrKeyPair::generate(m_random);
    store(mailbox, 1'000);
    QVERIFY(prefixOf(client.words(opening("n", filterFor(mailbox)))) == Prefix::AuthRequired);
    QCOMPARE(client.take<ChallengeFrame>().size(), std::size_t(1)); // said again
    prove(client, other);
    QVERIFY(prefixOf(client.words(opening("n", filterFor(mailbox)))) == Prefix::AuthRequired);
    Filter unnamed;
    unnamed.kinds = {1059};
    QVERIFY(prefixOf(client.words(opening("n", unnamed))) == Prefix::Restricted);
    QCOMPARE(client.words(opening("n", filterFor(other))), std::string("served"));
}

void TestReconciliation::withoutKindInWords_envelopesAreLeftOut()
{
    Talk client = talk(true);
    const auto mailbox = NostrKeyPair::generate(m_random);
    store(mailbox, 1'000);
    QVERIFY(neededBy(client, Filter()) == std::set<NostrEventId>());
    prove(client, mailbox);
    QCOMPARE(neededBy(client, Filter())->size(), std::size_t(1));
}

void TestReconciliation::filter_isObeyed()
{
    Talk client = talk();
    const auto mailbox = NostrKeyPair::generate(m_random);
    store(mailbox, 1'000);
    const auto second = store(mailbox, 2'000);
    const auto third = store(mailbox, 3'000);
    Filter filter = filterFor(mailbox);
    filter.since = 2'000;
    QVERIFY(neededBy(client, filter) == (std::set<NostrEventId>{second.id, third.id}));
    filter.until = 2'999;
    QVERIFY(neededBy(client, filter) == std::set<NostrEventId>{second.id});
    filter = filterFor(mailbox);
    filter.limit = 1; // the newest
    QVERIFY(neededBy(client, filter) == std::set<NostrEventId>{third.id});
    filter.limit = 0;
    QVERIFY(neededBy(client, filter) == std::set<NostrEventId>());
}

void TestReconciliation::snapshot_doesNotChangeUnderway()
{
    Talk client = talk();
    const auto mailbox = NostrKeyPair::generate(m_random);
    const auto first = store(mailbox, 1'000);
    const Bytes question = NegentropyClient({}, 4'096).initiate();
    client.session.received(writeReconcileOpen("n", filterFor(mailbox), question));
    store(mailbox, 2'000);
    client.session.received(writeReconcile("n", question));
    const auto answers = client.take<ReconcileFrame>();
    QCOMPARE(answers.size(), std::size_t(2));
    QCOMPARE(answers[1].message, answers[0].message);
    QCOMPARE(readNegentropy(answers[1].message)->at(0).ids, std::vector<NostrEventId>{first.id});
}

void TestReconciliation::expired_isNotCompared()
{
    Talk client = talk();
    const auto mailbox = NostrKeyPair::generate(m_random);
    auto event = test::datedEnvelope(mailbox.publicKey(), m_clock.wallSeconds(), m_random);
    event.tags.push_back({"expiration", std::to_string(m_clock.wallSeconds() + 10)});
    sign(event, NostrKeyPair::generate(m_random), m_random);
    QVERIFY(m_store->add(event).ok() && m_store->commit().ok());
    QCOMPARE(neededBy(client, filterFor(mailbox))->size(), std::size_t(1));
    m_clock.advance(11'000);
    QCOMPARE(neededBy(client, filterFor(mailbox))->size(), std::size_t(0));
}

void TestReconciliation::tooMany_isBlocked()
{
    m_limits.reconciliationItems = 5;
    m_limits.valuesPerFilter = 3;
    Talk client = talk();
    const auto mailbox = NostrKeyPair::generate(m_random);
    for (int i = 0; i < 5; ++i)
        store(mailbox, 1'000 + i);
    QCOMPARE(neededBy(client, filterFor(mailbox))->size(), std::size_t(5));
    store(mailbox, 2'000);
    QVERIFY(prefixOf(client.words(opening("n", filterFor(mailbox)))) == Prefix::Blocked);
    Filter filter = filterFor(mailbox);
    filter.limit = 100;
    QVERIFY(prefixOf(client.words(opening("n", filter))) == Prefix::Blocked);
    filter.limit = 5;
    QCOMPARE(client.words(opening("n", filter)), std::string("served"));
    filter.kinds = {1, 2, 3, 1059};
    QVERIFY(prefixOf(client.words(opening("n", filter))) == Prefix::Invalid);
}

void TestReconciliation::openOnes_areCounted()
{
    m_limits.reconciliations = 2;
    Talk client = talk();
    const Filter filter = filterFor(NostrKeyPair::generate(m_random));
    QCOMPARE(client.words(opening("a", filter)), std::string("served"));
    QCOMPARE(client.words(opening("b", filter)), std::string("served"));
    QVERIFY(prefixOf(client.words(opening("c", filter))) == Prefix::Blocked);
    QCOMPARE(client.words(opening("b", filter)), std::string("served")); // the same name replaces
    client.session.received(writeReconcileClose("a"));
    QCOMPARE(client.words(opening("c", filter)), std::string("served"));
    // They are no subscriptions: a REQ of the same name is another thing.
    QCOMPARE(client.words(writeRequest("c", filter)), std::string("served"));
    QCOMPARE(client.words(writeReconcile("a", *fromHex("61"))), std::string("closed: it is not open"));
}

void TestReconciliation::memoryOfAll_isBounded()
{
    m_limits.reconciliationItemsTotal = 5;
    SnapshotBudget budget;
    const auto mailbox = NostrKeyPair::generate(m_random);
    for (int i = 0; i < 3; ++i)
        store(mailbox, 1'000 + i);
    Talk first(m_clock, m_random, m_limits, *m_store, false, &budget);
    {
        Talk second(m_clock, m_random, m_limits, *m_store, false, &budget);
        QCOMPARE(second.words(opening("n", filterFor(mailbox))), std::string("served"));
        QCOMPARE(budget.items, std::int64_t(3));
        QVERIFY(prefixOf(first.words(opening("n", filterFor(mailbox)))) == Prefix::Blocked);
        QCOMPARE(second.words(opening("n", filterFor(mailbox))), std::string("served"));
        QCOMPARE(budget.items, std::int64_t(3));
    }
    QCOMPARE(budget.items, std::int64_t(0)); // a client that went leaves nothing
    QCOMPARE(first.words(opening("n", filterFor(mailbox))), std::string("served"));
    first.session.received(writeReconcileClose("n"));
    QCOMPARE(budget.items, std::int64_t(0));
}

void TestReconciliation::memoryOfOneAddress_leavesSomeForOthers()
{
    m_limits.reconciliationItemsTotal = 10;
    m_limits.reconciliationItemsPerAddress = 5;
    SnapshotBudget budget;
    const auto mailbox = NostrKeyPair::generate(m_random);
    for (int i = 0; i < 3; ++i)
        store(mailbox, 1'000 + i);
    const auto from = [&](const char *address) {
        return std::make_unique<Talk>(m_clock, m_random, m_limits, *m_store, false, &budget, address);
    };
    const std::string question = opening("n", filterFor(mailbox));
    const auto one = from("192.0.2.1");
    QCOMPARE(one->words(question), std::string("served"));
    const auto sameAddress = from("192.0.2.1");
    QVERIFY(prefixOf(sameAddress->words(question)) == Prefix::Blocked); // six of its five
    const auto other = from("192.0.2.2");
    QCOMPARE(other->words(question), std::string("served"));
    const auto ownProgram = from("");
    QCOMPARE(ownProgram->words(question), std::string("served"));
    QCOMPARE(budget.items, std::int64_t(9));
    one->session.received(writeReconcileClose("n"));
    QCOMPARE(sameAddress->words(question), std::string("served"));
    QCOMPARE(budget.itemsOf.at("192.0.2.1"), std::int64_t(3));
    sameAddress->session.received(writeReconcileClose("n"));
    QVERIFY(!budget.itemsOf.contains("192.0.2.1")); // forgotten when idle
}

void TestReconciliation::silence_closes()
{
    Talk client = talk();
    const Filter filter = filterFor(NostrKeyPair::generate(m_random));
    QCOMPARE(client.words(opening("n", filter)), std::string("served"));
    m_clock.advance(m_limits.reconciliationMs - 1);
    QCOMPARE(client.words(writeReconcile("n", *fromHex("61"))), std::string("served")); // it goes on
    m_clock.advance(m_limits.reconciliationMs - 1);
    client.sent.clear();
    client.session.tend();
    QVERIFY(client.sent.empty());
    m_clock.advance(1);
    client.session.tend();
    const auto errors = client.take<ReconcileErrorFrame>();
    QCOMPARE(errors.size(), std::size_t(1));
    QVERIFY(errors[0].subscription == "n" && errors[0].text.starts_with("closed:"));
    QCOMPARE(client.words(writeReconcile("n", *fromHex("61"))), std::string("closed: it is not open"));
}

void TestReconciliation::garbage_closes()
{
    Talk client = talk();
    const Filter filter = filterFor(NostrKeyPair::generate(m_random));
    QVERIFY(prefixOf(client.words(writeReconcileOpen("n", filter, *fromHex("61ffff")))) == Prefix::Invalid);
    QCOMPARE(client.words(opening("n", filter)), std::string("served"));
    QVERIFY(prefixOf(client.words(writeReconcile("n", {}))) == Prefix::Invalid);
    QCOMPARE(client.words(writeReconcile("n", *fromHex("61"))), std::string("closed: it is not open"));
    // Another version is no garbage: it is told ours.
    client.sent.clear();
    client.session.received(writeReconcileOpen("n", filter, *fromHex("6200")));
    QCOMPARE(toHex(client.take<ReconcileFrame>().at(0).message), std::string("61"));
}

void TestReconciliation::rate_isObeyed()
{
    Talk client = talk();
    const Filter filter = filterFor(NostrKeyPair::generate(m_random));
    QCOMPARE(client.words(opening("n", filter)), std::string("served"));
    client.mayAct = false;
    QVERIFY(prefixOf(client.words(opening("other", filter))) == Prefix::RateLimited);
    QVERIFY(prefixOf(client.words(writeReconcile("n", *fromHex("61")))) == Prefix::RateLimited);
    client.mayAct = true;
    QCOMPARE(client.words(writeReconcile("n", *fromHex("61"))), std::string("closed: it is not open")); // as the error said
}

void TestReconciliation::largeAnswer_fitsAFrame()
{
    m_limits.reconciliationFrame = 4'096;
    Talk client = talk();
    const auto mailbox = NostrKeyPair::generate(m_random);
    for (int i = 0; i < 300; ++i)
        store(mailbox, 1'000);
    client.sent.clear();
    client.session.received(opening("n", filterFor(mailbox)));
    QVERIFY(client.sent.at(0).size() <= 2 * m_limits.reconciliationFrame + 100);
    QCOMPARE(neededBy(client, filterFor(mailbox))->size(), std::size_t(300));
    QVERIFY(Limits().reconciliationFrame * 2 + kMaximumSubscriptionId * 6 + 100 < Limits().frameBytes);
}

TACET_TEST_UNIT("t_reconciliation", TestReconciliation)
#include "t_reconciliation.moc"
