#include "ui/announce.h"

#include "ui/accessible_role.h"

#include <QTimer>

namespace tacet::ui {
using namespace Qt::StringLiterals;

#if QT_VERSION >= QT_VERSION_CHECK(6, 8, 0)

void announce(QWidget &where, const QString &words)
{
    if (!QAccessible::isActive() || words.isEmpty())
        return;
    QAccessibleAnnouncementEvent event(&where, words);
    QAccessible::updateAccessibility(&event);
}

void forgetAnnouncements(QWidget &) { }

#else

// Qt's bridge to AT-SPI knows no announcement before 6.8, and no alert at all. What screen readers speak by themselves
// is a notification that begins to show: an empty widget of that role, one for each sentence, because they ask for its
// name a little later.
namespace {

constexpr int kKeptMs = 10'000;
constexpr int kAtOnce = 8;

QList<QWidget *> announcementsIn(const QWidget &window)
{
    return window.findChildren<QWidget *>(u"announcement"_s, Qt::FindDirectChildrenOnly);
}

} // namespace

void announce(QWidget &where, const QString &words)
{
    if (!QAccessible::isActive() || words.isEmpty())
        return;
    QWidget *window = where.window();
    const QList<QWidget *> before = announcementsIn(*window);
    for (qsizetype i = 0; i + kAtOnce <= before.size(); ++i)
        delete before.at(i);
    auto *said = new QWidget(window);
    said->setObjectName(u"announcement"_s);
    setAccessibleRole(said, QAccessible::Notification);
    said->setAccessibleName(words);
    said->resize(0, 0);
    said->show();
    QTimer::singleShot(kKeptMs, said, &QWidget::deleteLater);
}

void forgetAnnouncements(QWidget &window)
{
    qDeleteAll(announcementsIn(window));
}

#endif

} // namespace tacet::ui
