// The desktop keychain, against the real one where this machine has it: a private bus and gnome-keyring in a
// temporary folder, so that nobody's keyring is touched.
#include "app/session/keychain.h"
#include "tests/support/unit_registry.h"

#include <QDir>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace tacet;
using namespace tacet::session;
using namespace Qt::StringLiterals;
using vault::SecretStoreError;
using vault::StoredSecret;

namespace {

constexpr const char *kInner = "TACET_TEST_KEYCHAIN_INNER"; ///< set in the process that has the private bus

crypto::FixedBytes<32> someSecret(std::uint8_t with)
{
    crypto::FixedBytes<32> out{};
    out.fill(with);
    out[0] = 0; // a zero byte must not end anything
    return out;
}

/// Waits for an answer and counts that there is exactly one.
template<typename T>
struct Awaited {
    std::optional<Result<T, SecretStoreError>> answer;
    int answers = 0;

    auto take()
    {
        return [this](Result<T, SecretStoreError> result) {
            ++answers;
            answer.emplace(std::move(result));
        };
    }
};

} // namespace

class TestKeychain : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void withoutABus_saysUnavailableAtOnce();
    void withAKeyring_keepsReadsAndForgets();
    void insideThePrivateBus();
};

void TestKeychain::withoutABus_saysUnavailableAtOnce()
{
    if (qEnvironmentVariableIsSet(kInner))
        QSKIP("skipped: this process has a bus");
    // In a process of its own: Qt keeps the first session bus it finds.
    QProcess child;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"DBUS_SESSION_BUS_ADDRESS"_s, u"unix:path=/nonexistent/bus"_s);
    environment.insert(QString::fromLatin1(kInner), u"none"_s);
    child.setProcessEnvironment(environment);
    child.setProcessChannelMode(QProcess::MergedChannels);
    child.start(QCoreApplication::applicationFilePath(), {u"t_keychain"_s, u"insideThePrivateBus"_s});
    QVERIFY(child.waitForFinished(60000));
    QVERIFY2(child.exitCode() == 0, child.readAll().constData());
}

void TestKeychain::withAKeyring_keepsReadsAndForgets()
{
    if (qEnvironmentVariableIsSet(kInner))
        QSKIP("skipped: this process has a bus");
    for (const QString &program : {u"dbus-run-session"_s, u"gnome-keyring-daemon"_s}) {
        if (QStandardPaths::findExecutable(program).isEmpty())
            QSKIP("skipped: dbus-run-session or gnome-keyring-daemon is not installed");
    }
    const QTemporaryDir home;
    QDir(home.path()).mkpath(u"data/keyrings"_s);
    QDir(home.path()).mkpath(u"run"_s);
    QFile::setPermissions(home.filePath(u"run"_s), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    QProcess child;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"HOME"_s, home.path());
    environment.insert(u"XDG_DATA_HOME"_s, home.filePath(u"data"_s));
    environment.insert(u"XDG_RUNTIME_DIR"_s, home.filePath(u"run"_s));
    environment.insert(QString::fromLatin1(kInner), u"keyring"_s);
    environment.remove(u"XDG_CURRENT_DESKTOP"_s);
    child.setProcessEnvironment(environment);
    child.setProcessChannelMode(QProcess::MergedChannels);
    child.start(u"dbus-run-session"_s,
                {u"--"_s, u"sh"_s, u"-c"_s,
                 u"printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec \"$0\" t_keychain "
                 "insideThePrivateBus"_s,
                 QCoreApplication::applicationFilePath()});
    QVERIFY(child.waitForFinished(90000));
    const QByteArray output = child.readAll();
    if (output.contains("skipped: "))
        QSKIP("skipped: the keyring daemon does not run here");
    QVERIFY2(child.exitCode() == 0, output.constData());
}

void TestKeychain::insideThePrivateBus()
{
    const QByteArray inner = qgetenv(kInner);
    if (inner.isEmpty())
        QSKIP("skipped: runs in the processes that the other two cases start");
    Keychain keychain(std::chrono::seconds(20));
    Awaited<StoredSecret> missing;
    if (inner == "none") {
        QVERIFY(!keychain.available());
        Awaited<Done> written;
        keychain.read("profile", missing.take());
        keychain.write("profile", someSecret(1), written.take());
        QVERIFY(missing.answer && missing.answer->error() == SecretStoreError::Unavailable);
        QVERIFY(written.answer && written.answer->error() == SecretStoreError::Unavailable);
        return;
    }
    if (!keychain.available())
        QSKIP("skipped: the keyring daemon did not start");
    keychain.read("profile", missing.take());
    QTRY_VERIFY_WITH_TIMEOUT(missing.answer, 30000);
    QVERIFY(!*missing.answer);
    QVERIFY(missing.answer->error() == SecretStoreError::NotFound);

    for (const std::uint8_t with : {std::uint8_t{1}, std::uint8_t{2}}) { // the second replaces the first
        Awaited<Done> written;
        keychain.write("profile", someSecret(with), written.take());
        QTRY_VERIFY_WITH_TIMEOUT(written.answer, 30000);
        QVERIFY(written.answer->ok());
    }
    Awaited<StoredSecret> read;
    keychain.read("profile", read.take());
    QTRY_VERIFY_WITH_TIMEOUT(read.answer, 30000);
    QVERIFY(read.answer->ok());
    QVERIFY((*read.answer)->equals(someSecret(2)));

    Awaited<Done> removed;
    keychain.remove("profile", removed.take());
    QTRY_VERIFY_WITH_TIMEOUT(removed.answer, 30000);
    QVERIFY(removed.answer->ok());
    Awaited<StoredSecret> gone;
    keychain.read("profile", gone.take());
    QTRY_VERIFY_WITH_TIMEOUT(gone.answer, 30000);
    QVERIFY(!*gone.answer);
    QCOMPARE(gone.answers + read.answers + removed.answers + missing.answers, 4);

    // A store that ends while a job is under way: no answer, no crash.
    Awaited<StoredSecret> unheard;
    {
        Keychain brief;
        brief.read("profile", unheard.take());
    }
    Awaited<StoredSecret> after;
    keychain.read("profile", after.take());
    QTRY_VERIFY_WITH_TIMEOUT(after.answer, 30000);
    QCOMPARE(unheard.answers, 0);
}

TACET_TEST_UNIT("t_keychain", TestKeychain)
#include "t_keychain.moc"
