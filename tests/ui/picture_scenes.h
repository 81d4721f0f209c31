#pragma once
// Sheets and pages set up with the demo data: for pictures, and for tests that look at every one of them.
#include "tests/ui/fake_session.h"
#include "ui/calendar.h"
#include "ui/file_chooser.h"
#include "ui/link_clipboard.h"
#include "ui/look.h"
#include "ui/parts.h"

#include <QTemporaryDir>
#include <QWidget>

#include <functional>
#include <span>

namespace tacet::test {

/// Answers what the test put there.
class ScriptedFileChooser final : public ui::FileChooser {
public:
    QString open(QWidget *, const QString &, const QString &) override { return answer; }
    QString save(QWidget *, const QString &, const QString &, const QString &) override { return answer; }

    QString answer;
};

/// A window with everything that a sheet is made with.
struct Stage {
    explicit Stage(ui::Look &look);
    /// Until the posted answers have come and the layouts are done.
    void settle();
    ui::Parts parts();
    template<typename Widget>
    Widget *find(const QString &name) const
    {
        return window.findChild<Widget *>(name);
    }

    ui::Look &look;
    FakeSession session;
    ui::Calendar calendar;
    ui::LinkClipboard clipboard;
    ScriptedFileChooser files;
    QTemporaryDir folder;
    ui::Preferences preferences;
    QWidget window;
};

/// Markup that would fetch, a direction override, a line break.
QString hostileName();

struct Scene {
    const char *name;
    std::function<void(Stage &)> build;
};

std::span<const Scene> scenes();

} // namespace tacet::test
