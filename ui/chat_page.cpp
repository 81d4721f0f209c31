#include "ui/chat_page.h"

#include "app/session/trouble_text.h"
#include "ui/announce.h"
#include "ui/banner.h"
#include "ui/chat_acts.h"
#include "ui/chat_header.h"
#include "ui/composer.h"
#include "ui/empty_state.h"
#include "ui/guarded.h"
#include "ui/message_view.h"
#include "ui/message_words.h"
#include "ui/rich_runs.h"
#include "ui/toast.h"

#include <QLocale>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace tacet::ui {
using namespace Qt::StringLiterals;
namespace {

constexpr int kDraftMs = 800;   ///< after the last letter
constexpr int kTypingMs = 5000; ///< without a letter, "writing" is taken back

} // namespace

ChatPage::ChatPage(Look &look, session::SessionFacade &facade, ChatListModel &chats, ChatActs &acts,
    const Calendar &calendar, Toast &toast, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_facade(facade)
    , m_chats(chats)
    , m_acts(acts)
    , m_calendar(calendar)
    , m_toast(&toast)
    , m_model(facade, calendar)
    , m_stack(new QStackedWidget(this))
    , m_conversation(new QWidget(this))
    , m_header(new ChatHeader(look, calendar, m_conversation))
    , m_offline(new Banner(look, Icon::Relays, u"offlineBanner"_s, m_conversation))
    , m_keyChanged(new Banner(look, Icon::ShieldAlert, u"keyChangedBanner"_s, m_conversation))
    , m_view(new MessageView(look, m_model, calendar, m_conversation))
    , m_emptyChat(new Label(look, TypeRole::Body, {}, m_view))
    , m_composer(new Composer(look, m_conversation))
    , m_noChat(new EmptyState(look, tr("Choose a chat, or press Ctrl+K."), u"noChat"_s, this))
{
    setObjectName(u"chatPage"_s);
    auto *column = new QVBoxLayout(m_conversation);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_header);
    column->addWidget(m_offline);
    column->addWidget(m_keyChanged);
    column->addWidget(m_view, 1);
    column->addWidget(m_composer);
    m_stack->addWidget(m_noChat);
    m_stack->addWidget(m_conversation);
    auto *whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(m_stack);

    m_emptyChat->setWrapping(true);
    m_emptyChat->setAlignment(Qt::AlignCenter);
    m_emptyChat->setTone(Tone::Secondary);
    m_emptyChat->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_emptyChat->hide();
    m_offline->setSentences(tr("No connection."), tr("You can go on writing; everything leaves when you are back."));
    m_view->installEventFilter(this);

    Button *compare = m_keyChanged->addAct(ButtonKind::Primary, tr("Compare now"), u"compareNow"_s);
    Button *explain = m_keyChanged->addAct(ButtonKind::Text, tr("What is this?"), u"explainNewKey"_s);
    connect(compare, &Button::clicked, this, [this] { Q_EMIT m_acts.safetyNumberRequested(m_chat); });
    connect(explain, &Button::clicked, this, [this] { m_acts.explainNewKey(m_chat); });

    connect(m_header, &ChatHeader::backRequested, this, &ChatPage::backRequested);
    connect(
        m_header, &ChatHeader::safetyNumberRequested, this, [this] { Q_EMIT m_acts.safetyNumberRequested(m_chat); });
    connect(m_header, &ChatHeader::menuRequested, this, [this](const QPoint &at) {
        if (QMenu *menu = m_acts.menuFor(m_chat, this))
            menu->popup(at);
    });

    connect(m_view, &MessageView::addressActivated, &m_acts, &ChatActs::openAddress);
    connect(m_view, &MessageView::retryRequested, &m_acts, &ChatActs::retry);
    connect(m_view, &MessageView::deleteRequested, this, [this](const chat::MessageId &message) {
        if (const int row = m_model.rowOf(message); row >= 0)
            m_acts.deleteForMe(m_model.at(row), m_model.name());
    });
    connect(m_view, &MessageView::detailsRequested, this, [this](const chat::MessageId &message) {
        if (const int row = m_model.rowOf(message); row >= 0)
            m_acts.showDetails(m_model.at(row), m_model.name());
    });
    connect(m_view, &MessageView::copied, this, [this](int messages) {
        m_toast->say(messages == 1 ? tr("Copied.") : tr("%1 messages copied.").arg(messages));
    });
    connect(m_view, &MessageView::typed, m_composer, &Composer::type);

    connect(m_composer, &Composer::sendRequested, this, &ChatPage::send);
    connect(m_composer, &Composer::pasteRefused, this, [this](qsizetype bytes) {
        m_toast->say(tr("This text is %1. A message takes at most %2. Nothing was pasted.")
                         .arg(QLocale().formattedDataSize(bytes), QLocale().formattedDataSize(kComposerMaxBytes)));
    });
    connect(m_composer, &Composer::pageRequested, this, [this](int pages) {
        m_view->verticalScrollBar()->triggerAction(
            pages < 0 ? QAbstractSlider::SliderPageStepSub : QAbstractSlider::SliderPageStepAdd);
    });
    connect(m_composer, &Composer::textEdited, this, [this] {
        m_draftDirty = true;
        m_draftTimer.start();
        setTyping(!m_composer->text().isEmpty());
    });
    // What arrives below what is shown has not been read.
    connect(m_view, &MessageView::endCameIntoView, this, [this](bool inView) {
        m_endInView = inView;
        tellOpenChat();
    });
    m_draftTimer.setSingleShot(true);
    m_draftTimer.setInterval(kDraftMs);
    connect(&m_draftTimer, &QTimer::timeout, this, &ChatPage::flushDraft);
    m_typingTimer.setSingleShot(true);
    m_typingTimer.setInterval(kTypingMs);
    connect(&m_typingTimer, &QTimer::timeout, this, [this] { setTyping(false); });

    connect(&m_acts, &ChatActs::said, m_toast, &Toast::say);
    connect(&m_model, &MessageModel::opened, this, &ChatPage::refresh);
    connect(&m_model, &MessageModel::opened, this, [this] {
        m_endInView = m_view->isAtEnd();
        tellOpenChat();
    });
    connect(&m_model, &MessageModel::rowsInserted, this, &ChatPage::refresh);
    connect(&m_model, &MessageModel::rowsRemoved, this, &ChatPage::refresh);
    connect(&m_model, &MessageModel::troubled, this,
        [this](const chat::Trouble &trouble) { m_toast->say(session::troubleText(trouble, m_model.name())); });
    connect(&chats, &ChatListModel::chatChanged, this, [this](const chat::ContactId &chat) {
        if (chat == m_chat)
            refresh();
        if (!m_chats.find(chat))
            m_left.remove(chat);
    });
    connect(&look, &Look::changed, this, qOverload<>(&ChatPage::update));
}

// ---- Opening and leaving

void ChatPage::openChat(const chat::ContactId &chat)
{
    const chat::ChatSummary *summary = m_chats.find(chat);
    if (!summary)
        return;
    if (chat == m_chat) {
        takeFocus();
        return;
    }
    // The keyboard stays in the field from one chat to the next: who does not see the header hears whose it is.
    QStringList told{visibleLine(summary->name), chatStatus(*summary, m_calendar)};
    if (summary->unread > 0)
        told.append(newMessagesText(summary->unread));
    leaveChat();
    m_chat = chat;
    m_blockedBy.clear();
    // The draft that was left may not have come back yet as a fact, nor that it was sent.
    m_composer->setText(m_left.value(chat, summary->draft));
    m_model.setChat(chat); // asks for the page, and so for what is unread, before it is marked as read
    m_model.setName(summary->name);
    m_stack->setCurrentWidget(m_conversation);
    refresh();
    m_endInView = true; // what is there counts as read when the chat is opened
    tellOpenChat();
    takeFocus();
    announce(*this, told.join(u", "_s));
}

void ChatPage::closeChat()
{
    leaveChat();
    m_chat = {};
    m_model.setChat({});
    m_composer->setText({});
    m_composer->setRecipient({});
    m_stack->setCurrentWidget(m_noChat);
    tellOpenChat();
}

void ChatPage::leaveChat()
{
    if (!m_chat.isNull())
        m_left.insert(m_chat, m_composer->text());
    flushDraft();
    setTyping(false);
}

void ChatPage::forgetProfile()
{
    closeChat();
    m_left.clear();
    m_model.setName({});
    m_header->clear();
    m_keyChanged->setSentences({}, {});
    m_keyChanged->hide();
    m_emptyChat->setText({});
    m_blockedBy.clear();
    m_composer->showField();
    m_toast->clear();
}

void ChatPage::tellOpenChat()
{
    m_facade.setOpenChat(m_chat, m_active && !m_covered && m_endInView && isVisible() && !m_chat.isNull());
}

void ChatPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    // Not yet: whoever shows this page may be about to open another chat, and this one would count as read.
    QMetaObject::invokeMethod(this, &ChatPage::tellOpenChat, Qt::QueuedConnection);
}

void ChatPage::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    tellOpenChat();
}

void ChatPage::setWindowActive(bool active)
{
    if (m_active == active)
        return;
    m_active = active;
    if (active)
        m_view->followTheDay();
    else
        flushDraft();
    tellOpenChat();
}

void ChatPage::setCovered(bool covered)
{
    if (m_covered == covered)
        return;
    m_covered = covered;
    if (covered)
        tellOpenChat();
    else // not yet: one sheet may lead to another
        QMetaObject::invokeMethod(this, &ChatPage::tellOpenChat, Qt::QueuedConnection);
}

void ChatPage::setNarrow(bool narrow)
{
    m_header->setBackShown(narrow);
    m_view->setNarrow(narrow);
}

void ChatPage::setOffline(bool offline)
{
    if (offline)
        m_offline->appear();
    else
        m_offline->hide();
}

void ChatPage::setSendWithCtrlEnter(bool on)
{
    m_composer->setSendWithCtrlEnter(on);
}

void ChatPage::takeFocus()
{
    if (m_composer->isBlocked())
        m_view->setFocus(Qt::ShortcutFocusReason);
    else
        m_composer->takeFocus();
}

// ---- What is shown

void ChatPage::refresh()
{
    if (m_chat.isNull())
        return;
    const chat::ChatSummary *found = m_chats.find(m_chat);
    if (!found) {
        closeChat();
        Q_EMIT backRequested();
        return;
    }
    const chat::ChatSummary chat = *found;
    m_model.setName(chat.name);
    m_header->setChat(chat);
    m_composer->setRecipient(chat.name);
    refreshKeyBanner(chat);
    refreshComposer(chat);
    m_emptyChat->setText(chat.request
            ? tr("You see only the name until you accept.")
            : tr("Only you and %1 can read what is written here.").arg(isolatedName(chat.name)));
    m_emptyChat->setVisible(chat.request || m_model.isKnownEmpty());
}

void ChatPage::refreshKeyBanner(const chat::ChatSummary &chat)
{
    if (chat.trust != chat::Trust::KeyChanged) {
        m_keyChanged->hide();
        return;
    }
    m_keyChanged->setSentences(
        tr("%1’s key is new since %2.").arg(isolatedName(chat.name), m_calendar.listTime(chat.keyChangedMs)),
        tr("A new computer, or someone in between. Compare the safety number before you write."));
    m_keyChanged->appear();
}

void ChatPage::refreshComposer(const chat::ChatSummary &chat)
{
    const QString state = chat.request            ? u"request"_s
        : chat.blocked                            ? u"blocked"_s
        : chat.link == chat::Link::InvitationDead ? u"dead%1"_s.arg(chat.linkTrouble)
        : chat.trust == chat::Trust::KeyChanged   ? u"key%1"_s.arg(chat.keyChangedMs)
                                                  : QString();
    if (state == m_blockedBy && (!state.isEmpty() || !m_composer->isBlocked()))
        return;
    m_blockedBy = state;
    const chat::ContactId id = chat.id;
    if (chat.request) {
        m_composer->showBlocked(Icon::Inbox, tr("%1 wrote to your address.").arg(isolatedName(chat.name)));
        connect(m_composer->addBlockedAct(ButtonKind::Text, tr("Decline"), u"declineRequest"_s), &Button::clicked, this,
            [this, id] { m_acts.declineRequest(id); });
        connect(m_composer->addBlockedAct(ButtonKind::Primary, tr("Accept"), u"acceptRequest"_s), &Button::clicked,
            this, [this, id] { m_acts.acceptRequest(id); });
    } else if (chat.blocked) {
        m_composer->showBlocked(Icon::Block, tr("You blocked %1.").arg(isolatedName(chat.name)));
        connect(m_composer->addBlockedAct(ButtonKind::Text, tr("Unblock"), u"unblock"_s), &Button::clicked, this,
            [this, id] { m_acts.setBlocked(id, false); });
    } else if (chat.link == chat::Link::InvitationDead) {
        m_composer->showBlocked(Icon::Link, session::troubleText(chat.linkTrouble, {}, chat.name));
        connect(m_composer->addBlockedAct(ButtonKind::Text, tr("Open another link"), u"openAnotherLink"_s),
            &Button::clicked, this, &ChatPage::openLinkRequested);
    } else if (chat.trust == chat::Trust::KeyChanged) {
        m_composer->showBlocked(Icon::Lock, tr("Sending waits until you compare or accept."));
        connect(m_composer->addBlockedAct(ButtonKind::Text, tr("Accept"), u"acceptNewKey"_s), &Button::clicked, this,
            [this, id, changed = chat.keyChangedMs] { m_acts.acceptNewKey(id, changed); });
    } else {
        m_composer->showField();
    }
}

// ---- Writing

void ChatPage::send(const QString &text)
{
    const chat::ContactId chat = m_chat;
    // A stored draft goes with the message, in one step; when the message cannot be stored, it stays.
    m_facade.sendText(chat, text, guarded(this, [this, chat, text](chat::Outcome<chat::MessageId> outcome) {
        // What was locked meanwhile keeps no plaintext; the draft from before the lock is stored.
        if (outcome.ok() || m_facade.profile().state != session::ProfileState::Open)
            return;
        giveBack(chat, text);
        m_toast->say(session::troubleText(outcome.error(), m_model.name()));
    }));
    m_composer->clear();
    m_draftDirty = false;
    m_draftTimer.stop();
    setTyping(false);
}

/// Nothing that was written is lost: it goes back to where it was written, before what was begun since.
void ChatPage::giveBack(const chat::ContactId &chat, const QString &text)
{
    const QString since = chat == m_chat ? m_composer->text() : m_left.value(chat);
    const QString whole = since.isEmpty() ? text : text + u'\n' + since;
    if (chat == m_chat) {
        m_composer->setText(whole);
        m_draftDirty = true;
        flushDraft();
    } else {
        m_left.insert(chat, whole);
        m_facade.setDraft(chat, whole);
    }
}

void ChatPage::flushDraft()
{
    m_draftTimer.stop();
    if (!std::exchange(m_draftDirty, false) || m_chat.isNull())
        return;
    m_facade.setDraft(m_chat, m_composer->text());
}

void ChatPage::setTyping(bool typing)
{
    if (typing)
        m_typingTimer.start();
    else
        m_typingTimer.stop();
    if (m_typing == typing || m_chat.isNull())
        return;
    m_typing = typing;
    m_facade.setTyping(m_chat, typing);
}

// ---- Widget

bool ChatPage::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_view && event->type() == QEvent::Resize)
        m_emptyChat->setGeometry(m_view->rect().adjusted(24, 24, -24, -24));
    return QWidget::eventFilter(watched, event);
}

void ChatPage::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_look.colour(Colour::Canvas));
}

} // namespace tacet::ui
