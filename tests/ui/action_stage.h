#pragma once
// A window with everything around its chats: settings, sheets, lock. What tests of WindowActions begin with.
#include "tests/ui/window_stage.h"
#include "ui/lock_screen.h"
#include "ui/tray.h"
#include "ui/window_actions.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QDialog>
#include <QTemporaryDir>
#include <QTimer>

#include <functional>

namespace tacet::test {

using namespace Qt::StringLiterals;
using namespace tacet::ui;

/// A dialog as the desktop's own: a window with an event loop of its own, in which `during` happens.
class BlockingFiles final : public FileChooser {
public:
    QString open(QWidget *over, const QString &, const QString &) override { return ask(over); }
    QString save(QWidget *over, const QString &, const QString &, const QString &) override { return ask(over); }

    std::function<void()> during;
    QString answer;
    int asked = 0;
    int closedByOthers = 0;

private:
    QString ask(QWidget *over)
    {
        ++asked;
        QDialog dialog(over);
        QTimer::singleShot(0, &dialog, [&] {
            during();
            settle();
            closedByOthers += dialog.isVisible() ? 0 : 1;
            dialog.close();
        });
        dialog.exec();
        return answer;
    }
};

class SilentTray final : public Tray {
public:
    explicit SilentTray(bool available = true) : m_available(available) { }
    bool isAvailable() const override { return m_available; }
    void show() override { }
    void setState(bool, bool) override { ++told; }

    int told = 0;

private:
    bool m_available;
};

struct ActionStage : WindowStage {
    ActionStage()
        : preferences(folder.filePath(u"tacet.conf"_s))
        , clipboard(session)
        , parts{sharedLook(), session, calendar, clipboard, files, preferences}
        , actions(parts, *window)
    {
        files.during = [this] { session.lock(); };
        files.answer = folder.filePath(u"chosen"_s);
        settle();
    }

    void click(const char *name) { find<QAbstractButton>(name)->click(); }
    bool isLocked() const { return window->findChild<LockScreen *>() != nullptr; }
    /// Opens what waits behind the keychain, as it does while somebody still looks for the passphrase.
    void unlock()
    {
        session::ProfileStatus status = session.profile();
        status.state = session::ProfileState::Open;
        session.setProfile(status);
        settle();
    }
    /// What assistive technology could still read of these words anywhere in the window.
    QStringList spokenAnywhere(const QStringList &words) const
    {
        QStringList found;
        for (QWidget *widget : window->findChildren<QWidget *>()) {
            QAccessibleInterface *face = QAccessible::queryAccessibleInterface(widget);
            for (const auto text : {QAccessible::Name, QAccessible::Description, QAccessible::Value}) {
                for (const QString &word : words) {
                    if (face && face->text(text).contains(word))
                        found.append(widget->objectName() + u": "_s + face->text(text));
                }
            }
        }
        return found;
    }

    QTemporaryDir folder;
    Preferences preferences;
    LinkClipboard clipboard;
    BlockingFiles files;
    Parts parts;
    WindowActions actions;
};

} // namespace tacet::test
