#pragma once
// Times as people say them, by the reader's locale and zone. "Now" is passed in: no widget reads a clock of its own.
#include "ui/now.h"

#include <QDateTime>
#include <QLocale>
#include <QTimeZone>

namespace tacet::ui {

class Calendar {
public:
    Calendar(NowMs now, const QLocale &locale, const QTimeZone &zone);
    /// The computer's clock, locale and zone.
    static Calendar ofThisComputer();

    qint64 now() const { return m_now(); }
    QDate today() const { return date(now()); }
    QDate date(qint64 ms) const { return local(ms).date(); }

    QString time(qint64 ms) const;     ///< 10:12
    QString listTime(qint64 ms) const; ///< 10:12, Yesterday, Mon, 3 Nov, 3 Nov 2024
    QString day(qint64 ms) const;      ///< Today, Yesterday, Monday, 3 November, 3 November 2024
    QString full(qint64 ms) const;     ///< Thursday, 21 November 2024 10:12:33, for details

private:
    QDateTime local(qint64 ms) const { return QDateTime::fromMSecsSinceEpoch(ms, m_zone); }
    QString withoutYear(QDate date, bool longMonth) const;

    NowMs m_now;
    QLocale m_locale;
    QTimeZone m_zone;
};

} // namespace tacet::ui
