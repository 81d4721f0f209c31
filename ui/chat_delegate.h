#pragma once
// One row of the chat list: a pure layout, and the painting of it.
#include "app/chat/facts.h"
#include "ui/calendar.h"
#include "ui/glyphs.h"
#include "ui/look.h"
#include "ui/text_block.h"

#include <QStyledItemDelegate>

#include <memory>
#include <optional>

namespace tacet::ui {

/// Rectangles in the coordinates of the row's rectangle.
struct ChatRowLayout {
    QRectF row; ///< the rounded ground
    QRectF avatar;
    QRectF name;
    QRectF mark;  ///< verified or key changed; null without
    QRectF muted; ///< null without
    QRectF sign;  ///< delivery; null without
    std::optional<DeliveryGlyph> glyph;
    QRectF time;
    QString timeText;
    QRectF prefix; ///< "You:", "Draft:"; null without
    QString prefixText;
    bool isDraft = false;
    QRectF snippet;
    QRectF badge; ///< null without
    QRectF pin;   ///< null without
    std::shared_ptr<const TextBlock> nameBlock;
    std::shared_ptr<const TextBlock> snippetBlock;
};

/// `box` is the whole row, insets included.
ChatRowLayout layoutChatRow(const chat::ChatSummary &chat, const QRectF &box, Qt::LayoutDirection direction, Look &look,
    const Calendar &calendar);
/// 68 at 100 % text.
int chatRowHeight(const Look &look);

class ChatDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    ChatDelegate(Look &look, const Calendar &calendar, QObject *parent = nullptr);

    void setOpenChat(const chat::ContactId &chat) { m_open = chat; }
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    Look &m_look;
    const Calendar &m_calendar;
    chat::ContactId m_open;
};

} // namespace tacet::ui
