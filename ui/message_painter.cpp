#include "ui/message_painter.h"

#include "ui/metrics.h"

#include <QPainter>

namespace tacet::ui {
namespace {

void paintDivider(QPainter &painter, const MessageLayout &layout, const Look &look)
{
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(look.colour(Colour::BrassFill));
    painter.drawRect(layout.divider);
    painter.drawPath(roundedPath(layout.dividerBlock, {0, 0, 7, 7}));
    painter.setPen(look.colour(Colour::OnBrass));
    painter.setFont(look.font(TypeRole::Badge));
    painter.drawText(layout.dividerBlock, Qt::AlignCenter, layout.dividerText);
}

void paintBubble(QPainter &painter, const MessageLayout &layout, const MessagePaint &paint, Look &look)
{
    const QColor ground = look.colour(paint.own ? Colour::BubbleOut : Colour::BubbleIn);
    const QPainterPath shape = roundedPath(layout.bubble, layout.corners);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ground);
    painter.drawPath(shape);
    if (paint.focused || look.highContrast()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(look.colour(paint.focused ? Colour::Focus : Colour::Outline), paint.focused ? 2 : 1));
        painter.drawPath(shape);
    }

    layout.block->draw(painter, layout.text.topLeft(), look.colour(Colour::Text),
        look.colour(paint.own ? Colour::CodeBgOut : Colour::CodeBg), look.colour(Colour::Brass));

    const QColor ink = look.colour(paint.own ? Colour::MetaOut : Colour::TextMuted);
    painter.setFont(look.font(TypeRole::Meta));
    painter.setPen(ink);
    painter.drawText(layout.time, Qt::AlignVCenter | Qt::AlignLeft | Qt::AlignAbsolute, layout.timeText);
    if (layout.glyph)
        paintGlyph(painter, layout.sign.topLeft(), *layout.glyph, ink, ground, look);
    if (!layout.notSent.isNull()) {
        QFont font = look.font(TypeRole::Meta);
        font.setWeight(QFont::DemiBold);
        font.setUnderline(true);
        painter.setFont(font);
        painter.setPen(look.colour(Colour::Danger));
        painter.drawText(layout.notSent, Qt::AlignVCenter | Qt::AlignLeft | Qt::AlignAbsolute, notSentText());
    }
}

} // namespace

void paintDateChip(QPainter &painter, const QRectF &box, const QString &text, const Look &look)
{
    fillRounded(painter, box, box.height() / 2, look.colour(Colour::Surface));
    if (look.highContrast())
        strokeRounded(painter, box, box.height() / 2, look.colour(Colour::Outline), 1);
    QFont font = look.font(TypeRole::Caption);
    font.setWeight(QFont::Medium);
    painter.setFont(font);
    painter.setPen(look.colour(Colour::TextSecondary));
    painter.drawText(box, Qt::AlignCenter, text);
}

void paintMessage(QPainter &painter, qreal top, const MessageLayout &layout, const MessagePaint &paint, Look &look)
{
    painter.save();
    painter.translate(0, top);
    if (paint.selected) {
        const QRectF body = layout.isSystem ? layout.text : layout.bubble;
        painter.fillRect(QRectF(0, body.top() - 1, paint.width, body.height() + 2), look.colour(Colour::Selected));
    }
    if (!layout.divider.isNull())
        paintDivider(painter, layout, look);
    if (!layout.chip.isNull())
        paintDateChip(painter, layout.chip, layout.chipText, look);
    if (layout.isSystem) {
        look.paintIcon(painter, layout.systemIconBox, layout.systemIcon, static_cast<int>(layout.systemIconBox.width()),
            Colour::TextSecondary, paint.direction);
        layout.block->draw(painter, layout.text.topLeft(), look.colour(Colour::TextSecondary),
            look.colour(Colour::CodeBg), look.colour(Colour::Brass));
        if (paint.focused)
            paintFocusRing(
                painter, layout.text.united(layout.systemIconBox).adjusted(-6, -2, 6, 2), metrics::kRadiusSmall, look);
    } else {
        paintBubble(painter, layout, paint, look);
    }
    painter.restore();
}

} // namespace tacet::ui
