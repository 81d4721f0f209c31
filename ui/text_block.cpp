#include "ui/text_block.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace tacet::ui {

namespace {

/// A line may be this much taller than the pitch before it pushes the next one down: the fonts of Arabic or Japanese
/// ask for far more room than their letters take.
constexpr qreal kLineTolerance = 1.6;
constexpr qreal kEmojiSize = 1.15; ///< of the text: the colour font draws smaller than letters
constexpr char16_t kEllipsis = 0x2026;

std::unique_ptr<QTextLayout> newLayout(
    const RichText &rich, const QFont &font, Qt::LayoutDirection direction, QTextOption::WrapMode wrap)
{
    QString text = rich.text;
    text.replace(u'\n', QChar::LineSeparator);
    auto layout = std::make_unique<QTextLayout>(text, font);
    QTextOption option(Qt::AlignLeft | Qt::AlignAbsolute);
    option.setTextDirection(direction);
    option.setWrapMode(wrap);
    layout->setTextOption(option);
    QList<QTextLayout::FormatRange> formats = rich.formats;
    for (QTextLayout::FormatRange &range : formats) {
        if (range.format.hasProperty(QTextFormat::FontFamilies)
            && !range.format.hasProperty(QTextFormat::FontPixelSize))
            range.format.setProperty(QTextFormat::FontPixelSize, qRound(font.pixelSize() * kEmojiSize));
    }
    layout->setFormats(formats);
    layout->setCacheEnabled(true);
    return layout;
}

/// How many characters fit on one line of `width`.
qsizetype fittingLength(const RichText &rich, const QFont &font, Qt::LayoutDirection direction, qreal width)
{
    auto layout = newLayout(rich, font, direction, QTextOption::WrapAnywhere);
    layout->beginLayout();
    QTextLine line = layout->createLine();
    qsizetype length = 0;
    if (line.isValid()) {
        line.setLineWidth(std::max<qreal>(0, width));
        length = line.naturalTextWidth() <= width ? line.textLength() : 0;
    }
    layout->endLayout();
    return length;
}

RichText withEllipsis(const RichText &rich, qsizetype length)
{
    while (length > 0 && rich.text.at(length - 1).isSpace())
        --length;
    if (length > 0 && rich.text.at(length - 1).isHighSurrogate())
        --length;
    RichText cut = rich.part(0, length);
    cut.text.append(QChar(kEllipsis));
    return cut;
}

} // namespace

Qt::LayoutDirection textDirection(QStringView text, Qt::LayoutDirection fallback)
{
    int isolates = 0; // what stands between U+2066–2068 and U+2069 does not count (P2)
    for (qsizetype i = 0; i < text.size(); ++i) {
        char32_t c = text.at(i).unicode();
        if (text.at(i).isHighSurrogate() && i + 1 < text.size() && text.at(i + 1).isLowSurrogate())
            c = QChar::surrogateToUcs4(text.at(i), text.at(i + 1));
        if (c >= 0x2066 && c <= 0x2068)
            ++isolates;
        else if (c == 0x2069 && isolates > 0)
            --isolates;
        if (isolates > 0)
            continue;
        switch (QChar::direction(c)) {
        case QChar::DirL: return Qt::LeftToRight;
        case QChar::DirR:
        case QChar::DirAL: return Qt::RightToLeft;
        default: break;
        }
    }
    return fallback;
}

TextBlock::TextBlock(const RichText &rich, const TextBlockStyle &style, qreal maxWidth)
{
    // Neighbouring paragraphs of one direction share a QTextLayout: a message of ten thousand short
    // lines must not cost ten thousand layouts.
    qsizetype groupStart = 0;
    qsizetype lineStart = 0;
    Qt::LayoutDirection groupDirection = style.fallback;
    Qt::LayoutDirection previous = style.fallback;
    while (lineStart <= rich.text.size()) {
        qsizetype lineEnd = rich.text.indexOf(u'\n', lineStart);
        if (lineEnd < 0)
            lineEnd = rich.text.size();
        const QStringView line = QStringView(rich.text).sliced(lineStart, lineEnd - lineStart);
        const Qt::LayoutDirection direction = textDirection(line, previous);
        if (lineStart == 0) {
            groupDirection = direction;
        } else if (direction != groupDirection) {
            place(rich.part(groupStart, lineStart - 1 - groupStart), groupDirection, style, maxWidth);
            groupStart = lineStart;
            groupDirection = direction;
        }
        previous = direction;
        lineStart = lineEnd + 1;
    }
    place(rich.part(groupStart, rich.text.size() - groupStart), groupDirection, style, maxWidth);
    align();
}

void TextBlock::place(RichText rich, Qt::LayoutDirection direction, const TextBlockStyle &style, qreal maxWidth)
{
    if (style.maxLines > 0 && m_lineCount >= style.maxLines) {
        m_elided = true;
        return;
    }
    const QFontMetricsF metrics(style.font);
    const qreal baseline = (style.linePitch - (metrics.ascent() + metrics.descent())) / 2 + metrics.ascent();

    Paragraph paragraph;
    paragraph.direction = direction;
    paragraph.atRight = (style.alignByText ? direction : style.fallback) == Qt::RightToLeft;

    const int linesLeft = style.maxLines > 0 ? style.maxLines - m_lineCount : 0;
    if (linesLeft == 1) {
        // Cut before laying out, so that the ellipsis takes part in the direction of the line.
        const qsizetype fitting = fittingLength(rich, style.font, direction, maxWidth);
        if (fitting < rich.text.size()) {
            const qreal ellipsis = metrics.horizontalAdvance(QChar(kEllipsis));
            rich = withEllipsis(rich, fittingLength(rich, style.font, direction, maxWidth - ellipsis));
            m_elided = true;
        }
    }
    paragraph.layout = newLayout(rich, style.font, direction, QTextOption::WrapAtWordBoundaryOrAnywhere);
    paragraph.rich = std::move(rich);

    qreal y = m_size.height();
    int lines = 0;
    qsizetype consumed = 0;
    paragraph.layout->beginLayout();
    for (;;) {
        QTextLine line = paragraph.layout->createLine();
        if (!line.isValid())
            break;
        line.setLineWidth(maxWidth);
        const bool tall = line.height() > style.linePitch * kLineTolerance;
        const qreal top = tall ? y : y + baseline - line.ascent();
        line.setPosition(QPointF(0, top));
        y += tall ? std::ceil(line.height()) : style.linePitch;
        m_lastLineWidth = std::min(maxWidth, line.naturalTextWidth());
        m_size.setWidth(std::max(m_size.width(), m_lastLineWidth));
        consumed = line.textStart() + line.textLength();
        ++lines;
        if (linesLeft > 0 && lines == linesLeft)
            break;
    }
    paragraph.layout->endLayout();
    if (consumed < paragraph.rich.text.size() && linesLeft > 1) {
        // More text than lines: keep what the first lines took, and set the rest as one cut line.
        const QTextLine last = paragraph.layout->lineAt(lines - 1);
        const qsizetype lastStart = last.textStart();
        const RichText head = paragraph.rich.part(0, lastStart);
        RichText tail = paragraph.rich.part(lastStart, paragraph.rich.text.size() - lastStart);
        tail.text.replace(u'\n', u' ');
        TextBlockStyle headStyle = style;
        headStyle.maxLines = 0;
        if (!head.text.isEmpty())
            place(
                head.text.endsWith(u'\n') ? head.part(0, head.text.size() - 1) : head, direction, headStyle, maxWidth);
        TextBlockStyle tailStyle = style;
        tailStyle.maxLines = m_lineCount + 1;
        place(std::move(tail), direction, tailStyle, maxWidth);
        return;
    }
    m_size.setHeight(y);
    m_lineCount += lines;
    m_lastDirection = direction;
    m_paragraphs.push_back(std::move(paragraph));
}

void TextBlock::align()
{
    for (Paragraph &paragraph : m_paragraphs) {
        if (!paragraph.atRight)
            continue;
        for (int i = 0; i < paragraph.layout->lineCount(); ++i) {
            QTextLine line = paragraph.layout->lineAt(i);
            line.setPosition(QPointF(std::max<qreal>(0, m_size.width() - line.naturalTextWidth()), line.y()));
        }
    }
}

void TextBlock::widenTo(qreal width)
{
    if (width <= m_size.width())
        return;
    m_size.setWidth(width);
    align();
}

void TextBlock::draw(QPainter &painter, const QPointF &topLeft, const QColor &text, const QColor &boxGround,
    const QColor &boxOutline) const
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    for (const Paragraph &paragraph : m_paragraphs) {
        for (const TextSpan &box : paragraph.rich.boxes) {
            const QTextLine line = paragraph.layout->lineForTextPosition(static_cast<int>(box.start));
            if (!line.isValid())
                continue;
            const qreal from = line.cursorToX(static_cast<int>(box.start));
            const qreal to = line.cursorToX(static_cast<int>(box.start + box.length));
            const QRectF frame(std::min(from, to), line.y() + 2, std::abs(to - from), line.height() - 4);
            painter.setPen(QPen(boxOutline, 1));
            painter.setBrush(boxGround);
            painter.drawRoundedRect(frame.translated(topLeft).adjusted(-0.5, 0, 0.5, 0), 3, 3);
        }
        painter.setPen(text);
        paragraph.layout->draw(&painter, topLeft);
    }
    painter.restore();
}

QUrl TextBlock::addressAt(const QPointF &point) const
{
    for (const Paragraph &paragraph : m_paragraphs) {
        for (int i = 0; i < paragraph.layout->lineCount(); ++i) {
            const QTextLine line = paragraph.layout->lineAt(i);
            if (!line.naturalTextRect().contains(point))
                continue;
            const int position = line.xToCursor(point.x(), QTextLine::CursorOnCharacter);
            for (const WebAddress &address : paragraph.rich.addresses) {
                if (position >= address.span.start && position < address.span.start + address.span.length)
                    return address.target;
            }
        }
    }
    return {};
}

} // namespace tacet::ui
