#include "ui/accessible_role.h"

#include <QAbstractButton>
#include <QAccessibleWidget>
#include <QScrollArea>
#include <QVariant>

namespace tacet::ui {
namespace {

constexpr const char *kProperty = "tacetAccessibleRole";

/// What a plain QAccessibleWidget lacks of a button: it can be pressed, and says which tab is chosen or which part is open.
class AccessibleButton final : public QAccessibleWidget {
public:
    AccessibleButton(QAbstractButton *button, QAccessible::Role role) : QAccessibleWidget(button, role), m_button(button) { }

    QAccessible::Role role() const override { return m_button->isCheckable() ? QAccessibleWidget::role() : QAccessible::Button; }

    QString text(QAccessible::Text kind) const override
    {
        const QString named = QAccessibleWidget::text(kind);
        return kind == QAccessible::Name && named.isEmpty() ? m_button->text() : named;
    }

    QAccessible::State state() const override
    {
        QAccessible::State state = QAccessibleWidget::state();
        if (role() == QAccessible::PageTab) {
            state.selectable = true;
            state.selected = m_button->isChecked();
        } else if (m_button->isCheckable()) {
            state.expandable = true;
            state.expanded = m_button->isChecked();
            state.collapsed = !m_button->isChecked();
        }
        return state;
    }

    QStringList actionNames() const override
    {
        QStringList names = QAccessibleWidget::actionNames();
        if (m_button->isEnabled())
            names.prepend(pressAction());
        return names;
    }

    void doAction(const QString &name) override
    {
        if (name == pressAction())
            m_button->animateClick(); // like a key press: what it opens may outlive this call
        else
            QAccessibleWidget::doAction(name);
    }

private:
    QAbstractButton *m_button;
};

/// A sheet holds the keys, as a window of its own would.
class AccessibleDialog final : public QAccessibleWidget {
public:
    explicit AccessibleDialog(QWidget *sheet) : QAccessibleWidget(sheet, QAccessible::Dialog) { }

    QAccessible::State state() const override
    {
        QAccessible::State state = QAccessibleWidget::state();
        state.modal = true;
        return state;
    }
};

/// What Qt 6.4 makes for a scroll area reads past the end of its list when it is asked for a child that is not there any more: a
/// bar that hides between "how many?" and "which?" takes the program down. This one has its content alone.
class AccessibleScrollArea final : public QAccessibleWidget {
public:
    explicit AccessibleScrollArea(QScrollArea *area) : QAccessibleWidget(area, QAccessible::Client), m_area(area) { }

    int childCount() const override { return 1; }
    QAccessibleInterface *child(int index) const override
    {
        return index == 0 ? QAccessible::queryAccessibleInterface(m_area->viewport()) : nullptr;
    }
    int indexOfChild(const QAccessibleInterface *child) const override
    {
        return child && child->object() == m_area->viewport() ? 0 : -1;
    }

private:
    QScrollArea *m_area;
};

/// Qt asks for an object's own class first, then for those that it derives from.
QAccessibleInterface *create(const QString &className, QObject *object)
{
    if (!object || !object->isWidgetType())
        return nullptr;
    if (className == QLatin1String(QScrollArea::staticMetaObject.className()))
        return new AccessibleScrollArea(static_cast<QScrollArea *>(object));
    const QVariant role = object->property(kProperty);
    if (!role.isValid())
        return nullptr;
    const auto wanted = static_cast<QAccessible::Role>(role.toInt());
    if (auto *button = qobject_cast<QAbstractButton *>(object))
        return new AccessibleButton(button, wanted);
    auto *widget = static_cast<QWidget *>(object);
    if (wanted == QAccessible::Dialog)
        return new AccessibleDialog(widget);
    return new QAccessibleWidget(widget, wanted);
}

} // namespace

void setAccessibleRole(QWidget *widget, QAccessible::Role role)
{
    QAccessible::installFactory(create); // installing twice is nothing
    widget->setProperty(kProperty, static_cast<int>(role));
}

} // namespace tacet::ui
