#pragma once
// The round sign of a person: initials on the identity colour. It helps the eye and proves nothing.
#include "ui/look.h"

#include <QWidget>

namespace tacet::ui {

/// First grapheme of the first and of the last word in upper case; one grapheme for a single word and for Han, kana,
/// Hangul, Arabic and Hebrew. "?" for a name without letters. Signs that turn text never become initials.
QString initials(QStringView name);

/// Drawn into the square `box`. `colour` is the identity index 0 to 9.
void paintAvatar(QPainter &painter, const QRectF &box, QStringView name, int colour, const Look &look);

class Avatar : public QWidget {
    Q_OBJECT

public:
    Avatar(Look &look, int side, QWidget *parent = nullptr);

    void setPerson(const QString &name, int colour);
    QSize sizeHint() const override { return {m_side, m_side}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Look &m_look;
    int m_side;
    QString m_name;
    int m_colour = 0;
};

} // namespace tacet::ui
