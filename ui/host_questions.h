#pragma once
// Hosts that contacts moved to and that were never used: each is asked about before anything goes there. A contact can
// announce as many as it likes, also while nobody looks, so their number must not be the number of questions: one is open
// at a time, and what was put off for a contact comes again only after something was written to them.
#include "app/chat/facts.h"
#include "ui/parts.h"

#include <QObject>
#include <QPointer>
#include <QSet>

namespace tacet::ui {

class MainWindow;
class Question;

class HostQuestions final : public QObject {
    Q_OBJECT

public:
    static constexpr qsizetype kMostOfOne = 4;   ///< hosts of one contact that wait; the newest stay
    static constexpr qsizetype kMostWaiting = 16; ///< what is more is asked when something is written there

    /// Both must outlive this.
    HostQuestions(const Parts &parts, MainWindow &window, QObject *parent = nullptr);

    void ask(const chat::ContactId &chat, const QString &host);
    void wroteTo(const chat::ContactId &chat);
    /// The profile is locked: nothing was answered, and nothing waits any more.
    void forget();
    /// Asks what waits, if this is a moment for it.
    void next();

private:
    struct Asked {
        chat::ContactId chat;
        QString host;
    };
    bool isMoment() const;
    void open(const Asked &asked);
    void putOff(const chat::ContactId &chat);
    void allow(const QString &host);

    Parts m_parts;
    MainWindow &m_window;
    QList<Asked> m_waiting;
    QSet<chat::ContactId> m_putOff;
    Asked m_asked;
    QPointer<Question> m_open;
};

} // namespace tacet::ui
