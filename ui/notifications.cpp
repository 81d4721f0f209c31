#include "ui/notifications.h"

#include "ui/guarded.h"
#include "ui/rich_runs.h"

#include <utility>

namespace tacet::ui {

using namespace Qt::StringLiterals;
using chat::ContactId;

namespace {

constexpr int kOff = 0;
constexpr int kNameAndText = 2;
/// The first message of a chat is announced at once, what follows it so soon together: weeks of mail are no storm.
constexpr int kMomentMs = 700;
/// What arrives behind the lock has no chat.
const QString &lockedTag()
{
    static const QString tag = u"locked"_s;
    return tag;
}

} // namespace

Notifications::Notifications(
    session::SessionFacade &session, Notifier &notifier, Viewed viewed, QObject *parent)
    : QObject(parent)
    , m_session(session)
    , m_notifier(notifier)
    , m_viewed(std::move(viewed))
{
    connect(&session, &session::SessionFacade::factStored, this, &Notifications::take);
    connect(&session, &session::SessionFacade::profileChanged, this, &Notifications::profileIs);
    connect(&session, &session::SessionFacade::sealedMessageArrived, this, [this] {
        if (m_level != kOff)
            m_notifier.show(lockedTag(), tr("New message"), {});
    });
    m_moment.setSingleShot(true);
    m_moment.setInterval(kMomentMs);
    connect(&m_moment, &QTimer::timeout, this, &Notifications::announceWaiting);
    connect(&notifier, &Notifier::activated, this, [this](const QString &tag) {
        Q_EMIT chatWanted(ContactId::fromHex(tag).value_or(ContactId{}));
    });
    if (session.profile().state == session::ProfileState::Open)
        readAll();
}

void Notifications::readAll()
{
    m_session.settings(guarded(this, [this](const chat::Outcome<chat::Settings> &settings) {
        if (settings.ok())
            m_level = settings->notifications;
    }));
    m_session.chats(guarded(this, [this](const chat::Outcome<QList<chat::ChatSummary>> &chats) {
        if (!chats.ok())
            return;
        for (const chat::ChatSummary &chat : *chats)
            m_chats.insert(chat.id, chat);
    }));
}

void Notifications::profileIs(const session::ProfileStatus &status)
{
    // Locked: nothing that names anybody stays on the screen or in this process. Unlocked: what was sealed is read now.
    forgetAll();
    m_chats.clear();
    if (status.state == session::ProfileState::Open)
        readAll();
    else
        m_namesHidden = false; // closed: no name is known here any more
}

void Notifications::hideNames()
{
    m_namesHidden = true;
    forgetAll();
}

void Notifications::take(const chat::Fact &fact)
{
    if (const auto *stored = std::get_if<chat::MessageStored>(&fact)) {
        if (stored->live)
            messageArrived(stored->message);
    } else if (const auto *changed = std::get_if<chat::ChatChanged>(&fact)) {
        m_chats.insert(changed->chat.id, changed->chat);
        if (changed->chat.unread == 0)
            forget(changed->chat.id);
    } else if (const auto *removed = std::get_if<chat::ChatRemoved>(&fact)) {
        m_chats.remove(removed->chat);
        forget(removed->chat);
    } else if (const auto *gone = std::get_if<chat::MessageRemoved>(&fact)) {
        forget(gone->chat); // which of its messages is on the screen is not known: better none
    } else if (const auto *settings = std::get_if<chat::SettingsChanged>(&fact)) {
        m_level = settings->settings.notifications;
        if (m_level < kNameAndText) // names and texts leave the screen as soon as they are not wanted
            forgetAll();
    }
}

void Notifications::forget(const ContactId &chat)
{
    m_waiting.remove(chat);
    if (m_shown.remove(chat))
        m_notifier.withdraw(chat.toHex());
}

void Notifications::forgetAll()
{
    m_waiting.clear();
    m_shown.clear();
    m_notifier.withdrawAll();
}

void Notifications::messageArrived(const chat::Message &message)
{
    if (m_recent.contains(message.chat)) {
        m_waiting.insert(message.chat, message);
        return;
    }
    if (!announce(message))
        return;
    m_recent.insert(message.chat);
    if (!m_moment.isActive())
        m_moment.start();
}

void Notifications::announceWaiting()
{
    m_recent.clear();
    const auto waiting = std::exchange(m_waiting, {});
    for (const chat::Message &message : waiting)
        messageArrived(message);
}

bool Notifications::announce(const chat::Message &message)
{
    if (m_level == kOff || message.own || message.system != chat::SystemLine::None || m_viewed() == message.chat)
        return false;
    const auto chat = m_chats.constFind(message.chat);
    const bool known = chat != m_chats.constEnd();
    if (known && (chat->muted || chat->blocked))
        return false;
    if (m_namesHidden) {
        m_notifier.show(lockedTag(), tr("New message"), {});
        return true;
    }
    QString title = tr("New message");
    QString body;
    // Requests come from strangers: their words are shown nowhere before they are accepted.
    if (m_level >= kNameAndText && known && !chat->request) {
        title = visibleLine(chat->name, 60);
        body = visibleLine(message.text, 160);
    }
    m_shown.insert(message.chat);
    m_notifier.show(message.chat.toHex(), title, body);
    return true;
}

} // namespace tacet::ui
