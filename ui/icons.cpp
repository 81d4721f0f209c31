#include "ui/icons.h"

#include <QFile>
#include <QPainter>
#include <QSvgRenderer>

#include <array>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array<QLatin1StringView, kIconCount> kNames{
    "alert"_L1,
    "archive"_L1,
    "attach"_L1,
    "back"_L1,
    "backup"_L1,
    "bell"_L1,
    "bell-off"_L1,
    "block"_L1,
    "chats"_L1,
    "check"_L1,
    "clock"_L1,
    "close"_L1,
    "compose"_L1,
    "computer"_L1,
    "copy"_L1,
    "down"_L1,
    "download"_L1,
    "edit"_L1,
    "emoji"_L1,
    "envelope"_L1,
    "eye"_L1,
    "eye-off"_L1,
    "file"_L1,
    "folder"_L1,
    "forward"_L1,
    "group"_L1,
    "hash"_L1,
    "import"_L1,
    "inbox"_L1,
    "info"_L1,
    "key"_L1,
    "keyboard"_L1,
    "leave"_L1,
    "link"_L1,
    "lock"_L1,
    "media"_L1,
    "mic"_L1,
    "more"_L1,
    "next"_L1,
    "note"_L1,
    "pause"_L1,
    "person"_L1,
    "person-add"_L1,
    "pin"_L1,
    "play"_L1,
    "plus"_L1,
    "qr"_L1,
    "relays"_L1,
    "reply"_L1,
    "route"_L1,
    "scan"_L1,
    "search"_L1,
    "send"_L1,
    "settings"_L1,
    "shield"_L1,
    "shield-alert"_L1,
    "shield-check"_L1,
    "theme"_L1,
    "timer"_L1,
    "trash"_L1,
    "unlock"_L1,
    "up"_L1,
    "warning"_L1,
};

/// Below this size the stroke is drawn wider, or the lines turn grey.
constexpr int kSmallIcon = 14;

QByteArray source(Icon icon, int size, const QColor &colour)
{
    QFile file(u":/tacet/icons/"_s + iconName(icon) + u".svg"_s);
    const bool opened = file.open(QIODevice::ReadOnly);
    Q_ASSERT(opened);
    Q_UNUSED(opened)
    QByteArray svg = file.readAll();
    svg.replace("currentColor", colour.name(QColor::HexRgb).toLatin1());
    if (size <= kSmallIcon)
        svg.replace("stroke-width=\"1.75\"", "stroke-width=\"2\"");
    return svg;
}

} // namespace

QLatin1StringView iconName(Icon icon)
{
    return kNames[static_cast<std::size_t>(icon)];
}

bool isDirectional(Icon icon)
{
    switch (icon) {
    case Icon::Back:
    case Icon::Next:
    case Icon::Reply:
    case Icon::Forward:
    case Icon::Send:
    case Icon::Leave: return true;
    default: return false;
    }
}

QPixmap Icons::pixmap(Icon icon, int size, const QColor &colour, qreal scale, Qt::LayoutDirection direction)
{
    const bool mirrored = direction == Qt::RightToLeft && isDirectional(icon);
    const Key key{icon, size, colour.rgba(), qRound(scale * 64), mirrored};
    const auto found = m_pixmaps.constFind(key);
    if (found != m_pixmaps.cend())
        return *found;

    const int side = qRound(size * scale);
    QPixmap pixmap(side, side);
    pixmap.fill(Qt::transparent);
    {
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        if (mirrored) {
            painter.translate(side, 0);
            painter.scale(-1, 1);
        }
        QSvgRenderer(source(icon, size, colour)).render(&painter, QRectF(0, 0, side, side));
    }
    pixmap.setDevicePixelRatio(scale);
    m_pixmaps.insert(key, pixmap);
    return pixmap;
}

void Icons::paint(
    QPainter &painter, const QRectF &box, Icon icon, int size, const QColor &colour, Qt::LayoutDirection direction)
{
    const qreal scale = painter.device()->devicePixelRatio();
    // Whole device pixels, or the one-pixel lines blur.
    const QPointF corner = box.center() - QPointF(size / 2.0, size / 2.0);
    const QPointF aligned(qRound(corner.x() * scale) / scale, qRound(corner.y() * scale) / scale);
    painter.drawPixmap(aligned, pixmap(icon, size, colour, scale, direction));
}

QIcon Icons::icon(Icon icon, int size, const QColor &colour, Qt::LayoutDirection direction)
{
    QIcon result;
    for (const qreal scale : {1.0, 1.5, 2.0})
        result.addPixmap(pixmap(icon, size, colour, scale, direction));
    return result;
}

} // namespace tacet::ui
