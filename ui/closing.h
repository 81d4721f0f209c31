#pragma once
// What closing the window means: staying in the tray where there is one and the user wants it, else the end. The first
// time, with a tray, it is asked; the answer is a setting. While the desktop session ends, nothing is asked. Owns what
// the tray shows: unread, locked.
#include "ui/parts.h"
#include "ui/tray.h"

#include <QPointer>

#include <optional>
#include <utility>

namespace tacet::ui {

class MainWindow;
class Question;

class Closing final : public QObject {
    Q_OBJECT

public:
    /// Everything must outlive this.
    Closing(const Parts &parts, MainWindow &window, Tray &tray);

Q_SIGNALS:
    void openRequested();

private:
    void close();
    void hide();
    void quit();
    void ask();
    /// What must not be lost whatever comes next.
    void keep();
    bool isSessionEnding() const;
    void showState();

    Parts m_parts;
    MainWindow &m_window;
    Tray &m_tray;
    QPointer<Question> m_question;
    chat::Settings m_settings;
    std::optional<qint64> m_sessionEndMs; ///< when the desktop said that its session ends
    std::optional<std::pair<bool, bool>> m_shown; ///< unread, locked: what the tray shows
};

} // namespace tacet::ui
