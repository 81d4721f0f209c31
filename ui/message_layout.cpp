#include "ui/message_layout.h"

#include "ui/labels.h"
#include "ui/message_words.h"
#include "ui/metrics.h"

#include <QCoreApplication>
#include <QFontMetricsF>

#include <algorithm>
#include <atomic>
#include <cmath>

namespace tacet::ui {
using namespace Qt::StringLiterals;
namespace {

constexpr qreal kPadX = 12;
constexpr qreal kPadTop = 8;
constexpr qreal kPadBottom = 7;
constexpr qreal kMetaGap = 12;
constexpr qreal kMetaBottom = 6; ///< below the time; it sits a little lower than the text beside it
constexpr qreal kSignGap = 4;
constexpr qreal kChipGap = 12;
constexpr qreal kDividerAbove = 18;
constexpr qreal kDividerBelow = 16;
constexpr qreal kBubbleShare = 0.78;
constexpr qint64 kRunGapMs = 5 * 60 * 1000;
constexpr int kSystemIcon = 14;

std::atomic<quint64> s_layouts{0};

struct Words {
    Q_DECLARE_TR_FUNCTIONS(MessageLayout)
};

/// Scripts whose letters need a larger size and more room between lines.
bool needsTallLines(QStringView text)
{
    return std::any_of(text.begin(), text.end(), [](QChar c) {
        switch (c.script()) {
        case QChar::Script_Arabic:
        case QChar::Script_Hebrew:
        case QChar::Script_Thai:
        case QChar::Script_Syriac:
        case QChar::Script_Nko: return true;
        default: return false;
        }
    });
}

/// Puts a row's parts below each other.
class Stack {
public:
    explicit Stack(MessageLayout &layout) : m_layout(layout) { }
    qreal y() const { return m_layout.height; }
    void skip(qreal amount) { m_layout.height += amount; }

private:
    MessageLayout &m_layout;
};

void placeDivider(MessageLayout &layout, int count, const QRectF &column, const Look &look)
{
    Stack stack(layout);
    stack.skip(kDividerAbove);
    layout.dividerText = newMessagesText(count);
    layout.divider = QRectF(column.left(), stack.y(), column.width(), 1.5);
    const QFontMetricsF metrics(look.font(TypeRole::Badge));
    const qreal width = std::min(column.width(), std::ceil(metrics.horizontalAdvance(layout.dividerText)) + 24);
    layout.dividerBlock =
        QRectF(std::round(column.center().x() - width / 2), stack.y(), width, look.line(TypeRole::Badge));
    stack.skip(layout.dividerBlock.height() + kDividerBelow);
}

void placeChip(MessageLayout &layout, const QString &day, const QRectF &column, const Look &look)
{
    Stack stack(layout);
    stack.skip(kChipGap);
    layout.chipText = day;
    QFont font = look.font(TypeRole::Caption);
    font.setWeight(QFont::Medium);
    const qreal width = std::min(column.width(), std::ceil(QFontMetricsF(font).horizontalAdvance(day)) + 24);
    layout.chip = QRectF(
        std::round(column.center().x() - width / 2), stack.y(), width, std::max(24, look.line(TypeRole::Caption) + 8));
    stack.skip(layout.chip.height() + kChipGap);
}

void placeSystemLine(MessageLayout &layout, const chat::Message &message, const QString &name, const QRectF &column,
    const MessageRoom &room, const Look &look)
{
    layout.isSystem = true;
    layout.systemIcon = systemLineIcon(message.system);
    const int icon = look.scaled(kSystemIcon);
    RichStyle style = richStyle(look, Lines::Join);
    style.ownWords = true;
    TextBlockStyle lines;
    lines.font = look.font(TypeRole::Caption);
    lines.linePitch = look.scaled(18);
    lines.fallback = room.direction;
    const qreal lead = icon + 8;
    auto block = std::make_shared<TextBlock>(
        richText(systemLineText(message, name), style), lines, std::max<qreal>(40, column.width() - lead));
    const qreal width = lead + block->size().width();
    const qreal left = std::round(column.center().x() - width / 2);
    const bool mirrored = room.direction == Qt::RightToLeft;
    const qreal pitch = lines.linePitch;
    layout.systemIconBox =
        QRectF(mirrored ? left + width - icon : left, layout.height + (pitch - icon) / 2, icon, icon);
    layout.text = QRectF(QPointF(mirrored ? left : left + lead, layout.height), block->size());
    layout.height += block->size().height();
    layout.block = std::move(block);
}

/// The widths of what stands at the end of a bubble.
struct Meta {
    qreal notSent = 0;
    qreal time = 0;
    QSizeF sign;

    qreal width() const
    {
        qreal width = time;
        if (sign.width() > 0)
            width += kSignGap + sign.width();
        if (notSent > 0)
            width += notSent + 8;
        return width;
    }
};

Meta measureMeta(const MessageLayout &layout, const Look &look)
{
    Meta meta;
    const QFontMetricsF metrics(look.font(TypeRole::Meta));
    meta.time = std::ceil(metrics.horizontalAdvance(layout.timeText));
    if (layout.glyph)
        meta.sign = glyphSize(*layout.glyph);
    if (layout.glyph == DeliveryGlyph::Failed) {
        QFont font = look.font(TypeRole::Meta);
        font.setWeight(QFont::DemiBold);
        meta.notSent = std::ceil(QFontMetricsF(font).horizontalAdvance(notSentText()));
    }
    return meta;
}

void placeMeta(MessageLayout &layout, const Meta &meta, bool atLeft, const Look &look)
{
    const qreal height = look.line(TypeRole::Meta);
    const qreal width = meta.width();
    const qreal left = atLeft ? layout.bubble.left() + kPadX : layout.bubble.right() - kPadX + 2 - width;
    layout.meta = QRectF(left, layout.bubble.bottom() - kMetaBottom - height, width, height);
    qreal x = left;
    if (meta.notSent > 0) {
        layout.notSent = QRectF(x, layout.meta.top(), meta.notSent, height);
        x += meta.notSent + 8;
    }
    layout.time = QRectF(x, layout.meta.top(), meta.time, height);
    x += meta.time + kSignGap;
    if (layout.glyph)
        layout.sign = QRectF(QPointF(x, layout.meta.center().y() - meta.sign.height() / 2), meta.sign);
}

Corners bubbleCorners(const MessagePlace &place, bool atRight)
{
    const qreal open = metrics::kRadiusBubble;
    const qreal top = place.joinsAbove ? metrics::kRadiusJoined : open;
    const qreal bottom = place.joinsBelow ? metrics::kRadiusJoined : metrics::kRadiusTail;
    return atRight ? Corners{open, top, bottom, open} : Corners{top, open, open, bottom};
}

void placeBubble(MessageLayout &layout, const chat::Message &message, const MessagePlace &place, const QRectF &column,
    const MessageRoom &room, const Look &look, const Calendar &calendar)
{
    layout.timeText = calendar.time(message.sentMs);
    layout.glyph = deliveryGlyph(message);

    const qreal limit =
        std::min({static_cast<qreal>(look.scaled(metrics::kBubbleMax)), room.width * kBubbleShare, column.width()});
    const qreal textLimit = std::floor(limit - 2 * kPadX);
    const TypeRole role = needsTallLines(QStringView(message.text).left(4000)) ? TypeRole::BodyArabic : TypeRole::Body;
    auto block = std::make_shared<TextBlock>(
        richText(message.text, richStyle(look, Lines::Keep, message.own ? Colour::LinkOut : Colour::Link)),
        blockStyle(look, role, room.direction), textLimit);

    const Meta meta = measureMeta(layout, look);
    const qreal beside = block->lastLineWidth() + kMetaGap + meta.width();
    const bool fits = beside <= textLimit;
    const qreal content = std::ceil(std::max({block->size().width(), fits ? beside : meta.width(), 8.0}));
    block->widenTo(content);

    const bool atRight = message.own != (room.direction == Qt::RightToLeft);
    const qreal width = content + 2 * kPadX;
    const qreal metaLine = fits ? 0 : look.line(TypeRole::Meta) + 2;
    const qreal height = kPadTop + block->size().height() + metaLine + kPadBottom;
    layout.bubble = QRectF(atRight ? column.right() - width : column.left(), layout.height, width, height);
    layout.corners = bubbleCorners(place, atRight);
    layout.text = QRectF(layout.bubble.left() + kPadX, layout.bubble.top() + kPadTop, content, block->size().height());
    placeMeta(layout, meta, block->lastDirection() == Qt::RightToLeft, look);
    layout.block = std::move(block);
    layout.height += height;
}

} // namespace

bool isSameRun(const chat::Message &above, const chat::Message &below, const Calendar &calendar)
{
    return above.system == chat::SystemLine::None && below.system == chat::SystemLine::None && above.own == below.own
        && calendar.date(above.sentMs) == calendar.date(below.sentMs)
        && std::abs(below.sentMs - above.sentMs) < kRunGapMs;
}

QRectF contentColumn(const MessageRoom &room, const Look &look)
{
    const qreal width =
        std::max<qreal>(80, std::min<qreal>(look.scaled(metrics::kContentMax), room.width - 2 * room.pad));
    return QRectF(std::floor((room.width - width) / 2), 0, width, 0);
}

MessageLayout layoutMessage(const chat::Message &message, const QString &name, const MessagePlace &place,
    const MessageRoom &room, const Look &look, const Calendar &calendar)
{
    ++s_layouts;
    MessageLayout layout;
    const QRectF column = contentColumn(room, look);
    if (place.newDay)
        placeChip(layout, calendar.day(message.sentMs), column, look);
    if (place.unreadAbove > 0)
        placeDivider(layout, place.unreadAbove, column, look);
    if (layout.height == 0)
        layout.height = place.joinsAbove ? metrics::kGroupGap : metrics::kRunGap;
    if (message.system != chat::SystemLine::None)
        placeSystemLine(layout, message, name, column, room, look);
    else
        placeBubble(layout, message, place, column, room, look, calendar);
    layout.height = std::ceil(layout.height);
    return layout;
}

quint64 messageLayoutCount()
{
    return s_layouts;
}

QString notSentText()
{
    return Words::tr("Not sent");
}

} // namespace tacet::ui
