#pragma once
// Where everything of one message row stands: a pure function from a message and its neighbours to rectangles, which
// painting, hit testing and accessibility share. Coordinates are logical px from the row's top left corner.
#include "app/chat/facts.h"
#include "ui/calendar.h"
#include "ui/glyphs.h"
#include "ui/icons.h"
#include "ui/look.h"
#include "ui/paint.h"
#include "ui/text_block.h"

#include <QRectF>

#include <memory>
#include <optional>

namespace tacet::ui {

/// What stands around a message and changes how it is drawn.
struct MessagePlace {
    bool newDay = false;     ///< a date chip stands above
    int unreadAbove = 0;     ///< > 0: the unread divider with this count stands above
    bool joinsAbove = false; ///< same run as the message before
    bool joinsBelow = false; ///< same run as the message after
};

/// Same writer, same day, less than five minutes apart, both plain messages.
bool isSameRun(const chat::Message &above, const chat::Message &below, const Calendar &calendar);

/// The room that a row has.
struct MessageRoom {
    int width = 0; ///< of the whole view
    int pad = 24;  ///< at least this much on either side of the column
    Qt::LayoutDirection direction = Qt::LeftToRight;
};
/// The content column: at most 760 wide, centred.
QRectF contentColumn(const MessageRoom &room, const Look &look);

struct MessageLayout {
    qreal height = 0;

    QRectF divider;      ///< the brass line; null without
    QRectF dividerBlock; ///< the rest that hangs below it
    QString dividerText;
    QRectF chip; ///< date; null without
    QString chipText;

    bool isSystem = false;
    Icon systemIcon = Icon::Info;
    QRectF systemIconBox;

    QRectF bubble; ///< null for system lines
    Corners corners;
    QRectF text; ///< of the message or of the system line
    std::shared_ptr<const TextBlock> block;

    QRectF meta; ///< time and sign together
    QRectF time;
    QString timeText;
    QRectF sign;
    std::optional<DeliveryGlyph> glyph;
    QRectF notSent; ///< "Not sent", a link that tries again; null unless failed
};

/// `name` is the contact's, as from outside. Lays the text out; the result is kept by the view.
MessageLayout layoutMessage(const chat::Message &message, const QString &name, const MessagePlace &place,
    const MessageRoom &room, const Look &look, const Calendar &calendar);

/// How often layoutMessage ran in this process. Tests count with it; nothing else reads it.
quint64 messageLayoutCount();

/// The words of "Not sent", which is also the accessible name of the act.
QString notSentText();

} // namespace tacet::ui
