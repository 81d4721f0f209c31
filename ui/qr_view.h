#pragma once
// A QR code on the screen: always dark on white, in a white frame with a hairline, modules of whole device pixels
// (a code whose modules differ by a pixel is what cameras misread).
#include "ui/look.h"
#include "ui/qr_code.h"

#include <QWidget>

#include <optional>

namespace tacet::ui {

class QrView : public QWidget {
    Q_OBJECT

public:
    /// `frame` is the side of the white square in logical px; `name` says what the code is, for screen readers.
    QrView(Look &look, int frame, const QString &name, const QString &objectName, QWidget *parent = nullptr);

    /// Nothing: an empty frame.
    void setCode(std::optional<QrCode> code);
    const std::optional<QrCode> &code() const { return m_code; }
    /// Lets the frame grow with the widget (full screen).
    void setFilling(bool on);

    /// Device pixels per module for a square of `devicePixels`, quiet zone included: whole, or 0 when there is no
    /// room for one pixel each.
    static int moduleFor(int side, int devicePixels) { return devicePixels / (side + 2 * QrCode::kQuiet); }

    QSize sizeHint() const override { return {m_frame, m_frame}; }
    QSize minimumSizeHint() const override { return m_filling ? QSize(160, 160) : sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Look &m_look;
    int m_frame;
    bool m_filling = false;
    std::optional<QrCode> m_code;
};

} // namespace tacet::ui
