#include "ui/onboarding_pages.h"

#include "ui/announce.h"
#include "ui/button_row.h"
#include "ui/card.h"
#include "ui/proxy_address.h"

#include <QFileInfo>
#include <QPointer>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kWelcomeColumn = 440;
constexpr int kFormColumn = 480;

Label *addTitle(ColumnPage &page, Look &look, TypeRole role, const QString &text)
{
    auto *title = new Label(look, role, text, page.widget());
    title->setWrapping(true);
    page.column()->addWidget(title);
    return title;
}

template<typename Page>
void addBack(Page &page, Look &look, const QString &objectName)
{
    auto *back = new Button(look, ButtonKind::Text, Page::tr("Back"), objectName, page.widget(), ButtonSize::Small);
    back->setIconName(Icon::Back);
    QObject::connect(back, &Button::clicked, &page, &Page::backWanted);
    page.column()->addWidget(back, 0, Qt::AlignLeading);
}

} // namespace

// ---- Welcome

WelcomePage::WelcomePage(const Parts &parts, QWidget *parent)
    : ColumnPage(parts.look, kWelcomeColumn, Place::Middle, u"welcomePage"_s, parent)
    , m_start(new Button(parts.look, ButtonKind::Primary, tr("Start"), u"welcomeStart"_s, widget()))
    , m_proxy(new Button(parts.look, ButtonKind::Text, {}, u"welcomeProxy"_s, widget(), ButtonSize::Small))
{
    Look &look = parts.look;
    addTitle(*this, look, TypeRole::Hero, tr("Say it to them.\nTo nobody else."));
    auto *words = addTitle(*this, look, TypeRole::Lead,
        tr("No phone number, no account, no company in between. You meet people with a link or a code, and the keys stay "
           "with you."));
    words->setTone(Tone::Secondary);
    column()->addSpacing(20);
    m_start->setDefault(true);
    m_start->setMinimumHeight(48);
    column()->addWidget(m_start);
    column()->addSpacing(28);
    auto *restore = new ActionCard(look, Icon::Backup, tr("Restore a backup"),
        tr("Your contacts, history and verified marks come back"), u"welcomeRestore"_s, widget());
    column()->addWidget(restore);
    column()->addSpacing(72);

    m_proxy->setIconName(Icon::Route);
    auto *foot = new ButtonRow(widget());
    auto *quiet = new Label(look, TypeRole::Small, tr("Nothing has been sent yet."), foot);
    quiet->setTone(Tone::Secondary);
    foot->addLeading(m_proxy);
    foot->addLeading(quiet);
    column()->addWidget(foot);
    setProxy({});
    connect(m_start, &Button::clicked, this, &WelcomePage::startWanted);
    connect(restore, &ActionCard::clicked, this, &WelcomePage::restoreWanted);
    connect(m_proxy, &Button::clicked, this, &WelcomePage::proxyWanted);
}

void WelcomePage::setProxy(const QString &proxy)
{
    m_proxy->setText(proxy.isEmpty() ? tr("Use Tor or a proxy first") : proxy == ownTor() ? tr("Through Tor, started with Tacet")
                                                                        : tr("Through %1").arg(proxy.section(u'/', -1)));
}

// ---- Proxy

ProxyPage::ProxyPage(const Parts &parts, QWidget *parent)
    : ColumnPage(parts.look, kFormColumn, Place::Middle, u"proxyPage"_s, parent)
    , m_way(new WayChoice(parts, u"proxy"_s, widget()))
{
    addBack(*this, parts.look, u"proxyBack"_s);
    addTitle(*this, parts.look, TypeRole::Page, tr("Through Tor or a proxy"));
    addHelp(*column(), parts.look,
        tr("Everything goes through it from the first moment, names of relays included. If it does not answer, Tacet stays "
           "silent: nothing goes around it."));
    column()->addWidget(m_way);
    auto *use = new Button(parts.look, ButtonKind::Primary, tr("Use it"), u"proxyUse"_s, widget());
    auto *row = new ButtonRow(widget());
    row->addLeading(use);
    column()->addSpacing(8);
    column()->addWidget(row);
    connect(use, &Button::clicked, this, &ProxyPage::choose);
    connect(m_way, &WayChoice::submitted, this, &ProxyPage::choose);
}

void ProxyPage::setProxy(const QString &proxy)
{
    m_way->setProxy(proxy);
}

void ProxyPage::choose()
{
    if (const auto proxy = m_way->choose())
        Q_EMIT proxyChosen(*proxy);
}

// ---- Name and passphrase

ProfilePage::ProfilePage(const Parts &parts, QWidget *parent)
    : ColumnPage(parts.look, kFormColumn, Place::Middle, u"profilePage"_s, parent)
    , m_name(new Field(parts.look, tr("Name"), u"profileName"_s, widget()))
    , m_passphrase(new PassphraseField(parts.look, tr("Passphrase"), u"profilePassphrase"_s, widget()))
    , m_meter(new StrengthMeter(parts.look, u"profileStrength"_s, widget()))
    , m_ask(new RadioCard(parts.look, tr("Ask for the passphrase"),
          tr("While Tacet is closed, nobody reads it without the passphrase."), u"profileAsk"_s, widget()))
    , m_keychain(new RadioCard(parts.look, tr("Unlock with the desktop keychain"), {}, u"profileKeychain"_s, widget()))
    , m_noLock(new RadioCard(parts.look, tr("Without a lock"),
          tr("No passphrase. Anyone who gets at this disk can read everything."), u"profileNoLock"_s, widget()))
    , m_showNoLock(new Button(
          parts.look, ButtonKind::Text, tr("Without a lock…"), u"profileShowNoLock"_s, widget(), ButtonSize::Small))
    , m_note(new Note(parts.look, Icon::Key, CardTone::Notice, {}, widget()))
    , m_problem(new Problem(parts.look, u"profileProblem"_s, widget()))
    , m_create(new Button(parts.look, ButtonKind::Primary, tr("Create my profile"), u"profileCreate"_s, widget()))
    , m_progress(new Label(parts.look, TypeRole::Small, {}, widget()))
{
    Look &look = parts.look;
    addBack(*this, look, u"profileBack"_s);
    addTitle(*this, look, TypeRole::Page, tr("Your name, your lock"));
    column()->addSpacing(4);
    m_name->setMaxLength(200);
    addField(*column(), look, tr("Name"), m_name);
    addHelp(*column(), look, tr("People with your invitation see it. It is listed nowhere."));
    column()->addSpacing(8);
    addField(*column(), look, tr("Passphrase"), m_passphrase);
    column()->addWidget(m_meter);
    column()->addSpacing(8);
    auto *starts = new Label(look, TypeRole::Label, tr("When Tacet starts"), widget());
    column()->addWidget(starts);
    auto *cards = new QVBoxLayout;
    cards->setSpacing(8);
    for (RadioCard *card : {m_ask, m_keychain, m_noLock})
        cards->addWidget(card);
    column()->addLayout(cards);
    column()->addWidget(m_showNoLock, 0, Qt::AlignLeading);
    column()->addWidget(m_note);
    column()->addWidget(m_problem);
    column()->addSpacing(4);
    m_create->setMinimumHeight(44);
    column()->addWidget(m_create, 0, Qt::AlignLeading);
    m_progress->setTone(Tone::Secondary);
    m_progress->setWrapping(true);
    column()->addWidget(m_progress);

    m_ask->setChecked(true);
    m_noLock->setVisible(false);
    setKeychainAvailable(false);
    connect(m_name, &Field::textChanged, this, [this](const QString &name) {
        refresh();
        Q_EMIT nameChanged(name);
    });
    connect(m_passphrase, &PassphraseField::textChanged, this, &ProfilePage::refresh);
    connect(m_noLock, &RadioCard::toggled, this, &ProfilePage::refresh);
    connect(m_showNoLock, &Button::clicked, this, [this] {
        m_noLock->setVisible(true);
        m_showNoLock->setVisible(false);
        m_noLock->setFocus(Qt::TabFocusReason);
    });
    connect(m_name, &Field::returnPressed, this, [this] { m_passphrase->setFocus(Qt::TabFocusReason); });
    connect(m_passphrase, &PassphraseField::returnPressed, m_create, &Button::click);
    connect(m_create, &Button::clicked, this, &ProfilePage::createWanted);
    refresh();
}

void ProfilePage::setKeychainAvailable(bool available)
{
    m_keychain->setEnabled(available);
    m_keychain->setHelp(available ? tr("Opens when you log in. Whoever is logged in as you can read.")
                                  : tr("No keychain service answers on this desktop."));
    if (!available && m_keychain->isChecked())
        m_ask->setChecked(true);
}

void ProfilePage::refresh()
{
    const bool noLock = m_noLock->isChecked();
    m_passphrase->setEnabled(!noLock);
    bool strongEnough = noLock;
    if (noLock) {
        m_meter->setHint(tr("Without a lock no passphrase is asked for."));
    } else if (m_passphrase->text().isEmpty()) {
        m_meter->setHint(tr("A few words that do not belong together are easy to keep in mind."));
    } else {
        const StrengthEstimate estimate = m_passphrase->strength(m_name->text());
        m_meter->setEstimate(estimate);
        strongEnough = estimate.strength != Strength::TooShort;
    }
    m_note->setKind(noLock ? Icon::Unlock : Icon::Key, noLock ? CardTone::Wrong : CardTone::Notice);
    m_note->setText(noLock
            ? tr("Anyone at this disk can read every message, now and later. A lock can be added in Settings.")
            : tr("There is no reset link. If the passphrase is lost, only the recovery code on the next page or a backup "
                 "brings your messages back."));
    m_create->setEnabled(!m_busy && strongEnough && !m_name->text().trimmed().isEmpty());
    m_progress->setText(m_busy
            ? tr("Making the keys…")
            : tr("Made on this computer, in about a second. Then Tacet tests public relays, so that messages can reach you."));
}

void ProfilePage::setBusy(bool busy)
{
    m_busy = busy;
    m_name->setReadOnly(busy); // not disabled: a field keeps the keyboard
    m_passphrase->setReadOnly(busy);
    refresh();
}

void ProfilePage::showProblem(const QString &text)
{
    m_problem->say(text);
    if (!text.isEmpty())
        ensureWidgetVisible(m_problem);
}

session::CreateProfile ProfilePage::request()
{
    session::CreateProfile wishes;
    wishes.name = m_name->text().trimmed();
    wishes.withoutLock = m_noLock->isChecked();
    wishes.useKeychain = m_keychain->isChecked();
    if (wishes.withoutLock)
        m_passphrase->wipe();
    else
        wishes.passphrase = m_passphrase->secret();
    return wishes;
}

// ---- Restore

RestorePage::RestorePage(const Parts &parts, QWidget *parent)
    : ColumnPage(parts.look, kFormColumn, Place::Middle, u"restorePage"_s, parent)
    , m_parts(parts)
    , m_fileCard(new ActionCard(parts.look, Icon::Folder, tr("Choose the backup file"),
          tr("Its name usually ends in .tacet"), u"restoreFile"_s, widget()))
    , m_backupPassphrase(
          new PassphraseField(parts.look, tr("Passphrase of the backup"), u"restoreBackupPassphrase"_s, widget()))
    , m_newPassphrase(
          new PassphraseField(parts.look, tr("Passphrase for this computer"), u"restoreNewPassphrase"_s, widget()))
    , m_meter(new StrengthMeter(parts.look, u"restoreStrength"_s, widget()))
    , m_problem(new Problem(parts.look, u"restoreProblem"_s, widget()))
    , m_restore(new Button(parts.look, ButtonKind::Primary, tr("Restore"), u"restoreStart"_s, widget()))
    , m_cancel(new Button(parts.look, ButtonKind::Text, tr("Stop"), u"restoreCancel"_s, widget()))
    , m_progress(new Label(parts.look, TypeRole::Small, {}, widget()))
{
    addBack(*this, parts.look, u"restoreBack"_s);
    addTitle(*this, parts.look, TypeRole::Page, tr("Restore a backup"));
    addHelp(*column(), parts.look,
        tr("The file is only read. Your contacts are told that this is you, with the same safety number."));
    column()->addWidget(m_fileCard);
    addField(*column(), parts.look, tr("Passphrase of the backup"), m_backupPassphrase);
    column()->addSpacing(8);
    addField(*column(), parts.look, tr("Passphrase for this computer"), m_newPassphrase, tr("Asked for when Tacet starts"));
    column()->addWidget(m_meter);
    column()->addWidget(m_problem);
    auto *row = new ButtonRow(widget());
    row->addLeading(m_restore);
    row->addLeading(m_cancel);
    column()->addWidget(row);
    m_progress->setTone(Tone::Secondary);
    m_progress->setWrapping(true);
    column()->addWidget(m_progress);
    m_cancel->setVisible(false);
    connect(m_fileCard, &ActionCard::clicked, this, &RestorePage::chooseFile);
    connect(m_backupPassphrase, &PassphraseField::textChanged, this, &RestorePage::refresh);
    connect(m_newPassphrase, &PassphraseField::textChanged, this, &RestorePage::refresh);
    connect(m_restore, &Button::clicked, this, &RestorePage::restoreWanted);
    connect(m_newPassphrase, &PassphraseField::returnPressed, m_restore, &Button::click);
    connect(m_cancel, &Button::clicked, this, &RestorePage::cancelWanted);
    refresh();
}

QWidget *RestorePage::firstField() const
{
    return m_fileCard;
}

void RestorePage::chooseFile()
{
    const QPointer<RestorePage> self(this);
    const QString path
        = m_parts.files.open(window(), tr("Choose a backup"), tr("Backups (*.tacet)") + u";;"_s + tr("All files (*)"));
    if (!self || path.isEmpty())
        return;
    m_file = path;
    m_fileCard->setText(visibleLine(QFileInfo(path).fileName()));
    m_fileCard->setAccessibleName(tr("Backup file: %1").arg(m_fileCard->text()));
    m_fileCard->setHelp(visibleLine(QFileInfo(path).absolutePath()));
    m_problem->clear();
    refresh();
    m_backupPassphrase->setFocus(Qt::TabFocusReason);
}

void RestorePage::refresh()
{
    bool enough = false;
    if (m_newPassphrase->text().isEmpty()) {
        m_meter->setHint(tr("It may be the same as that of the backup."));
    } else {
        const StrengthEstimate estimate = m_newPassphrase->strength();
        m_meter->setEstimate(estimate);
        enough = estimate.strength != Strength::TooShort;
    }
    m_restore->setEnabled(!m_busy && enough && !m_file.isEmpty() && !m_backupPassphrase->text().isEmpty());
    m_fileCard->setEnabled(!m_busy);
    m_backupPassphrase->setReadOnly(m_busy); // not disabled: a field keeps the keyboard
    m_newPassphrase->setReadOnly(m_busy);
}

void RestorePage::setBusy(bool busy)
{
    m_busy = busy;
    m_cancel->setVisible(busy);
    m_said = 0;
    if (!busy)
        m_progress->setText({});
    refresh();
}

void RestorePage::showStep(session::BackupStep step, qint64 done, qint64 total)
{
    if (!m_busy)
        return;
    const qint64 percent = total > 0 ? std::clamp<qint64>(done * 100 / total, 0, 100) : 0;
    const QString amount = total > 0 ? u" %1 %"_s.arg(percent) : QString();
    const bool comparing = step == session::BackupStep::Comparing;
    m_progress->setText((comparing ? tr("Comparing…") : tr("Reading the backup…")) + amount);
    const int here = 1 + (comparing ? 5 : 0) + static_cast<int>(percent / 25);
    if (std::exchange(m_said, std::max(m_said, here)) < here)
        announce(*m_progress, m_progress->text());
}

void RestorePage::showProblem(const QString &text)
{
    m_problem->say(text);
    if (!text.isEmpty())
        ensureWidgetVisible(m_problem);
}

void RestorePage::wipe()
{
    m_backupPassphrase->wipe();
    m_newPassphrase->wipe();
}

// ---- Recovery code

RecoveryPage::RecoveryPage(const Parts &parts, QWidget *parent)
    : ColumnPage(parts.look, kFormColumn, Place::Middle, u"recoveryPage"_s, parent)
    , m_code(new RecoveryCodeView(parts, widget()))
    , m_done(new Button(parts.look, ButtonKind::Primary, tr("I have kept it"), u"recoveryDoneButton"_s, widget()))
{
    addTitle(*this, parts.look, TypeRole::Page, tr("Your recovery code"));
    addHelp(*column(), parts.look,
        tr("It opens this profile when the passphrase or the keychain is lost. It is shown this once. Print it or write it "
           "down, and keep it away from this computer."));
    column()->addWidget(m_code);
    column()->addSpacing(4);
    m_done->setMinimumHeight(44);
    m_done->setEnabled(false);
    column()->addWidget(m_done, 0, Qt::AlignLeading);
    connect(m_code, &RecoveryCodeView::provedChanged, this, [this] { m_done->setEnabled(m_code->isProved()); });
    connect(m_code->proofField(), &Field::returnPressed, m_done, &Button::click);
    connect(m_done, &Button::clicked, this, &RecoveryPage::doneWanted);
}

void RecoveryPage::setCode(QStringList groups, int ask)
{
    m_code->setCode(std::move(groups), ask);
}

QWidget *RecoveryPage::firstField() const
{
    return m_code->proofField();
}

} // namespace tacet::ui
