#include "tests/ui/fake_session.h"

#include <QTimer>

#include <algorithm>

namespace tacet::test {
using namespace Qt::StringLiterals;
using namespace chat;
using session::Reply;

FakeSession::FakeSession()
{
    m_profile.state = session::ProfileState::Open;
    m_profile.folder = u"/home/mara/.local/share/tacet/default"_s;
    currentSettings.displayName = u"Mara Lindqvist"_s;
    passphrase = u"four quiet herons at noon"_s;
    for (int i = 0; i < 12; ++i)
        number.groups.append(QString::number(10000 + (i * 7919 + 38214) % 90000));
    number.qrPayload = QByteArray("\x01").append(QByteArray(64, '\x5a'));
    preview.fetched = false;
    preview.name = u"Elif Demir"_s;
    preview.colour = 4;
    fillRelays();
}

// ---- Answers

void FakeSession::post(std::function<void()> answer)
{
    if (m_holding)
        m_held.push_back(std::move(answer));
    else
        QTimer::singleShot(0, this, std::move(answer));
}

void FakeSession::release(int count)
{
    while (!m_held.empty() && count-- != 0) {
        const std::function<void()> answer = std::move(m_held.front());
        m_held.pop_front();
        answer();
    }
}

void FakeSession::failNext(TroubleCode code, const QString &detail, qint64 value)
{
    m_nextTrouble = {code, detail, value};
}

void FakeSession::done(const Reply<Done> &reply)
{
    if (!failed(reply) && reply)
        post([reply] { reply(Done{}); });
}

// ---- Setting up

ContactId FakeSession::addContact(const QString &name, int colour, Trust trust)
{
    ChatSummary chat;
    chat.id = numbered<ContactId>(0x100 + static_cast<quint64>(m_chats.size()));
    chat.name = name;
    chat.givenName = name;
    chat.colour = colour;
    chat.trust = trust;
    chat.link = Link::Live;
    chat.addedMs = now - 40LL * 24 * 3600 * 1000;
    m_chats.append(chat);
    return chat.id;
}

void FakeSession::store(Message message, bool live)
{
    message.id = numbered<MessageId>(++m_counter);
    message.arrivedMs = message.sentMs;
    message.sortMs = message.sentMs;
    message.sequence = static_cast<qint64>(m_counter);
    message.stateMs = message.sentMs;
    QList<Message> &messages = m_messages[message.chat];
    messages.insert(std::upper_bound(messages.begin(), messages.end(), message, before), message);
    ChatSummary &chat = summary(message.chat);
    chat.last = messages.last();
    if (live) {
        Q_EMIT factStored(MessageStored{message, true});
        Q_EMIT factStored(ChatChanged{chat});
    }
}

MessageId FakeSession::addMessage(
    const ContactId &chat, const QString &text, qint64 sentMs, bool own, MessageState state)
{
    Message message;
    message.chat = chat;
    message.own = own;
    message.text = text;
    message.sentMs = sentMs;
    message.state = state;
    message.relays = own && state != MessageState::Queued ? 2 : 0;
    store(message, false);
    return numbered<MessageId>(m_counter);
}

void FakeSession::addSystemLine(const ContactId &chat, SystemLine line, qint64 sentMs, const QString &argument)
{
    Message message;
    message.chat = chat;
    message.system = line;
    message.text = argument;
    message.sentMs = sentMs;
    store(message, false);
}

void FakeSession::fillChat(const ContactId &chat, int count)
{
    QList<Message> &messages = m_messages[chat];
    messages.reserve(count);
    for (int i = 0; i < count; ++i) {
        Message message;
        message.id = numbered<MessageId>(++m_counter);
        message.chat = chat;
        message.own = i % 3 == 0;
        message.text = u"Message %1, with a few words so that it looks like one."_s.arg(i + 1);
        message.sentMs = now - (count - i) * 60000LL;
        message.arrivedMs = message.sortMs = message.stateMs = message.sentMs;
        message.sequence = static_cast<qint64>(m_counter);
        message.state = message.own ? MessageState::Read : MessageState::Received;
        messages.append(message);
    }
    std::sort(messages.begin(), messages.end(), before);
    if (!messages.isEmpty())
        summary(chat).last = messages.last();
}

ChatSummary &FakeSession::summary(const ContactId &chat)
{
    const auto found = std::find_if(m_chats.begin(), m_chats.end(), [&](const ChatSummary &c) { return c.id == chat; });
    Q_ASSERT(found != m_chats.end());
    return *found;
}

void FakeSession::setUnread(const ContactId &chat, int count)
{
    summary(chat).unread = count;
    const QList<Message> &messages = m_messages[chat];
    if (count > 0 && messages.size() >= count)
        m_firstUnread[chat] = messages.at(messages.size() - count).id;
    else
        m_firstUnread.remove(chat);
}

ContactId FakeSession::idOf(const QString &name) const
{
    for (const ChatSummary &chat : m_chats) {
        if (chat.name == name)
            return chat.id;
    }
    return {};
}

// ---- Making things happen

void FakeSession::receive(const ContactId &chat, const QString &text)
{
    Message message;
    message.chat = chat;
    message.text = text;
    message.sentMs = now;
    if (openChat != chat || !openChatActive) {
        ++summary(chat).unread;
        if (!m_firstUnread.contains(chat))
            m_firstUnread[chat] = numbered<MessageId>(m_counter + 1);
    }
    store(message, true);
}

Message *FakeSession::find(const MessageId &message)
{
    for (QList<Message> &messages : m_messages) {
        for (Message &candidate : messages) {
            if (candidate.id == message)
                return &candidate;
        }
    }
    return nullptr;
}

void FakeSession::setMessageState(const MessageId &message, MessageState state, int relays)
{
    Message *found = find(message);
    Q_ASSERT(found);
    found->state = state;
    found->stateMs = now;
    found->relays = relays;
    Q_EMIT factStored(MessageChanged{*found});
    ChatSummary &chat = summary(found->chat);
    if (chat.last && chat.last->id == message) {
        chat.last = *found;
        Q_EMIT factStored(ChatChanged{chat});
    }
}

void FakeSession::removeMessage(const MessageId &message)
{
    const Message *found = find(message);
    Q_ASSERT(found);
    const ContactId chat = found->chat;
    m_messages[chat].removeIf([&](const Message &m) { return m.id == message; });
    Q_EMIT factStored(MessageRemoved{chat, message});
}

void FakeSession::changeChat(const ContactId &chat)
{
    Q_EMIT factStored(ChatChanged{summary(chat)});
}

void FakeSession::setProfile(const session::ProfileStatus &status)
{
    m_profile = status;
    Q_EMIT profileChanged(status);
}

// ---- Profile

void FakeSession::tryProfileAgain()
{
    calls.append(u"tryProfileAgain"_s);
    post([this] { Q_EMIT profileChanged(m_profile); });
}

void FakeSession::createProfile(session::CreateProfile request, Reply<session::Created> reply)
{
    calls.append(u"createProfile %1"_s.arg(request.name));
    if (failed(reply))
        return;
    currentSettings.displayName = request.name;
    post([this, reply] {
        session::Created created;
        for (int i = 0; i < 12; ++i)
            created.recoveryCode.append(u"QX%1"_s.arg(10 + i));
        m_profile.state = session::ProfileState::Open;
        m_profile.recoveryUnproved = true;
        reply(created);
        Q_EMIT profileChanged(m_profile);
    });
}

void FakeSession::unlock(crypto::SecretBuffer given, Reply<Done> reply)
{
    calls.append(u"unlock"_s);
    if (failed(reply))
        return;
    const QByteArray typed(reinterpret_cast<const char *>(given.view().data()), static_cast<qsizetype>(given.size()));
    if (QString::fromUtf8(typed) != passphrase) {
        const qint64 wait = ++m_wrongEntries < 3 ? 0 : 5;
        post([reply, wait] { reply(trouble(TroubleCode::WrongPassphrase, {}, wait)); });
        return;
    }
    post([this, reply] {
        m_profile.state = session::ProfileState::Open;
        reply(Done{});
        Q_EMIT profileChanged(m_profile);
    });
}

void FakeSession::unlockWithKeychain(Reply<Done> reply)
{
    calls.append(u"unlockWithKeychain"_s);
    done(reply);
}

void FakeSession::unlockWithRecoveryCode(crypto::SecretBuffer, Reply<Done> reply)
{
    calls.append(u"unlockWithRecoveryCode"_s);
    done(reply);
}

void FakeSession::lock()
{
    calls.append(u"lock"_s);
    const auto close = [this] {
        m_profile.state = session::ProfileState::Locked;
        m_profile.receivingWhileLocked = true;
        Q_EMIT profileChanged(m_profile);
    };
    if (lockIsSlow)
        m_held.push_back(close);
    else
        close();
}

void FakeSession::setProfileAside(Reply<QString> reply)
{
    calls.append(u"setProfileAside"_s);
    if (!failed(reply))
        post([reply] { reply(u"default-2024-11-21"_s); });
}

void FakeSession::changePassphrase(crypto::SecretBuffer, crypto::SecretBuffer, Reply<Done> reply)
{
    calls.append(u"changePassphrase"_s);
    done(reply);
}

void FakeSession::setKeychainUnlock(bool on, Reply<Done> reply)
{
    calls.append(u"setKeychainUnlock %1"_s.arg(on));
    done(reply);
}

void FakeSession::renewRecoveryCode(Reply<QStringList> reply)
{
    calls.append(u"renewRecoveryCode"_s);
    if (failed(reply))
        return;
    QStringList code;
    for (int i = 0; i < 12; ++i)
        code.append(u"KD%1-3PMV"_s.arg(10 + i));
    m_profile.recoveryUnproved = true;
    post([reply, code] { reply(code); });
}

void FakeSession::confirmRecoveryCode(Reply<Done> reply)
{
    calls.append(u"confirmRecoveryCode"_s);
    m_profile.recoveryUnproved = false;
    done(reply);
}

} // namespace tacet::test
