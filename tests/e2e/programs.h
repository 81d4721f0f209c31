#pragma once
// The programs as people run them: separate processes, folders on disk, a relay on loopback. What these tests know of
// Tacet is the command line and its JSON, nothing else.
#include <QElapsedTimer>
#include <QJsonObject>
#include <QList>
#include <QProcess>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

#include <algorithm>
#include <functional>
#include <memory>

namespace tacet::test {

/// What one finished command left behind.
struct Ran {
    int exitCode = -1; ///< -1: it crashed or did not end in time
    QString out;
    QString err;

    QString line() const { return out.section(u'\n', 0, 0).trimmed(); }
    QList<QJsonObject> objects() const; ///< with --json: one a line
    QByteArray told() const;            ///< for a failed check: everything it said
};

/// A path that no other test uses: build folder's bin, or where TACET_BIN points.
QString programPath(const QString &name);

/// `tacet-relay` on a free loopback port that stays the same when it is stopped and started again.
class Relay {
public:
    explicit Relay(const QString &dataFolder);
    ~Relay();

    bool start(); ///< answers once it accepts connections
    void stop();  ///< SIGTERM, then waits for its end
    void useFolder(const QString &dataFolder) { m_folder = dataFolder; } ///< from the next start
    QString url() const;
    QString folder() const { return m_folder; }
    qint64 processId() const { return m_process ? m_process->processId() : 0; }
    Ran disclose() const;

private:
    QString m_folder;
    quint16 m_port = 0;
    std::unique_ptr<QProcess> m_process;
};

/// A `tacet-cli listen` that runs until it is told to end. Events are kept: none is missed between two waits.
class Listening {
public:
    explicit Listening(std::unique_ptr<QProcess> process);
    ~Listening();

    using Wanted = std::function<bool(const QJsonObject &)>;
    /// The first event (old or new) that is wanted; an empty object when none came in a minute.
    QJsonObject waitFor(const Wanted &wanted);
    /// Reads what is there without waiting long; for loops over several listeners.
    bool has(const Wanted &wanted);
    /// How many of the events read so far are wanted.
    qsizetype count(const Wanted &wanted) const { return std::ranges::count_if(m_events, wanted); }
    /// SIGTERM; answers the exit code, which is 0 when it flushed and closed.
    int end();
    QProcess &process() { return *m_process; }

private:
    void read(int waitMs);

    std::unique_ptr<QProcess> m_process;
    QByteArray m_partial;
    QList<QJsonObject> m_events;
};

/// One person: a profile folder, a passphrase file, a home of its own.
class Person {
public:
    Person(const QString &home, const QString &name);

    Ran run(const QStringList &words, const QByteArray &input = {}) const;  ///< for people
    Ran json(const QStringList &words, const QByteArray &input = {}) const; ///< with --json
    Ran init(const QStringList &relays) const;
    std::unique_ptr<Listening> listen() const;
    std::unique_ptr<QProcess> rpc() const; ///< a request a line in, answers and events out

    /// Nothing of the machine's own desktop or profile reaches a test, and the other way round.
    QProcessEnvironment environment() const;
    QString name() const { return m_name; }
    QString home() const { return m_home; }
    QString profile() const { return m_home + u"/profile"; }
    void usePassphraseFile(const QString &path) { m_passphraseFile = path; }
    /// Texts and ids of this side's history with a contact, system lines left out, oldest first: "id text".
    QStringList history(const QString &contact) const;
    QStringList systemLines(const QString &contact) const;
    /// The only contact there is; empty when there is none or more than one.
    QString onlyContact() const;

private:
    std::unique_ptr<QProcess> prepare(const QStringList &words) const;

    QString m_home;
    QString m_name;
    QString m_passphraseFile;
};

/// A file with one line, readable by its owner only.
QString writeSecret(const QString &path, const QByteArray &line);

/// Both listen until each has a relay and `done` holds; false after a minute, or when one of them does not end well.
bool listenTogether(const Person &one, const Person &other, const std::function<bool(Listening &, Listening &)> &done);

/// Alice invites, Bob adds, both listen until each knows the other. Answers {Bob's id of Alice, Alice's id of Bob}.
struct Acquainted {
    QString atOne;   ///< the other's id in the first person's profile
    QString atOther;
    QString link;
    QByteArray trouble; ///< empty when it went well
};
Acquainted acquaint(const Person &inviter, const Person &opener);

/// The event of a relay that is reached.
Listening::Wanted onARelay();
Listening::Wanted messageWith(const QString &text);
Listening::Wanted systemLine(const QString &name);

} // namespace tacet::test
