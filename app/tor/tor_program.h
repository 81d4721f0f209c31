#pragma once
// The system's `tor`, started and ended by this program, with a data folder of its own. Nothing of the system's Tor is
// touched: neither its configuration, nor its data, nor its ports. All options are on the command line.
#include "app/tor/control_port.h"
#include "app/tor/tor_status.h"

#include <QObject>
#include <QStringList>
#include <QTimer>

#include <filesystem>
#include <memory>

class QProcess;

namespace tacet::tor {

class TorProgram : public QObject {
    Q_OBJECT

public:
    /// `folder` gets Tor's data, for this user alone; `random` outlives this object. Objects of Qt are made in start(), so
    /// this may be constructed on another thread than it lives in.
    TorProgram(std::filesystem::path folder, crypto::Random &random);
    ~TorProgram() override; ///< stops

    /// Again after an end that was not asked for, after growing waits, until stop().
    void start();
    /// Waits until it has ended, some seconds at the most.
    void stop();
    const TorStatus &status() const { return m_status; }
    /// While Tor runs and lets us speak to it; else nullptr.
    ControlPort *control() const { return m_isAuthenticated ? m_control.get() : nullptr; }

    /// For tests: another program, more options.
    void setProgram(QString program) { m_program = std::move(program); }
    void setMoreOptions(QStringList options) { m_more = std::move(options); }

    /// Where `tor` lies on this computer; empty: nowhere.
    static QString installed();

    static constexpr int kStartPatienceMs = 60'000; ///< until there is a control port
    static constexpr int kFirstWaitMs = 5'000;
    static constexpr int kLongestWaitMs = 5 * 60'000;

Q_SIGNALS:
    void statusChanged(const tacet::tor::TorStatus &status);
    /// control() can be asked now.
    void controlOpened();

private:
    void launch(const QString &program);
    QStringList options() const;
    QString file(const char *name) const;
    void lookForControlPort();
    void openControl(quint16 port);
    void introduce();
    void learnSocksPort(const ControlReply &reply);
    void learnProgress(const QByteArray &line);
    void readWords();
    void failed(const QString &reason);
    void tryLater();
    void drop();
    void tell(TorStatus status);

    std::filesystem::path m_folder;
    crypto::Random &m_random;
    QString m_program;
    QStringList m_more;
    TorStatus m_status;
    std::unique_ptr<QProcess> m_process;
    std::unique_ptr<ControlPort> m_control;
    std::unique_ptr<QTimer> m_look;  ///< for the control port
    std::unique_ptr<QTimer> m_again; ///< the next try
    bool m_isAuthenticated = false;
    int m_looks = 0;
    int m_waitMs = kFirstWaitMs;
    QString m_lastWords; ///< of Tor's own about what is wrong
};

} // namespace tacet::tor
