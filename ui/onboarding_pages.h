#pragma once
// The pages of onboarding, each a form that says what was wished; ui/onboarding.cpp decides what follows.
#include "crypto/secret.h"
#include "ui/action_card.h"
#include "ui/column_page.h"
#include "ui/controls.h"
#include "ui/form.h"
#include "ui/parts.h"
#include "ui/passphrase_field.h"
#include "ui/recovery_code_view.h"
#include "ui/strength_meter.h"
#include "ui/way_choice.h"

#include <optional>

namespace tacet::ui {

class Note;

class WelcomePage final : public ColumnPage {
    Q_OBJECT

public:
    explicit WelcomePage(const Parts &parts, QWidget *parent = nullptr);

    /// What the way to the proxy page says; empty: no proxy was chosen.
    void setProxy(const QString &proxy);
    Button *startButton() const { return m_start; }

Q_SIGNALS:
    void startWanted();
    void restoreWanted();
    void proxyWanted();

private:
    Button *m_start;
    Button *m_proxy;
};

class ProxyPage final : public ColumnPage {
    Q_OBJECT

public:
    explicit ProxyPage(const Parts &parts, QWidget *parent = nullptr);

    void setProxy(const QString &proxy);
    QWidget *firstField() const { return m_way->firstField(); }

Q_SIGNALS:
    void backWanted();
    /// As the setting: empty for none, "tor", or an address that has been checked for its form.
    void proxyChosen(const QString &proxy);

private:
    void choose();

    WayChoice *m_way;
};

class ProfilePage final : public ColumnPage {
    Q_OBJECT

public:
    explicit ProfilePage(const Parts &parts, QWidget *parent = nullptr);

    QWidget *firstField() const { return m_name; }
    QString name() const { return m_name->text(); }
    void setKeychainAvailable(bool available);
    void setBusy(bool busy);
    void showProblem(const QString &text);
    /// The passphrase stays in its field until wipe(), so that a trouble need not cost typing it again.
    session::CreateProfile request();
    void wipe() { m_passphrase->wipe(); }

Q_SIGNALS:
    void backWanted();
    void nameChanged(const QString &name);
    void createWanted();

private:
    void refresh();

    Field *m_name;
    PassphraseField *m_passphrase;
    StrengthMeter *m_meter;
    RadioCard *m_ask;
    RadioCard *m_keychain;
    RadioCard *m_noLock;
    Button *m_showNoLock;
    Note *m_note;
    Problem *m_problem;
    Button *m_create;
    Label *m_progress;
    bool m_busy = false;
};

class RestorePage final : public ColumnPage {
    Q_OBJECT

public:
    explicit RestorePage(const Parts &parts, QWidget *parent = nullptr);

    QWidget *firstField() const;
    void setBusy(bool busy);
    void showStep(session::BackupStep step, qint64 done, qint64 total);
    void showProblem(const QString &text);
    QString file() const { return m_file; }
    crypto::SecretBuffer backupPassphrase() const { return m_backupPassphrase->secret(); }
    crypto::SecretBuffer newPassphrase() const { return m_newPassphrase->secret(); }
    void wipe();

Q_SIGNALS:
    void backWanted();
    void restoreWanted();
    void cancelWanted();

private:
    void chooseFile();
    void refresh();

    Parts m_parts;
    QString m_file;
    ActionCard *m_fileCard;
    PassphraseField *m_backupPassphrase;
    PassphraseField *m_newPassphrase;
    StrengthMeter *m_meter;
    Problem *m_problem;
    Button *m_restore;
    Button *m_cancel;
    Label *m_progress;
    int m_said = 0; ///< how far the restore was when it was last said aloud: step and quarter
    bool m_busy = false;
};

class RecoveryPage final : public ColumnPage {
    Q_OBJECT

public:
    explicit RecoveryPage(const Parts &parts, QWidget *parent = nullptr);

    void setCode(QStringList groups, int ask);
    QWidget *firstField() const;

Q_SIGNALS:
    void doneWanted();

private:
    RecoveryCodeView *m_code;
    Button *m_done;
};

} // namespace tacet::ui
