#pragma once
// What happens around the chats: which screen the window shows for the state of the profile, and which sheet opens for
// which wish. The one place where the window and the sheets meet.
#include "ui/main_window.h"
#include "ui/parts.h"

#include <QPointer>

namespace tacet::ui {

class HostQuestions;
class LockScreen;
class Onboarding;
class Sheet;
class SettingsContent;
class SettingsPages;
enum class SettingsPage;

class WindowActions final : public QObject {
    Q_OBJECT

public:
    /// Everything must outlive this. Shows the right screen at once.
    WindowActions(const Parts &parts, MainWindow &window);

    /// A link that came from outside: the command line, a second start. Waits until a profile is open, and until the
    /// sheet of the one before is closed.
    void openLink(const QString &link);
    /// The program was started a second time, with a link or none: what kept the profile from opening may be over.
    void startedAgain(const QString &link);
    /// At the start of the program: asks the desktop keychain where the profile has an entry there.
    void tryKeychain();
    /// The chat in view, not behind settings, a sheet or the lock, while the window is active; for Notifications.
    std::optional<chat::ContactId> viewedChat() const;

    void showInvite();
    Sheet *showOpenLink(const QString &link, const QString &from = {});
    void showInvitations();
    void showSafetyNumber(const chat::ContactId &chat);
    void showLedger();
    void showDisclosure();
    void showBackup();
    void showSettings(SettingsPage page);

Q_SIGNALS:
    /// The lock is shown, and the engine has not closed the vault yet; for Notifications.
    void lockShown();

private:
    void apply(const session::ProfileStatus &status);
    void lock();
    bool isLockShown() const;
    void showLock();
    void forgetProfile();
    void startOnboarding(bool withRestore);
    void showChats();
    void showNextLink();
    void closeSheets();
    void setAside(const QString &keptAs, bool restore);
    void take(const chat::Fact &fact);
    void takeBackupEnd(const session::BackupEnd &end);
    /// Says it now, or once the chats are shown.
    void tell(const QString &sentence);
    void remindOfRecoveryCode();
    void showRecoveryCode(const QStringList &groups);
    void arrangeSettings();
    bool eventFilter(QObject *watched, QEvent *event) override;

    Parts m_parts;
    MainWindow &m_window;
    SettingsPages *m_pages;
    SettingsContent *m_content;
    HostQuestions *m_hosts;
    QPointer<Onboarding> m_onboarding;
    QPointer<LockScreen> m_lock;
    QPointer<Sheet> m_backup;
    QStringList m_waitingLinks;
    QString m_shownLink; ///< whose sheet is open, of those that came from outside
    QStringList m_unsaid; ///< told while it was unlocked or set up
    QString m_keptAs; ///< said once the next profile is open
    bool m_restoreNext = false;
    bool m_locking = false; ///< the lock is shown already, the engine has not closed the vault yet
};

} // namespace tacet::ui
