#include "ui/accessible_role.h"

#include <QAbstractButton>
#include <QAccessibleWidget>
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

QAccessibleInterface *create(const QString &, QObject *object)
{
    if (!object || !object->isWidgetType())
        return nullptr;
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
