#include "ui/qr_scan.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QFile>
#include <QImageReader>
#include <QMimeData>
#include <QUrl>

#include <ZXing/ReadBarcode.h>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {

// zxing-cpp 2.2 renamed the class; Debian 12 has 1.4, Debian 13 has 2.3.
#if __has_include(<ZXing/ReaderOptions.h>)
using Options = ZXing::ReaderOptions;
#else
using Options = ZXing::DecodeHints;
#endif

/// `grey` is Format_Grayscale8.
Result<QByteArray, ScanError> codeIn(const QImage &grey)
{
    const ZXing::ImageView view(
        grey.constBits(), grey.width(), grey.height(), ZXing::ImageFormat::Lum, static_cast<int>(grey.bytesPerLine()));
    Options options;
    options.setFormats(ZXing::BarcodeFormat::QRCode);
    options.setTryHarder(true);
    options.setTryRotate(true);
    options.setMaxNumberOfSymbols(2);
    const auto found = ZXing::ReadBarcodes(view, options);
    QByteArray result;
    for (const auto &code : found) {
        if (!code.isValid())
            continue;
        const auto &bytes = code.bytes();
        const QByteArray content(reinterpret_cast<const char *>(bytes.data()), static_cast<qsizetype>(bytes.size()));
        if (!result.isEmpty() && content != result)
            return fail(ScanError::SeveralCodes);
        result = content;
    }
    if (result.isEmpty())
        return fail(ScanError::NoCode);
    return result;
}

Result<QByteArray, ScanError> scanBytes(QIODevice &device)
{
    if (device.size() > kScanFileBytes)
        return fail(ScanError::TooLarge);
    QImageReader reader(&device);
    reader.setDecideFormatFromContent(true);
    const QByteArray format = reader.format(); // by content: the header is read, no pixel yet
    if (format != "png" && format != "jpeg" && format != "jpg")
        return fail(ScanError::NotPicture);
    const QSize size = reader.size();
    if (size.isEmpty())
        return fail(ScanError::NotPicture);
    if (qint64(size.width()) * size.height() > kScanPixels)
        return fail(ScanError::TooLarge);
    reader.setAutoTransform(true);
    const QImage image = reader.read();
    if (image.isNull())
        return fail(ScanError::NotPicture);
    return scanImage(image);
}

} // namespace

Result<QByteArray, ScanError> scanImage(const QImage &image)
{
    if (image.isNull())
        return fail(ScanError::NotPicture);
    if (qint64(image.width()) * image.height() > kScanPixels)
        return fail(ScanError::TooLarge);
    // A code on a transparent ground is meant to lie on something light.
    QImage flat(image.size(), QImage::Format_RGB32);
    flat.fill(Qt::white);
    if (image.hasAlphaChannel()) {
        const QImage source = image.convertToFormat(QImage::Format_ARGB32);
        for (int y = 0; y < flat.height(); ++y) {
            const auto *from = reinterpret_cast<const QRgb *>(source.constScanLine(y));
            auto *to = reinterpret_cast<QRgb *>(flat.scanLine(y));
            for (int x = 0; x < flat.width(); ++x)
                to[x] = qAlpha(from[x]) < 128 ? qRgb(255, 255, 255) : from[x];
        }
    } else {
        flat = image;
    }
    QImage grey = flat.convertToFormat(QImage::Format_Grayscale8);
    auto found = codeIn(grey);
    if (!found.ok() && found.error() == ScanError::NoCode) {
        grey.invertPixels(); // dark themes of others draw light on dark
        found = codeIn(grey);
    }
    return found;
}

Result<QByteArray, ScanError> scanFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ScanError::CannotOpen);
    return scanBytes(file);
}

Result<QByteArray, ScanError> scanClipboard(const QMimeData *data)
{
    if (!data)
        return fail(ScanError::NoPicture);
    for (const QString &type : {u"image/png"_s, u"image/jpeg"_s}) {
        QByteArray bytes = data->data(type);
        if (bytes.isEmpty())
            continue;
        QBuffer buffer(&bytes);
        buffer.open(QIODevice::ReadOnly);
        return scanBytes(buffer);
    }
    if (data->hasImage()) // put there by this process or by a platform that hands over pixels
        return scanImage(data->imageData().value<QImage>());
    const QList<QUrl> urls = data->urls();
    if (urls.size() == 1 && urls.first().isLocalFile())
        return scanFile(urls.first().toLocalFile());
    return fail(ScanError::NoPicture);
}

QString scanErrorText(ScanError error)
{
    struct Words {
        Q_DECLARE_TR_FUNCTIONS(Scan)
    };
    switch (error) {
    case ScanError::CannotOpen:
        return Words::tr("This file cannot be opened. Check that you may read it, or choose another one.");
    case ScanError::NotPicture:
        return Words::tr("This is not a picture that Tacet reads. Use a PNG or JPEG file, or a screenshot.");
    case ScanError::TooLarge: return Words::tr("This picture is too large to read. Cut it to the code and try again.");
    case ScanError::NoPicture:
        return Words::tr("There is no picture in the clipboard. Take a screenshot of the code and copy it.");
    case ScanError::NoCode:
        return Words::tr("There is no code in this picture that can be read. Use a sharper one that shows all of it.");
    case ScanError::SeveralCodes:
        return Words::tr("There is more than one code in this picture. Cut it to the one that is meant.");
    }
    Q_UNREACHABLE();
}

} // namespace tacet::ui
