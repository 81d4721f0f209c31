#include "ui/scan_menu.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>
#include <QPointer>

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
    auto *menu = new QMenu(this);
    menu->setObjectName(objectName() + u"Menu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    // Queued: the file dialog blocks, and the menu must not be on the stack when locking deletes it.
    connect(menu->addAction(tr("From a picture file…")), &QAction::triggered, this, &ScanButton::scanFromFile,
        Qt::QueuedConnection);
    menu->addAction(tr("From a picture in the clipboard"), this, &ScanButton::scanFromClipboard);
    menu->popup(mapToGlobal(QPoint(0, height() + 4)));
}

void ScanButton::scanFromFile()
{
    const QPointer<ScanButton> self(this);
    const QString path = m_files.open(window(), tr("Choose a picture with a code"),
        tr("Pictures (*.png *.jpg *.jpeg)") + u";;"_s + tr("All files (*)"));
    if (self && !path.isEmpty())
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
