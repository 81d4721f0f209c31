#include "ui/paint.h"

#include <QPainter>
#include <QPixmapCache>
#include <QWidget>

#include <algorithm>
#include <array>
#include <cmath>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {

struct Shadow {
    qreal offset;
    qreal blur;
};
constexpr std::array<Shadow, 2> kShadows{{{6, 20}, {8, 24}}}; // tokens.json "elevation" 2 and 3

/// The opacity of a Gaussian edge at `distance` px outside (negative: inside) a shape.
qreal edgeOpacity(qreal distance, qreal sigma)
{
    return 0.5 * std::erfc(distance / (sigma * std::sqrt(2.0)));
}

/// Distance of a point from the edge of a rounded rectangle, negative inside.
qreal roundedDistance(const QPointF &point, const QRectF &rect, qreal radius)
{
    const QPointF fromCentre = point - rect.center();
    const qreal dx = std::abs(fromCentre.x()) - rect.width() / 2 + radius;
    const qreal dy = std::abs(fromCentre.y()) - rect.height() / 2 + radius;
    const qreal outside = std::hypot(std::max<qreal>(dx, 0), std::max<qreal>(dy, 0));
    return outside + std::min<qreal>(std::max(dx, dy), 0) - radius;
}

/// A square of the shadow: corners of `corner` px and one stretchable pixel between them.
QPixmap shadowTile(int corner, int reach, qreal radius, qreal blur, qreal alpha, const QColor &colour, qreal scale)
{
    const int side = qRound((2 * corner + 1) * scale);
    QImage image(side, side, QImage::Format_ARGB32_Premultiplied);
    const QRectF shape(reach, reach, 2 * corner + 1 - 2 * reach, 2 * corner + 1 - 2 * reach);
    for (int y = 0; y < side; ++y) {
        auto *line = reinterpret_cast<QRgb *>(image.scanLine(y));
        for (int x = 0; x < side; ++x) {
            const QPointF point((x + 0.5) / scale, (y + 0.5) / scale);
            const qreal opacity = alpha * edgeOpacity(roundedDistance(point, shape, radius), blur / 2);
            QColor pixel = colour;
            pixel.setAlphaF(static_cast<float>(opacity));
            line[x] = qPremultiply(pixel.rgba());
        }
    }
    QPixmap pixmap = QPixmap::fromImage(image);
    pixmap.setDevicePixelRatio(scale);
    return pixmap;
}

} // namespace

QPainterPath roundedPath(const QRectF &rect, const Corners &corners)
{
    const qreal limit = std::min(rect.width(), rect.height()) / 2;
    const qreal tl = std::min(corners.topLeft, limit);
    const qreal tr = std::min(corners.topRight, limit);
    const qreal br = std::min(corners.bottomRight, limit);
    const qreal bl = std::min(corners.bottomLeft, limit);
    QPainterPath path;
    path.moveTo(rect.left() + tl, rect.top());
    path.lineTo(rect.right() - tr, rect.top());
    path.arcTo(QRectF(rect.right() - 2 * tr, rect.top(), 2 * tr, 2 * tr), 90, -90);
    path.lineTo(rect.right(), rect.bottom() - br);
    path.arcTo(QRectF(rect.right() - 2 * br, rect.bottom() - 2 * br, 2 * br, 2 * br), 0, -90);
    path.lineTo(rect.left() + bl, rect.bottom());
    path.arcTo(QRectF(rect.left(), rect.bottom() - 2 * bl, 2 * bl, 2 * bl), 270, -90);
    path.lineTo(rect.left(), rect.top() + tl);
    path.arcTo(QRectF(rect.left(), rect.top(), 2 * tl, 2 * tl), 180, -90);
    path.closeSubpath();
    return path;
}

QMargins directedMargins(const QWidget *widget, int leading, int top, int trailing, int bottom)
{
    return widget->layoutDirection() == Qt::RightToLeft ? QMargins(trailing, top, leading, bottom)
                                                        : QMargins(leading, top, trailing, bottom);
}

void fillRounded(QPainter &painter, const QRectF &rect, qreal radius, const QColor &fill)
{
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawRoundedRect(rect, radius, radius);
}

void strokeRounded(QPainter &painter, const QRectF &rect, qreal radius, const QColor &line, qreal width)
{
    const qreal inset = width / 2;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(line, width));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius - inset, radius - inset);
}

void paintFocusRing(QPainter &painter, const QRectF &rect, qreal radius, const Look &look)
{
    strokeRounded(painter, rect, radius, look.colour(Colour::Focus), 2);
}

void paintShadow(QPainter &painter, const QRectF &rect, qreal radius, const Look &look, int elevation)
{
    const Shadow &shadow = kShadows[static_cast<std::size_t>(elevation - 2)];
    const qreal alpha = look.shadowAlpha(elevation);
    const qreal scale = painter.device()->devicePixelRatio();
    const int reach = static_cast<int>(shadow.blur);
    const int corner = reach + static_cast<int>(radius) + static_cast<int>(shadow.blur);
    const QColor colour = look.colour(Colour::Scrim);
    const QString key = u"tacet-shadow-%1-%2-%3-%4"_s.arg(elevation).arg(radius).arg(colour.rgba()).arg(scale);
    QPixmap tile;
    if (!QPixmapCache::find(key, &tile)) {
        tile = shadowTile(corner, reach, radius, shadow.blur, alpha, colour, scale);
        QPixmapCache::insert(key, tile);
    }

    const QRectF outer = rect.adjusted(-reach, -reach, reach, reach).translated(0, shadow.offset);
    const std::array<qreal, 4> xs{outer.left(), outer.left() + corner, outer.right() - corner, outer.right()};
    const std::array<qreal, 4> ys{outer.top(), outer.top() + corner, outer.bottom() - corner, outer.bottom()};
    const std::array<qreal, 4> source{0, corner * scale, (corner + 1) * scale, (2 * corner + 1) * scale};
    for (std::size_t row = 0; row < 3; ++row) {
        for (std::size_t column = 0; column < 3; ++column) {
            const QRectF target(QPointF(xs[column], ys[row]), QPointF(xs[column + 1], ys[row + 1]));
            const QRectF from(QPointF(source[column], source[row]), QPointF(source[column + 1], source[row + 1]));
            painter.drawPixmap(target, tile, from);
        }
    }
}

void paintRest(QPainter &painter, const QPointF &centre, qreal width, const QColor &staff, const QColor &rest)
{
    // Five lines a tenth of the width apart; the rest hangs below the fourth line from below, as printed.
    const qreal gap = width / 10;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(staff);
    const qreal left = centre.x() - width / 2;
    const qreal top = centre.y() - 2 * gap;
    for (int line = 0; line < 5; ++line)
        painter.drawRect(QRectF(left, std::round(top + line * gap), width, 1));
    painter.setBrush(rest);
    const qreal restWidth = gap * 1.7;
    const QRectF block(centre.x() - restWidth / 2, std::round(top + gap), restWidth, std::round(gap * 0.62));
    painter.drawPath(roundedPath(block, {0, 0, 2, 2}));
}

} // namespace tacet::ui
