#include "ui/settings_content.h"

#include "app/session/trouble_text.h"
#include "ui/card.h"
#include "ui/column_page.h"
#include "ui/controls.h"
#include "ui/form.h"
#include "ui/guarded.h"
#include "ui/keys_sheet.h"
#include "ui/proxy_address.h"
#include "ui/rich_runs.h"
#include "ui/settings_sheets.h"
#include "ui/way_choice.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace tacet::ui {

using namespace Qt::StringLiterals;
using chat::Outcome;

namespace {
constexpr int kColumn = 680;

/// The address of this computer's small relay through Tor, where this profile reads there.
QString ownOnion(const QList<chat::RelayInfo> &relays)
{
    for (const chat::RelayInfo &relay : relays) {
        if (relay.own && relay.thisComputer && relay.host.endsWith(u".onion"_s))
            return relay.url;
    }
    return {};
}

} // namespace

SettingsContent::SettingsContent(const Parts &parts, QWidget &sheetHost, QWidget *parent)
    : QStackedWidget(parent)
    , m_parts(parts)
    , m_host(sheetHost)
    , m_store(parts.session)
{
    setObjectName(u"settingsContent"_s);
    addWidget(makePrivacy());
    addWidget(makeNotifications());
    addWidget(makeAppearance());
    addWidget(makeChats());
    addWidget(makeRelays());
    addWidget(makeBackup());
    addWidget(makeKeyboard());
    addWidget(makeAbout());
    connect(&m_store, &SettingsStore::troubled, this, [this](const QString &sentence) {
        if (currentIndex() < m_problems.size())
            m_problems.at(currentIndex())->say(sentence);
    });
}

void SettingsContent::showPage(SettingsPage page)
{
    setCurrentIndex(static_cast<int>(page));
    m_problems.at(currentIndex())->clear();
}

void SettingsContent::setBackShown(bool shown)
{
    for (IconButton *back : std::as_const(m_backs))
        back->setVisible(shown);
}

ColumnPage *SettingsContent::makePage(SettingsPage page)
{
    auto *made = new ColumnPage(m_parts.look, kColumn, ColumnPage::Place::Top, u"settingsContent%1"_s.arg(static_cast<int>(page)));
    made->setAccessibleName(settingsPageTitle(page));
    made->setPadding(24, 18);
    auto *head = new QHBoxLayout;
    auto *back = new IconButton(
        m_parts.look, Icon::Back, tr("Back to the settings"), u"settingsBack%1"_s.arg(static_cast<int>(page)), made->widget());
    back->setVisible(false);
    m_backs.append(back);
    connect(back, &IconButton::clicked, this, &SettingsContent::backRequested);
    auto *title = new Label(m_parts.look, TypeRole::Sheet, settingsPageTitle(page), made->widget());
    title->setWrapping(true);
    head->addWidget(back);
    head->addWidget(title, 1);
    made->column()->addLayout(head);
    auto *problem = new Problem(m_parts.look, u"settingsProblem%1"_s.arg(static_cast<int>(page)), made->widget());
    made->column()->addWidget(problem);
    m_problems.append(problem);
    return made;
}

Card *SettingsContent::addCard(ColumnPage &page, const QString &section)
{
    if (!section.isEmpty()) {
        auto *label = new Label(m_parts.look, TypeRole::Section, section, page.widget());
        label->setTone(Tone::Secondary);
        label->setContentsMargins(18, 8, 18, 0);
        page.column()->addWidget(label);
    }
    auto *card = new Card(m_parts.look, page.widget());
    page.column()->addWidget(card);
    return card;
}

void SettingsContent::addSwitch(
    Card &card, const QString &title, const QString &help, const QString &objectName, bool chat::Settings::*which)
{
    auto *control = new Switch(m_parts.look, title, objectName, &card);
    card.addRow(title, help, control);
    connect(&m_store, &SettingsStore::changed, control, [this, control, which] {
        const QSignalBlocker quiet(control);
        control->setChecked(m_store.now().*which);
        control->update();
    });
    connect(control, &Switch::toggled, this, [this, which](bool on) {
        m_store.change([which, on](chat::Settings &settings) { settings.*which = on; });
    });
}

ColumnPage *SettingsContent::makePrivacy()
{
    Look &look = m_parts.look;
    ColumnPage *page = makePage(SettingsPage::Privacy);
    const auto small = [&look](Card *card, const QString &text, const QString &name) {
        return new Button(look, ButtonKind::Soft, text, name, card, ButtonSize::Small);
    };

    Card *you = addCard(*page, tr("You"));
    auto *rename = small(you, tr("Change"), u"settingsName"_s);
    rename->setAccessibleName(tr("Change your name"));
    Label *name = you->addRow(tr("Name"), u" "_s, rename);
    name->setVisible(true);
    connect(&m_store, &SettingsStore::changed, name, [this, name] { name->setText(visibleLine(m_store.now().displayName)); });
    connect(rename, &Button::clicked, this, &SettingsContent::changeName);

    Card *lock = addCard(*page, tr("App lock"));
    auto *change = small(lock, tr("Change"), u"settingsPassphrase"_s);
    change->setAccessibleName(tr("Change the passphrase"));
    lock->addRow(tr("Passphrase"), tr("Asked for when Tacet starts or was locked."), change);
    connect(change, &Button::clicked, this, &SettingsContent::changePassphrase);
    auto *keychain = new Switch(look, tr("Unlock with the desktop keychain"), u"settingsKeychain"_s, lock);
    Label *keychainHelp = lock->addRow(tr("Unlock with the desktop keychain"), u" "_s, keychain);
    keychainHelp->setVisible(true);
    const auto showKeychain = [keychain, keychainHelp](const session::ProfileStatus &status) {
        const QSignalBlocker quiet(keychain);
        keychain->setChecked(status.hasKeychain);
        keychain->setEnabled(status.keychainAvailable || status.hasKeychain);
        keychainHelp->setText(status.keychainAvailable
                ? tr("Opens when you log in. The passphrase still works.")
                : tr("No keychain service answers on this desktop."));
        keychain->update();
    };
    connect(&m_parts.session, &session::SessionFacade::profileChanged, keychain, showKeychain);
    showKeychain(m_parts.session.profile());
    connect(keychain, &Switch::toggled, this, [this, showKeychain](bool on) {
        m_parts.session.setKeychainUnlock(on, guarded(this, [this, showKeychain](const Outcome<Done> &set) {
            showKeychain(m_parts.session.profile());
            if (!set.ok())
                m_problems.at(static_cast<int>(SettingsPage::Privacy))->say(session::troubleText(set.error()));
        }));
    });
    auto *code = small(lock, tr("Make a new one"), u"settingsRecovery"_s);
    code->setAccessibleName(tr("Make a new recovery code"));
    Label *codeHelp = lock->addRow(tr("Recovery code"), u" "_s, code);
    codeHelp->setVisible(true);
    const auto showCode = [codeHelp](const session::ProfileStatus &status) {
        codeHelp->setText(status.recoveryUnproved
                ? tr("The newest one was shown and not checked. A new one makes it useless.")
                : tr("For a lost passphrase or keychain. A new one makes the old one useless."));
    };
    connect(&m_parts.session, &session::SessionFacade::profileChanged, codeHelp, showCode);
    showCode(m_parts.session.profile());
    connect(code, &Button::clicked, this, &SettingsContent::renewCode);
    auto *idle = new Choice(look, tr("Lock when idle"), u"settingsIdle"_s, lock);
    for (const int minutes : {1, 5, 10, 30, 60})
        idle->addChoice(minutes == 1 ? tr("After 1 minute") : tr("After %1 minutes").arg(minutes), minutes);
    idle->addChoice(tr("Never"), 0);
    lock->addRow(tr("Lock when idle"), tr("After that long without a key or a click in Tacet."), idle);
    connect(&m_store, &SettingsStore::changed, idle, [this, idle] { idle->setCurrent(m_store.now().lockAfterMinutes); });
    connect(idle, &Choice::chosen, this, [this](const QVariant &minutes) {
        m_store.change([minutes](chat::Settings &settings) { settings.lockAfterMinutes = minutes.toInt(); });
    });
    addSwitch(*lock, tr("Lock with the screen"), tr("Also before the computer sleeps, where the desktop tells."),
        u"settingsLockScreen"_s, &chat::Settings::lockWithScreen);

    Card *chats = addCard(*page, tr("In chats"));
    addSwitch(*chats, tr("Read receipts"), tr("When off, you do not see those of others either."),
        u"settingsReceipts"_s, &chat::Settings::readReceipts);
    addSwitch(*chats, tr("Show that you are typing"), tr("Each notice is one more envelope on your relays."),
        u"settingsTyping"_s, &chat::Settings::typing);

    Card *strangers = addCard(*page, tr("People you do not know"));
    addSwitch(*strangers, tr("Requests from your reusable address"), tr("Shown as a name only. No pictures, no links."),
        u"settingsRequests"_s, &chat::Settings::acceptRequests);
    auto *blocked = small(strangers, tr("Show"), u"settingsBlocked"_s);
    blocked->setAccessibleName(tr("Show blocked people"));
    strangers->addRow(tr("Blocked"), tr("They are not told. A block can be undone."), blocked);
    connect(blocked, &Button::clicked, this, &SettingsContent::showBlocked);
    return page;
}

ColumnPage *SettingsContent::makeNotifications()
{
    ColumnPage *page = makePage(SettingsPage::Notifications);
    Card *card = addCard(*page, {});
    auto *level = new Choice(m_parts.look, tr("What a notification says"), u"settingsNotify"_s, card);
    level->addChoice(tr("\"New message\""), 1);
    level->addChoice(tr("Name and text"), 2);
    level->addChoice(tr("No notifications"), 0);
    card->addRow(tr("What a notification says"),
        tr("Names and texts are handed to the desktop, which may keep them. While locked it never says more than \"New "
           "message\"."),
        level);
    connect(&m_store, &SettingsStore::changed, level, [this, level] { level->setCurrent(m_store.now().notifications); });
    connect(level, &Choice::chosen, this, [this](const QVariant &value) {
        m_store.change([value](chat::Settings &settings) { settings.notifications = value.toInt(); });
    });
    addSwitch(*card, tr("Stay in the tray"), tr("Closing the window leaves Tacet running, where the desktop has a tray."),
        u"settingsTray"_s, &chat::Settings::keepInTray);
    return page;
}

ColumnPage *SettingsContent::makeAppearance()
{
    Look &look = m_parts.look;
    Preferences &preferences = m_parts.preferences;
    ColumnPage *page = makePage(SettingsPage::Appearance);
    Card *card = addCard(*page, {});
    auto *theme = new Choice(look, tr("Theme"), u"settingsTheme"_s, card);
    theme->addChoice(tr("As the desktop"), static_cast<int>(ThemeChoice::FollowDesktop));
    theme->addChoice(tr("Light"), static_cast<int>(ThemeChoice::Light));
    theme->addChoice(tr("Dark"), static_cast<int>(ThemeChoice::Dark));
    theme->setCurrent(static_cast<int>(preferences.theme()));
    card->addRow(tr("Theme"), {}, theme);
    connect(theme, &Choice::chosen, this,
        [&preferences](const QVariant &value) { preferences.setTheme(static_cast<ThemeChoice>(value.toInt())); });
    auto *text = new Choice(look, tr("Text size"), u"settingsText"_s, card);
    for (const int percent : {85, 100, 115, 130, 150, 175, 200})
        text->addChoice(tr("%1 %").arg(percent), percent);
    text->setCurrent(preferences.textPercent());
    card->addRow(tr("Text size"), {}, text);
    connect(text, &Choice::chosen, this, [&preferences](const QVariant &value) { preferences.setTextPercent(value.toInt()); });
    auto *contrast = new Switch(look, tr("High contrast"), u"settingsContrast"_s, card);
    contrast->setChecked(preferences.highContrast());
    card->addRow(tr("High contrast"), tr("Quiet text becomes plain text, hairlines become outlines."), contrast);
    connect(contrast, &Switch::toggled, this, [&preferences](bool on) { preferences.setHighContrast(on); });
    auto *motion = new Switch(look, tr("Reduce motion"), u"settingsMotion"_s, card);
    motion->setChecked(preferences.reducedMotion());
    card->addRow(tr("Reduce motion"), tr("Nothing slides or fades. Follows the desktop when off."), motion);
    connect(motion, &Switch::toggled, this, [&preferences](bool on) { preferences.setReducedMotion(on); });
    addHelp(*page->column(), look, tr("These are kept outside the profile, because the lock screen needs them."));
    return page;
}

ColumnPage *SettingsContent::makeChats()
{
    ColumnPage *page = makePage(SettingsPage::Chats);
    Card *card = addCard(*page, {});
    addSwitch(*card, tr("Send with Ctrl+Enter"), tr("Enter then breaks the line."), u"settingsCtrlEnter"_s,
        &chat::Settings::sendWithCtrlEnter);
    auto *never = new Label(m_parts.look, TypeRole::Small, tr("Not offered"), card);
    never->setTone(Tone::Secondary);
    card->addRow(tr("Link previews"), tr("Tacet never opens a link by itself."), never);
    return page;
}

ColumnPage *SettingsContent::makeRelays()
{
    Look &look = m_parts.look;
    ColumnPage *page = makePage(SettingsPage::Relays);
    Card *way = addCard(*page, tr("The way out"));
    auto *change = new Button(look, ButtonKind::Soft, tr("Change"), u"settingsProxy"_s, way, ButtonSize::Small);
    change->setAccessibleName(tr("Change the proxy"));
    Label *proxy = way->addRow(tr("Tor or a proxy"), u" "_s, change);
    proxy->setVisible(true);
    const auto show = [this, proxy] { proxy->setText(wayText(m_store.now().proxy, m_parts.session.tor())); };
    connect(&m_store, &SettingsStore::changed, proxy, show);
    connect(&m_parts.session, &session::SessionFacade::torChanged, proxy, show);
    connect(change, &Button::clicked, this, &SettingsContent::changeProxy);

    Card *relays = addCard(*page, tr("Relays"));
    auto *ledger = new Button(look, ButtonKind::Soft, tr("Open"), u"settingsLedger"_s, relays, ButtonSize::Small);
    ledger->setAccessibleName(tr("Open your relays"));
    relays->addRow(tr("Your relays"), tr("Every relay, how it does, and what it could hand over. Add and remove them there."),
        ledger);
    connect(ledger, &Button::clicked, this, &SettingsContent::ledgerRequested);
    auto *disclosure = new Button(look, ButtonKind::Soft, tr("Show"), u"settingsDisclosure"_s, relays, ButtonSize::Small);
    disclosure->setAccessibleName(tr("Show what all relays could hand over"));
    relays->addRow(tr("What could they hand over?"), tr("In the real counts of this profile."), disclosure);
    connect(disclosure, &Button::clicked, this, &SettingsContent::disclosureRequested);
    addOnion(*relays);
    addSwitch(*relays, tr("Open this computer's small relay"),
        tr("Others in your local network can then reach it. They see what any relay sees."), u"settingsShareRelay"_s,
        &chat::Settings::shareOwnRelay);
    return page;
}

ColumnPage *SettingsContent::makeBackup()
{
    ColumnPage *page = makePage(SettingsPage::Backup);
    Card *card = addCard(*page, {});
    auto *open = new Button(m_parts.look, ButtonKind::Soft, tr("Open"), u"settingsBackup"_s, card, ButtonSize::Small);
    open->setAccessibleName(tr("Open the backup"));
    card->addRow(tr("Backup"), tr("One encrypted file that brings back contacts, history and verified marks."), open);
    connect(open, &Button::clicked, this, &SettingsContent::backupRequested);
    return page;
}

ColumnPage *SettingsContent::makeKeyboard()
{
    ColumnPage *page = makePage(SettingsPage::Keyboard);
    Card *card = addCard(*page, {});
    card->column()->setContentsMargins(18, 12, 18, 12);
    card->column()->addWidget(makeKeyTable(m_parts.look, card));
    return page;
}

ColumnPage *SettingsContent::makeAbout()
{
    Look &look = m_parts.look;
    ColumnPage *page = makePage(SettingsPage::About);
    Card *about = addCard(*page, {});
    auto *version = new Label(look, TypeRole::Small, QStringLiteral(TACET_VERSION), about);
    version->setSelectable(true);
    version->setTone(Tone::Secondary);
    about->addRow(tr("Tacet"),
        tr("Free software under the GNU General Public License, version 3. It comes without any warranty."), version);
    Card *libraries = addCard(*page, tr("Made with"));
    const auto library = [&](const QString &name, const QString &what, const QString &licence) {
        auto *terms = new Label(look, TypeRole::Small, licence, libraries);
        terms->setTone(Tone::Secondary);
        libraries->addRow(name, what, terms);
    };
    library(u"Qt %1"_s.arg(QString::fromLatin1(qVersion())), tr("Windows, sockets, D-Bus"), u"LGPL 3"_s);
    library(u"libsodium"_s, tr("Encryption and signatures"), u"ISC"_s);
    library(u"SQLCipher"_s, tr("The encrypted database"), u"BSD 3-Clause"_s);
    library(u"OpenSSL"_s, tr("AES inside SQLCipher, TLS to relays"), u"Apache 2.0"_s);
    library(u"libsecp256k1"_s, tr("Signatures of relay events"), u"MIT"_s);
    library(u"libqrencode"_s, tr("QR codes drawn"), u"LGPL 2.1"_s);
    library(u"ZXing-C++"_s, tr("QR codes read"), u"Apache 2.0"_s);
    library(u"QtKeychain"_s, tr("The desktop keychain"), u"BSD"_s);
    library(u"Inter, JetBrains Mono, Noto"_s, tr("Typefaces, where installed"), u"OFL 1.1"_s);
    return page;
}

// ---- Acts

void SettingsContent::changeName()
{
    auto *sheet = new TextSheet(m_parts, m_host, tr("Your name"), tr("Name"), m_store.now().displayName,
        tr("Your contacts see the new name with your next message, as a line in the chat."), u"nameSheet"_s);
    connect(sheet, &TextSheet::entered, this, [this, sheet](const QString &name) {
        if (name.trimmed().isEmpty()) {
            sheet->showProblem(session::troubleText({chat::TroubleCode::NameEmpty}));
            return;
        }
        m_store.change([name](chat::Settings &settings) { settings.displayName = name.trimmed(); });
        sheet->dismiss();
    });
    sheet->open();
}

void SettingsContent::changePassphrase()
{
    (new ChangePassphraseSheet(m_parts, m_host))->open();
}

void SettingsContent::renewCode()
{
    auto *question = new Question(m_parts.look, m_host, tr("Make a new recovery code?"),
        tr("The one on your sheet stops working. The new one is shown once."), u"renewQuestion"_s);
    question->setSafeAnswer(tr("Keep the old one"));
    question->addAct(tr("Make a new one"), ButtonKind::Primary, u"renewYes"_s);
    connect(question, &Question::taken, this, &SettingsContent::makeRecoveryCode);
    question->open();
}

void SettingsContent::makeRecoveryCode()
{
    m_parts.session.renewRecoveryCode(guarded(this, [this](const Outcome<QStringList> &code) {
        if (code.ok())
            Q_EMIT recoveryCodeMade(*code);
        else
            m_problems.at(static_cast<int>(SettingsPage::Privacy))->say(session::troubleText(code.error()));
    }));
}

void SettingsContent::addOnion(Card &card)
{
    auto *publish = new Button(m_parts.look, ButtonKind::Soft, tr("Publish"), u"settingsOnion"_s, &card, ButtonSize::Small);
    publish->setAccessibleName(tr("Publish this computer's small relay through Tor"));
    const QString help = tr("Whoever has an invitation then reaches it through Tor, and nobody else is needed. It is there while "
                            "Tacet runs. Needs the Tor that starts with Tacet.");
    Label *words = card.addRow(tr("Small relay through Tor"), help, publish);
    const auto put = [words, publish, help](const QString &address) {
        words->setText(address.isEmpty() ? help : tr("You read at %1 too, while Tor and Tacet run.").arg(visibleLine(address)));
        publish->setVisible(address.isEmpty());
    };
    const auto show = [this, words, put] {
        if (m_parts.session.profile().state != session::ProfileState::Open)
            return put({});
        m_parts.session.relays(guarded(words, [put](const chat::Outcome<QList<chat::RelayInfo>> &relays) {
            put(relays.ok() ? ownOnion(*relays) : QString());
        }));
    };
    connect(&m_parts.session, &session::SessionFacade::profileChanged, words, show);
    connect(&m_parts.session, &session::SessionFacade::factStored, words, [show](const chat::Fact &fact) {
        const auto *changed = std::get_if<chat::RelayChanged>(&fact);
        if (std::get_if<chat::RelayRemoved>(&fact) || (changed && !ownOnion({changed->relay}).isEmpty()))
            show();
    });
    show();
    connect(publish, &Button::clicked, this, [this, show] {
        m_problems.at(static_cast<int>(SettingsPage::Relays))->clear();
        m_parts.session.publishOwnRelay(guarded(this, [this, show](const chat::Outcome<chat::RelayInfo> &published) {
            if (!published.ok())
                m_problems.at(static_cast<int>(SettingsPage::Relays))->say(session::troubleText(published.error()));
            show();
        }));
    });
}

void SettingsContent::changeProxy()
{
    auto *sheet = new ProxySheet(m_parts, m_host, m_store.now().proxy);
    connect(sheet, &ProxySheet::chosen, this, [this](const QString &proxy) {
        if (proxy == ownTor() || m_store.now().proxy != ownTor())
            return useProxy(proxy);
        m_parts.session.relays(guarded(this, [this, proxy](const Outcome<QList<chat::RelayInfo>> &relays) {
            if (!relays.ok())
                m_problems.at(static_cast<int>(SettingsPage::Relays))->say(session::troubleText(relays.error()));
            else if (const QString onion = ownOnion(*relays); !onion.isEmpty())
                askToLeaveTor(onion, proxy);
            else
                useProxy(proxy);
        }));
    });
    sheet->open();
}

void SettingsContent::useProxy(const QString &proxy)
{
    m_store.change([proxy](chat::Settings &settings) { settings.proxy = proxy; });
}

void SettingsContent::askToLeaveTor(const QString &onion, const QString &proxy)
{
    auto *question = new Question(m_parts.look, m_host, tr("Leave the Tor that starts with Tacet?"),
        session::troubleText({chat::TroubleCode::OnionWithoutTor, onion}), u"leaveTorQuestion"_s);
    question->setSafeAnswer(tr("Keep Tor"));
    question->addAct(tr("Leave Tor"), ButtonKind::Danger, u"leaveTorYes"_s);
    connect(question, &Question::taken, this, [this, proxy] { useProxy(proxy); });
    question->open();
}

void SettingsContent::showBlocked()
{
    (new BlockedSheet(m_parts, m_host))->open();
}

} // namespace tacet::ui
