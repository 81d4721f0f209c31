#pragma once
// Small strokes that several widgets share.
#include "ui/look.h"

#include <QMargins>
#include <QPainterPath>
#include <QRectF>

namespace tacet::ui {

/// Corner radii in reading order, logical px.
struct Corners {
    qreal topLeft = 0;
    qreal topRight = 0;
    qreal bottomRight = 0;
    qreal bottomLeft = 0;
};
QPainterPath roundedPath(const QRectF &rect, const Corners &corners);

/// Margins for a layout, whose sides do not turn with the direction by themselves.
QMargins directedMargins(const QWidget *widget, int leading, int top, int trailing, int bottom);

/// A filled rounded rectangle without outline.
void fillRounded(QPainter &painter, const QRectF &rect, qreal radius, const QColor &fill);
/// A line of `width` px that lies wholly inside `rect`.
void strokeRounded(QPainter &painter, const QRectF &rect, qreal radius, const QColor &line, qreal width);
/// The 2 px focus ring, inside `rect`.
void paintFocusRing(QPainter &painter, const QRectF &rect, qreal radius, const Look &look);
/// The soft shadow of elevation 2 or 3 around `rect`. The nine-patch is drawn once per scheme and scale.
void paintShadow(QPainter &painter, const QRectF &rect, qreal radius, const Look &look, int elevation);

/// The whole rest under its ledger line on five hairlines: the mark of empty and locked screens.
void paintRest(QPainter &painter, const QPointF &centre, qreal width, const QColor &staff, const QColor &rest);

} // namespace tacet::ui
