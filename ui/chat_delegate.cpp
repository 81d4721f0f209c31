#include "ui/chat_delegate.h"

#include "ui/avatar.h"
#include "ui/chat_list_model.h"
#include "ui/labels.h"
#include "ui/message_words.h"
#include "ui/metrics.h"
#include "ui/paint.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace tacet::ui {
using namespace Qt::StringLiterals;
namespace {

constexpr qreal kAvatar = 44;
constexpr qreal kAvatarX = 8;
constexpr qreal kTextX = 64;
constexpr qreal kEndPad = 10;
constexpr qreal kLineGap = 2;
constexpr qreal kGap = 6;
constexpr qreal kMark = 14;
constexpr qreal kPin = 15;
constexpr qsizetype kNameLimit = 200;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(ChatList)
};

/// Takes widths from the two ends of one line; mirrored for right-to-left interfaces.
class Line {
public:
    Line(const QRectF &box, bool mirrored)
        : m_left(box.left())
        , m_right(box.right())
        , m_top(box.top())
        , m_height(box.height())
        , m_mirrored(mirrored)
    {
    }
    qreal room() const { return std::max<qreal>(0, m_right - m_left); }
    QRectF takeEnd(qreal width, qreal height, qreal gap) { return take(width, height, gap, !m_mirrored); }
    QRectF takeStart(qreal width, qreal height, qreal gap) { return take(width, height, gap, m_mirrored); }

private:
    QRectF take(qreal width, qreal height, qreal gap, bool right)
    {
        width = std::min(width, room());
        const qreal x = right ? m_right - width : m_left;
        if (right)
            m_right = std::max(m_left, m_right - width - gap);
        else
            m_left = std::min(m_right, m_left + width + gap);
        return {x, m_top + (m_height - height) / 2, width, height};
    }

    qreal m_left;
    qreal m_right;
    qreal m_top;
    qreal m_height;
    bool m_mirrored;
};

std::shared_ptr<const TextBlock> oneLine(
    const QString &text, bool ownWords, TypeRole role, qreal width, Qt::LayoutDirection direction, const Look &look)
{
    RichStyle rich = richStyle(look, Lines::Join);
    rich.ownWords = ownWords;
    TextBlockStyle style = blockStyle(look, role, direction);
    style.maxLines = 1;
    style.alignByText = false;
    return std::make_shared<TextBlock>(richText(text, rich), style, width);
}

/// The width a text would like, without laying out more of it than fits any list.
qreal wishedWidth(const QString &text, TypeRole role, Qt::LayoutDirection direction, const Look &look)
{
    return std::ceil(oneLine(text, false, role, 1000, direction, look)->size().width());
}

QFont prefixFont(const Look &look)
{
    QFont font = look.font(TypeRole::Small);
    font.setWeight(QFont::Medium);
    return font;
}

void placeFirstLine(ChatRowLayout &layout, const chat::ChatSummary &chat, Line line, qreal height,
    Qt::LayoutDirection direction, const Look &look, const Calendar &calendar)
{
    if (chat.last || chat.request) {
        layout.timeText = calendar.listTime(lastMs(chat));
        const qreal width = std::ceil(QFontMetricsF(look.font(TypeRole::Caption)).horizontalAdvance(layout.timeText));
        layout.time = line.takeEnd(width, height, kGap);
    }
    if (chat.last && !chat.request) {
        layout.glyph = deliveryGlyph(*chat.last);
        if (layout.glyph) {
            const QSizeF size = glyphSize(*layout.glyph);
            layout.sign = line.takeEnd(size.width(), size.height(), kGap + 2);
        }
    }
    const bool marked = chat.trust == chat::Trust::Verified || chat.trust == chat::Trust::KeyChanged;
    const qreal marks = (marked ? kMark + kGap : 0) + (chat.muted ? kMark + kGap : 0);
    const QString name = chat.name.left(kNameLimit);
    const qreal wished = wishedWidth(name, TypeRole::Strong, direction, look);
    const qreal width = std::min(wished, std::max<qreal>(0, line.room() - marks));
    layout.name = line.takeStart(width, height, kGap);
    layout.nameBlock = oneLine(name, false, TypeRole::Strong, width, direction, look);
    if (marked)
        layout.mark = line.takeStart(kMark, kMark, kGap);
    if (chat.muted)
        layout.muted = line.takeStart(kMark, kMark, kGap);
}

void placeSecondLine(ChatRowLayout &layout, const chat::ChatSummary &chat, Line line, qreal height,
    Qt::LayoutDirection direction, const Look &look)
{
    if (chat.unread > 0) {
        const QSizeF size = badgeSize(chat.unread, look);
        layout.badge = line.takeEnd(size.width(), size.height(), kGap);
    } else if (chat.pinned) {
        layout.pin = line.takeEnd(kPin, kPin, kGap);
    }
    const QString condition = chatCondition(chat);
    QString words;
    bool ownWords = false;
    if (!chat.draft.isEmpty()) {
        layout.isDraft = true;
        layout.prefixText = Words::tr("Draft:");
        words = chat.draft.left(kNameLimit);
    } else if (!condition.isEmpty()) {
        words = condition;
        ownWords = true;
    } else if (chat.last) {
        ownWords = chat.last->system != chat::SystemLine::None;
        if (chat.last->own && !ownWords)
            layout.prefixText = Words::tr("You:");
        words = snippet(*chat.last, chat.name);
    }
    if (!layout.prefixText.isEmpty()) {
        const qreal width = std::ceil(QFontMetricsF(prefixFont(look)).horizontalAdvance(layout.prefixText));
        layout.prefix = line.takeStart(width, height, 4);
    }
    layout.snippetBlock = oneLine(words, ownWords, TypeRole::Small, line.room(), direction, look);
    layout.snippet = line.takeStart(layout.snippetBlock->size().width(), height, 0);
}

} // namespace

int chatRowHeight(const Look &look)
{
    return look.line(TypeRole::Strong) + static_cast<int>(kLineGap) + look.line(TypeRole::Small) + 28;
}

ChatRowLayout layoutChatRow(const chat::ChatSummary &chat, const QRectF &box, Qt::LayoutDirection direction, Look &look,
    const Calendar &calendar)
{
    ChatRowLayout layout;
    const bool mirrored = direction == Qt::RightToLeft;
    layout.row = box.adjusted(metrics::kRowInset, 0, -metrics::kRowInset, 0);
    const qreal avatarX = mirrored ? layout.row.right() - kAvatarX - kAvatar : layout.row.left() + kAvatarX;
    layout.avatar = QRectF(avatarX, layout.row.center().y() - kAvatar / 2, kAvatar, kAvatar);

    const qreal first = look.line(TypeRole::Strong);
    const qreal second = look.line(TypeRole::Small);
    const qreal top = layout.row.center().y() - (first + kLineGap + second) / 2;
    const QRectF words = mirrored
        ? QRectF(layout.row.left() + kEndPad, top, layout.row.width() - kTextX - kEndPad, first)
        : QRectF(layout.row.left() + kTextX, top, layout.row.width() - kTextX - kEndPad, first);
    placeFirstLine(layout, chat, Line(words, mirrored), first, direction, look, calendar);
    const QRectF below(words.left(), words.bottom() + kLineGap, words.width(), second);
    placeSecondLine(layout, chat, Line(below, mirrored), second, direction, look);
    return layout;
}

ChatDelegate::ChatDelegate(Look &look, const Calendar &calendar, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_look(look)
    , m_calendar(calendar)
{
}

QSize ChatDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    return {metrics::kListMin, chatRowHeight(m_look)};
}

void ChatDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const auto chat = index.data(ChatListModel::SummaryRole).value<chat::ChatSummary>();
    const ChatRowLayout layout = layoutChatRow(chat, option.rect, option.direction, m_look, m_calendar);
    const bool open = chat.id == m_open;
    const bool hovered = option.state & QStyle::State_MouseOver;
    const QColor ground = m_look.colour(open ? Colour::Selected : hovered ? Colour::Hover : Colour::List);

    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (open || hovered)
        fillRounded(*painter, layout.row, metrics::kRadiusRow, ground);
    const auto *view = qobject_cast<const QWidget *>(option.widget);
    if ((option.state & QStyle::State_HasFocus) && view && m_look.showsFocus(view))
        paintFocusRing(*painter, layout.row, metrics::kRadiusRow, m_look);

    paintAvatar(*painter, layout.avatar, chat.name, chat.colour, m_look);
    const QColor box = m_look.colour(Colour::BrassTint);
    const QColor boxLine = m_look.colour(Colour::Brass);
    layout.nameBlock->draw(*painter, layout.name.topLeft(), m_look.colour(Colour::Text), box, boxLine);
    if (!layout.mark.isNull()) {
        if (chat.trust == chat::Trust::Verified)
            paintVerified(*painter, layout.mark, ground, m_look);
        else
            paintKeyChanged(*painter, layout.mark, m_look);
    }
    if (!layout.muted.isNull())
        m_look.paintIcon(
            *painter, layout.muted, Icon::BellOff, static_cast<int>(kMark), Colour::TextMuted, option.direction);
    const Qt::Alignment end =
        Qt::AlignVCenter | Qt::AlignAbsolute | (option.direction == Qt::RightToLeft ? Qt::AlignLeft : Qt::AlignRight);
    painter->setFont(m_look.font(TypeRole::Caption));
    painter->setPen(m_look.colour(Colour::TextMuted));
    painter->drawText(layout.time, static_cast<int>(end), layout.timeText);
    if (layout.glyph)
        paintGlyph(*painter, layout.sign.topLeft(), *layout.glyph, m_look.colour(Colour::TextMuted), ground, m_look);

    if (!layout.prefixText.isEmpty()) {
        painter->setFont(prefixFont(m_look));
        painter->setPen(m_look.colour(layout.isDraft ? Colour::Brass : Colour::Text));
        painter->drawText(layout.prefix, Qt::AlignCenter, layout.prefixText);
    }
    layout.snippetBlock->draw(*painter, layout.snippet.topLeft(), m_look.colour(Colour::TextSecondary), box, boxLine);
    if (!layout.badge.isNull())
        paintBadge(*painter, layout.badge.topLeft(), chat.unread, chat.muted, m_look);
    if (!layout.pin.isNull())
        m_look.paintIcon(*painter, layout.pin, Icon::Pin, static_cast<int>(kPin), Colour::TextMuted, option.direction);
    painter->restore();
}

} // namespace tacet::ui
