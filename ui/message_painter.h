#pragma once
// Draws a row from its layout. Nothing here measures.
#include "ui/message_layout.h"

class QPainter;

namespace tacet::ui {

struct MessagePaint {
    bool own = false;
    bool selected = false; ///< a band behind the row
    bool focused = false;  ///< the ring around the bubble
    qreal width = 0;       ///< of the view, for the band
    Qt::LayoutDirection direction = Qt::LeftToRight;
};

/// `top` is where the row begins in the painter's coordinates.
void paintMessage(QPainter &painter, qreal top, const MessageLayout &layout, const MessagePaint &paint, Look &look);
/// The date chip, in a row or floating above the list.
void paintDateChip(QPainter &painter, const QRectF &box, const QString &text, const Look &look);

} // namespace tacet::ui
