#include "ui/end_button.h"

#include "ui/glyphs.h"
#include "ui/metrics.h"
#include "ui/paint.h"
#include "ui/tool_tip.h"

#include <QPainter>

namespace tacet::ui {
using namespace Qt::StringLiterals;

EndButton::EndButton(Look &look, QWidget *parent) : QAbstractButton(parent), m_look(look)
{
    setObjectName(u"toTheEnd"_s);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    resize(sizeHint());
    setCount(0);
    connect(&look, &Look::changed, this, qOverload<>(&EndButton::update));
}

void EndButton::setCount(int count)
{
    m_count = count;
    const QString name = count == 0 ? tr("To the newest message")
        : count == 1                ? tr("To the newest message, 1 not seen")
                                    : tr("To the newest message, %1 not seen").arg(count);
    setAccessibleName(name);
    setPlainToolTip(this, name);
    update();
}

void EndButton::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QRectF disc((width() - 40) / 2.0, height() - 42, 40, 40);
    fillRounded(painter, disc, 20,
        m_look.colour(isDown() ? Colour::Pressed
                : underMouse() ? Colour::Hover
                               : Colour::Surface));
    strokeRounded(painter, disc, 20, m_look.colour(Colour::Outline), 1);
    if (m_look.showsFocus(this))
        paintFocusRing(painter, disc, 20, m_look);
    m_look.paintIcon(painter, disc, Icon::Down, 22, Colour::TextSecondary, layoutDirection());
    if (m_count > 0) {
        const QSizeF badge = badgeSize(m_count, m_look);
        paintBadge(painter, QPointF((width() - badge.width()) / 2, 0), m_count, false, m_look);
    }
}

} // namespace tacet::ui
