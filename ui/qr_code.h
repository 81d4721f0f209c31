#pragma once
// QR codes for the screen and for pictures: which squares are dark, and nothing else. Error level M (15 %), as
// ISO/IEC 18004 says; made by libqrencode.
#include <QByteArray>
#include <QImage>

#include <optional>

namespace tacet::ui {

class QrCode {
public:
    /// The quiet zone that ISO/IEC 18004 §9.1 asks for, in modules on each side.
    static constexpr int kQuiet = 4;

    /// Byte mode, the smallest version that holds `data`. Nothing when `data` is empty or longer than any code.
    static std::optional<QrCode> encode(const QByteArray &data);

    /// Modules along one side without the quiet zone: 21 for version 1, 57 for version 10.
    int side() const { return m_side; }
    /// Precondition: 0 <= x, y < side().
    bool isDark(int x, int y) const { return m_dark.at(y * m_side + x) != 0; }

    /// Black on white with the quiet zone, `module` pixels per module: for files, and for reading back.
    QImage image(int module) const;

private:
    QrCode(int side, QByteArray dark) : m_side(side), m_dark(std::move(dark)) { }

    int m_side;
    QByteArray m_dark; ///< row by row, one byte a module
};

} // namespace tacet::ui
