#include "ui/accessible_role.h"

#include <QAccessibleWidget>
#include <QVariant>

namespace tacet::ui {
namespace {

constexpr const char *kProperty = "tacetAccessibleRole";

QAccessibleInterface *create(const QString &, QObject *object)
{
    if (!object || !object->isWidgetType())
        return nullptr;
    const QVariant role = object->property(kProperty);
    if (!role.isValid())
        return nullptr;
    return new QAccessibleWidget(static_cast<QWidget *>(object), static_cast<QAccessible::Role>(role.toInt()));
}

} // namespace

void setAccessibleRole(QWidget *widget, QAccessible::Role role)
{
    QAccessible::installFactory(create); // installing twice is nothing
    widget->setProperty(kProperty, static_cast<int>(role));
}

void raiseAlert(QWidget *widget)
{
    if (!QAccessible::isActive())
        return;
    QAccessibleEvent alert(widget, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

} // namespace tacet::ui
