#include "ui/message_accessible.h"

#include "ui/message_view.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QHash>
#include <QMenu>
#include <QPointer>
#include <QWindow>

namespace tacet::ui {
namespace {

/// One message. It names its message, not its row: rows move.
class AccessibleMessage final : public QAccessibleInterface, public QAccessibleActionInterface {
public:
    AccessibleMessage(MessageView *view, const chat::MessageId &message) : m_view(view), m_message(message) { }

    bool isValid() const override { return m_view && row() >= 0; }
    QObject *object() const override { return nullptr; }
    QWindow *window() const override { return m_view ? m_view->window()->windowHandle() : nullptr; }
    QAccessibleInterface *parent() const override { return QAccessible::queryAccessibleInterface(m_view.data()); }
    QAccessibleInterface *child(int) const override { return nullptr; }
    QAccessibleInterface *childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface *) const override { return -1; }

    QString text(QAccessible::Text kind) const override
    {
        return kind == QAccessible::Name && isValid() ? m_view->spoken(row()) : QString();
    }
    void setText(QAccessible::Text, const QString &) override { }
    QRect rect() const override
    {
        if (!isValid())
            return {};
        const QRect body = m_view->bodyRect(row());
        return {m_view->viewport()->mapToGlobal(body.topLeft()), body.size()};
    }
    QAccessible::Role role() const override { return QAccessible::ListItem; }
    QAccessible::State state() const override
    {
        QAccessible::State state;
        if (!isValid()) {
            state.invalid = true;
            return state;
        }
        state.focusable = true;
        state.selectable = true;
        state.selected = m_view->isSelected(row());
        state.focused = m_view->hasFocus() && m_view->currentRow() == row();
        state.offscreen = !m_view->viewport()->rect().intersects(m_view->bodyRect(row()));
        return state;
    }

    void *interface_cast(QAccessible::InterfaceType type) override
    {
        return type == QAccessible::ActionInterface ? static_cast<QAccessibleActionInterface *>(this) : nullptr;
    }
    QStringList actionNames() const override { return {pressAction(), setFocusAction(), showMenuAction()}; }
    void doAction(const QString &name) override
    {
        if (!isValid())
            return;
        if (name == pressAction()) {
            Q_EMIT m_view->detailsRequested(m_message);
        } else if (name == setFocusAction()) {
            m_view->setFocus(Qt::OtherFocusReason);
            m_view->setCurrentRow(row());
        } else if (name == showMenuAction()) {
            m_view->setCurrentRow(row());
            m_view->menuFor(row())->popup(rect().center());
        }
    }
    QStringList keyBindingsForAction(const QString &) const override { return {}; }

private:
    int row() const { return m_view->model().rowOf(m_message); }

    QPointer<MessageView> m_view;
    chat::MessageId m_message;
};

class AccessibleMessageView final : public QAccessibleWidget {
public:
    explicit AccessibleMessageView(MessageView *view)
        : QAccessibleWidget(view, QAccessible::List, view->accessibleName())
    {
        // Interfaces of messages that left the window are dropped with them.
        const auto prune = [this] { forgetGone(); };
        m_connections = {QObject::connect(&view->model(), &MessageModel::rowsRemoved, view, prune),
            QObject::connect(&view->model(), &MessageModel::modelReset, view, prune)};
    }
    ~AccessibleMessageView() override
    {
        for (const QMetaObject::Connection &connection : m_connections)
            QObject::disconnect(connection);
        for (const QAccessible::Id id : m_children)
            QAccessible::deleteAccessibleInterface(id);
    }
    AccessibleMessageView(const AccessibleMessageView &) = delete;
    AccessibleMessageView &operator=(const AccessibleMessageView &) = delete;

    int childCount() const override { return view()->count(); }
    QAccessibleInterface *child(int index) const override
    {
        if (index < 0 || index >= view()->count())
            return nullptr;
        const chat::MessageId message = view()->model().at(index).id;
        const auto known = m_children.constFind(message);
        if (known != m_children.cend())
            return QAccessible::accessibleInterface(*known);
        auto *created = new AccessibleMessage(view(), message);
        m_children.insert(message, QAccessible::registerAccessibleInterface(created));
        return created;
    }
    int indexOfChild(const QAccessibleInterface *child) const override
    {
        for (auto it = m_children.cbegin(); it != m_children.cend(); ++it) {
            if (QAccessible::accessibleInterface(it.value()) == child)
                return view()->model().rowOf(it.key());
        }
        return -1;
    }
    QAccessibleInterface *childAt(int x, int y) const override
    {
        const QPoint point = view()->viewport()->mapFromGlobal(QPoint(x, y));
        for (int row = 0; row < view()->count(); ++row) {
            if (view()->bodyRect(row).contains(point))
                return child(row);
        }
        return nullptr;
    }
    QAccessibleInterface *focusChild() const override
    {
        return view()->hasFocus() ? child(view()->currentRow()) : nullptr;
    }

private:
    MessageView *view() const { return static_cast<MessageView *>(object()); }
    void forgetGone()
    {
        for (auto it = m_children.begin(); it != m_children.end();) {
            if (view()->model().rowOf(it.key()) >= 0) {
                ++it;
                continue;
            }
            QAccessible::deleteAccessibleInterface(it.value());
            it = m_children.erase(it);
        }
    }

    mutable QHash<chat::MessageId, QAccessible::Id> m_children;
    QList<QMetaObject::Connection> m_connections;
};

QAccessibleInterface *create(const QString &, QObject *object)
{
    if (auto *view = qobject_cast<MessageView *>(object))
        return new AccessibleMessageView(view);
    return nullptr;
}

} // namespace

void installMessageAccessibility()
{
    QAccessible::installFactory(create); // installing twice is nothing
}

} // namespace tacet::ui
