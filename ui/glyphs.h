#pragma once
// Small signs that are drawn, not loaded: states of messages, of trust and of relays. Each has its own outline, so
// that it can be told without its colour.
#include "ui/look.h"

#include <QPointF>
#include <QSizeF>

#include <optional>

namespace tacet::ui {

enum class DeliveryGlyph { Queued, OnRelay, Delivered, Read, Failed };

QSizeF glyphSize(DeliveryGlyph glyph);
/// `ground` is the colour behind it: the ticks of "read" are cut out in it.
void paintGlyph(QPainter &painter, const QPointF &topLeft, DeliveryGlyph glyph, const QColor &ink, const QColor &ground,
    const Look &look);

/// A filled shield with a tick in the colour of the ground: compared by you. Drawn into a square `box`.
void paintVerified(QPainter &painter, const QRectF &box, const QColor &ground, const Look &look);
/// An outlined shield with an exclamation mark: the key changed.
void paintKeyChanged(QPainter &painter, const QRectF &box, const Look &look);

enum class RelayGlyph { Ok, Slow, Wait, Refused };
/// Drawn into a square `box`, designed at 20.
void paintRelay(QPainter &painter, const QRectF &box, RelayGlyph glyph, const QColor &ground, const Look &look);

enum class Health { All, Some, None };
/// The disc on the rail: full, half, or a hollow ring with a gap.
void paintHealth(QPainter &painter, const QRectF &box, Health health, const QColor &ground, const Look &look);

/// A pill with a figure; "999+" at most.
QString badgeText(int count);
QSizeF badgeSize(int count, const Look &look);
void paintBadge(QPainter &painter, const QPointF &topLeft, int count, bool quiet, const Look &look);

} // namespace tacet::ui
