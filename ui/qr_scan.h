#pragma once
// Reads a QR code out of a picture that the user chose: a file or the clipboard's image. There is no camera.
// Pictures are decoded here, in this process, so only two formats are, and only up to a size: PNG and JPEG, by
// their content and not by their name. Nothing that a stranger sent is ever given to this by itself.
#include "crypto/result.h"

#include <QByteArray>
#include <QImage>

class QMimeData;

namespace tacet::ui {

enum class ScanError {
    CannotOpen, ///< no such file, or not allowed to read it
    NotPicture, ///< neither PNG nor JPEG, or damaged
    TooLarge,   ///< more than kScanFileBytes or kScanPixels
    NoPicture,  ///< the clipboard holds none
    NoCode,     ///< a picture without a QR code that can be read
    SeveralCodes,
};

inline constexpr qint64 kScanFileBytes = 32 * 1024 * 1024;
/// Screens of 8K fit; a bomb that unpacks to gigabytes does not.
inline constexpr qint64 kScanPixels = 40'000'000;

/// The bytes inside the one code of the picture.
Result<QByteArray, ScanError> scanImage(const QImage &image);
Result<QByteArray, ScanError> scanFile(const QString &path);
/// Prefers the clipboard's own PNG or JPEG; a single copied picture file counts too. `data` may be null.
Result<QByteArray, ScanError> scanClipboard(const QMimeData *data);

/// One or two sentences for a person.
QString scanErrorText(ScanError error);

} // namespace tacet::ui
