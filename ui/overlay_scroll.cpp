#include "ui/overlay_scroll.h"

#include <QAbstractScrollArea>
#include <QEvent>

namespace tacet::ui {
namespace {

constexpr int kGroove = 12;

} // namespace

OverlayScroll::OverlayScroll(Look &look, QAbstractScrollArea &area)
    : QScrollBar(Qt::Vertical, &area)
    , m_look(look)
    , m_area(area)
{
    area.setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    QScrollBar *own = area.verticalScrollBar();
    setAccessibleName(own->accessibleName());
    setFocusPolicy(Qt::NoFocus);
    m_timer.setSingleShot(true);
    m_timer.setInterval(kShownMs);
    connect(&m_timer, &QTimer::timeout, this, qOverload<>(&OverlayScroll::update));
    connect(own, &QScrollBar::rangeChanged, this, &OverlayScroll::follow);
    connect(own, &QScrollBar::valueChanged, this, [this] {
        follow();
        appear();
    });
    connect(this, &QScrollBar::valueChanged, own, &QScrollBar::setValue);
    area.installEventFilter(this);
    area.viewport()->installEventFilter(this);
    follow();
    place();
}

void OverlayScroll::follow()
{
    const QScrollBar *own = m_area.verticalScrollBar();
    const QSignalBlocker quiet(this);
    setRange(own->minimum(), own->maximum());
    setPageStep(own->pageStep());
    setSingleStep(own->singleStep());
    setValue(own->value());
    setVisible(own->maximum() > own->minimum());
    update();
}

void OverlayScroll::place()
{
    const QRect view = m_area.viewport()->geometry();
    const bool mirrored = m_area.layoutDirection() == Qt::RightToLeft;
    setGeometry(mirrored ? view.left() : view.right() - kGroove + 1, view.top(), kGroove, view.height());
    raise();
}

void OverlayScroll::appear()
{
    m_timer.start();
    update();
}

void OverlayScroll::paintEvent(QPaintEvent *event)
{
    if (m_timer.isActive() || underMouse() || isSliderDown() || m_look.showsFocus(&m_area))
        QScrollBar::paintEvent(event);
}

void OverlayScroll::enterEvent(QEnterEvent *event)
{
    QScrollBar::enterEvent(event);
    update();
}

void OverlayScroll::leaveEvent(QEvent *event)
{
    QScrollBar::leaveEvent(event);
    appear();
}

bool OverlayScroll::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::Resize:
    case QEvent::LayoutDirectionChange: place(); break;
    case QEvent::Enter: appear(); break;
    case QEvent::FocusIn:
    case QEvent::FocusOut: update(); break;
    default: break;
    }
    return QScrollBar::eventFilter(watched, event);
}

} // namespace tacet::ui
