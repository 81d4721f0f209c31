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
    m_timer.stop();
    m_invitation = oneTime;
    m_text.clear();
    auto *data = new QMimeData; // the clipboard takes it over
    data->setText(text);
    if (oneTime) {
        // Clipboard managers that know this hint (Klipper, KeePassXC's convention) keep no history of it.
        data->setData(u"x-kde-passwordManagerHint"_s, "secret");
        m_text = text;
        m_timer.start();
    }
    QGuiApplication::clipboard()->setMimeData(data);
}

void LinkClipboard::copyPlain(const QString &text)
{
    m_timer.stop();
    m_invitation.reset();
    m_text.clear();
    QGuiApplication::clipboard()->setText(text);
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
