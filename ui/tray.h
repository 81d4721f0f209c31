#pragma once
// The icon in the desktop's tray, where there is one.
#include <QObject>

namespace tacet::ui {

class Tray : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    /// Where there is no tray, closing the window ends the program (after asking once).
    virtual bool isAvailable() const = 0;
    virtual void show() = 0;
    /// No count and no name: the tray is in sight of whoever stands behind.
    virtual void setState(bool unread, bool locked) = 0;

Q_SIGNALS:
    void openRequested();
    void lockRequested();
    void quitRequested();
};

} // namespace tacet::ui
