#pragma once
// Says when the screen is locked or the computer is about to sleep. Without a session bus it stays silent.
#include <QObject>

namespace tacet::ui {

class ScreenWatcher : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

Q_SIGNALS:
    void screenLocked();
    void goingToSleep();
};

} // namespace tacet::ui
