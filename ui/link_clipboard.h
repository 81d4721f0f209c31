#pragma once
// Invitation links in the clipboard: a link for one person leaves it once it was used, ended or an hour has passed,
// if it is still there; a reusable address stays.
#include "app/session/session_facade.h"

#include <QTimer>

#include <chrono>
#include <optional>

namespace tacet::ui {

class LinkClipboard final : public QObject {
    Q_OBJECT

public:
    explicit LinkClipboard(session::SessionFacade &session, std::chrono::milliseconds keep = std::chrono::hours(1));
    ~LinkClipboard() override;

    /// `text` is the link or the web address that holds it. `oneTime`: the invitation to watch, nothing for reusable.
    void copy(const QString &text, std::optional<chat::InvitationId> oneTime);
    /// Leaves the clipboard after the same time: a recovery code.
    void copySecret(const QString &text);
    /// Numbers that two people compare: copied, never cleared. Kept here so that all copying is in one place.
    void copyPlain(const QString &text);

private:
    void put(const QString &text, bool forget);
    void clearIfStillThere();

    QTimer m_timer;
    QString m_text;
    std::optional<chat::InvitationId> m_invitation;
};

} // namespace tacet::ui
