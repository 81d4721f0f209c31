#pragma once
// A program on a terminal of its own, for what it asks there: the terminal is a pseudo-terminal, the test types.
#include "tests/e2e/programs.h"

namespace tacet::test {

class Terminal {
public:
    /// Starts `tacet-cli` with these words; its home is the person's.
    Terminal(const Person &person, const QStringList &words);
    ~Terminal();

    /// Waits until the program has written `question`, then types the line. False: it was not asked within a minute.
    bool answer(const QString &question, const QByteArray &line);
    /// What the program wrote to the terminal so far.
    QString shown() const { return QString::fromUtf8(m_shown); }
    /// Waits for its end.
    Ran finish();

private:
    bool read(int waitMs);

    int m_master = -1;
    QByteArray m_shown;
    qsizetype m_seen = 0; ///< up to where a question was answered
    QProcess m_process;
};

/// The same, without any terminal at all: what cron and containers start.
Ran runWithoutTerminal(const Person &person, const QStringList &words);

} // namespace tacet::test
