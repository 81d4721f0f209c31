#pragma once
// "Scan a code" without a camera: a menu of two ways, a picture file or the clipboard's picture.
#include "ui/buttons.h"
#include "ui/file_chooser.h"
#include "ui/qr_scan.h"

#include <QByteArray>

#include <functional>

namespace tacet::ui {

class ScanButton final : public Button {
    Q_OBJECT

public:
    ScanButton(Look &look, ButtonKind kind, FileChooser &files, const QString &objectName, QWidget *parent = nullptr);

    /// The two ways, for keyboards and tests; the menu calls them.
    void scanFromFile();
    void scanFromClipboard();

Q_SIGNALS:
    void scanned(const QByteArray &content);
    /// A sentence for the person.
    void nothingFound(const QString &sentence);

private:
    void open();
    void answer(const Result<QByteArray, ScanError> &result);

    FileChooser &m_files;
};

} // namespace tacet::ui
