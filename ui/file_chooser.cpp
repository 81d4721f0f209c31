#include "ui/file_chooser.h"

#include <QFileDialog>

namespace tacet::ui {

QString DesktopFileChooser::open(QWidget *over, const QString &title, const QString &filter)
{
    return QFileDialog::getOpenFileName(over, title, {}, filter);
}

QString DesktopFileChooser::save(QWidget *over, const QString &title, const QString &suggestion, const QString &filter)
{
    return QFileDialog::getSaveFileName(over, title, suggestion, filter);
}

} // namespace tacet::ui
