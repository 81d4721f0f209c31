#include "ui/window_actions.h"

#include "app/session/trouble_text.h"
#include "ui/backup_sheet.h"
#include "ui/chat_page.h"
#include "ui/disclosure_panel.h"
#include "ui/guarded.h"
#include "ui/host_questions.h"
#include "ui/invitations_sheet.h"
#include "ui/invite_sheet.h"
#include "ui/lock_screen.h"
#include "ui/onboarding.h"
#include "ui/open_link_sheet.h"
#include "ui/relay_ledger.h"
#include "ui/rich_runs.h"
#include "ui/safety_sheet.h"
#include "ui/settings_content.h"
#include "ui/settings_pages.h"
#include "ui/settings_sheets.h"

#include <QApplication>
#include <QEvent>
#include <QFileInfo>

namespace tacet::ui {

using namespace Qt::StringLiterals;
using session::ProfileState;
using session::ProfileStatus;

namespace {

constexpr qsizetype kMostUnsaid = 3; ///< sentences that wait for the chats; the newest stay
constexpr qsizetype kMostLinks = 3; ///< that wait for them; the newest stay

/// Menus and file dialogs are windows of their own: they would stay over the lock, and act there.
void closeWindowsAbove()
{
    for (QWidget *(*top)() : {&QApplication::activePopupWidget, &QApplication::activeModalWidget}) {
        QWidget *last = nullptr;
        for (QWidget *window = top(); window && window != last && window->close(); window = top())
            last = window;
    }
}

} // namespace

WindowActions::WindowActions(const Parts &parts, MainWindow &window)
    : m_parts(parts)
    , m_window(window)
    , m_pages(new SettingsPages(parts))
    , m_content(new SettingsContent(parts, window.sheetHost()))
    , m_hosts(new HostQuestions(parts, window, this))
{
    window.setSettings(m_pages, m_content);
    window.installEventFilter(this);
    connect(m_pages, &SettingsPages::chosen, this, [this](SettingsPage page) {
        m_content->showPage(page);
        arrangeSettings();
        m_window.showSettingsContent();
    });
    connect(m_content, &SettingsContent::backRequested, &window, &MainWindow::openSettings);
    connect(m_content, &SettingsContent::ledgerRequested, this, &WindowActions::showLedger);
    connect(m_content, &SettingsContent::disclosureRequested, this, &WindowActions::showDisclosure);
    connect(m_content, &SettingsContent::backupRequested, this, &WindowActions::showBackup);
    connect(m_content, &SettingsContent::recoveryCodeMade, this, &WindowActions::showRecoveryCode);
    connect(&window, &MainWindow::inviteRequested, this, &WindowActions::showInvite);
    connect(&window, &MainWindow::openLinkRequested, this, [this] { showOpenLink({}); });
    connect(&window, &MainWindow::safetyNumberRequested, this, &WindowActions::showSafetyNumber);
    connect(&window, &MainWindow::ledgerRequested, this, &WindowActions::showLedger);
    connect(&window, &MainWindow::lockRequested, this, &WindowActions::lock);
    connect(&parts.session, &session::SessionFacade::profileChanged, this, &WindowActions::apply);
    connect(&parts.session, &session::SessionFacade::factStored, this, &WindowActions::take);
    connect(&parts.session, &session::SessionFacade::backupEnded, this, &WindowActions::takeBackupEnd);
    apply(parts.session.profile());
}

// ---- Screens

void WindowActions::lock()
{
    m_window.saveDraft(); // calls are done in order: once it is locked, nothing is written any more
    // The engine may be busy for a while, and whoever locks walks away.
    if (m_parts.session.profile().state == ProfileState::Open && !m_locking) {
        m_locking = true;
        showLock();
        Q_EMIT lockShown();
    }
    m_parts.session.lock();
}

bool WindowActions::isLockShown() const
{
    return m_lock && !m_lock->isHidden();
}

void WindowActions::forgetProfile()
{
    m_hosts->forget();
    m_unsaid.clear();
    closeSheets();
    m_window.forgetProfile();
}

void WindowActions::showLock()
{
    forgetProfile();
    m_onboarding = nullptr; // the window deletes it
    m_lock = new LockScreen(m_parts);
    connect(m_lock, &LockScreen::setAside, this, &WindowActions::setAside);
    m_window.showScreen(m_lock);
}

void WindowActions::apply(const ProfileStatus &status)
{
    switch (status.state) {
    case ProfileState::Absent:
        m_locking = false;
        if (m_onboarding)
            return;
        forgetProfile();
        startOnboarding(std::exchange(m_restoreNext, false));
        return;
    case ProfileState::Locked:
        if (!isLockShown()) {
            showLock();
        } else if (m_locking) { // what was asked before it closed may have been answered since
            forgetProfile();
        } // else it hears of changes itself, and may be waiting for the keychain
        m_locking = false;
        return;
    case ProfileState::Open:
        if (m_locking || m_onboarding || m_window.isShowingChats())
            return; // the recovery code is still to be kept; or only something small changed
        showChats();
        if (status.recoveryUnproved)
            remindOfRecoveryCode();
        return;
    }
}

void WindowActions::showChats()
{
    m_window.showChats();
    QMetaObject::invokeMethod(m_hosts, &HostQuestions::next, Qt::QueuedConnection); // after what opens below
    m_parts.session.settings(guarded(this, [this](const chat::Outcome<chat::Settings> &settings) {
        if (settings.ok())
            m_window.setSendWithCtrlEnter(settings->sendWithCtrlEnter);
    }));
    QStringList sentences = std::exchange(m_unsaid, {});
    if (!m_keptAs.isEmpty())
        sentences.append(tr("The old profile is kept as %1. It can be opened again with its passphrase.")
                             .arg(isolatedName(std::exchange(m_keptAs, {}))));
    if (!sentences.isEmpty())
        m_window.say(sentences.join(u'\n'));
    showNextLink();
}

void WindowActions::showNextLink()
{
    if (m_waitingLinks.isEmpty() || !m_shownLink.isEmpty() || !m_window.isShowingChats()
        || m_parts.session.profile().state != ProfileState::Open)
        return;
    m_shownLink = m_waitingLinks.takeFirst();
    const Sheet *sheet = showOpenLink(m_shownLink, tr("a link you opened"));
    connect(sheet, &Sheet::closed, this, [this] {
        m_shownLink.clear();
        QMetaObject::invokeMethod(this, &WindowActions::showNextLink, Qt::QueuedConnection); // after what this one led to
    });
}

void WindowActions::startOnboarding(bool withRestore)
{
    m_onboarding = new Onboarding(m_parts);
    if (withRestore)
        m_onboarding->beginWithRestore();
    connect(m_onboarding, &Onboarding::finished, this, [this](const QString &sentence) {
        m_onboarding = nullptr; // the window deletes it
        tell(sentence);
        showChats();
    });
    m_window.showScreen(m_onboarding);
}

void WindowActions::setAside(const QString &keptAs, bool restore)
{
    m_keptAs = keptAs;
    if (m_onboarding) {
        if (restore)
            m_onboarding->beginWithRestore();
    } else {
        m_restoreNext = restore; // profileChanged(Absent) is on its way
    }
}

void WindowActions::closeSheets()
{
    closeWindowsAbove();
    // A link whose sheet the lock takes away was not answered.
    if (const QString link = std::exchange(m_shownLink, {}); !link.isEmpty())
        m_waitingLinks.prepend(link);
    const QList<Sheet *> sheets = m_window.findChildren<Sheet *>(QString(), Qt::FindDirectChildrenOnly);
    for (Sheet *sheet : sheets)
        sheet->withdraw();
}

void WindowActions::tryKeychain()
{
    if (m_lock)
        m_lock->tryKeychain();
}

void WindowActions::openLink(const QString &link)
{
    if (link.isEmpty() || link == m_shownLink || m_waitingLinks.contains(link))
        return;
    m_waitingLinks.append(link);
    if (m_waitingLinks.size() > kMostLinks)
        m_waitingLinks.removeFirst();
    showNextLink();
}

void WindowActions::startedAgain(const QString &link)
{
    if (m_parts.session.profile().trouble.code != chat::TroubleCode::None)
        m_parts.session.tryProfileAgain();
    openLink(link);
}

std::optional<chat::ContactId> WindowActions::viewedChat() const
{
    const ChatPage *page = m_window.chatPage();
    const chat::ContactId chat = page->chat();
    // Settings may stand in its place, a sheet may lie over it.
    if (!page->isVisible() || m_window.isSheetOpen() || !m_window.isActiveWindow() || chat.isNull())
        return std::nullopt;
    return chat;
}

// ---- Sheets

void WindowActions::showInvite()
{
    auto *sheet = new InviteSheet(m_parts, m_window.sheetHost());
    connect(sheet, &InviteSheet::linkGiven, this, [this](const QString &link) { showOpenLink(link); });
    connect(sheet, &InviteSheet::listRequested, this, &WindowActions::showInvitations);
    sheet->open();
}

Sheet *WindowActions::showOpenLink(const QString &link, const QString &from)
{
    auto *sheet = new OpenLinkSheet(m_parts, m_window.sheetHost(), link, from);
    connect(sheet, &OpenLinkSheet::chatStarted, &m_window, &MainWindow::openChat);
    sheet->open();
    return sheet;
}

void WindowActions::showInvitations()
{
    (new InvitationsSheet(m_parts, m_window.sheetHost()))->open();
}

void WindowActions::showSafetyNumber(const chat::ContactId &chat)
{
    const chat::ChatSummary *contact = m_window.chats().find(chat);
    if (!contact)
        return;
    auto *sheet = new SafetySheet(m_parts, m_window.sheetHost(), *contact);
    connect(sheet, &SafetySheet::said, &m_window, &MainWindow::say);
    sheet->open();
}

void WindowActions::showLedger()
{
    auto *sheet = new RelayLedger(m_parts, m_window.sheetHost());
    connect(sheet, &RelayLedger::disclosureRequested, this, &WindowActions::showDisclosure);
    connect(sheet, &RelayLedger::settingsRequested, this, [this] { showSettings(SettingsPage::Relays); });
    sheet->open();
}

void WindowActions::showDisclosure()
{
    (new DisclosurePanel(m_parts, m_window.sheetHost()))->open();
}

void WindowActions::showBackup()
{
    auto *sheet = new BackupSheet(m_parts, m_window.sheetHost());
    connect(sheet, &BackupSheet::restoreRequested, this, [this](const QString &keptAs) { setAside(keptAs, true); });
    m_backup = sheet;
    sheet->open();
}

void WindowActions::showSettings(SettingsPage page)
{
    m_pages->setCurrent(page);
    m_content->showPage(page);
    m_window.openSettings();
    arrangeSettings();
    m_window.showSettingsContent();
}

void WindowActions::showRecoveryCode(const QStringList &groups)
{
    if (isLockShown())
        return; // made while it locked: after the next unlock it is said that nobody kept it
    (new RecoverySheet(m_parts, m_window.sheetHost(), groups))->open();
}

void WindowActions::remindOfRecoveryCode()
{
    auto *question = new Question(m_parts.look, m_window.sheetHost(), tr("Your recovery code was not checked"),
        tr("The newest one was made, and Tacet was locked or closed before a group of it was typed. Earlier codes open "
           "nothing, and neither does half of this one. If you do not have all of it, make a new one."),
        u"recoveryQuestion"_s);
    question->setUnasked();
    question->setSafeAnswer(tr("Later"));
    question->addAct(tr("I have all of it"), ButtonKind::Secondary, u"recoveryKept"_s);
    question->addAct(tr("Make a new one"), ButtonKind::Primary, u"recoveryRenew"_s);
    connect(question, &Question::taken, this, [this](int act) {
        if (act == 0)
            return m_parts.session.confirmRecoveryCode({});
        showSettings(SettingsPage::Privacy); // where a failure is told
        m_content->makeRecoveryCode();
    });
    question->open();
}

void WindowActions::arrangeSettings()
{
    m_content->setBackShown(m_window.isOneColumn());
}

bool WindowActions::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize)
        arrangeSettings();
    return QObject::eventFilter(watched, event);
}

void WindowActions::tell(const QString &sentence)
{
    if (sentence.isEmpty() || m_unsaid.contains(sentence))
        return;
    if (m_window.isShowingChats())
        return m_window.say(sentence);
    m_unsaid.append(sentence);
    if (m_unsaid.size() > kMostUnsaid)
        m_unsaid.removeFirst();
}

void WindowActions::take(const chat::Fact &fact)
{
    if (m_locking)
        return; // the vault is not closed yet, but nobody is there any more
    // While it unlocks the engine tells what it found, before it says that the profile is open: no word of it is for the
    // lock screen, and all of it waits for the chats.
    if (const auto *stored = std::get_if<chat::MessageStored>(&fact); stored && stored->message.own)
        m_hosts->wroteTo(stored->message.chat);
    if (const auto *settings = std::get_if<chat::SettingsChanged>(&fact)) {
        m_window.setSendWithCtrlEnter(settings->settings.sendWithCtrlEnter);
    } else if (const auto *noticed = std::get_if<chat::Noticed>(&fact)) {
        if (noticed->code == static_cast<int>(chat::TroubleCode::NewHost)) {
            m_hosts->ask(noticed->chat.value_or(chat::ContactId()), noticed->detail);
            return;
        }
        const chat::ChatSummary *contact = noticed->chat ? m_window.chats().find(*noticed->chat) : nullptr;
        tell(session::troubleText(noticed->code, noticed->detail, contact ? contact->name : QString()));
    } else if (const auto *clock = std::get_if<chat::ClockSeemsWrong>(&fact)) {
        tell(session::clockText(clock->offByMs));
    }
}

/// What no open sheet shows, and nobody wished: Stop and locking end a backup too.
void WindowActions::takeBackupEnd(const session::BackupEnd &end)
{
    const bool isShown = m_backup && !m_backup->isHidden();
    const auto code = end.trouble.code;
    if (m_locking || isShown || code == chat::TroubleCode::Cancelled || code == chat::TroubleCode::Locked)
        return;
    if (code != chat::TroubleCode::None)
        tell((end.wasWritten ? tr("The backup did not succeed. %1") : tr("The backup could not be checked. %1"))
                 .arg(session::troubleText(end.trouble)));
    else if (end.wasWritten)
        tell(tr("The backup %1 is written and was read back.").arg(isolatedName(QFileInfo(end.file).fileName())));
}

} // namespace tacet::ui
