#pragma once
// Above a chat: who it is, how far they are known, and the acts on this chat.
#include "app/chat/facts.h"
#include "ui/avatar.h"
#include "ui/buttons.h"
#include "ui/calendar.h"
#include "ui/labels.h"

#include <QWidget>

namespace tacet::ui {

/// The shield beside a name: verified, key changed, or nothing.
class TrustMark final : public QWidget {
    Q_OBJECT

public:
    TrustMark(Look &look, QWidget *parent);

    void setTrust(chat::Trust trust);
    QSize sizeHint() const override { return {15, 15}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Look &m_look;
    chat::Trust m_trust = chat::Trust::NotCompared;
};

class ChatHeader final : public QWidget {
    Q_OBJECT

public:
    ChatHeader(Look &look, const Calendar &calendar, QWidget *parent = nullptr);

    void setChat(const chat::ChatSummary &chat);
    void clear();
    /// The arrow back to the list, in windows of one column.
    void setBackShown(bool shown);

Q_SIGNALS:
    void backRequested();
    void safetyNumberRequested();
    void menuRequested(const QPoint &globalPosition);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Look &m_look;
    const Calendar &m_calendar;
    IconButton *m_back;
    Avatar *m_avatar;
    OutsideLabel *m_name;
    TrustMark *m_mark;
    OutsideLabel *m_status;
    IconButton *m_shield;
    IconButton *m_more;
};

/// The line under the name: "Verified", "Key changed today, not verified", "Not compared yet", "Waiting for an answer".
QString chatStatus(const chat::ChatSummary &chat, const Calendar &calendar);

} // namespace tacet::ui
