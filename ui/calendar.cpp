#include "ui/calendar.h"

#include <QCoreApplication>

namespace tacet::ui {
using namespace Qt::StringLiterals;

Calendar::Calendar(NowMs now, const QLocale &locale, const QTimeZone &zone)
    : m_now(std::move(now))
    , m_locale(locale)
    , m_zone(zone)
{
}

Calendar Calendar::ofThisComputer()
{
    return Calendar([] { return QDateTime::currentMSecsSinceEpoch(); }, QLocale(), QTimeZone::systemTimeZone());
}

QString Calendar::time(qint64 ms) const
{
    // Some locales' short time has seconds (the C locale); a chat wants hours and minutes.
    QString format = m_locale.timeFormat(QLocale::ShortFormat);
    format.remove(u":ss"_s).remove(u".ss"_s);
    return m_locale.toString(local(ms).time(), format);
}

QString Calendar::listTime(qint64 ms) const
{
    const QDate day = date(ms);
    const qint64 ago = day.daysTo(today());
    if (ago == 0)
        return time(ms);
    if (ago == 1)
        return QCoreApplication::translate("Calendar", "Yesterday");
    if (ago > 1 && ago < 7)
        return m_locale.dayName(day.dayOfWeek(), QLocale::ShortFormat);
    const QString shortDay = withoutYear(day, false);
    return day.year() == today().year() ? shortDay : shortDay + u' ' + QString::number(day.year());
}

QString Calendar::day(qint64 ms) const
{
    const QDate day = date(ms);
    const qint64 ago = day.daysTo(today());
    if (ago == 0)
        return QCoreApplication::translate("Calendar", "Today");
    if (ago == 1)
        return QCoreApplication::translate("Calendar", "Yesterday");
    if (ago > 1 && ago < 7)
        return m_locale.standaloneDayName(day.dayOfWeek(), QLocale::LongFormat);
    const QString longDay = withoutYear(day, true);
    return day.year() == today().year() ? longDay : longDay + u' ' + QString::number(day.year());
}

QString Calendar::full(qint64 ms) const
{
    const QDateTime moment = local(ms);
    return m_locale.toString(moment.date(), QLocale::LongFormat) + u' '
        + m_locale.toString(moment.time(), u"HH:mm:ss"_s);
}

QString Calendar::withoutYear(QDate date, bool longMonth) const
{
    const QString month = longMonth ? m_locale.monthName(date.month(), QLocale::LongFormat)
                                    : m_locale.monthName(date.month(), QLocale::ShortFormat);
    // Languages that write the month first say so in their own short date.
    const QString format = m_locale.dateFormat(QLocale::LongFormat);
    const bool monthFirst = format.indexOf(u'M') >= 0 && format.indexOf(u'M') < format.indexOf(u'd');
    const QString day = m_locale.toString(date, u"d"_s);
    return monthFirst ? month + u' ' + day : day + u' ' + month;
}

} // namespace tacet::ui
