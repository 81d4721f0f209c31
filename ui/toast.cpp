#include "ui/toast.h"

#include "ui/accessible_role.h"
#include "ui/announce.h"
#include "ui/metrics.h"
#include "ui/paint.h"

#include <QEvent>
#include <QFontMetrics>
#include <QPainter>

#include <algorithm>

namespace tacet::ui {
using namespace Qt::StringLiterals;
namespace {

constexpr int kPadX = 16;
constexpr int kPadY = 10;
constexpr int kAbove = 16;
constexpr int kMaxWidth = 480;
constexpr int kTextFlags = Qt::TextWordWrap | Qt::AlignCenter;

} // namespace

Toast::Toast(Look &look, QWidget *parent) : QWidget(parent), m_look(look)
{
    setObjectName(u"toast"_s);
    setAccessibleRole(this, QAccessible::StatusBar);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &Toast::hide);
    connect(&look, &Look::changed, this, &Toast::place);
    parent->installEventFilter(this);
    hide();
}

void Toast::setPlaces(const QList<QWidget *> &places)
{
    m_places = places;
    for (QWidget *place : m_places)
        place->installEventFilter(this);
    place();
}

void Toast::say(const QString &sentence)
{
    if (parentWidget()->isHidden())
        return; // whom it was for is not there any more
    m_sentence = sentence;
    setAccessibleName(sentence);
    place();
    show();
    raise();
    update();
    m_timer.start(kShownMs * (1 + static_cast<int>(sentence.count(u'\n'))));
    announce(*this, sentence);
}

void Toast::clear()
{
    hide();
    m_sentence.clear();
    setAccessibleName({});
}

QRect Toast::room() const
{
    for (const QWidget *place : m_places) {
        if (place->isVisible())
            return {place->mapTo(parentWidget(), QPoint(0, 0)), place->size()};
    }
    return parentWidget()->rect();
}

void Toast::place()
{
    const QRect over = room();
    const int widest = std::min(m_look.scaled(kMaxWidth), over.width() - 32) - 2 * kPadX;
    const QRect words =
        QFontMetrics(m_look.font(TypeRole::Small)).boundingRect(0, 0, std::max(80, widest), 4000, kTextFlags, m_sentence);
    const QSize size(words.width() + 2 * kPadX + 2, words.height() + 2 * kPadY);
    setGeometry(QRect(
        QPoint(over.left() + (over.width() - size.width()) / 2, over.bottom() + 1 - kAbove - size.height()), size));
}

void Toast::mousePressEvent(QMouseEvent *)
{
    hide();
}

bool Toast::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::Resize:
    case QEvent::Move:
    case QEvent::Show:
    case QEvent::Hide: place(); break;
    default: break;
    }
    return QWidget::eventFilter(watched, event);
}

void Toast::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    fillRounded(painter, rect(), metrics::kRadiusControl, m_look.colour(Colour::Tooltip));
    painter.setFont(m_look.font(TypeRole::Small));
    painter.setPen(m_look.colour(Colour::OnTooltip));
    painter.drawText(rect().adjusted(kPadX, 0, -kPadX, 0), kTextFlags, m_sentence);
}

} // namespace tacet::ui
