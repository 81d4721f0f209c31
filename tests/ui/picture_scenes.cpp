#include "tests/ui/picture_scenes.h"

#include "ui/controls.h"
#include "ui/onboarding.h"
#include "ui/passphrase_field.h"

#include <QAbstractButton>
#include <QCoreApplication>
#include <QVBoxLayout>

namespace tacet::test {
using namespace Qt::StringLiterals;

Stage::Stage(ui::Look &stageLook)
    : look(stageLook)
    , calendar([this] { return session.now; }, QLocale(QLocale::English, QLocale::UnitedKingdom), QTimeZone::utc())
    , clipboard(session)
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
    return {look, session, calendar, clipboard, files};
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

void profilePage(Stage &stage)
{
    fill(stage, new ui::Onboarding(stage.parts()));
    click(stage, u"welcomeStart"_s);
    type(stage, u"profileName"_s, u"Mara Lindqvist"_s);
    type(stage, u"profilePassphrase"_s, u"four quiet herons at noon"_s);
}

const Scene kScenes[] = {
    {"01-welcome", [](Stage &stage) { fill(stage, new ui::Onboarding(stage.parts())); }},
    {"01-proxy",
        [](Stage &stage) {
            fill(stage, new ui::Onboarding(stage.parts()));
            click(stage, u"welcomeProxy"_s);
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
};

} // namespace

std::span<const Scene> scenes()
{
    return kScenes;
}

} // namespace tacet::test
