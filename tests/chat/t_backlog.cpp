// Weeks of one-way messages, which relays bring newest first: opened in the order in which they were written, each once,
// whatever ends meanwhile (PROTOCOL §5.9).
#include "tests/chat/absence.h"
#include "tests/support/unit_registry.h"

#include "app/chat/backlog.h"
#include "app/chat/limits.h"
#include "app/chat/locked_receiver.h"
#include "app/vault/session_rows.h"
#include "crypto/gift_wrap.h"
#include "crypto/hkdf.h"
#include "crypto/limits.h"

using namespace tacet;
using namespace tacet::chat;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

std::optional<vault::MailboxRow> mailboxOfAlice(Absence &absence)
{
    for (auto &row : vault::readMailboxesOf(*absence.alice.db, absence.pair.aliceToBob.bytes)) {
        if (row.purpose == vault::MailboxPurpose::Contact)
            return std::move(row);
    }
    return std::nullopt;
}

/// What Bob would write next, the oldest first; none of it leaves.
std::vector<crypto::Bytes> moreOf(Absence &absence, int count)
{
    absence.bob.open();
    std::vector<crypto::Bytes> inner;
    {
        vault::Snapshot snapshot(*absence.bob.db);
        const auto row = vault::readActiveSession(*absence.bob.db, absence.pair.bobToAlice.bytes);
        auto session = crypto::Session::parse(row.value().state.view());
        SeededRandom random(7);
        const crypto::Bytes words(100);
        while (session && int(inner.size()) < count)
            inner.push_back(session->encrypt(words, random).value());
        static_cast<void>(snapshot.finish());
    }
    absence.bob.close();
    return inner;
}

crypto::Bytes rubbishOf(crypto::Random &random)
{
    crypto::Bytes bytes(crypto::kMessageSizes[0]);
    random.fill(bytes);
    return bytes;
}

QStringList arrivedLive(const Person &person)
{
    QStringList texts;
    for (const Fact &fact : person.facts) {
        if (const auto *stored = std::get_if<MessageStored>(&fact); stored && stored->message.system == SystemLine::None)
            texts << stored->message.text;
    }
    return texts;
}

} // namespace

class TestBacklog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_absence = std::make_unique<Absence>(); }
    void init() { m_absence->rewind(); }
    void longAbsence_isReadInOrderFromTheRelaysAlone();
    void emptyRelayBesideIt_endsNothingEarly();
    void whatWaits_isTold();
    void relayThatStopsInTheMiddle_isNotWaitedForForever();
    void relayThatStopsInTheMiddle_takesNothingWithIt();
    void relayThatDripsRubbish_isNotWaitedForEither();
    void friendWhoWritesOn_doesNotProlongIt();
    void relayThatTurnsOutDead_isWaitedForNoLonger();
    void relayThatDripsWhatIsTrue_isNotWaitedForForever();
    void relayThatIsSlow_isWaitedForAsLongAsItBringsNews();
    void slowHistory_isNoGap();
    void receipt_waitsForTheHistory();
    void killedInTheMiddle_readsTheRest();
    void lockedInTheMiddle_readsTheRest();
    void unlockedInTheMiddle_losesNoKeys();
    void cursor_waitsUntilEverythingIsOpen();
    void whatDoesNotFit_comesAgain();
    void quickRelayWithTheEndAlone_costsNothing();
    void whatCameWithoutItsKey_isEncryptedAnew();
    void blockedWhileItOpens_theRestComesAfterwards();
    void cleanupTestCase() { m_absence.reset(); }

private:
    std::unique_ptr<Absence> m_absence;
};

void TestBacklog::longAbsence_isReadInOrderFromTheRelaysAlone()
{
    Absence &absence = *m_absence;
    const std::size_t asked = absence.one().attempts();
    absence.alice.open();
    absence.world.settle(); // no patience, no question, no repair
    absence.world.timers.advance(0);
    absence.world.settle();
    QCOMPARE(absence.history(), absence.said);
    QCOMPARE(arrivedLive(absence.alice).size(), kMany);
    absence.bob.open();
    absence.world.run(kHourMs);
    QVERIFY(!absence.hasGap());
    QVERIFY(absence.one().attempts() < asked + 20); // receipts; not one text was asked for again
    for (const Message &message : absence.bob.messages(absence.pair.bobToAlice)) {
        if (message.own)
            QCOMPARE(message.state, MessageState::Delivered);
    }
}

void TestBacklog::emptyRelayBesideIt_endsNothingEarly()
{
    Absence &absence = *m_absence;
    absence.two().loseHistory();
    absence.one().behaviour().delayMs = kSecondMs;
    absence.alice.open();
    absence.wait(10, kSecondMs);
    QCOMPARE(absence.history(), absence.said);
    QVERIFY(!absence.hasGap());
}

void TestBacklog::whatWaits_isTold()
{
    Absence &absence = *m_absence;
    const auto told = [&] {
        QList<int> numbers;
        for (const Fact &fact : absence.alice.facts) {
            const auto *changed = std::get_if<ChatChanged>(&fact);
            if (changed && (numbers.isEmpty() || numbers.last() != changed->chat.waiting))
                numbers << changed->chat.waiting;
        }
        return numbers;
    };
    absence.alice.facts.clear();
    absence.one().behaviour().noSync = true;
    absence.two().behaviour().noSync = true;
    absence.alice.open();
    absence.world.settle();
    const int waiting = must(absence.alice->chat(absence.pair.aliceToBob)).waiting;
    QVERIFY(waiting > 0 && waiting < kWaitingToldEvery);
    QCOMPARE(told().last(), waiting);
    absence.world.run(kBacklogPatienceMs);
    absence.world.run(kBacklogPatienceMs);
    QCOMPARE(absence.history(), absence.said);
    QCOMPARE(must(absence.alice->chat(absence.pair.aliceToBob)).waiting, 0);
    QCOMPARE(told().last(), 0);
    QVERIFY(told().size() <= 4); // not for each envelope
}

void TestBacklog::relayThatStopsInTheMiddle_isNotWaitedForForever()
{
    Absence &absence = *m_absence;
    absence.two().behaviour().down = true;
    absence.one().behaviour().noSync = true; // it never says that this was all
    absence.alice.open();
    absence.world.settle();
    const auto before = absence.history().size();
    QVERIFY(before < kMany);
    absence.world.run(kBacklogPatienceMs - 1);
    QCOMPARE(absence.history().size(), before);
    absence.world.clock.jumpWall(-30 * kDayMs); // patience is not measured by what somebody sets
    absence.world.run(kBacklogPatienceMs + 1);
    absence.world.clock.jumpWall(30 * kDayMs);
    QCOMPARE(absence.history(), absence.said);
}

void TestBacklog::relayThatStopsInTheMiddle_takesNothingWithIt()
{
    Absence &absence = *m_absence;
    // The first dies after some of it, the second has everything and is slow.
    absence.one().behaviour().noSync = true;
    absence.two().behaviour().delayMs = 30 * kSecondMs;
    absence.alice.open();
    for (int i = 0; i < 100; ++i)
        absence.world.network.step();
    absence.one().behaviour().down = true;
    absence.wait(40, 10 * kSecondMs);
    QCOMPARE(absence.history(), absence.said);
    QVERIFY(!absence.hasGap());
}

void TestBacklog::relayThatDripsRubbish_isNotWaitedForEither()
{
    Absence &absence = *m_absence;
    // The first says forever that more is to come, in envelopes that it makes itself; the second is honest.
    absence.one().loseHistory();
    absence.one().behaviour().noSync = true;
    absence.alice.open();
    std::optional<crypto::NostrPublicKey> mailbox;
    for (const crypto::NostrEvent &event : absence.two().stored())
        mailbox = mailboxOf(event);
    QVERIFY(mailbox);
    SeededRandom random(6);
    for (int i = 0; i < 5 * int(kBacklogPatienceMs / kMinuteMs); ++i) {
        const auto rubbish = crypto::wrap(rubbishOf(random), *mailbox, absence.world.clock.wallSeconds(), random);
        absence.world.network.inject(absence.one().url(), *rubbish);
        absence.world.run(kMinuteMs);
    }
    QCOMPARE(absence.history(), absence.said);
}

void TestBacklog::friendWhoWritesOn_doesNotProlongIt()
{
    Absence &absence = *m_absence;
    absence.two().behaviour().delayMs = kHourMs; // perhaps it brings the beginning
    absence.alice.open();
    absence.world.settle();
    absence.bob.open();
    QStringList said = absence.said;
    for (int i = 0; i < int(2 * kBacklogPatienceMs / kMinuteMs); ++i) {
        said << u"live %1"_s.arg(i);
        must(absence.bob->sendText(absence.pair.bobToAlice, said.last()));
        absence.world.run(kMinuteMs);
    }
    QCOMPARE(absence.history().size(), said.size());
}

void TestBacklog::relayThatTurnsOutDead_isWaitedForNoLonger()
{
    Absence &absence = *m_absence;
    // The first has brought everything; the second is being connected to.
    absence.two().behaviour().delayMs = kHourMs;
    absence.alice.open();
    absence.wait(30, kSecondMs);
    QVERIFY(absence.history().size() < kMany);
    absence.two().behaviour().delayMs = 0;
    absence.two().behaviour().down = true;
    absence.wait(2, kSecondMs);
    QCOMPARE(absence.history(), absence.said);
}

void TestBacklog::relayThatDripsWhatIsTrue_isNotWaitedForForever()
{
    Absence &absence = *m_absence;
    const auto drip = std::exchange(absence.stored[0], {});
    absence.two().behaviour().down = true;
    absence.one().loseHistory();
    absence.one().behaviour().noSync = true;
    absence.alice.open();
    absence.world.settle();
    // The newest, one after the other, and never the end of them.
    std::size_t at = drip.size();
    for (qint64 ms = 0; ms < kBacklogLongestMs + kBacklogPatienceMs; ms += kMinuteMs) {
        absence.world.network.inject(absence.one().url(), drip[--at]);
        absence.world.run(kMinuteMs);
    }
    QVERIFY(absence.history().contains(absence.said.last()));
    absence.stored[0] = drip;
}

void TestBacklog::relayThatIsSlow_isWaitedForAsLongAsItBringsNews()
{
    Absence &absence = *m_absence;
    constexpr int kEachMinute = 50;
    constexpr int kStored = 32 * kEachMinute;
    auto inner = moreOf(absence, kStored + 100);
    QCOMPARE(int(inner.size()), kStored + 100);
    absence.alice.open();
    vault::Snapshot snapshot(*absence.alice.db);
    const auto mailbox = mailboxOfAlice(absence);
    QVERIFY(mailbox);
    qint64 now = 0;
    Backlog backlog;
    backlog.reading(mailbox->publicKey, kOne.toStdString(), now);
    const auto bring = [&](std::size_t from, std::size_t to, bool history) {
        std::vector<Arrived> some;
        for (std::size_t i = to; i > from; --i)
            some.push_back({crypto::sha256(inner[i - 1]), 0, inner[i - 1], kOne.toStdString(), {}});
        backlog.keepBack(*absence.alice.db, *mailbox, some, history, now);
        return some.empty();
    };
    static_assert(kStored / kEachMinute * kMinuteMs > 2 * kBacklogLongestMs);
    for (std::size_t left = kStored; left > 0; left -= kEachMinute, now += kMinuteMs) {
        QVERIFY(bring(left - kEachMinute, left, true));
        QVERIFY(backlog.forsaken(now).empty());
    }
    // From here on it repeats itself, while the friend writes on.
    qint64 waited = 0;
    for (std::size_t live = kStored; backlog.forsaken(now).empty() && live < inner.size(); ++live) {
        QVERIFY(bring(0, kEachMinute, true));
        QVERIFY(bring(live, live + 1, false));
        now += kMinuteMs;
        waited += kMinuteMs;
    }
    QVERIFY(!backlog.forsaken(now).empty());
    QVERIFY(waited <= kBacklogLongestMs);
    QCOMPARE(backlog.waiting(mailbox->publicKey), std::size_t(kStored) + std::size_t(waited / kMinuteMs));
    QVERIFY(snapshot.finish().ok());
}

void TestBacklog::slowHistory_isNoGap()
{
    Absence &absence = *m_absence;
    // The first lost one of the beginning and never comes to an end; the second is away for a while.
    absence.two().behaviour().down = true;
    absence.one().behaviour().noSync = true;
    absence.one().loseHistory();
    const auto &stored = absence.stored[0];
    for (std::size_t i = 0; i < stored.size(); ++i) {
        if (i != stored.size() - std::size_t(kMany) / 2 - 100)
            absence.world.network.inject(absence.one().url(), stored[i]);
    }
    absence.alice.open();
    absence.world.settle();
    static_assert(kGapGraceMs + kGapSweepMs + kGapAnswerMs + 10 * kSecondMs < kBacklogPatienceMs);
    absence.world.run(kGapGraceMs + kGapSweepMs + kGapAnswerMs + 10 * kSecondMs);
    QVERIFY(absence.history().size() < kMany);
    QVERIFY(!absence.hasGap()); // nobody is asked and nothing is said while it may go on
    absence.two().behaviour().down = false;
    absence.world.run(kHourMs);
    QVERIFY(!absence.hasGap());
    QCOMPARE(absence.history(), absence.said);
}

void TestBacklog::receipt_waitsForTheHistory()
{
    Absence &absence = *m_absence;
    const auto all = absence.one().stored();
    absence.two().behaviour().down = true;
    absence.one().loseHistory();
    absence.one().behaviour().noSync = true; // more is to come
    absence.bob.open();
    absence.alice.open();
    must(absence.alice->setOpenChat(absence.pair.aliceToBob, true)); // receipts leave at once
    absence.world.settle();
    const std::size_t asked = absence.one().attempts();
    // Pages in the order of their dates, which are random: until the last there are holes.
    for (std::size_t page = 0; page < 8; ++page) {
        for (std::size_t i = page; i < all.size(); i += 8)
            absence.world.network.inject(absence.one().url(), all[i]);
        absence.wait(30, kSecondMs);
    }
    absence.wait(10, kMinuteMs);
    QCOMPARE(absence.history(), absence.said);
    QVERIFY2(absence.one().attempts() < asked + 20, qPrintable(QString::number(absence.one().attempts() - asked))); // nothing twice
}

void TestBacklog::killedInTheMiddle_readsTheRest()
{
    Absence &absence = *m_absence;
    absence.alice.open();
    int commits = 0;
    int deaths = 0;
    absence.world.onCommit = [&](Person &person, vault::CommitPoint) {
        if (&person != &absence.alice || ++commits % 23 != 0 || deaths == 5)
            return;
        ++deaths;
        absence.world.kill(person);
    };
    for (int i = 0; i < 10; ++i)
        absence.world.survive([&] { absence.world.run(kMinuteMs); });
    QCOMPARE(deaths, 5);
    absence.world.run(kHourMs);
    QCOMPARE(absence.history(), absence.said);
    QVERIFY(!absence.alice.noticed(TroubleCode::MessageSetAside));
}

void TestBacklog::lockedInTheMiddle_readsTheRest()
{
    Absence &absence = *m_absence;
    static_assert(kMany + 100 < int(Spool::kMaximumRecords));
    absence.alice.open();
    for (int i = 0; i < 100; ++i)
        absence.world.network.step(); // the newest have come, and wait
    const auto spoolFile = absence.alice.file.parent_path() / "spool";
    LockedState state = must(absence.alice->lockedState());
    absence.alice.close();
    SeededRandom random(4);
    auto port = absence.world.network.makePort();
    {
        LockedReceiver locked(std::move(state), spoolFile, *port, absence.world.clock, absence.world.timers, random, [] {});
        locked.start();
        absence.world.run(kMinuteMs);
    }
    port.reset();
    absence.one().loseHistory(); // the spool alone has them
    absence.two().loseHistory();
    absence.alice.open();
    must(absence.alice->drainSpool(spoolFile));
    QCOMPARE(absence.history(), absence.said);
}

void TestBacklog::unlockedInTheMiddle_losesNoKeys()
{
    Absence &absence = *m_absence;
    absence.alice.open();
    const auto spoolFile = absence.alice.file.parent_path() / "spool";
    LockedState state = must(absence.alice->lockedState());
    absence.alice.close();
    SeededRandom random(4);
    auto port = absence.world.network.makePort();
    std::size_t sealed = 0;
    {
        LockedReceiver locked(std::move(state), spoolFile, *port, absence.world.clock, absence.world.timers, random, [&] { ++sealed; });
        locked.start();
        while (sealed == 0)
            absence.world.network.step(); // the newest have come; before them more is missing than keys are kept
    }
    port.reset();
    QVERIFY(sealed < std::size_t(kMany) - crypto::kMaxSkippedPerGap);
    absence.alice.open();
    QCOMPARE(must(absence.alice->drainSpool(spoolFile)), int(sealed));
    absence.world.run(kMinuteMs);
    QCOMPARE(absence.history(), absence.said);
}

void TestBacklog::cursor_waitsUntilEverythingIsOpen()
{
    Absence &absence = *m_absence;
    absence.alice.open();
    // Killed with the first of what waited: the relays were read to their end, and must be read again.
    bool killed = false;
    absence.world.onCommit = [&](Person &person, vault::CommitPoint point) {
        if (&person != &absence.alice || point != vault::CommitPoint::Before || killed
            || absence.world.network.underWay() > 0 || arrivedLive(absence.alice).size() < int(crypto::kMaxSkippedPerGap))
            return;
        killed = true;
        absence.world.kill(person);
    };
    absence.world.survive([&] { absence.world.run(kMinuteMs); });
    QVERIFY(killed);
    absence.world.clock.advance(40 * kDayMs); // far beyond what a cursor steps back
    absence.alice.restart();
    absence.world.run(kHourMs);
    QCOMPARE(absence.history(), absence.said);
}

void TestBacklog::whatDoesNotFit_comesAgain()
{
    Absence &absence = *m_absence;
    absence.alice.open();
    vault::Database &db = *absence.alice.db;
    std::optional<vault::MailboxRow> mailbox;
    Backlog backlog(100 * crypto::kMessageSizes[0]);
    std::vector<Arrived> batch;
    {
        vault::Snapshot snapshot(db);
        mailbox = mailboxOfAlice(absence);
        QVERIFY(mailbox);
        backlog.reading(mailbox->publicKey, kOne.toStdString(), 0);
        const auto keys = keyPairOf(*mailbox);
        for (const crypto::NostrEvent &event : absence.one().stored()) {
            if (auto inner = crypto::unwrap(event, keys))
                batch.insert(batch.begin(), {crypto::sha256(*inner), event.createdAt, std::move(*inner), kOne.toStdString(), {}});
        }
        QVERIFY(int(batch.size()) >= kMany);
        // In no order at all, as random dates make it.
        SeededRandom random(5);
        for (std::size_t i = batch.size(); i > 1; --i)
            std::swap(batch[i - 1], batch[random.below(i)]);
        while (!batch.empty()) {
            const auto count = std::min<std::ptrdiff_t>(10, std::ptrdiff_t(batch.size()));
            std::vector<Arrived> some(std::make_move_iterator(batch.begin()), std::make_move_iterator(batch.begin() + count));
            batch.erase(batch.begin(), batch.begin() + count);
            backlog.keepBack(db, *mailbox, some, true, 0);
            QVERIFY(backlog.bytes() <= 100 * crypto::kMessageSizes[0]);
            for (const Arrived &now : some)
                QVERIFY(!now.missing || *now.missing <= crypto::kMaxSkippedPerGap);
        }
        // One behind them comes live, from elsewhere: it finds no room either.
        auto newest = crypto::unwrap(absence.two().stored().back(), keys);
        QVERIFY(newest);
        std::vector<Arrived> live;
        live.push_back({crypto::sha256(*newest), 0, std::move(*newest), kTwo.toStdString(), {}});
        backlog.keepBack(db, *mailbox, live, false, 0);
        QVERIFY(live.empty());
        QVERIFY(backlog.ended(mailbox->publicKey, *relay::RelayUrl::parse(kOne.toStdString()), relay::SyncReport{}));
        // What is left of it is the beginning of the line.
        std::uint64_t expected = crypto::kMaxSkippedPerGap;
        std::size_t taken = 0;
        for (auto some = backlog.next(db, *mailbox); !some.empty(); some = backlog.next(db, *mailbox)) {
            for (const Arrived &message : some)
                QCOMPARE(message.missing, std::optional(++expected));
            taken += some.size();
        }
        QVERIFY(taken > 50);
        QVERIFY(snapshot.finish().ok());
    }
    QCOMPARE(backlog.bytes(), std::size_t(0));
    const auto finished = backlog.finish(mailbox->publicKey);
    QVERIFY(finished.reports.empty()); // the cursor stays
    QCOMPARE(finished.readAgain, (std::set<std::string>{kOne.toStdString(), kTwo.toStdString()}));
    QVERIFY(backlog.isEmpty());
}

void TestBacklog::quickRelayWithTheEndAlone_costsNothing()
{
    Absence &absence = *m_absence;
    // The first gives the newest at once and says that this was all; the second is honest and takes two seconds.
    absence.one().loseHistory();
    absence.world.network.inject(absence.one().url(), absence.stored[0].back());
    absence.two().behaviour().delayMs = 2 * kSecondMs;
    absence.alice.open();
    absence.wait(60, kSecondMs);
    QCOMPARE(absence.history(), absence.said);
    QVERIFY(!absence.hasGap());
}

void TestBacklog::whatCameWithoutItsKey_isEncryptedAnew()
{
    Absence &absence = *m_absence;
    // The first keeps the newest fifty alone; the second has everything and is down while these are opened.
    absence.one().loseHistory();
    for (auto event = absence.stored[0].end() - 50; event != absence.stored[0].end(); ++event)
        absence.world.network.inject(absence.one().url(), *event);
    absence.two().behaviour().down = true;
    absence.alice.open();
    absence.world.run(kMinuteMs / 2);
    QCOMPARE(absence.history().size(), 50);
    absence.two().behaviour().down = false;
    absence.world.run(kMinuteMs);
    QVERIFY(absence.history().size() < kMany); // the keys of the oldest were never kept
    absence.bob.open();
    absence.world.run(6 * kHourMs);
    QCOMPARE(absence.history(), absence.said);
    QVERIFY(!absence.hasGap());
}

void TestBacklog::blockedWhileItOpens_theRestComesAfterwards()
{
    Absence &absence = *m_absence;
    absence.two().behaviour().down = true;
    absence.world.clock.advance(10 * kDayMs); // what was written is older than what a cursor steps back
    absence.one().behaviour().down = true;
    absence.alice.open();
    {
        vault::Transaction transaction(*absence.alice.db); // and the daily look at everything is not due
        absence.alice.db->exec("UPDATE mailbox_relays SET swept_ms = ?1", absence.world.clock.wallMs());
        QVERIFY(transaction.commit().ok());
    }
    absence.alice.close();
    absence.one().behaviour().down = false;
    absence.alice.open();
    // The pass is over, and the first of what waited are open; the others are to be opened at the next turn.
    while (arrivedLive(absence.alice).size() <= int(crypto::kMaxSkippedPerGap) + 1 && absence.world.network.step()) { }
    const int opened = int(absence.history().size());
    QVERIFY(opened < kMany);
    must(absence.alice->block(absence.pair.aliceToBob, true));
    absence.world.run(kMinuteMs);
    QCOMPARE(absence.history().size(), opened);
    must(absence.alice->block(absence.pair.aliceToBob, false));
    absence.world.run(kHourMs);
    QCOMPARE(absence.history(), absence.said);
}

TACET_TEST_UNIT("t_backlog", TestBacklog)
#include "t_backlog.moc"
