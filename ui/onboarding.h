#pragma once
// The first minutes: welcome, a proxy if wanted, name and passphrase or a backup, the recovery code. No socket opens
// before the second screen is done, because nothing exists that could open one.
#include "ui/parts.h"

#include <QWidget>

class QStackedWidget;

namespace tacet::ui {

class OnboardingArt;
class ProfilePage;
class ProxyPage;
class RecoveryPage;
class RestorePage;
class WelcomePage;

class Onboarding final : public QWidget {
    Q_OBJECT

public:
    explicit Onboarding(const Parts &parts, QWidget *parent = nullptr);

    /// Begins at the restore page (the lock screen's "I forgot the passphrase", after setting aside).
    void beginWithRestore();

Q_SIGNALS:
    /// A profile is open and the recovery code was kept: show the messenger. Stays until then, even though
    /// profileChanged(Open) came before. `sentence`: what is to be told there, or empty.
    void finished(const QString &sentence);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void go(QWidget *page);
    void create();
    void restore();
    void showRecovery(const QStringList &groups);

    Parts m_parts;
    OnboardingArt *m_art;
    QStackedWidget *m_pages;
    WelcomePage *m_welcome;
    ProxyPage *m_proxyPage;
    ProfilePage *m_profile;
    RestorePage *m_restore;
    RecoveryPage *m_recovery;
    QString m_proxy;
};

} // namespace tacet::ui
