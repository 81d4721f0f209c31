#pragma once
// A code or a number as large as the window allows, to be held in front of another screen or read from across a table.
#include "ui/qr_code.h"
#include "ui/sheet.h"

namespace tacet::ui {

class LargeView final : public Sheet {
    Q_OBJECT

public:
    /// A QR code; `name` says what it is.
    LargeView(Look &look, QWidget &host, const QString &title, const QrCode &code, const QString &name);
    /// Digits of 44 px.
    LargeView(Look &look, QWidget &host, const QString &title, const QStringList &groups);
};

} // namespace tacet::ui
