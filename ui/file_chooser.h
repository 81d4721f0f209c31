#pragma once
// Asks for a file. Behind an interface because a file dialog blocks, and tests answer for the person. While it blocks,
// the profile may be locked and the one who asked deleted: whoever asks keeps a QPointer to itself.
#include <QString>

class QWidget;

namespace tacet::ui {

class FileChooser {
public:
    virtual ~FileChooser() = default;

    /// An existing file, or an empty string. `filter` as QFileDialog takes it.
    virtual QString open(QWidget *over, const QString &title, const QString &filter) = 0;
    /// A path to write to (asked before anything is replaced), or an empty string.
    virtual QString save(QWidget *over, const QString &title, const QString &suggestion, const QString &filter) = 0;
};

/// The desktop's own dialog.
class DesktopFileChooser final : public FileChooser {
public:
    QString open(QWidget *over, const QString &title, const QString &filter) override;
    QString save(QWidget *over, const QString &title, const QString &suggestion, const QString &filter) override;
};

} // namespace tacet::ui
