#include "tests/ui/gallery.h"
#include "ui/card.h"
#include "ui/chat_column.h"
#include "ui/chat_page.h"
#include "ui/composer.h"
#include "ui/controls.h"
#include "ui/key_map.h"
#include "ui/keys_sheet.h"
#include "ui/message_sheets.h"
#include "ui/message_view.h"
#include "ui/toast.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace tacet::test {
using namespace Qt::StringLiterals;
using namespace chat;
namespace {

void openInes(WindowStage &stage)
{
    stage.openChat(u"Ines Okafor"_s);
    stage.window->chatPage()->composer()->setText(u"Tell her the handwriting wins. See you at ten"_s);
}

void openLayla(WindowStage &stage)
{
    stage.openChat(u"ليلى حدّاد"_s);
}

void openHostile(WindowStage &stage)
{
    const QString override = QString(QChar(0x202E));
    const ContactId mallory =
        stage.session.addContact(u"Mal<img src=http://x.example/a.png>"_s + override + u"yrol"_s, 4);
    stage.session.addMessage(mallory,
        u"<b>bold?</b> &amp; <img src=\"http://x.example/p.png\"><script>alert(1)</script>"_s, kDemoNow - 400000,
        false);
    stage.session.addMessage(mallory, u"invoice_"_s + override + u"fdp.exe is harmless"_s, kDemoNow - 300000, false);
    stage.session.addMessage(mallory,
        u"Keycap 1️⃣, flag 🇳🇴, family 👩‍👩‍👧‍👦, wave 👋🏽, heart ❤️, text heart ❤︎, (see https://xn--bcher-kva.example/a_(b)?c=1)."_s,
        kDemoNow - 200000, true, MessageState::OnRelay);
    stage.session.addMessage(mallory, u"Look at https://pаypal.example/login now"_s, kDemoNow - 100000, false);
    stage.session.addMessage(mallory, QString(300, u'W') + u" an unbroken word"_s, kDemoNow - 90000, false);
    stage.session.addMessage(mallory, u"Not gone"_s, kDemoNow - 80000, true, MessageState::Failed);
    stage.session.changeChat(mallory);
    settle();
    stage.window->openChat(mallory);
}

/// Every common control beside each other, on the surface of a sheet.
class ControlsBoard final : public ui::Sheet {
public:
    ControlsBoard(ui::Look &look, QWidget &host) : Sheet(look, host, u"Controls"_s, u"controlsBoard"_s, 640)
    {
        using namespace ui;
        auto *buttons = new QHBoxLayout;
        buttons->addWidget(new Button(look, ButtonKind::Primary, u"Primary"_s, u"a"_s, this));
        buttons->addWidget(new Button(look, ButtonKind::Secondary, u"Secondary"_s, u"b"_s, this));
        buttons->addWidget(new Button(look, ButtonKind::Soft, u"Soft"_s, u"c"_s, this));
        buttons->addWidget(new Button(look, ButtonKind::Text, u"Text"_s, u"d"_s, this));
        buttons->addWidget(new Button(look, ButtonKind::Danger, u"Danger"_s, u"e"_s, this));
        auto *off = new Button(look, ButtonKind::Primary, u"Disabled"_s, u"f"_s, this);
        off->setEnabled(false);
        buttons->addWidget(off);
        body()->addLayout(buttons);
        auto *segmented = new Segmented(look, u"Kind"_s, u"kind"_s, this);
        segmented->addChoice(u"For one person"_s, u"one"_s);
        segmented->addChoice(u"Reusable address"_s, u"many"_s);
        body()->addWidget(segmented);
        auto *field = new Field(look, u"Name"_s, u"field"_s, this);
        field->setText(u"Elif, from the choir"_s);
        body()->addWidget(field);
        auto *ask = new RadioCard(look, u"Ask for the passphrase"_s,
            u"While Tacet is closed, nobody reads it without the passphrase."_s, u"ask"_s, this);
        ask->setChecked(true);
        body()->addWidget(ask);
        body()->addWidget(new RadioCard(look, u"Unlock with the desktop keychain"_s,
            u"Opens when you log in. Whoever is logged in as you can read."_s, u"chain"_s, this));
        auto *card = new Card(look, this);
        auto *on = new Switch(look, u"Read receipts"_s, u"receipts"_s, this);
        on->setChecked(true);
        card->addRow(u"Read receipts"_s, u"When off, you do not see those of others either."_s, on);
        card->addRow(u"Typing"_s, u"Off by default."_s, new Switch(look, u"Typing"_s, u"typing"_s, this));
        auto *choice = new Choice(look, u"Lock when idle"_s, u"idle"_s, this);
        choice->addChoice(u"After 10 minutes"_s, 10);
        card->addRow(u"Lock when idle"_s, u"Also when the screen locks."_s, choice);
        body()->addWidget(card);
        body()->addWidget(new Note(look, Icon::Key, CardTone::Notice,
            u"There is no reset link. If the passphrase is lost, only a backup with its own passphrase brings your "
            "messages back."_s,
            this));
        auto *save = new Button(look, ButtonKind::Primary, u"Save"_s, u"save"_s, this);
        save->setIconName(Icon::Copy);
        foot()->addStretch();
        foot()->addWidget(save);
    }
};

void addInSizes(std::vector<Screen> &screens, const QString &name, const std::function<void(WindowStage &)> &set)
{
    for (const bool dark : {false, true}) {
        const QString theme = dark ? u"dark"_s : u"light"_s;
        for (const int width : {360, 420, 680, 1080, 1600}) {
            Screen screen;
            screen.name = u"%1-%2-%3"_s.arg(name, theme).arg(width);
            screen.size = {width, width < 680 ? 800 : 720};
            screen.dark = dark;
            screen.set = set;
            screens.push_back(screen);
        }
    }
}

} // namespace

std::vector<Screen> windowScreens()
{
    std::vector<Screen> screens;
    addInSizes(screens, u"ines"_s, openInes);
    addInSizes(screens, u"layla"_s, openLayla);
    addInSizes(screens, u"list"_s, {});
    addInSizes(screens, u"hostile"_s, openHostile);
    addInSizes(
        screens, u"controls"_s, [](WindowStage &stage) { (new ControlsBoard(sharedLook(), *stage.window))->open(); });

    const auto add = [&screens](const QString &name, auto set, auto change) {
        Screen screen;
        screen.name = name;
        screen.set = set;
        change(screen);
        screens.push_back(screen);
    };
    add(u"ines-rtl"_s, openInes, [](Screen &s) { s.direction = Qt::RightToLeft; });
    add(u"layla-rtl-420"_s, openLayla, [](Screen &s) {
        s.direction = Qt::RightToLeft;
        s.size = {420, 800};
    });
    add(u"ines-200"_s, openInes, [](Screen &s) { s.textPercent = 200; });
    add(u"layla-200-420"_s, openLayla, [](Screen &s) {
        s.textPercent = 200;
        s.size = {420, 800};
    });
    add(u"empty-app"_s, std::function<void(WindowStage &)>(), [](Screen &s) { s.demo = false; });
    add(
        u"request"_s, [](WindowStage &stage) { stage.openChat(u"Ragnhild Moe"_s); }, [](Screen &) {});
    add(
        u"waiting"_s, [](WindowStage &stage) { stage.openChat(u"Elif Demir"_s); }, [](Screen &) {});
    add(
        u"not-sent"_s,
        [](WindowStage &stage) {
            stage.openChat(u"Wen Zhao"_s);
            stage.window->say(u"Copied."_s);
        },
        [](Screen &s) { s.dark = true; });
    add(
        u"told-420"_s,
        [](WindowStage &stage) { stage.window->say(u"The clock of this computer seems to be 3 hours ahead."_s); },
        [](Screen &s) { s.size = {420, 800}; });
    add(
        u"keys"_s, [](WindowStage &stage) { (new ui::KeysSheet(sharedLook(), *stage.window))->open(); },
        [](Screen &) {});
    add(
        u"address"_s,
        [](WindowStage &stage) {
            (new ui::AddressSheet(sharedLook(), *stage.window, QUrl(u"https://ferries.example/winter?page=2"_s)))
                ->open();
        },
        [](Screen &) {});
    add(
        u"offline"_s,
        [](WindowStage &stage) {
            for (RelayInfo &relay : stage.session.relayList) {
                relay.condition = RelayCondition::Unreachable;
                stage.session.announce(RelayChanged{relay});
            }
            openInes(stage);
        },
        [](Screen &s) { s.dark = true; });
    return screens;
}

} // namespace tacet::test
