#pragma once
// A scroll bar that lies over its list and shows itself while it is of use: under the mouse, while scrolling, and
// while the list has the keyboard. Its groove of 12 px takes the mouse all the time.
#include "ui/look.h"

#include <QScrollBar>
#include <QTimer>

class QAbstractScrollArea;

namespace tacet::ui {

class OverlayScroll final : public QScrollBar {
    Q_OBJECT

public:
    static constexpr int kShownMs = 1200;

    /// Takes the place of the area's own vertical bar, which goes on holding the value. Owned by the area.
    OverlayScroll(Look &look, QAbstractScrollArea &area);

protected:
    void paintEvent(QPaintEvent *event) override;
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void place();
    void follow();
    void appear();

    Look &m_look;
    QAbstractScrollArea &m_area;
    QTimer m_timer;
};

} // namespace tacet::ui
