#include "tests/e2e/programs.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QProcessEnvironment>
#include <QTcpServer>
#include <QTcpSocket>

#include <csignal>

namespace tacet::test {
using namespace Qt::StringLiterals;
namespace {

constexpr int kCommandMs = 120'000; // a slow machine under a sanitizer, Argon2id included
constexpr int kEventMs = 60'000;

QProcessEnvironment environmentOf(const QString &home)
{
    // Nothing of the machine's own desktop or profile reaches a test, and the other way round.
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(u"DBUS_SESSION_BUS_ADDRESS"_s);
    environment.remove(u"DISPLAY"_s);
    environment.insert(u"HOME"_s, home);
    environment.insert(u"XDG_DATA_HOME"_s, home + u"/data"_s);
    environment.insert(u"XDG_CONFIG_HOME"_s, home + u"/config"_s);
    environment.insert(u"XDG_CACHE_HOME"_s, home + u"/cache"_s);
    environment.insert(u"XDG_RUNTIME_DIR"_s, home + u"/runtime"_s);
    environment.insert(u"LC_ALL"_s, u"C.UTF-8"_s);
    return environment;
}

Ran finish(QProcess &process, const QByteArray &input)
{
    process.write(input);
    process.closeWriteChannel();
    Ran ran;
    if (process.waitForFinished(kCommandMs) && process.exitStatus() == QProcess::NormalExit)
        ran.exitCode = process.exitCode();
    else
        process.kill();
    ran.out = QString::fromUtf8(process.readAllStandardOutput());
    ran.err = QString::fromUtf8(process.readAllStandardError());
    return ran;
}

} // namespace

QList<QJsonObject> Ran::objects() const
{
    QList<QJsonObject> found;
    for (const QString &text : out.split(u'\n', Qt::SkipEmptyParts))
        found.append(QJsonDocument::fromJson(text.toUtf8()).object());
    return found;
}

QByteArray Ran::told() const
{
    return u"exit %1\nout: %2\nerr: %3"_s.arg(exitCode).arg(out, err).toUtf8();
}

QString programPath(const QString &name)
{
    return qEnvironmentVariable("TACET_BIN", QStringLiteral(TACET_BINARY_DIR) + u"/bin"_s) + u'/' + name;
}

// --- Relay ---

Relay::Relay(const QString &dataFolder) : m_folder(dataFolder)
{
    QTcpServer probe; // a port that is free now; the relay takes it a moment later
    probe.listen(QHostAddress::LocalHost);
    m_port = probe.serverPort();
}

Relay::~Relay()
{
    stop();
}

QString Relay::url() const
{
    return u"ws://127.0.0.1:%1"_s.arg(m_port);
}

bool Relay::start()
{
    QDir().mkpath(m_folder);
    m_process = std::make_unique<QProcess>();
    m_process->setProcessEnvironment(environmentOf(m_folder));
    m_process->setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process->start(programPath(u"tacet-relay"_s),
        {u"--listen"_s, u"127.0.0.1:%1"_s.arg(m_port), u"--data"_s, m_folder});
    const QDeadlineTimer deadline(kEventMs);
    while (!deadline.hasExpired()) {
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, m_port);
        if (socket.waitForConnected(1000))
            return true;
        if (m_process->waitForFinished(20)) // also the pause between two tries
            return false;
    }
    return false;
}

void Relay::stop()
{
    if (!m_process)
        return;
    m_process->terminate();
    if (!m_process->waitForFinished(kCommandMs))
        m_process->kill();
    m_process.reset();
}

Ran Relay::disclose() const
{
    QProcess process;
    process.setProcessEnvironment(environmentOf(m_folder));
    process.start(programPath(u"tacet-relay"_s), {u"disclose"_s, u"--data"_s, m_folder});
    return finish(process, {});
}

// --- Listening ---

Listening::Listening(std::unique_ptr<QProcess> process) : m_process(std::move(process)) {}

Listening::~Listening()
{
    if (m_process->state() != QProcess::NotRunning)
        end();
}

void Listening::read(int waitMs)
{
    if (m_process->bytesAvailable() == 0)
        m_process->waitForReadyRead(waitMs);
    m_partial += m_process->readAllStandardOutput();
    qsizetype end = 0;
    while ((end = m_partial.indexOf('\n')) >= 0) {
        m_events.append(QJsonDocument::fromJson(m_partial.first(end)).object());
        m_partial.remove(0, end + 1);
    }
}

QJsonObject Listening::waitFor(const Wanted &wanted)
{
    qsizetype seen = 0;
    QDeadlineTimer deadline(kEventMs);
    while (true) {
        for (; seen < m_events.size(); ++seen) {
            if (wanted(m_events.at(seen)))
                return m_events.at(seen);
        }
        if (deadline.hasExpired() || m_process->state() == QProcess::NotRunning)
            return {};
        read(1000);
    }
}

bool Listening::has(const Wanted &wanted)
{
    read(20);
    for (const QJsonObject &event : std::as_const(m_events)) {
        if (wanted(event))
            return true;
    }
    return false;
}

int Listening::end()
{
    m_process->terminate();
    if (!m_process->waitForFinished(kCommandMs) || m_process->exitStatus() != QProcess::NormalExit) {
        m_process->kill();
        m_process->waitForFinished(1000);
        return -1;
    }
    return m_process->exitCode();
}

// --- Person ---

Person::Person(const QString &home, const QString &name) : m_home(home), m_name(name)
{
    QDir().mkpath(home + u"/runtime"_s);
    QFile::setPermissions(home + u"/runtime"_s, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    m_passphraseFile = writeSecret(home + u"/passphrase"_s, "violet stairs under the ferry " + name.toUtf8());
}

QProcessEnvironment Person::environment() const
{
    return environmentOf(m_home);
}

std::unique_ptr<QProcess> Person::prepare(const QStringList &words) const
{
    auto process = std::make_unique<QProcess>();
    process->setProcessEnvironment(environmentOf(m_home));
    process->setProgram(programPath(u"tacet-cli"_s));
    process->setArguments(QStringList{u"--profile"_s, profile(), u"--passphrase-file"_s, m_passphraseFile} + words);
    return process;
}

Ran Person::run(const QStringList &words, const QByteArray &input) const
{
    const auto process = prepare(words);
    process->start();
    return finish(*process, input);
}

Ran Person::json(const QStringList &words, const QByteArray &input) const
{
    return run(QStringList{u"--json"_s} + words, input);
}

Ran Person::init(const QStringList &relays) const
{
    QStringList words{u"init"_s, u"--name"_s, m_name};
    for (const QString &relay : relays)
        words << u"--relay"_s << relay;
    return run(words);
}

std::unique_ptr<Listening> Person::listen() const
{
    auto process = prepare({u"--json"_s, u"listen"_s});
    process->setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process->start();
    return std::make_unique<Listening>(std::move(process));
}

std::unique_ptr<QProcess> Person::rpc() const
{
    auto process = prepare({u"rpc"_s});
    process->setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process->start();
    return process;
}

QStringList Person::history(const QString &contact) const
{
    QStringList lines;
    for (const QJsonObject &object : json({u"history"_s, contact, u"--limit"_s, u"10000"_s}).objects()) {
        if (!object.contains(u"system"_s))
            lines += object.value(u"id"_s).toString() + u' ' + object.value(u"text"_s).toString();
    }
    return lines;
}

QStringList Person::systemLines(const QString &contact) const
{
    QStringList lines;
    for (const QJsonObject &object : json({u"history"_s, contact, u"--limit"_s, u"10000"_s}).objects()) {
        if (object.contains(u"system"_s))
            lines += object.value(u"system"_s).toString();
    }
    return lines;
}

QString Person::onlyContact() const
{
    const auto contacts = json({u"contact"_s, u"list"_s}).objects();
    return contacts.size() == 1 ? contacts.first().value(u"contact"_s).toString() : QString();
}

// --- Two people ---

QString writeSecret(const QString &path, const QByteArray &line)
{
    QFile file(path);
    if (file.open(QIODevice::WriteOnly)) {
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        file.write(line + '\n');
    }
    return path;
}

bool listenTogether(const Person &one, const Person &other, const std::function<bool(Listening &, Listening &)> &done)
{
    const auto first = one.listen();
    const auto second = other.listen();
    // Whoever is stopped before any relay was reached says so with an exit code of its own.
    const QDeadlineTimer deadline(kEventMs);
    bool reached = false;
    while (!reached && !deadline.hasExpired())
        reached = first->has(onARelay()) && second->has(onARelay()) && done(*first, *second);
    // Both end whatever happened: each has receipts to flush and a vault to close.
    const bool firstEnded = first->end() == 0;
    return second->end() == 0 && firstEnded && reached;
}

Acquainted acquaint(const Person &inviter, const Person &opener)
{
    Acquainted result;
    const Ran invited = inviter.run({u"invite"_s});
    result.link = invited.line();
    if (invited.exitCode != 0) {
        result.trouble = "invite: " + invited.told();
        return result;
    }
    const Ran added = opener.run({u"contact"_s, u"add"_s, result.link});
    result.atOther = added.line().section(u'\t', 0, 0);
    if (added.exitCode != 0) {
        result.trouble = "contact add: " + added.told();
        return result;
    }
    const auto live = [](const QJsonObject &event) { return event.value(u"link"_s) == u"live"_s; };
    if (!listenTogether(inviter, opener, [&](Listening &a, Listening &b) { return a.has(live) && b.has(live); })) {
        result.trouble = "the two did not find each other\n" + inviter.run({u"contact"_s, u"list"_s}).told()
            + opener.run({u"contact"_s, u"list"_s}).told();
        return result;
    }
    result.atOne = inviter.onlyContact();
    return result;
}

Listening::Wanted onARelay()
{
    return [](const QJsonObject &event) {
        return event.value(u"event"_s) == u"relay"_s && event.value(u"state"_s) == u"connected"_s;
    };
}

Listening::Wanted messageWith(const QString &text)
{
    return [text](const QJsonObject &event) {
        return event.value(u"event"_s) == u"message"_s && event.value(u"text"_s) == text && !event.value(u"own"_s).toBool();
    };
}

Listening::Wanted systemLine(const QString &name)
{
    return [name](const QJsonObject &event) {
        return event.value(u"event"_s) == u"system"_s && event.value(u"system"_s) == name;
    };
}

} // namespace tacet::test
