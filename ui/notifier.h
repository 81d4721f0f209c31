#pragma once
// The desktop's notifications, as far as Tacet uses them. ui/desktop holds the one that speaks D-Bus.
#include <QObject>

namespace tacet::ui {

class Notifier : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    /// Shows a notification, in place of the one with the same tag if that is still up. Both texts are plain; what
    /// the desktop would read as markup is escaped by the implementation. Does nothing where there is no service.
    virtual void show(const QString &tag, const QString &title, const QString &body) = 0;
    virtual void withdraw(const QString &tag) = 0;
    virtual void withdrawAll() = 0;

Q_SIGNALS:
    /// The person clicked it.
    void activated(const QString &tag);
};

} // namespace tacet::ui
