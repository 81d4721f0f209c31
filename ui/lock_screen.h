#pragma once
// Locked: no name, no count, one field. Wrong tries make the next one wait longer. Whoever forgot
// the passphrase finds ways onward; none of them deletes anything.
#include "ui/column_page.h"
#include "ui/parts.h"
#include "ui/sheet.h"

#include <QTimer>

namespace tacet::ui {

class PassphraseField;
class Problem;

class LockScreen final : public QWidget {
    Q_OBJECT

public:
    explicit LockScreen(const Parts &parts, QWidget *parent = nullptr);
    ~LockScreen() override;

    /// Asks the desktop keychain, where the profile has an entry there: at the start of the program, not after "Lock".
    void tryKeychain();
    /// Counts the waiting down; called every second, and by tests.
    void tick(bool aloud);

Q_SIGNALS:
    /// The profile was set aside and its folder kept under that name; `restore`: to restore a backup next.
    void setAside(const QString &keptAs, bool restore);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void show(const session::ProfileStatus &status);
    void tryAgain();
    void submit();
    void answered(const chat::Outcome<Done> &unlocked);
    void showKeys();
    void refresh();
    void openForgot();

    Parts m_parts;
    ColumnPage *m_page;
    QWidget *m_restSpace;
    Label *m_title;
    Label *m_words;
    QWidget *m_entry;
    PassphraseField *m_field;
    IconButton *m_submit;
    Label *m_keys;
    Label *m_since;
    Problem *m_problem;
    Button *m_keychain;
    Button *m_forgot;
    Button *m_again;
    QTimer m_timer;
    qint64 m_waitUntil = 0;
    qint64 m_lockedAt;
    bool m_busy = false;
    bool m_trying = false; ///< whether the profile can be opened by now
};

/// "I forgot the passphrase".
class ForgotSheet final : public Sheet {
    Q_OBJECT

public:
    ForgotSheet(const Parts &parts, QWidget &host);

Q_SIGNALS:
    void setAside(const QString &keptAs, bool restore);

private:
    void askCode();
    void askAside(bool restore);

    Parts m_parts;
    Problem *m_problem;
};

} // namespace tacet::ui
