#pragma once
// What a screen reader would be told while this object lives: the sentences that it speaks by itself, and where it
// believes the focus to be. Qt tells it only where assistive technology listens: on a desk
// (packaging/tools/on_a_desk.py), where ctest runs these units a second time.
#include <QAccessible>
#include <QStringList>
#include <QTest>

namespace tacet::test {

class Heard {
public:
    Heard()
    {
        s_heard = this;
        m_before = QAccessible::installUpdateHandler(take);
    }
    ~Heard()
    {
        QAccessible::installUpdateHandler(m_before);
        s_heard = nullptr;
    }
    Heard(const Heard &) = delete;
    Heard &operator=(const Heard &) = delete;

    /// Whether anything can be heard. On a desk it comes within a moment of the first window.
    static bool possible()
    {
        return qEnvironmentVariableIsSet("TACET_ON_A_DESK") ? QTest::qWaitFor(QAccessible::isActive)
                                                            : QAccessible::isActive();
    }

    QStringList words;
    QStringList focused; ///< names, the last one last
    QStringList renamed; ///< list items that say something else now
    QList<int> values;   ///< of progress bars

    bool any(const QString &part) const { return !words.filter(part).isEmpty(); }

private:
    static void take(QAccessibleEvent *event)
    {
        QAccessibleInterface *interface = event->accessibleInterface();
        if (!interface || !interface->isValid())
            return;
        if (event->type() == QAccessible::Focus)
            s_heard->focused.append(interface->text(QAccessible::Name));
        if (event->type() == QAccessible::NameChanged && interface->role() == QAccessible::ListItem)
            s_heard->renamed.append(interface->text(QAccessible::Name));
        if (event->type() == QAccessible::ValueChanged && interface->role() == QAccessible::ProgressBar)
            s_heard->values.append(interface->valueInterface()->currentValue().toInt());
#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)
        if (event->type() == QAccessible::Announcement)
            s_heard->words.append(static_cast<QAccessibleAnnouncementEvent *>(event)->message());
#else
        if (event->type() == QAccessible::ObjectShow && interface->role() == QAccessible::Notification)
            s_heard->words.append(interface->text(QAccessible::Name));
#endif
    }

    static inline Heard *s_heard = nullptr;
    QAccessible::UpdateHandler m_before = nullptr;
};

} // namespace tacet::test
