#include "ui/scan_menu.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>

namespace tacet::ui {

using namespace Qt::StringLiterals;

ScanButton::ScanButton(Look &look, ButtonKind kind, FileChooser &files, const QString &objectName, QWidget *parent)
    : Button(look, kind, tr("Scan a code"), objectName, parent)
    , m_files(files)
{
    setHasMenuMark(true);
    connect(this, &QPushButton::clicked, this, &ScanButton::open);
}

void ScanButton::open()
{
    QMenu menu(this);
    menu.setObjectName(objectName() + u"Menu"_s);
    QAction *file = menu.addAction(tr("From a picture file…"));
    QAction *clipboard = menu.addAction(tr("From a picture in the clipboard"));
    const QAction *chosen = menu.exec(mapToGlobal(QPoint(0, height() + 4)));
    if (chosen == file)
        scanFromFile();
    else if (chosen == clipboard)
        scanFromClipboard();
}

void ScanButton::scanFromFile()
{
    const QString path = m_files.open(window(), tr("Choose a picture with a code"),
        tr("Pictures (*.png *.jpg *.jpeg)") + u";;"_s + tr("All files (*)"));
    if (!path.isEmpty())
        answer(scanFile(path));
}

void ScanButton::scanFromClipboard()
{
    answer(scanClipboard(QGuiApplication::clipboard()->mimeData()));
}

void ScanButton::answer(const Result<QByteArray, ScanError> &result)
{
    if (result.ok())
        Q_EMIT scanned(result.value());
    else
        Q_EMIT nothingFound(scanErrorText(result.error()));
}

} // namespace tacet::ui
