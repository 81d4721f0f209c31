#include "ui/desktop/system_tray.h"

#include <QFile>
#include <QMenu>
#include <QPainter>
#include <QSvgRenderer>
#include <QSystemTrayIcon>

namespace tacet::ui::desktop {

using namespace Qt::StringLiterals;

namespace {

/// Panels are dark or light whatever the windows are, and nobody says which: `outline` stands out on both.
QIcon drawn(const Look &look, bool unread, bool locked)
{
    QFile file(locked ? u":/tacet/tray_icon_locked.svg"_s : u":/tacet/tray_icon.svg"_s);
    const bool opened = file.open(QIODevice::ReadOnly);
    Q_ASSERT(opened);
    Q_UNUSED(opened)
    QByteArray svg = file.readAll();
    svg.replace("currentColor", look.colour(Colour::Outline).name(QColor::HexRgb).toLatin1());
    QSvgRenderer renderer(svg);
    QIcon icon;
    for (const int side : {16, 22, 24, 32, 48, 64}) {
        QPixmap pixmap(side, side);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        renderer.render(&painter, QRectF(0, 0, side, side));
        if (unread) { // a disc of a third of the width at the lower right
            const qreal disc = side / 3.0;
            const QRectF box(side - disc, side - disc, disc, disc);
            painter.setCompositionMode(QPainter::CompositionMode_Clear);
            painter.drawEllipse(box.adjusted(-1, -1, 1, 1));
            painter.setCompositionMode(QPainter::CompositionMode_SourceOver);
            painter.setPen(Qt::NoPen);
            painter.setBrush(look.colour(Colour::BrassFill));
            painter.drawEllipse(box);
        }
        painter.end();
        icon.addPixmap(pixmap);
    }
    return icon;
}

class SystemTray final : public Tray {
    Q_OBJECT

public:
    explicit SystemTray(Look &look) : m_look(look)
    {
        m_menu.setObjectName(u"trayMenu"_s);
        connect(m_menu.addAction(tr("Open Tacet")), &QAction::triggered, this, &Tray::openRequested);
        m_lock = m_menu.addAction(tr("Lock now"));
        connect(m_lock, &QAction::triggered, this, &Tray::lockRequested);
        m_menu.addSeparator();
        connect(m_menu.addAction(tr("Quit")), &QAction::triggered, this, &Tray::quitRequested);
        m_icon.setContextMenu(&m_menu);
        connect(&m_icon, &QSystemTrayIcon::activated, this, [this](QSystemTrayIcon::ActivationReason reason) {
            if (reason == QSystemTrayIcon::Trigger || reason == QSystemTrayIcon::DoubleClick)
                Q_EMIT openRequested();
        });
        connect(&look, &Look::changed, this, &SystemTray::redraw);
        redraw();
    }

    bool isAvailable() const override { return QSystemTrayIcon::isSystemTrayAvailable(); }
    void show() override { m_icon.show(); }
    void setState(bool unread, bool locked) override
    {
        m_unread = unread;
        m_locked = locked;
        redraw();
    }

private:
    void redraw()
    {
        m_lock->setEnabled(!m_locked);
        m_icon.setIcon(drawn(m_look, m_unread, m_locked));
        m_icon.setToolTip(m_locked ? tr("Tacet, locked") : m_unread ? tr("Tacet, unread messages") : tr("Tacet"));
    }

    Look &m_look;
    QMenu m_menu;
    QAction *m_lock;
    QSystemTrayIcon m_icon;
    bool m_unread = false;
    bool m_locked = false;
};

} // namespace

std::unique_ptr<Tray> makeTray(Look &look)
{
    return std::make_unique<SystemTray>(look);
}

} // namespace tacet::ui::desktop

#include "system_tray.moc"
