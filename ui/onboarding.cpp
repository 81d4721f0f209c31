#include "ui/onboarding.h"

#include "app/session/trouble_text.h"
#include "ui/guarded.h"
#include "ui/onboarding_art.h"
#include "ui/onboarding_pages.h"

#include <QHBoxLayout>
#include <QStackedWidget>

namespace tacet::ui {

using namespace Qt::StringLiterals;
using session::BackupSummary;
using session::Created;

namespace {

constexpr int kArtFrom = 900; ///< window width from which the art is shown
constexpr double kArtShare = 0.4375; ///< 560 of 1280

} // namespace

Onboarding::Onboarding(const Parts &parts, QWidget *parent)
    : QWidget(parent)
    , m_parts(parts)
    , m_art(new OnboardingArt(parts.look, this))
    , m_pages(new QStackedWidget(this))
    , m_welcome(new WelcomePage(parts))
    , m_proxyPage(new ProxyPage(parts))
    , m_profile(new ProfilePage(parts))
    , m_restore(new RestorePage(parts))
    , m_recovery(new RecoveryPage(parts))
{
    setObjectName(u"onboarding"_s);
    setProperty("ground", u"surface"_s);
    setAttribute(Qt::WA_StyledBackground);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_art);
    row->addWidget(m_pages, 1);
    for (QWidget *page : {static_cast<QWidget *>(m_welcome), static_cast<QWidget *>(m_proxyPage),
             static_cast<QWidget *>(m_profile), static_cast<QWidget *>(m_restore), static_cast<QWidget *>(m_recovery)})
        m_pages->addWidget(page);

    connect(m_welcome, &WelcomePage::startWanted, this, [this] { go(m_profile); });
    connect(m_welcome, &WelcomePage::restoreWanted, this, [this] { go(m_restore); });
    connect(m_welcome, &WelcomePage::proxyWanted, this, [this] {
        m_proxyPage->setProxy(m_proxy);
        go(m_proxyPage);
    });
    connect(m_proxyPage, &ProxyPage::backWanted, this, [this] { go(m_welcome); });
    connect(m_proxyPage, &ProxyPage::proxyChosen, this, [this](const QString &proxy) {
        m_proxy = proxy;
        m_welcome->setProxy(proxy);
        go(m_welcome);
    });
    connect(m_profile, &ProfilePage::backWanted, this, [this] { go(m_welcome); });
    connect(m_profile, &ProfilePage::nameChanged, m_art, &OnboardingArt::showPreview);
    connect(m_profile, &ProfilePage::createWanted, this, &Onboarding::create);
    connect(m_restore, &RestorePage::backWanted, this, [this] { go(m_welcome); });
    connect(m_restore, &RestorePage::restoreWanted, this, &Onboarding::restore);
    connect(m_restore, &RestorePage::cancelWanted, this, [this] { m_parts.session.cancelBackup(); });
    connect(&parts.session, &session::SessionFacade::backupProgressed, m_restore, &RestorePage::showStep);
    connect(m_recovery, &RecoveryPage::doneWanted, this, [this] {
        m_parts.session.confirmRecoveryCode({});
        Q_EMIT finished({});
    });
    const auto keychain = [this](const session::ProfileStatus &status) {
        m_profile->setKeychainAvailable(status.keychainAvailable);
    };
    connect(&parts.session, &session::SessionFacade::profileChanged, this, keychain);
    keychain(parts.session.profile());
    go(m_welcome);
}

void Onboarding::beginWithRestore()
{
    go(m_restore);
}

void Onboarding::go(QWidget *page)
{
    m_pages->setCurrentWidget(page);
    if (page == m_profile)
        m_art->showPreview(m_profile->name());
    else
        m_art->showScore();
    QWidget *first = page == m_welcome ? static_cast<QWidget *>(m_welcome->startButton())
        : page == m_proxyPage          ? m_proxyPage->firstField()
        : page == m_profile            ? m_profile->firstField()
        : page == m_restore            ? m_restore->firstField()
                                       : m_recovery->firstField();
    first->setFocus(Qt::OtherFocusReason);
}

void Onboarding::create()
{
    session::CreateProfile request = m_profile->request();
    request.proxy = m_proxy;
    m_profile->showProblem({});
    m_profile->setBusy(true);
    m_parts.session.createProfile(std::move(request), guarded(this, [this](const chat::Outcome<Created> &created) {
        m_profile->setBusy(false);
        if (!created.ok()) {
            m_profile->showProblem(session::troubleText(created.error()));
            return;
        }
        m_profile->wipe();
        if (created->recoveryCode.isEmpty()) // without a lock there is nothing to recover from
            Q_EMIT finished({});
        else
            showRecovery(created->recoveryCode);
    }));
}

void Onboarding::restore()
{
    session::CreateProfile profile;
    profile.passphrase = m_restore->newPassphrase();
    profile.proxy = m_proxy;
    m_restore->showProblem({});
    m_restore->setBusy(true);
    m_parts.session.restoreBackup(m_restore->file(), m_restore->backupPassphrase(), std::move(profile),
        guarded(this, [this](const chat::Outcome<BackupSummary> &restored) {
            m_restore->setBusy(false);
            if (!restored.ok()) {
                m_restore->showProblem(session::troubleText(restored.error()));
                return;
            }
            m_restore->wipe();
            // A backup holds no key slots: this computer gets a recovery code of its own.
            m_parts.session.renewRecoveryCode(guarded(this, [this](const chat::Outcome<QStringList> &code) {
                if (code.ok() && !code->isEmpty())
                    showRecovery(*code);
                else
                    Q_EMIT finished(code.ok() ? QString()
                                              : tr("The backup is restored, but there is no recovery code yet: %1 Settings, "
                                                   "Privacy and lock makes one.")
                                                    .arg(session::troubleText(code.error())));
            }));
        }));
}

void Onboarding::showRecovery(const QStringList &groups)
{
    // Which group is asked for need not be secret, only not always the same: it follows from the code itself.
    int sum = 0;
    for (const QString &group : groups) {
        for (const QChar letter : group)
            sum += letter.unicode();
    }
    m_recovery->setCode(groups, sum % static_cast<int>(groups.size()));
    go(m_recovery);
}

void Onboarding::resizeEvent(QResizeEvent *)
{
    m_art->setVisible(width() >= kArtFrom);
    m_art->setFixedWidth(qRound(width() * kArtShare));
    const bool narrow = width() < 480;
    for (ColumnPage *page : {static_cast<ColumnPage *>(m_welcome), static_cast<ColumnPage *>(m_proxyPage),
             static_cast<ColumnPage *>(m_profile), static_cast<ColumnPage *>(m_restore),
             static_cast<ColumnPage *>(m_recovery)})
        page->setPadding(narrow ? 20 : 40, narrow ? 20 : 32);
}

void Onboarding::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    go(m_pages->currentWidget());
}

} // namespace tacet::ui
