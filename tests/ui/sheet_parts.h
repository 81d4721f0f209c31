#pragma once
// What a sheet of the window is made with, over a scripted session and without files.
#include "tests/ui/window_stage.h"
#include "ui/file_chooser.h"
#include "ui/link_clipboard.h"
#include "ui/parts.h"
#include "ui/preferences.h"

#include <QTest>

namespace tacet::test {

class NoFiles final : public ui::FileChooser {
public:
    QString open(QWidget *, const QString &, const QString &) override { return {}; }
    QString save(QWidget *, const QString &, const QString &, const QString &) override { return {}; }
};

struct SheetParts {
    SheetParts() { (void)QTest::qWaitForWindowActive(stage.window.get()); }

    WindowStage stage;
    ui::Preferences preferences;
    ui::LinkClipboard clipboard{stage.session};
    NoFiles files;
    ui::Parts parts{sharedLook(), stage.session, stage.calendar, clipboard, files, preferences};
};

} // namespace tacet::test
