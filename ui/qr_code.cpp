#include "ui/qr_code.h"

#include <qrencode.h>

#include <memory>

namespace tacet::ui {

std::optional<QrCode> QrCode::encode(const QByteArray &data)
{
    struct Free {
        void operator()(QRcode *code) const { QRcode_free(code); }
    };
    if (data.isEmpty())
        return std::nullopt;
    const std::unique_ptr<QRcode, Free> code(QRcode_encodeData(
        static_cast<int>(data.size()), reinterpret_cast<const unsigned char *>(data.constData()), 0, QR_ECLEVEL_M));
    if (!code) // longer than version 40 holds
        return std::nullopt;
    QByteArray dark(qsizetype(code->width) * code->width, '\0');
    for (qsizetype i = 0; i < dark.size(); ++i)
        dark[i] = static_cast<char>(code->data[i] & 1); // the lowest bit is the module's colour (qrencode.h)
    return QrCode(code->width, std::move(dark));
}

QImage QrCode::image(int module) const
{
    const int edge = (m_side + 2 * kQuiet) * module;
    QImage image(edge, edge, QImage::Format_Grayscale8);
    image.fill(Qt::white);
    for (int y = 0; y < m_side * module; ++y) {
        uchar *line = image.scanLine(y + kQuiet * module) + kQuiet * module;
        for (int x = 0; x < m_side * module; ++x)
            line[x] = isDark(x / module, y / module) ? 0 : 255;
    }
    return image;
}

} // namespace tacet::ui
