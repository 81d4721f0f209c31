#include "ui/glyphs.h"

#include "ui/metrics.h"
#include "ui/paint.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>

namespace tacet::ui {
using namespace Qt::StringLiterals;
namespace {

QPen stroke(const QColor &colour, qreal width)
{
    return QPen(colour, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
}

QPolygonF tick(const QPointF &a, const QPointF &b, const QPointF &c)
{
    return QPolygonF({a, b, c});
}

void paintTwoTicks(QPainter &painter, const QPointF &offset)
{
    painter.drawPolyline(tick({1.5, 6.6}, {4.5, 9.6}, {10.5, 2.6}).translated(offset));
    painter.drawPolyline(tick({8.6, 8.9}, {9.3, 9.6}, {15.3, 2.6}).translated(offset));
}

/// Shield on a grid of 16, as the icon but closed for filling.
QPainterPath shield()
{
    QPainterPath path;
    path.moveTo(8, 1.2);
    path.lineTo(13.6, 3.2);
    path.lineTo(13.6, 7.4);
    path.cubicTo(13.6, 10.9, 11.3, 13.4, 8, 14.8);
    path.cubicTo(4.7, 13.4, 2.4, 10.9, 2.4, 7.4);
    path.lineTo(2.4, 3.2);
    path.closeSubpath();
    return path;
}

/// Maps a drawing made on a square grid into `box`.
class Grid {
public:
    Grid(QPainter &painter, const QRectF &box, qreal side) : m_painter(painter)
    {
        m_painter.save();
        m_painter.setRenderHint(QPainter::Antialiasing);
        m_painter.translate(box.topLeft());
        m_painter.scale(box.width() / side, box.height() / side);
    }
    ~Grid() { m_painter.restore(); }
    Grid(const Grid &) = delete;
    Grid &operator=(const Grid &) = delete;

private:
    QPainter &m_painter;
};

} // namespace

QSizeF glyphSize(DeliveryGlyph glyph)
{
    switch (glyph) {
    case DeliveryGlyph::Queued: return {12, 12};
    case DeliveryGlyph::OnRelay: return {13, 12};
    case DeliveryGlyph::Delivered: return {18, 12};
    case DeliveryGlyph::Read: return {22, 13};
    case DeliveryGlyph::Failed: return {13, 13};
    }
    Q_UNREACHABLE();
}

void paintGlyph(QPainter &painter, const QPointF &topLeft, DeliveryGlyph glyph, const QColor &ink, const QColor &ground,
    const Look &look)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(topLeft);
    painter.setBrush(Qt::NoBrush);
    switch (glyph) {
    case DeliveryGlyph::Queued:
        painter.setPen(stroke(ink, 1.4));
        painter.drawEllipse(QPointF(6, 6), 4.7, 4.7);
        painter.drawPolyline(tick({6, 3.5}, {6, 6}, {7.6, 7.2}));
        break;
    case DeliveryGlyph::OnRelay:
        painter.setPen(stroke(ink, 1.6));
        painter.drawPolyline(tick({2, 6.6}, {5, 9.6}, {11, 2.6}));
        break;
    case DeliveryGlyph::Delivered:
        painter.setPen(stroke(ink, 1.6));
        paintTwoTicks(painter, {0, 0});
        break;
    case DeliveryGlyph::Read:
        painter.setPen(Qt::NoPen);
        painter.setBrush(ink);
        painter.drawRoundedRect(QRectF(0, 0, 22, 13), 6.5, 6.5);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(stroke(ground, 1.5));
        painter.save();
        painter.translate(3.9, 1.6);
        painter.scale(0.82, 0.82);
        paintTwoTicks(painter, {0, 0});
        painter.restore();
        break;
    case DeliveryGlyph::Failed:
        painter.setPen(Qt::NoPen);
        painter.setBrush(look.colour(Colour::DangerFill));
        painter.drawEllipse(QPointF(6.5, 6.5), 6.2, 6.2);
        painter.setPen(stroke(look.colour(Colour::OnDanger), 1.7));
        painter.drawLine(QPointF(6.5, 3.4), QPointF(6.5, 6.9));
        painter.drawPoint(QPointF(6.5, 9.5));
        break;
    }
    painter.restore();
}

void paintVerified(QPainter &painter, const QRectF &box, const QColor &ground, const Look &look)
{
    const Grid grid(painter, box, 16);
    painter.setPen(Qt::NoPen);
    painter.setBrush(look.colour(Colour::Verified));
    painter.drawPath(shield());
    painter.setBrush(Qt::NoBrush);
    painter.setPen(stroke(ground, 1.7));
    painter.drawPolyline(tick({5.4, 8}, {7.3, 9.9}, {10.7, 6}));
}

void paintKeyChanged(QPainter &painter, const QRectF &box, const Look &look)
{
    const Grid grid(painter, box, 16);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(stroke(look.colour(Colour::Brass), 1.5));
    painter.drawPath(shield());
    painter.drawLine(QPointF(8, 5), QPointF(8, 8.2));
    painter.drawPoint(QPointF(8, 10.8));
}

void paintRelay(QPainter &painter, const QRectF &box, RelayGlyph glyph, const QColor &ground, const Look &look)
{
    const Grid grid(painter, box, 20);
    switch (glyph) {
    case RelayGlyph::Ok:
        painter.setPen(Qt::NoPen);
        painter.setBrush(look.colour(Colour::Verified));
        painter.drawEllipse(QPointF(10, 10), 8, 8);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(stroke(ground, 1.8));
        painter.drawPolyline(tick({6.4, 10.3}, {9, 12.9}, {13.6, 7.6}));
        break;
    case RelayGlyph::Slow:
        painter.setPen(stroke(look.colour(Colour::Brass), 1.5));
        painter.setBrush(look.colour(Colour::BrassFill));
        painter.drawPolygon(QPolygonF({{10, 2.5}, {18.2, 16.8}, {1.8, 16.8}}));
        painter.setPen(stroke(look.colour(Colour::OnBrass), 1.7));
        painter.drawLine(QPointF(10, 7.5), QPointF(10, 11.2));
        painter.drawPoint(QPointF(10, 14));
        break;
    case RelayGlyph::Wait: {
        QPen dashed = stroke(look.colour(Colour::TextMuted), 1.6);
        dashed.setDashPattern({2.5 / 1.6, 3.4 / 1.6});
        painter.setBrush(Qt::NoBrush);
        painter.setPen(dashed);
        painter.drawEllipse(QPointF(10, 10), 7.5, 7.5);
        painter.setPen(stroke(look.colour(Colour::TextMuted), 1.6));
        painter.drawPolyline(tick({10, 6.2}, {10, 10}, {12.4, 11.8}));
        break;
    }
    case RelayGlyph::Refused:
        painter.setBrush(Qt::NoBrush);
        painter.setPen(stroke(look.colour(Colour::Danger), 1.7));
        painter.drawEllipse(QPointF(10, 10), 7.5, 7.5);
        painter.drawLine(QPointF(4.7, 4.7), QPointF(15.3, 15.3));
        break;
    }
}

void paintHealth(QPainter &painter, const QRectF &box, Health health, const QColor &ground, const Look &look)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ground); // a rim that parts it from the icon below
    painter.drawEllipse(box.adjusted(-2, -2, 2, 2));
    const QRectF ring = box.adjusted(0.9, 0.9, -0.9, -0.9);
    switch (health) {
    case Health::All:
        painter.setBrush(look.colour(Colour::Verified));
        painter.drawEllipse(box);
        break;
    case Health::Some:
        painter.setBrush(look.colour(Colour::Brass));
        painter.drawPie(box, 90 * 16, 180 * 16);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(look.colour(Colour::Brass), 1.6));
        painter.drawEllipse(ring);
        break;
    case Health::None:
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(look.colour(Colour::Danger), 1.8, Qt::SolidLine, Qt::FlatCap));
        painter.drawArc(ring, 80 * 16, 290 * 16);
        break;
    }
    painter.restore();
}

QString badgeText(int count)
{
    return count > 999 ? u"999+"_s : QString::number(count);
}

QSizeF badgeSize(int count, const Look &look)
{
    const qreal height = std::max(metrics::kBadge, look.line(TypeRole::Badge));
    const qreal words = QFontMetricsF(look.font(TypeRole::Badge)).horizontalAdvance(badgeText(count));
    return {std::max(height, words + 12), height};
}

void paintBadge(QPainter &painter, const QPointF &topLeft, int count, bool quiet, const Look &look)
{
    const QRectF box(topLeft, badgeSize(count, look));
    fillRounded(painter, box, box.height() / 2, look.colour(quiet ? Colour::BadgeMuted : Colour::Accent));
    painter.setFont(look.font(TypeRole::Badge));
    painter.setPen(look.colour(quiet ? Colour::List : Colour::OnAccent));
    painter.drawText(box, Qt::AlignCenter, badgeText(count));
}

} // namespace tacet::ui
