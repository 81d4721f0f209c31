// Backups of a window's profile: a lock ends one that is being written, and each failure is called what it was.
#include "app/session/engine_thread.h"
#include "app/session/backup_jobs.h"
#include "app/vault/contact_rows.h"
#include "app/vault/message_rows.h"
#include "app/vault/transaction.h"
#include "crypto/random.h"
#include "tests/support/unit_registry.h"
#include "tests/vault/fake_secret_store.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::session;
using chat::Outcome;
using chat::TroubleCode;

namespace {

constexpr int kPatience = 120'000;
constexpr int kMessages = 3000;

crypto::SecretBuffer passphrase()
{
    return crypto::SecretBuffer(crypto::asBytes("four rowers and a heron"));
}

template<typename T>
struct Answer {
    std::optional<Outcome<T>> outcome;
    Reply<T> take()
    {
        outcome.reset();
        return [this](Outcome<T> answered) { outcome.emplace(std::move(answered)); };
    }
};

/// Open files of this process whose name is the vault's: one at least for each connection.
int connectionsTo(const QString &vault)
{
    int open = 0;
    for (const QFileInfo &each : QDir(u"/proc/self/fd"_s).entryInfoList(QDir::System | QDir::Files | QDir::NoDotAndDotDot))
        open += each.symLinkTarget().startsWith(vault);
    return open;
}

QByteArray contentOf(const QString &file)
{
    QFile reading(file);
    return reading.open(QIODevice::ReadOnly) ? reading.readAll() : QByteArray();
}

void write(const QString &file, const QByteArray &content)
{
    QFile writing(file);
    QVERIFY(writing.open(QIODevice::WriteOnly));
    QCOMPARE(writing.write(content), content.size());
}

} // namespace

class TestBackups : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    test::FakeSecretStore m_keychain;
    const vault::ProfilePaths m_paths{std::filesystem::path(m_folder.path().toStdString()) / "profile"};
    const QString m_vault = QString::fromStdString(m_paths.vault().string());
    const QString m_file = m_folder.filePath(u"b.tacet"_s);
    const QString m_unfinished = m_folder.filePath(u".b.tacet.tacet-new"_s);
    std::unique_ptr<EngineThread> m_session;
    QList<int> m_noticed;
    std::function<void(BackupStep)> m_onStep;
    Answer<BackupSummary> m_made;

    static Outcome<Done> fill(vault::Database &database, crypto::Random &random)
    {
        const chat::NewProfile profile{u"Alice"_s, {u"ws://127.0.0.1:9"_s}, {}}; // nobody listens there
        if (auto created = chat::ChatEngine::createProfile(database, profile, SystemClock(), random); !created)
            return created;
        vault::Transaction transaction(database);
        vault::ContactRow contact;
        contact.id = random.bytes<16>();
        contact.name = "Bob";
        vault::insertContact(database, contact);
        for (int i = 0; i < kMessages; ++i) {
            vault::MessageRow message;
            message.id = random.bytes<16>();
            message.contact = contact.id;
            message.body = "line " + std::to_string(i) + " of a long talk";
            message.sortMs = i;
            vault::insertMessage(database, message);
        }
        return transaction.commit() ? Outcome<Done>(Done{}) : chat::trouble(TroubleCode::DiskError);
    }

    ProfileState state() const { return m_session->profile().state; }
    void unlock()
    {
        Answer<Done> opened;
        m_session->unlock(passphrase(), opened.take());
        QTRY_VERIFY_WITH_TIMEOUT(opened.outcome, kPatience);
        QVERIFY(*opened.outcome);
    }
    /// Backs up and locks at the first progress of that step.
    void lockAt(BackupStep wanted)
    {
        m_onStep = [this, wanted](BackupStep step) {
            if (step != wanted)
                return;
            m_onStep = {};
            m_session->lock();
        };
        m_session->backupNow(m_file, passphrase(), m_made.take());
        QTRY_VERIFY_WITH_TIMEOUT(state() == ProfileState::Locked, kPatience);
        QCOMPARE(connectionsTo(m_vault), 0);
        QVERIFY(!QFileInfo::exists(m_unfinished));
        QTRY_VERIFY_WITH_TIMEOUT(m_made.outcome, kPatience);
    }
    BackupState backupState()
    {
        Answer<BackupState> told;
        m_session->backupState(told.take());
        return QTest::qWaitFor([&] { return told.outcome.has_value(); }, kPatience) && *told.outcome ? **told.outcome : BackupState();
    }
    /// The trouble's code; 0 when the check found the file whole.
    int check(const QString &file)
    {
        m_session->verifyBackup(file, passphrase(), m_made.take());
        if (!QTest::qWaitFor([&] { return m_made.outcome.has_value(); }, kPatience))
            return -1;
        return *m_made.outcome ? 0 : int(m_made.outcome->error().code);
    }

private Q_SLOTS:
    void initTestCase()
    {
        crypto::SystemRandom random;
        {
            ProfileGate gate(m_paths, random);
            QVERIFY(gate.takeLock());
            LockChoice choice;
            choice.passphrase = passphrase();
            QVERIFY(gate.create(choice, [&](vault::Database &database) { return fill(database, random); }));
        }
        m_session = std::make_unique<EngineThread>(m_paths, m_keychain);
        connect(m_session.get(), &SessionFacade::factStored, this, [this](const chat::Fact &fact) {
            if (const auto *noticed = std::get_if<chat::Noticed>(&fact))
                m_noticed.append(noticed->code);
        });
        connect(m_session.get(), &SessionFacade::backupProgressed, this, [this](BackupStep step) {
            if (const auto onStep = m_onStep)
                onStep(step);
        });
        m_session->begin();
        unlock();
    }

    void cleanupTestCase() { m_session.reset(); }

    void locking_stopsABackupAndSaysSo()
    {
        write(m_file, "the one before");
        QVERIFY(connectionsTo(m_vault) > 0); // they are found where there are some
        lockAt(BackupStep::Writing);
        QVERIFY(!*m_made.outcome);
        QCOMPARE(int(m_made.outcome->error().code), int(TroubleCode::Cancelled));
        QCOMPARE(contentOf(m_file), QByteArray("the one before"));
        QVERIFY(!m_noticed.contains(int(TroubleCode::BackupStopped))); // nobody is there to read it
        unlock();
        QTRY_VERIFY_WITH_TIMEOUT(m_noticed.contains(int(TroubleCode::BackupStopped)), kPatience);
        const BackupState after = backupState();
        QVERIFY(after.lastFailure == BackupFailure::Writing);
        QVERIFY(!after.running);
        QCOMPARE(after.last.verifiedMs, 0);
        m_session->lock(); // told once
        QTRY_VERIFY_WITH_TIMEOUT(state() == ProfileState::Locked, kPatience);
        m_noticed.clear();
        unlock();
        QVERIFY(backupState().lastFailure == BackupFailure::Writing);
        QVERIFY(!m_noticed.contains(int(TroubleCode::BackupStopped)));
    }

    void backupThatWasDoneBeforeTheLock_counts()
    {
        lockAt(BackupStep::Done);
        QVERIFY(*m_made.outcome);
        QCOMPARE((*m_made.outcome)->messages, kMessages);
        unlock();
        const BackupState after = backupState();
        QVERIFY(after.lastFailure == BackupFailure::None);
        QCOMPARE(after.last.file, m_file);
        QVERIFY(after.last.verifiedMs > 0);
    }

    void failures_areCalledWhatTheyWere()
    {
        QCOMPARE(check(m_file), 0);
        const QByteArray whole = contentOf(m_file);
        QByteArray damaged = whole;
        damaged[damaged.size() / 2] = char(damaged[damaged.size() / 2] ^ 1);
        write(m_file, damaged);
        QCOMPARE(check(m_file), int(TroubleCode::BackupDamaged));
        QVERIFY(backupState().lastFailure == BackupFailure::Check);
        m_session->backupNow(m_folder.filePath(u"stick/b.tacet"_s), passphrase(), m_made.take());
        QTRY_VERIFY_WITH_TIMEOUT(m_made.outcome, kPatience);
        QVERIFY(backupState().lastFailure == BackupFailure::Check); // the only one there is cannot be relied on
        write(m_file, whole);
        QCOMPARE(check(m_file), 0);
        QVERIFY(backupState().lastFailure == BackupFailure::None);

        m_session->backupNow(m_folder.filePath(u"stick/b.tacet"_s), passphrase(), m_made.take());
        QTRY_VERIFY_WITH_TIMEOUT(m_made.outcome, kPatience);
        QCOMPARE(int(m_made.outcome->error().code), int(TroubleCode::FolderMissing));
        QCOMPARE(m_made.outcome->error().detail, m_folder.filePath(u"stick"_s));
        QVERIFY(backupState().lastFailure == BackupFailure::Writing);
        QCOMPARE(check(m_file), 0); // the old one is whole, and still no new one
        QVERIFY(backupState().lastFailure == BackupFailure::Writing);
    }

    void whatIsNotThere_isSaidToBeMissing()
    {
        const QString none = m_folder.filePath(u"none.tacet"_s);
        QCOMPARE(check(none), int(TroubleCode::FileMissing));
        QCOMPARE(m_made.outcome->error().detail, none);
        QCOMPARE(check(m_folder.path()), int(TroubleCode::NotAFile));
        m_session->backupNow(m_folder.path(), passphrase(), m_made.take());
        QTRY_VERIFY_WITH_TIMEOUT(m_made.outcome, kPatience);
        QCOMPARE(int(m_made.outcome->error().code), int(TroubleCode::NotAFile));
    }

    void stopBeforeTheBeginning_counts_data()
    {
        QTest::addColumn<bool>("writes");
        QTest::newRow("written") << true;
        QTest::newRow("checked") << false;
    }
    void stopBeforeTheBeginning_counts()
    {
        QFETCH(bool, writes);
        Answer<Done> changed;
        m_session->changePassphrase(passphrase(), passphrase(), changed.take()); // the engine is busy for a while
        if (writes)
            m_session->backupNow(m_file, passphrase(), m_made.take());
        else
            m_session->verifyBackup(m_file, passphrase(), m_made.take());
        m_session->cancelBackup();
        QTRY_VERIFY_WITH_TIMEOUT(m_made.outcome, kPatience);
        QVERIFY(!*m_made.outcome);
        QCOMPARE(int(m_made.outcome->error().code), int(TroubleCode::Cancelled));
        QVERIFY(!QFileInfo::exists(m_unfinished));
        QCOMPARE(check(m_file), 0); // the next one is another
    }

    void oneAtATime_andStopEndsTheOneThatRuns()
    {
        QList<BackupEnd> ended;
        const auto listening
            = connect(m_session.get(), &SessionFacade::backupEnded, this, [&](const BackupEnd &end) { ended.append(end); });
        Answer<BackupSummary> second;
        m_session->backupNow(m_file, passphrase(), m_made.take());
        m_session->verifyBackup(m_file, passphrase(), second.take());
        QTRY_VERIFY_WITH_TIMEOUT(second.outcome, kPatience);
        QVERIFY(!*second.outcome);
        QCOMPARE(int(second.outcome->error().code), int(TroubleCode::BackupBusy));
        m_session->cancelBackup();
        QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, kPatience); // none for the one that was refused
        disconnect(listening);
        QVERIFY(ended.first().wasWritten);
        QCOMPARE(ended.first().file, m_file);
        QCOMPARE(int(ended.first().trouble.code), int(TroubleCode::Cancelled));
        QVERIFY(!backupState().running);
    }
};

TACET_TEST_UNIT("t_backups", TestBackups)
#include "t_backups.moc"
