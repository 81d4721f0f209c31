#include "ui/link_clipboard.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMimeData>

namespace tacet::ui {

using namespace Qt::StringLiterals;

LinkClipboard::LinkClipboard(session::SessionFacade &session, std::chrono::milliseconds keep)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(keep);
    connect(&m_timer, &QTimer::timeout, this, &LinkClipboard::clearIfStillThere);
    connect(&session, &session::SessionFacade::factStored, this, [this](const chat::Fact &fact) {
        const auto *changed = std::get_if<chat::InvitationChanged>(&fact);
        if (changed && m_invitation == changed->invitation.id
            && changed->invitation.state != chat::InvitationState::Open)
            clearIfStillThere();
    });
}

LinkClipboard::~LinkClipboard()
{
    clearIfStillThere();
}

void LinkClipboard::copy(const QString &text, std::optional<chat::InvitationId> oneTime)
{
    put(text, oneTime.has_value());
    m_invitation = oneTime;
}

void LinkClipboard::copySecret(const QString &text)
{
    put(text, true);
}

void LinkClipboard::copyPlain(const QString &text)
{
    put(text, false);
}

void LinkClipboard::put(const QString &text, bool forget)
{
    m_timer.stop();
    m_invitation.reset();
    m_text.clear();
    auto *data = new QMimeData; // the clipboard takes it over
    data->setText(text);
    if (forget) {
        // Clipboard managers that know this hint (Klipper, KeePassXC's convention) keep no history of it.
        data->setData(u"x-kde-passwordManagerHint"_s, "secret");
        m_text = text;
        m_timer.start();
    }
    QGuiApplication::clipboard()->setMimeData(data);
}

void LinkClipboard::clearIfStillThere()
{
    m_timer.stop();
    m_invitation.reset();
    if (m_text.isEmpty())
        return;
    const QString text = std::exchange(m_text, {});
    if (qGuiApp && QGuiApplication::clipboard()->text() == text) // what was copied since is not ours to clear
        QGuiApplication::clipboard()->clear();
}

} // namespace tacet::ui
