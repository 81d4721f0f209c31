#include "ui/chat_acts.h"

#include "app/session/trouble_text.h"
#include "ui/guarded.h"
#include "ui/message_sheets.h"
#include "ui/message_words.h"
#include "ui/rich_runs.h"
#include "ui/sheet.h"

#include <QMenu>

namespace tacet::ui {
using namespace Qt::StringLiterals;

ChatActs::ChatActs(
    Look &look, session::SessionFacade &facade, ChatListModel &chats, const Calendar &calendar, QWidget &host)
    : QObject(&host)
    , m_look(look)
    , m_facade(facade)
    , m_chats(chats)
    , m_calendar(calendar)
    , m_host(host)
{
}

QString ChatActs::nameOf(const chat::ContactId &chat) const
{
    const chat::ChatSummary *summary = m_chats.find(chat);
    return summary ? summary->name : QString();
}

session::Reply<Done> ChatActs::answer(const chat::ContactId &chat, const QString &done)
{
    return guarded(this, [this, done, name = nameOf(chat)](chat::Outcome<Done> outcome) {
        if (!outcome.ok())
            Q_EMIT said(session::troubleText(outcome.error(), name));
        else if (!done.isEmpty())
            Q_EMIT said(done);
    });
}

QMenu *ChatActs::menuFor(const chat::ContactId &id, QWidget *parent)
{
    const chat::ChatSummary *chat = m_chats.find(id);
    if (!chat)
        return nullptr;
    auto *menu = new QMenu(parent);
    menu->setObjectName(u"chatMenu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [this, menu, parent](Icon icon, const QString &text, const QString &name, auto act) {
        QAction *action = menu->addAction(
            m_look.icons().icon(icon, 20, m_look.colour(Colour::TextSecondary), parent->layoutDirection()), text, this,
            act);
        action->setObjectName(name);
    };
    if (chat->request) {
        add(Icon::Check, tr("Accept"), u"menuAccept"_s, [this, id] { acceptRequest(id); });
        add(Icon::Close, tr("Decline"), u"menuDecline"_s, [this, id] { declineRequest(id); });
        return menu;
    }
    const bool pinned = chat->pinned;
    const bool muted = chat->muted;
    const bool blocked = chat->blocked;
    add(Icon::Pin, pinned ? tr("Unpin") : tr("Pin"), u"menuPin"_s, [this, id, pinned] { setPinned(id, !pinned); });
    add(muted ? Icon::Bell : Icon::BellOff, muted ? tr("Unmute") : tr("Mute"), u"menuMute"_s,
        [this, id, muted] { setMuted(id, !muted); });
    add(Icon::Edit, tr("Rename…"), u"menuRename"_s, [this, id] { rename(id); });
    if (chat->link == chat::Link::Live)
        add(Icon::Shield, tr("Safety number…"), u"menuSafetyNumber"_s,
            [this, id] { Q_EMIT safetyNumberRequested(id); });
    menu->addSeparator();
    add(Icon::Trash, tr("Clear history…"), u"menuClear"_s, [this, id] { clearHistory(id); });
    add(Icon::Block, blocked ? tr("Unblock") : tr("Block…"), u"menuBlock"_s,
        [this, id, blocked] { setBlocked(id, !blocked); });
    return menu;
}

void ChatActs::setPinned(const chat::ContactId &chat, bool pinned)
{
    m_facade.setPinned(chat, pinned, answer(chat));
}

void ChatActs::setMuted(const chat::ContactId &chat, bool muted)
{
    m_facade.setMuted(chat, muted, answer(chat, muted ? tr("Muted.") : tr("Not muted.")));
}

void ChatActs::rename(const chat::ContactId &chat)
{
    const chat::ChatSummary *summary = m_chats.find(chat);
    if (!summary)
        return;
    auto *sheet = new RenameSheet(m_look, m_host, summary->name, summary->givenName);
    connect(sheet, &RenameSheet::named, this,
        [this, chat](const QString &name) { m_facade.renameContact(chat, name, answer(chat)); });
    sheet->open();
}

void ChatActs::clearHistory(const chat::ContactId &chat)
{
    auto *question = new Question(m_look, m_host, tr("Clear this history?"),
        tr("Everything you and %1 wrote is deleted from this computer. It stays on theirs.")
            .arg(isolatedName(nameOf(chat))),
        u"clearHistory"_s);
    question->setSafeAnswer(tr("Cancel"));
    question->addAct(tr("Clear history"), ButtonKind::Danger, u"clearHistoryAct"_s);
    connect(question, &Question::taken, this,
        [this, chat] { m_facade.clearHistory(chat, answer(chat, tr("The history is cleared."))); });
    question->open();
}

void ChatActs::setBlocked(const chat::ContactId &chat, bool blocked)
{
    if (!blocked) {
        m_facade.block(chat, false, answer(chat));
        return;
    }
    auto *question = new Question(m_look, m_host, tr("Block %1?").arg(isolatedName(nameOf(chat))),
        tr("They are not told. You can undo this in this menu."), u"blockContact"_s);
    question->setSafeAnswer(tr("Cancel"));
    question->addAct(tr("Block"), ButtonKind::Danger, u"blockAct"_s);
    connect(question, &Question::taken, this, [this, chat] { m_facade.block(chat, true, answer(chat)); });
    question->open();
}

void ChatActs::acceptRequest(const chat::ContactId &chat)
{
    m_facade.acceptRequest(chat, answer(chat));
}

void ChatActs::declineRequest(const chat::ContactId &chat)
{
    m_facade.declineRequest(chat, answer(chat, tr("Declined. They are not told.")));
}

void ChatActs::acceptNewKey(const chat::ContactId &chat, qint64 keyChangedMs)
{
    auto *question = new Question(m_look, m_host, tr("Accept the new key without comparing?"),
        tr("If someone stands in between, they read what you write from now on. Comparing the safety number takes a "
           "minute. The history stays."),
        u"acceptKey"_s);
    question->setSafeAnswer(tr("Cancel"));
    question->addAct(tr("Accept without comparing"), ButtonKind::Danger, u"acceptKeyAct"_s);
    connect(question, &Question::taken, this, [this, chat, keyChangedMs] { m_facade.acceptNewKey(chat, keyChangedMs, answer(chat)); });
    question->open();
}

void ChatActs::explainNewKey(const chat::ContactId &chat)
{
    auto *question = new Question(m_look, m_host, tr("What a new key means"),
        tr("Messages are locked with a key that only %1’s computer holds. That key is a new one. Most often they set "
           "up "
           "a new computer without restoring a backup. It can also mean that someone answers in their place. Ask on "
           "another path, a call for example, and compare the safety number: if it is the same on both sides, nobody "
           "stands in between.")
            .arg(isolatedName(nameOf(chat))),
        u"explainKey"_s);
    question->setSafeAnswer(tr("Close"));
    question->addAct(tr("Compare now"), ButtonKind::Primary, u"explainKeyCompare"_s);
    connect(question, &Question::taken, this, [this, chat] { Q_EMIT safetyNumberRequested(chat); });
    question->open();
}

void ChatActs::retry(const chat::MessageId &message)
{
    m_facade.retryMessage(message, answer({}));
}

void ChatActs::deleteForMe(const chat::Message &message, const QString &name)
{
    const bool waits = message.own
        && (message.state == chat::MessageState::Queued || message.state == chat::MessageState::Failed);
    const QString what = waits ? tr("“%1” goes from this computer. No relay is known to have it, and it is not sent any more.")
                               : tr("“%1” goes from this computer only. The other side keeps its copy.");
    auto *question = new Question(m_look, m_host, tr("Delete this message here?"), what.arg(beginning(message, name)),
        u"deleteMessage"_s);
    question->setSafeAnswer(tr("Cancel"));
    question->addAct(tr("Delete for me"), ButtonKind::Danger, u"deleteMessageAct"_s);
    connect(question, &Question::taken, this, [this, id = message.id] { m_facade.deleteForMe(id, answer({})); });
    question->open();
}

void ChatActs::showDetails(const chat::Message &message, const QString &name)
{
    (new DetailsSheet(m_look, m_host, message, name, m_calendar))->open();
}

void ChatActs::openAddress(const QUrl &address)
{
    (new AddressSheet(m_look, m_host, address))->open();
}

} // namespace tacet::ui
