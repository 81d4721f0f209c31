#include "tests/ui/picture_scenes.h"

#include "app/session/trouble_text.h"
#include "ui/controls.h"
#include "ui/backup_sheet.h"
#include "ui/chat_acts.h"
#include "ui/chat_list_model.h"
#include "ui/disclosure_panel.h"
#include "ui/invitations_sheet.h"
#include "ui/invite_sheet.h"
#include "ui/lock_screen.h"
#include "ui/message_sheets.h"
#include "ui/onboarding.h"
#include "ui/open_link_sheet.h"
#include "ui/passphrase_field.h"
#include "ui/relay_ledger.h"
#include "ui/safety_sheet.h"
#include "ui/settings_content.h"
#include "ui/settings_sheets.h"
#include "ui/toast.h"

#include <QAbstractButton>
#include <QCoreApplication>
#include <QVBoxLayout>

namespace tacet::test {
using namespace Qt::StringLiterals;

QString hostileName()
{
    return u"<img src=\"http://127.0.0.1:9/x\"> \u202Egnp.exe &amp; <b>Ines</b>\nOkafor"_s;
}

Stage::Stage(ui::Look &stageLook)
    : look(stageLook)
    , calendar([this] { return session.now; }, QLocale(QLocale::English, QLocale::UnitedKingdom), QTimeZone::utc())
    , clipboard(session)
    , preferences(folder.filePath(u"tacet.conf"_s))
{
    session.fillWithDemo();
    window.setObjectName(u"stage"_s);
    window.setProperty("ground", u"canvas"_s);
    window.setAttribute(Qt::WA_StyledBackground);
}

void Stage::settle()
{
    for (int i = 0; i < 20; ++i) {
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents();
    }
}

ui::Parts Stage::parts()
{
    return {look, session, calendar, clipboard, files, preferences};
}

namespace {

template<typename Page>
Page *fill(Stage &stage, Page *page)
{
    if (!stage.window.layout()) {
        auto *column = new QVBoxLayout(&stage.window);
        column->setContentsMargins(0, 0, 0, 0);
    }
    stage.window.layout()->addWidget(page);
    stage.settle();
    return page;
}

void click(Stage &stage, const QString &name)
{
    auto *button = stage.find<QAbstractButton>(name);
    if (!button)
        qFatal("no button named %s", qPrintable(name));
    button->click();
    stage.settle();
}

void type(Stage &stage, const QString &name, const QString &text)
{
    auto *field = stage.find<QLineEdit>(name);
    if (!field)
        qFatal("no field named %s", qPrintable(name));
    field->setText(text);
    stage.settle();
}

void settingsPage(Stage &stage, ui::SettingsPage page)
{
    auto *content = new ui::SettingsContent(stage.parts(), stage.window);
    content->showPage(page);
    fill(stage, content);
}

void profilePage(Stage &stage)
{
    fill(stage, new ui::Onboarding(stage.parts()));
    click(stage, u"welcomeStart"_s);
    type(stage, u"profileName"_s, u"Mara Lindqvist"_s);
    type(stage, u"profilePassphrase"_s, u"four quiet herons at noon"_s);
}

void pressReturn(Stage &stage, const QString &name)
{
    Q_EMIT stage.find<QLineEdit>(name)->returnPressed();
    stage.settle();
}

void open(Stage &stage, ui::Sheet *sheet)
{
    sheet->open();
    stage.settle();
}

void askToDelete(Stage &stage, chat::MessageState state)
{
    chat::Message message;
    message.own = true;
    message.text = u"See you at the harbour at six, by the blue boat. "_s + QString(200, u'x');
    message.state = state;
    auto *chats = new ui::ChatListModel(stage.session, stage.calendar, &stage.window);
    auto *acts = new ui::ChatActs(stage.look, stage.session, *chats, stage.calendar, stage.window);
    acts->setParent(&stage.window);
    acts->deleteForMe(message, hostileName());
    stage.settle();
}

/// A contact whose name tries everything.
chat::ChatSummary hostile(Stage &stage)
{
    chat::ChatSummary contact = stage.session.summary(stage.session.idOf(u"Ines Okafor"_s));
    contact.name = hostileName();
    contact.trust = chat::Trust::NotCompared;
    return contact;
}

void fillInvitations(Stage &stage)
{
    const auto add = [&](const QString &label, chat::InvitationKind kind, chat::InvitationState state, int second) {
        chat::Invitation invitation;
        invitation.id.bytes[0] = static_cast<std::uint8_t>(stage.session.invitationList.size() + 1);
        invitation.label = label;
        invitation.kind = kind;
        invitation.state = state;
        invitation.secondAttempts = second;
        invitation.relaysHolding = 2;
        invitation.link = u"tacet:1?k=abc"_s;
        invitation.createdMs = stage.session.now - 86'400'000LL * (1 + stage.session.invitationList.size());
        invitation.untilMs = stage.session.now + 6LL * 86'400'000;
        stage.session.invitationList.append(invitation);
    };
    add(u"Elif, from the choir"_s, chat::InvitationKind::OneTime, chat::InvitationState::Open, 0);
    add({}, chat::InvitationKind::Reusable, chat::InvitationState::Open, 0);
    add(hostileName(), chat::InvitationKind::OneTime, chat::InvitationState::Used, 1);
    add(u"Tomás"_s, chat::InvitationKind::OneTime, chat::InvitationState::Expired, 0);
}

const Scene kScenes[] = {
    {"01-welcome", [](Stage &stage) { fill(stage, new ui::Onboarding(stage.parts())); }},
    {"01-proxy",
        [](Stage &stage) {
            stage.session.torHere = {9050, true};
            fill(stage, new ui::Onboarding(stage.parts()));
            click(stage, u"welcomeProxy"_s);
        }},
    {"01-proxy-other",
        [](Stage &stage) {
            fill(stage, new ui::Onboarding(stage.parts()));
            click(stage, u"welcomeProxy"_s);
            click(stage, u"proxyOther"_s);
            click(stage, u"proxyUse"_s);
        }},
    {"02-profile",
        [](Stage &stage) {
            session::ProfileStatus status;
            status.keychainAvailable = true;
            stage.session.setProfile(status);
            profilePage(stage);
            stage.find<ui::PassphraseField>(u"profilePassphrase"_s)->setRevealed(true);
        }},
    {"02-profile-no-lock",
        [](Stage &stage) {
            profilePage(stage);
            click(stage, u"profileShowNoLock"_s);
            click(stage, u"profileNoLock"_s);
        }},
    {"02-recovery",
        [](Stage &stage) {
            profilePage(stage);
            click(stage, u"profileCreate"_s);
        }},
    {"02-restore",
        [](Stage &stage) {
            fill(stage, new ui::Onboarding(stage.parts()));
            click(stage, u"welcomeRestore"_s);
            stage.files.answer = u"/media/mara/stick/Tacet 2026-11-24.tacet"_s;
            click(stage, u"restoreFile"_s);
            type(stage, u"restoreBackupPassphrase"_s, u"a longer one"_s);
            type(stage, u"restoreNewPassphrase"_s, u"four quiet herons at noon"_s);
            stage.session.failNext(chat::TroubleCode::BackupCutShort);
            click(stage, u"restoreStart"_s);
        }},
    {"06-safety",
        [](Stage &stage) {
            auto *sheet = new ui::SafetySheet(
                stage.parts(), stage.window, stage.session.summary(stage.session.idOf(u"川村 美咲"_s)));
            open(stage, sheet);
        }},
    {"06-safety-match",
        [](Stage &stage) {
            open(stage, new ui::SafetySheet(stage.parts(), stage.window, hostile(stage)));
            click(stage, u"safetyPaste"_s);
            type(stage, u"safetyPasteField"_s, stage.session.number.groups.join(u"  "_s));
        }},
    {"06-safety-differ",
        [](Stage &stage) {
            open(stage, new ui::SafetySheet(stage.parts(), stage.window, hostile(stage)));
            click(stage, u"safetyPaste"_s);
            QStringList groups = stage.session.number.groups;
            groups[3] = u"00000"_s;
            type(stage, u"safetyPasteField"_s, groups.join(u' '));
        }},
    {"06-safety-large",
        [](Stage &stage) {
            open(stage, new ui::SafetySheet(stage.parts(), stage.window, hostile(stage)));
            click(stage, u"safetyLarge"_s);
        }},
    {"07-invite",
        [](Stage &stage) {
            open(stage, new ui::InviteSheet(stage.parts(), stage.window));
            type(stage, u"inviteLabel"_s, u"Elif, from the choir"_s);
        }},
    {"07-invite-reusable",
        [](Stage &stage) {
            stage.preferences.setLinkWebBase(u"https://example.org/"_s);
            open(stage, new ui::InviteSheet(stage.parts(), stage.window));
            click(stage, u"inviteReusable"_s);
            click(stage, u"inviteCopy"_s);
        }},
    {"07-invitations",
        [](Stage &stage) {
            fillInvitations(stage);
            open(stage, new ui::InvitationsSheet(stage.parts(), stage.window));
        }},
    {"07-open-link-ask",
        [](Stage &stage) {
            open(stage, new ui::OpenLinkSheet(stage.parts(), stage.window));
            stage.session.failNext(chat::TroubleCode::LinkDamaged);
            type(stage, u"openLinkField"_s, u"tacet:1?k=q7m2"_s);
        }},
    {"07-open-link-host",
        [](Stage &stage) {
            stage.session.preview.newHosts = {u"relay.fern.example"_s};
            open(stage, new ui::OpenLinkSheet(stage.parts(), stage.window, u"tacet:1?k=q7m2vx9d4s8c"_s));
        }},
    {"07-open-link",
        [](Stage &stage) {
            open(stage, new ui::OpenLinkSheet(stage.parts(), stage.window, u"tacet:1?k=q7m2vx9d4s8c"_s));
        }},
    {"08-ledger",
        [](Stage &stage) {
            open(stage, new ui::RelayLedger(stage.parts(), stage.window));
            click(stage, u"relayLine_relay.nordlicht.example"_s);
        }},
    {"08-add",
        [](Stage &stage) {
            open(stage, new ui::AddRelaySheet(stage.parts(), stage.window, true));
            stage.session.failNext(chat::TroubleCode::RelayNotAdded, u"blocked: pay first"_s);
            type(stage, u"addRelayUrl"_s, u"wss://relay.example"_s);
            click(stage, u"addRelayAdd"_s);
        }},
    {"08-disclosure",
        [](Stage &stage) { open(stage, new ui::DisclosurePanel(stage.parts(), stage.window)); }},
    {"09-backup",
        [](Stage &stage) {
            stage.session.backup.last = {u"/media/mara/stick/Tacet 2024-11-21.tacet"_s, stage.session.now - 7'200'000, 14382, 61, 0,
                318'000'000};
            stage.session.backup.hasPassphrase = true;
            stage.session.backup.passphraseTypedMs = stage.session.now - 6LL * 86'400'000;
            open(stage, new ui::BackupSheet(stage.parts(), stage.window));
        }},
    {"09-backup-never", [](Stage &stage) { open(stage, new ui::BackupSheet(stage.parts(), stage.window)); }},
    {"09-backup-running",
        [](Stage &stage) {
            stage.session.backup.running = true;
            open(stage, new ui::BackupSheet(stage.parts(), stage.window));
            Q_EMIT stage.session.backupProgressed(session::BackupStep::ReadingBack, 40, 100);
        }},
    {"10-lock",
        [](Stage &stage) {
            stage.session.lock();
            fill(stage, new ui::LockScreen(stage.parts()));
            type(stage, u"lockPassphrase"_s, u"four quiet he"_s);
        }},
    {"10-lock-wait",
        [](Stage &stage) {
            session::ProfileStatus status = stage.session.profile();
            status.state = session::ProfileState::Locked;
            status.hasKeychain = status.keychainAvailable = true;
            stage.session.setProfile(status);
            fill(stage, new ui::LockScreen(stage.parts()));
            for (int i = 0; i < 3; ++i) {
                type(stage, u"lockPassphrase"_s, u"wrong"_s);
                pressReturn(stage, u"lockPassphrase"_s);
            }
        }},
    {"10-lock-in-use",
        [](Stage &stage) {
            session::ProfileStatus status = stage.session.profile();
            status.state = session::ProfileState::Locked;
            status.trouble.code = chat::TroubleCode::ProfileInUse;
            stage.session.setProfile(status);
            fill(stage, new ui::LockScreen(stage.parts()));
        }},
    {"10-forgot",
        [](Stage &stage) {
            stage.session.lock();
            fill(stage, new ui::LockScreen(stage.parts()));
            click(stage, u"lockForgot"_s);
        }},
    {"13-way",
        [](Stage &stage) {
            stage.session.torHere = {9050, true};
            open(stage, new ui::ProxySheet(stage.parts(), stage.window, u"tor"_s));
        }},
    {"13-way-settings",
        [](Stage &stage) {
            stage.session.currentSettings.proxy = u"tor"_s;
            stage.session.torStatus = {tor::TorState::Connecting, 10, u"conn_done"_s, {}, 0};
            settingsPage(stage, ui::SettingsPage::Relays);
        }},
    {"13-leave-tor",
        [](Stage &stage) {
            stage.session.currentSettings.proxy = u"tor"_s;
            stage.session.torStatus = {tor::TorState::Ready, 100, u"done"_s, {}, 9050};
            chat::RelayInfo relay;
            relay.host = u"tacetqdhn2mr5k7x4zf3vbw6ya2pel7jc5ohtgsui3wnqkrxm4vbzdyd.onion"_s;
            relay.url = u"ws://"_s + relay.host;
            relay.own = true;
            relay.thisComputer = true;
            stage.session.relayList.append(relay);
            settingsPage(stage, ui::SettingsPage::Relays);
            click(stage, u"settingsProxy"_s);
            click(stage, u"proxySheetNone"_s);
            click(stage, u"proxySheetApply"_s);
        }},
    {"13-privacy", [](Stage &stage) { settingsPage(stage, ui::SettingsPage::Privacy); }},
    {"13-notifications", [](Stage &stage) { settingsPage(stage, ui::SettingsPage::Notifications); }},
    {"13-appearance", [](Stage &stage) { settingsPage(stage, ui::SettingsPage::Appearance); }},
    {"13-chats", [](Stage &stage) { settingsPage(stage, ui::SettingsPage::Chats); }},
    {"13-backup", [](Stage &stage) { settingsPage(stage, ui::SettingsPage::Backup); }},
    {"13-keyboard", [](Stage &stage) { settingsPage(stage, ui::SettingsPage::Keyboard); }},
    {"13-about", [](Stage &stage) { settingsPage(stage, ui::SettingsPage::About); }},
    {"14-details",
        [](Stage &stage) {
            chat::Message message;
            message.id.bytes.fill(0xa7);
            message.own = true;
            message.text = u"https://ferries.example/"_s + QString(300, u'x');
            message.sentMs = message.stateMs = stage.session.now;
            message.state = chat::MessageState::Failed;
            open(stage, new ui::DetailsSheet(stage.look, stage.window, message, hostileName(), stage.calendar));
        }},
    {"14-delete", [](Stage &stage) { askToDelete(stage, chat::MessageState::Delivered); }},
    {"14-delete-waiting", [](Stage &stage) { askToDelete(stage, chat::MessageState::Queued); }},
    {"14-told",
        [](Stage &stage) {
            (new ui::Toast(stage.look, &stage.window))
                ->say(session::troubleText({chat::TroubleCode::InviteTriedAgain, u"Elif, from the choir"_s, 0}) + u'\n'
                    + session::troubleText({chat::TroubleCode::MessageSetAside}, hostileName()) + u'\n'
                    + session::clockText(3 * 3'600'000));
            stage.settle();
        }},
    {"14-rename",
        [](Stage &stage) { open(stage, new ui::RenameSheet(stage.look, stage.window, u"Papa"_s, hostileName())); }},
    {"14-address",
        [](Stage &stage) {
            const QUrl address(u"https://"_s + QString(60, u'a') + u".example/"_s + QString(300, u'x'));
            open(stage, new ui::AddressSheet(stage.look, stage.window, address));
        }},
    {"14-address-no-browser",
        [](Stage &stage) {
            open(stage, new ui::AddressSheet(stage.look, stage.window, QUrl(u"https://ferries.example/winter?page=2"_s),
                            [](const QUrl &) { return false; }));
            click(stage, u"addressOpen"_s);
        }},
    {"13-passphrase",
        [](Stage &stage) { open(stage, new ui::ChangePassphraseSheet(stage.parts(), stage.window)); }},
};

} // namespace

std::span<const Scene> scenes()
{
    return kScenes;
}

} // namespace tacet::test
