// FakeSession: chats, messages, invitations, relays, settings and backups, as the window asks for them.
#include "tests/ui/fake_session.h"

#include <algorithm>

namespace tacet::test {
using namespace Qt::StringLiterals;
using namespace chat;
using session::Reply;
namespace {

Message probe(const Anchor &anchor)
{
    Message message;
    message.sortMs = anchor.sortMs;
    message.own = anchor.own;
    message.sequence = anchor.sequence;
    message.id = anchor.id;
    return message;
}

} // namespace

// ---- Chats

void FakeSession::chats(Reply<QList<ChatSummary>> reply)
{
    if (!failed(reply))
        post([reply, list = m_chats] { reply(list); });
}

void FakeSession::page(ContactId chat, Anchor anchor, PageDirection direction, int count, Reply<Page> reply)
{
    ++pagesAsked;
    if (failed(reply))
        return;
    const QList<Message> &all = m_messages[chat];
    qsizetype from = 0;
    qsizetype to = 0;
    const auto lower = [&] { return std::lower_bound(all.begin(), all.end(), probe(anchor), before) - all.begin(); };
    const auto upper = [&] { return std::upper_bound(all.begin(), all.end(), probe(anchor), before) - all.begin(); };
    switch (direction) {
    case PageDirection::Older:
        to = anchor.isEnd ? all.size() : lower();
        from = std::max<qsizetype>(0, to - count);
        break;
    case PageDirection::Newer:
        from = anchor.isEnd ? all.size() : upper();
        to = std::min(all.size(), from + count);
        break;
    case PageDirection::Around: {
        const qsizetype middle = anchor.isEnd ? all.size() : lower();
        from = std::max<qsizetype>(0, middle - count / 2);
        to = std::min(all.size(), from + count);
        break;
    }
    }
    Page page;
    page.chat = chat;
    page.messages = all.mid(from, to - from);
    page.reachesStart = from == 0;
    page.reachesEnd = to == all.size();
    page.firstUnread = m_firstUnread.value(chat);
    page.unread = summary(chat).unread;
    post([reply, page] { reply(page); });
}

void FakeSession::sendText(ContactId chat, QString text, Reply<MessageId> reply)
{
    calls.append(u"sendText %1"_s.arg(text));
    if (failed(reply))
        return;
    post([this, chat, text, reply] {
        Message message;
        message.chat = chat;
        message.own = true;
        message.text = text;
        message.sentMs = now;
        message.state = MessageState::Queued;
        summary(chat).draft.clear();
        store(message, true);
        reply(numbered<MessageId>(m_counter));
    });
}

void FakeSession::retryMessage(MessageId message, Reply<Done> reply)
{
    calls.append(u"retryMessage"_s);
    if (Message *found = find(message))
        setMessageState(found->id, MessageState::Queued);
    done(reply);
}

void FakeSession::deleteForMe(MessageId message, Reply<Done> reply)
{
    calls.append(u"deleteForMe"_s);
    if (failed(reply))
        return;
    removeMessage(message);
    done(reply);
}

void FakeSession::setOpenChat(ContactId chat, bool windowActive)
{
    openChat = chat.isNull() ? std::nullopt : std::optional<ContactId>(chat);
    openChatActive = windowActive;
    if (!chat.isNull() && windowActive && summary(chat).unread > 0) {
        summary(chat).unread = 0;
        m_firstUnread.remove(chat);
        changeChat(chat);
    }
}

void FakeSession::setDraft(ContactId chat, QString text)
{
    calls.append(u"setDraft %1"_s.arg(text));
    post([this, chat, text] {
        summary(chat).draft = text;
        changeChat(chat);
    });
}

void FakeSession::setTyping(ContactId, bool typing)
{
    calls.append(u"setTyping %1"_s.arg(typing));
}

void FakeSession::setMuted(ContactId chat, bool muted, Reply<Done> reply)
{
    calls.append(u"setMuted %1"_s.arg(muted));
    summary(chat).muted = muted;
    changeChat(chat);
    done(reply);
}

void FakeSession::setPinned(ContactId chat, bool pinned, Reply<Done> reply)
{
    calls.append(u"setPinned %1"_s.arg(pinned));
    summary(chat).pinned = pinned;
    changeChat(chat);
    done(reply);
}

void FakeSession::renameContact(ContactId chat, QString name, Reply<Done> reply)
{
    calls.append(u"renameContact %1"_s.arg(name));
    if (failed(reply))
        return;
    summary(chat).name = name;
    changeChat(chat);
    done(reply);
}

void FakeSession::block(ContactId chat, bool blocked, Reply<Done> reply)
{
    calls.append(u"block %1"_s.arg(blocked));
    summary(chat).blocked = blocked;
    changeChat(chat);
    done(reply);
}

void FakeSession::acceptRequest(ContactId chat, Reply<Done> reply)
{
    calls.append(u"acceptRequest"_s);
    summary(chat).request = false;
    changeChat(chat);
    done(reply);
}

void FakeSession::declineRequest(ContactId chat, Reply<Done> reply)
{
    calls.append(u"declineRequest"_s);
    m_chats.removeIf([&](const ChatSummary &c) { return c.id == chat; });
    Q_EMIT factStored(ChatRemoved{chat});
    done(reply);
}

void FakeSession::clearHistory(ContactId chat, Reply<Done> reply)
{
    calls.append(u"clearHistory"_s);
    const QList<Message> gone = std::exchange(m_messages[chat], {});
    for (const Message &message : gone)
        Q_EMIT factStored(MessageRemoved{chat, message.id});
    summary(chat).last.reset();
    changeChat(chat);
    done(reply);
}

// ---- Safety number

void FakeSession::safetyNumber(ContactId, Reply<SafetyNumber> reply)
{
    if (!failed(reply))
        post([reply, answer = number] { reply(answer); });
}

void FakeSession::compareNumber(ContactId, QString digits, Reply<session::Compared> reply)
{
    if (failed(reply))
        return;
    QString plain;
    for (const QChar c : digits) {
        if (c.isDigit())
            plain.append(c);
    }
    if (plain.size() != 60) {
        post([reply] { reply(trouble(TroubleCode::NumberUnreadable)); });
        return;
    }
    session::Compared compared;
    compared.same = plain == number.groups.join(QString());
    for (int i = 0; i < 12 && !compared.same && compared.firstDifferentGroup < 0; ++i) {
        if (plain.mid(i * 5, 5) != number.groups.at(i))
            compared.firstDifferentGroup = i;
    }
    post([reply, compared] { reply(compared); });
}

void FakeSession::compareScanned(ContactId, QByteArray payload, Reply<session::Compared> reply)
{
    if (!failed(reply))
        post([reply, same = payload == number.qrPayload] { reply(session::Compared{same, same ? -1 : 0}); });
}

void FakeSession::setVerified(ContactId chat, QString digits, Reply<Done> reply)
{
    calls.append(u"setVerified %1"_s.arg(digits));
    if (failed(reply))
        return;
    if (digits != number.groups.join(u' ')) {
        post([reply] { reply(trouble(TroubleCode::NumberChanged)); });
        return;
    }
    summary(chat).trust = Trust::Verified;
    changeChat(chat);
    done(reply);
}

void FakeSession::setUnverified(ContactId chat, Reply<Done> reply)
{
    calls.append(u"setUnverified"_s);
    if (failed(reply))
        return;
    summary(chat).trust = Trust::NotCompared;
    changeChat(chat);
    done(reply);
}

void FakeSession::acceptNewKey(ContactId chat, qint64 keyChangedMs, Reply<Done> reply)
{
    calls.append(u"acceptNewKey"_s);
    if (summary(chat).keyChangedMs != keyChangedMs)
        return reply(Outcome<Done>(trouble(TroubleCode::NumberChanged)));
    summary(chat).trust = Trust::NotCompared;
    changeChat(chat);
    done(reply);
}

// ---- Invitations

void FakeSession::createInvitation(InvitationKind kind, QString label, Reply<Invitation> reply)
{
    calls.append(u"createInvitation %1"_s.arg(label));
    if (failed(reply))
        return;
    Invitation invitation;
    invitation.id = numbered<InvitationId>(++m_counter);
    invitation.kind = kind;
    invitation.label = label;
    invitation.link = u"tacet:1?k=q7m2vx9d4s8c0r5ue3wkz6hJf1yGt4bNnL8pQaRsTuV&r=nos.lol&r=relay.primal.net"_s;
    invitation.createdMs = now;
    invitation.untilMs = now + 10LL * 24 * 3600 * 1000;
    invitation.relaysHolding = 2;
    invitationList.append(invitation);
    post([this, reply, invitation] {
        reply(invitation);
        Q_EMIT factStored(InvitationChanged{invitation});
    });
}

void FakeSession::labelInvitation(InvitationId id, QString label, Reply<Done> reply)
{
    calls.append(u"labelInvitation %1"_s.arg(label));
    for (Invitation &invitation : invitationList) {
        if (invitation.id == id) {
            invitation.label = label;
            Q_EMIT factStored(InvitationChanged{invitation});
        }
    }
    done(reply);
}

void FakeSession::revokeInvitation(InvitationId id, Reply<Done> reply)
{
    calls.append(u"revokeInvitation"_s);
    for (Invitation &invitation : invitationList) {
        if (invitation.id == id) {
            invitation.state = InvitationState::Revoked;
            Q_EMIT factStored(InvitationChanged{invitation});
        }
    }
    done(reply);
}

void FakeSession::invitations(Reply<QList<Invitation>> reply)
{
    if (!failed(reply))
        post([reply, list = invitationList] { reply(list); });
}

void FakeSession::readLink(QString link, Reply<LinkPreview> reply)
{
    calls.append(u"readLink %1"_s.arg(link));
    if (failed(reply))
        return;
    LinkPreview answer = preview;
    answer.link = link;
    answer.fetched = false;
    answer.name.clear();
    post([reply, answer] { reply(answer); });
}

void FakeSession::fetchLink(QString link, Reply<LinkPreview> reply)
{
    calls.append(u"fetchLink %1"_s.arg(link));
    if (failed(reply))
        return;
    LinkPreview answer = preview;
    answer.link = link;
    answer.fetched = true;
    post([reply, answer] { reply(answer); });
}

void FakeSession::startChat(QString link, std::optional<ContactId> into, Reply<session::StartedChat> reply)
{
    calls.append(u"startChat %1"_s.arg(link));
    if (failed(reply))
        return;
    const ContactId chat = into ? *into : addContact(preview.name, preview.colour);
    summary(chat).link = Link::WaitingForPeer;
    changeChat(chat);
    post([reply, chat] { reply(session::StartedChat{chat, true}); });
}

// ---- Relays, settings, backup

void FakeSession::fillRelays()
{
    const auto add = [this](const QString &host, RelayCondition condition, int roundTrip, qint64 lastAgo) {
        RelayInfo relay;
        relay.url = u"wss://"_s + host;
        relay.host = host;
        relay.condition = condition;
        relay.roundTripMs = roundTrip;
        relay.lastEventMs = now - lastAgo;
        relay.own = true;
        relayList.append(relay);
    };
    add(u"relay.nordlicht.example"_s, RelayCondition::Connected, 184, 12000);
    add(u"nostr.lindenhof.example"_s, RelayCondition::Connected, 231, 40000);
    add(u"tide.example"_s, RelayCondition::Slow, 2900, 180000);
    add(u"relay.karst.example"_s, RelayCondition::Unreachable, -1, 86400000);
    relayList.last().nextTryMs = now + 42000;
    RelayInfo here;
    here.url = u"ws://127.0.0.1:7447"_s;
    here.host = u"127.0.0.1"_s;
    here.condition = RelayCondition::Connected;
    here.roundTripMs = 1;
    here.lastEventMs = now - 2600000;
    here.thisComputer = true;
    here.own = true;
    relayList.append(here);
    for (const RelayInfo &relay : relayList)
        disclosed.relays.append({relay.url, 180, 232, {300, 80, 20, 10, 2}, 9, now - 9000000000, now - 12000});
    outboxInfo.lastLeftMs = now - 1620000;
}

void FakeSession::relays(Reply<QList<RelayInfo>> reply)
{
    if (!failed(reply))
        post([reply, list = relayList] { reply(list); });
}

void FakeSession::addRelay(QString url, Reply<RelayInfo> reply)
{
    calls.append(u"addRelay %1"_s.arg(url));
    if (failed(reply))
        return;
    RelayInfo relay;
    relay.url = url;
    relay.host = url.section(u'/', 2, 2);
    relay.condition = RelayCondition::Connected;
    relay.roundTripMs = 120;
    relay.own = true;
    relayList.append(relay);
    Q_EMIT factStored(RelayChanged{relay});
    post([reply, relay] { reply(relay); });
}

void FakeSession::removeRelay(QString url, Reply<Done> reply)
{
    calls.append(u"removeRelay %1"_s.arg(url));
    if (failed(reply))
        return;
    relayList.removeIf([&](const RelayInfo &relay) { return relay.url == url; });
    Q_EMIT factStored(RelayRemoved{url});
    done(reply);
}

void FakeSession::testRelay(QString url, Reply<RelayInfo> reply)
{
    calls.append(u"testRelay %1"_s.arg(url));
    if (failed(reply))
        return;
    for (const RelayInfo &relay : relayList) {
        if (relay.url == url)
            post([reply, relay] { reply(relay); });
    }
}

void FakeSession::useOwnRelay(Reply<RelayInfo> reply)
{
    calls.append(u"useOwnRelay"_s);
    if (failed(reply))
        return;
    RelayInfo relay;
    relay.url = u"ws://127.0.0.1:7447"_s;
    relay.host = u"127.0.0.1"_s;
    relay.condition = RelayCondition::Connected;
    relay.roundTripMs = 1;
    relay.own = true;
    relay.thisComputer = true;
    relayList.append(relay);
    Q_EMIT factStored(RelayChanged{relay});
    post([reply, relay] { reply(relay); });
}

void FakeSession::allowHost(QString host, Reply<Done> reply)
{
    calls.append(u"allowHost %1"_s.arg(host));
    if (!failed(reply))
        done(reply);
}

void FakeSession::disclosure(Reply<Disclosure> reply)
{
    if (!failed(reply))
        post([reply, answer = disclosed] { reply(answer); });
}

void FakeSession::outbox(Reply<OutboxInfo> reply)
{
    if (!failed(reply))
        post([reply, answer = outboxInfo] { reply(answer); });
}

void FakeSession::publishOwnRelay(Reply<RelayInfo> reply)
{
    calls.append(u"publishOwnRelay"_s);
    if (failed(reply))
        return;
    RelayInfo info;
    info.host = QString(56, u'o') + u".onion"_s;
    info.url = u"ws://"_s + info.host;
    info.thisComputer = true;
    info.own = true;
    relayList.append(info);
    post([reply, info] { reply(info); });
}

void FakeSession::findTor(Reply<session::TorHere> reply)
{
    post([this, reply] { reply(torHere); });
}

void FakeSession::settings(Reply<Settings> reply)
{
    if (!failed(reply))
        post([reply, answer = currentSettings] { reply(answer); });
}

void FakeSession::changeSettings(Settings settings, Reply<Done> reply)
{
    calls.append(u"changeSettings"_s);
    if (failed(reply))
        return;
    currentSettings = settings;
    Q_EMIT factStored(SettingsChanged{settings});
    done(reply);
}

void FakeSession::backupState(Reply<session::BackupState> reply)
{
    if (!failed(reply))
        post([reply, answer = backup] { reply(answer); });
}

void FakeSession::endBackup(const session::BackupEnd &end, const Reply<session::BackupSummary> &reply)
{
    if (end.trouble.code == TroubleCode::BackupBusy)
        return reply(Failure<Trouble>(end.trouble));
    backup.running = false;
    if (end.trouble.code == TroubleCode::None)
        reply(backup.last);
    else
        reply(Failure<Trouble>(end.trouble));
    Q_EMIT backupEnded(end);
}

void FakeSession::backupNow(QString file, crypto::SecretBuffer, Reply<session::BackupSummary> reply)
{
    calls.append(u"backupNow %1"_s.arg(file));
    backup.running = true;
    post([this, reply, end = session::BackupEnd{true, file, std::exchange(m_nextTrouble, {})}] {
        if (end.trouble.code == TroubleCode::None) {
            backup.last = {end.file, now, 1204, 9, 0, 5240000};
            for (const session::BackupStep step : {session::BackupStep::Writing, session::BackupStep::ReadingBack,
                     session::BackupStep::Comparing, session::BackupStep::Done})
                Q_EMIT backupProgressed(step, 1, 1);
        }
        endBackup(end, reply);
    });
}

void FakeSession::verifyBackup(QString file, crypto::SecretBuffer, Reply<session::BackupSummary> reply)
{
    calls.append(u"verifyBackup %1"_s.arg(file));
    backup.running = true;
    post([this, reply, end = session::BackupEnd{false, file, std::exchange(m_nextTrouble, {})}] { endBackup(end, reply); });
}

void FakeSession::restoreBackup(
    QString file, crypto::SecretBuffer, session::CreateProfile, Reply<session::BackupSummary> reply)
{
    calls.append(u"restoreBackup %1"_s.arg(file));
    if (failed(reply))
        return;
    post([this, reply, file] {
        reply(session::BackupSummary{file, now, 1204, 9, 0, 5240000});
        m_profile.state = session::ProfileState::Open;
        Q_EMIT profileChanged(m_profile);
    });
}

void FakeSession::cancelBackup()
{
    calls.append(u"cancelBackup"_s);
}

} // namespace tacet::test
