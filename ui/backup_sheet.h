#pragma once
// Backup: when one was last proved, where it lies, its passphrase; making, checking, restoring.
#include "ui/parts.h"
#include "ui/sheet.h"

namespace tacet::ui {

class BackupSteps;
class Card;
class FactLine;
class PassphraseSheet;
class Problem;

class BackupSheet final : public Sheet {
    Q_OBJECT

public:
    BackupSheet(const Parts &parts, QWidget &host);
    ~BackupSheet() override;

Q_SIGNALS:
    /// This profile was set aside; restoring goes on in the onboarding.
    void restoreRequested(const QString &keptAs);

private:
    /// A figure and what it counts, one above the other.
    struct Count {
        Label *figure = nullptr;
        Label *words = nullptr;
        void show(const QString &number, const QString &what);
    };
    static Count addCount(ButtonRow &row, Look &look, const QString &objectName);

    QWidget *makeState();
    QWidget *makeRows();
    void readState();
    void show(const session::BackupState &state);
    void showRunning(bool running);
    void takeEnd(const session::BackupEnd &end);
    bool chooseFile();
    void backUp();
    void check(const QString &title, const QString &help, const QString &objectName);
    void askToRestore();

    Parts m_parts;
    session::BackupState m_state;
    QString m_file;
    Card *m_card = nullptr;
    Label *m_cardTitle = nullptr;
    Label *m_cardWhen = nullptr;
    Label *m_cardWords = nullptr;
    QWidget *m_counts = nullptr;
    Count m_messages;
    Count m_contacts;
    Count m_size;
    Label *m_where = nullptr;
    Label *m_passphrase = nullptr;
    Button *m_change = nullptr;
    Button *m_practise = nullptr;
    BackupSteps *m_steps;
    Problem *m_problem;
    Button *m_check;
    Button *m_now;
    Button *m_stop;
    Button *m_restore;
};

} // namespace tacet::ui
