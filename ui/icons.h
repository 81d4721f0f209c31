#pragma once
// Line icons: one SVG each in resources/icons, tinted when drawn, kept as pixmaps.
#include <QColor>
#include <QHash>
#include <QIcon>
#include <QLatin1StringView>
#include <QPixmap>

class QPainter;
class QRectF;

namespace tacet::ui {

/// One for each file of resources/icons; geometry in the files themselves.
enum class Icon {
    Alert,
    Archive,
    Attach,
    Back,
    Backup,
    Bell,
    BellOff,
    Block,
    Chats,
    Check,
    Clock,
    Close,
    Compose,
    Computer,
    Copy,
    Down,
    Download,
    Edit,
    Emoji,
    Envelope,
    Eye,
    EyeOff,
    File,
    Folder,
    Forward,
    Group,
    Hash,
    Import,
    Inbox,
    Info,
    Key,
    Keyboard,
    Leave,
    Link,
    Lock,
    Media,
    Mic,
    More,
    Next,
    Note,
    Pause,
    Person,
    PersonAdd,
    Pin,
    Play,
    Plus,
    Qr,
    Relays,
    Reply,
    Route,
    Scan,
    Search,
    Send,
    Settings,
    Shield,
    ShieldAlert,
    ShieldCheck,
    Theme,
    Timer,
    Trash,
    Unlock,
    Up,
    Warning,
};
inline constexpr int kIconCount = static_cast<int>(Icon::Warning) + 1;

/// The file's name without folder and ".svg".
QLatin1StringView iconName(Icon icon);

/// Icons whose direction follows the interface: back, next, reply, forward, send, leave.
bool isDirectional(Icon icon);

/// A cache of tinted pixmaps by name, size, colour, scale factor and direction. GUI thread only.
class Icons {
public:
    /// A square pixmap of `size` logical px for a device with `scale` device px per logical px.
    QPixmap pixmap(Icon icon, int size, const QColor &colour, qreal scale, Qt::LayoutDirection direction);
    /// Draws the icon centred in `box`, at `size` logical px, for the painter's device.
    void paint(
        QPainter &painter, const QRectF &box, Icon icon, int size, const QColor &colour, Qt::LayoutDirection direction);
    /// For menus and line edits, which want a QIcon.
    QIcon icon(Icon icon, int size, const QColor &colour, Qt::LayoutDirection direction);
    /// Called when colours change; the next drawing tints anew.
    void clear() { m_pixmaps.clear(); }

private:
    struct Key {
        Icon icon;
        int size;
        QRgb colour;
        int scale64; ///< scale factor in 1/64
        bool mirrored;
        bool operator==(const Key &other) const = default;
    };
    friend size_t qHash(const Key &key, size_t seed)
    {
        return qHashMulti(seed, static_cast<int>(key.icon), key.size, key.colour, key.scale64, key.mirrored);
    }

    QHash<Key, QPixmap> m_pixmaps;
};

} // namespace tacet::ui
