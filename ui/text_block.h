#pragma once
// Prepared text laid out in lines: paragraphs each in their own direction, fixed line pitch,
// optionally cut to some lines with an ellipsis. Laid out once, drawn often.
#include "ui/rich_runs.h"

#include <QFont>
#include <QRectF>

#include <memory>
#include <vector>

class QPainter;

namespace tacet::ui {

struct TextBlockStyle {
    QFont font;
    int linePitch = 20;                             ///< logical px between baselines
    int maxLines = 0;                               ///< 0: as many as there are; else the last one ends in "…"
    Qt::LayoutDirection fallback = Qt::LeftToRight; ///< of paragraphs without a strong character
    /// Lines stand at the side of their own direction (messages); false: at the side of `fallback`
    /// (names in a list, whose column has one edge).
    bool alignByText = true;
};

class TextBlock {
public:
    TextBlock() = default;
    /// Lays out within `maxWidth` logical px; the block is as wide as its longest line.
    TextBlock(const RichText &rich, const TextBlockStyle &style, qreal maxWidth);

    QSizeF size() const { return m_size; }
    bool isElided() const { return m_elided; }
    int lineCount() const { return m_lineCount; }
    /// Width of the last line, and the direction of its paragraph: where the time may stand.
    qreal lastLineWidth() const { return m_lastLineWidth; }
    Qt::LayoutDirection lastDirection() const { return m_lastDirection; }

    /// Moves lines that stand at the right edge, when what surrounds the block made it wider.
    void widenTo(qreal width);

    void draw(QPainter &painter, const QPointF &topLeft, const QColor &text, const QColor &boxGround,
        const QColor &boxOutline) const;
    /// The web address under a point relative to the top left, or an empty one.
    QUrl addressAt(const QPointF &point) const;

private:
    struct Paragraph {
        std::unique_ptr<QTextLayout> layout;
        RichText rich;
        Qt::LayoutDirection direction = Qt::LeftToRight;
        bool atRight = false;
    };

    void place(RichText rich, Qt::LayoutDirection direction, const TextBlockStyle &style, qreal maxWidth);
    void align();

    std::vector<Paragraph> m_paragraphs;
    QSizeF m_size;
    qreal m_lastLineWidth = 0;
    Qt::LayoutDirection m_lastDirection = Qt::LeftToRight;
    int m_lineCount = 0;
    bool m_elided = false;
};

/// The direction of the first strong character (Unicode TR 9, P2), or `fallback` if there is none.
Qt::LayoutDirection textDirection(QStringView text, Qt::LayoutDirection fallback);

} // namespace tacet::ui
