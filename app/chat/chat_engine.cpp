#include "app/chat/chat_engine.h"

#include "app/chat/history.h"
#include "app/chat/limits.h"
#include "app/chat/parts.h"
#include "app/chat/settings_store.h"
#include "app/chat/text.h"
#include "app/vault/inbox_rows.h"
#include "app/vault/profile_rows.h"
#include "app/vault/relay_rows.h"

namespace tacet::chat {

// --- Life ---

ChatEngine::ChatEngine(vault::Database &database, relay::RelayPort &port, const Clock &clock, Timers &timers,
                       crypto::Random &random, FactSink sink)
    : m_parts(std::make_unique<Parts>(database, port, clock, timers, random, std::move(sink)))
{
}

ChatEngine::~ChatEngine()
{
    m_parts->stop();
}

Outcome<Done> ChatEngine::load()
{
    return m_parts->load();
}

Outcome<Done> ChatEngine::start()
{
    return m_parts->start();
}

void ChatEngine::stop()
{
    m_parts->stop();
}

bool ChatEngine::isRunning() const
{
    return m_parts->context.running;
}

Outcome<Done> ChatEngine::Parts::load()
{
    vault::Snapshot snapshot(context.db);
    const auto profile = vault::readProfile(context.db);
    if (const auto read = snapshot.finish(); !read)
        return fail(troubleOf(read.error()));
    if (!profile)
        return trouble(TroubleCode::NoProfile);
    context.identity = crypto::OwnIdentity::fromSeed(profile->identitySeed.view());
    context.device = profile->device;
    return Done{};
}

Outcome<Done> ChatEngine::Parts::start()
{
    if (context.running)
        return Done{};
    if (const auto loaded = load(); !loaded)
        return loaded;
    {
        Step step(context);
        // After the wall clock went back, nothing waits longer than a back-off can.
        vault::clampTargets(step.db(), step.now() + kControlRetryMs);
        inbox.noticeCrash(step);
        if (const auto committed = step.commit(); !committed)
            return committed;
    }
    {
        // Before any socket, and only from what was really read: a disk that fails must not mean "no proxy".
        vault::Snapshot snapshot(context.db);
        const QString proxy = fromUtf8(vault::readSettingText(context.db, "proxy").value_or(""));
        if (const auto ended = snapshot.finish(); !ended)
            return fail(troubleOf(ended.error()));
        relays.applyProxy(proxy);
    }
    context.running = true;
    context.port.setListener(this);
    {
        vault::Snapshot snapshot(context.db);
        mailboxes.watchAll(context.db, [](const relay::RelayUrl &) { return true; });
        if (const auto ended = snapshot.finish(); !ended) {
            stop();
            return fail(troubleOf(ended.error()));
        }
    }
    {
        Step step(context);
        if (vault::readSettingInteger(step.db(), "renew_invitations").value_or(0) != 0) {
            invitations.renewAll(step);
            vault::writeSetting(step.db(), "renew_invitations", std::int64_t(0));
        }
        reunion.upkeep(step);
        for (vault::ContactRow &contact : vault::readContacts(step.db()))
            outbox.seal(step, contact); // what a crash or a missing relay left unsealed
        if (const auto committed = step.commit(); !committed) {
            stop();
            return committed;
        }
    }
    openings.runDue();
    static_cast<void>(receipts.flushDue()); // a failure is tried again by its own timer
    gaps.runDue();
    outbox.pump();
    upkeep();
    moves.start();
    return Done{};
}

void ChatEngine::Parts::stop()
{
    context.running = false;
    context.port.setListener(nullptr);
    upkeepTimer.cancel();
    outbox.stop();
    receipts.stop();
    gaps.stop();
    openings.stop();
    inbox.stop();
    fetches.stop();
    tests.stop();
    moves.stop();
}

void ChatEngine::Parts::upkeep()
{
    invitations.upkeep();
    {
        Step step(context);
        mailboxes.upkeep(step);
        greeting.forgetOldRendezvous(step);
        reunion.upkeep(step);
        // Hashes go when every relay was read far past them (limits.h).
        if (const auto slowest = allReadUntil(step))
            vault::deleteSeenBefore(step.db(), *slowest * kSecondMs - kSeenMs);
        static_cast<void>(step.commit());
    }
    context.db.clearLog(); // ratchets as they were before, and what a deletion could not clear beside a backup
    upkeepTimer = context.timers.after(kUpkeepMs, [this] { upkeep(); });
}

void ChatEngine::Parts::proxyChanges(Step &step, const QString &proxy)
{
    // Which hosts may be contacted changes with it (README, Hosts). Those that it alone allowed are left before a socket opens
    // anew, and only from what was really read: a commit that fails changes nothing.
    mailboxes.leaveAll(step, [&](const relay::RelayUrl &url) { return !relays.mayContactWith(proxy, step.db(), url); });
    std::set<relay::RelayUrl> fresh;
    for (const vault::MailboxRow &row : vault::readMailboxes(step.db())) {
        for (const vault::MailboxRelayRow &at : vault::readMailboxRelays(step.db(), row.publicKey)) {
            const auto url = relay::RelayUrl::parse(at.relay);
            if (url && relays.mayContactWith(proxy, step.db(), *url) && !relays.mayContact(step.db(), *url))
                fresh.insert(*url);
        }
    }
    step.afterwards([this, proxy, fresh] {
        relays.applyProxy(proxy);
        if (context.running) // else start() does the rest
            readAndWriteElsewhere(fresh);
    });
}

void ChatEngine::Parts::readAndWriteElsewhere(const std::set<relay::RelayUrl> &fresh)
{
    {
        Step step(context);
        QStringList asked;
        for (vault::ContactRow &contact : vault::readContacts(step.db())) {
            QStringList refused;
            if (!relays.usable(step.db(), vault::readContactRelays(step.db(), contact.id), &refused).empty()) {
                outbox.seal(step, contact);
                outbox.retarget(step, contact);
                continue;
            }
            for (const QString &host : contact.blocked || contact.request ? QStringList() : refused) {
                if (!asked.contains(host))
                    step.notice(TroubleCode::NewHost, host, contactId(contact.id));
                asked.append(host);
            }
        }
        static_cast<void>(step.commit()); // a failure: the pump asks which relays it may contact, so the rows wait
    }
    vault::Snapshot snapshot(context.db);
    mailboxes.watchAll(context.db, [&](const relay::RelayUrl &url) { return fresh.contains(url); });
    static_cast<void>(snapshot.finish()); // a failure: read there from the next start
}

// --- Commands ---

Outcome<QList<ChatSummary>> ChatEngine::chats()
{
    Context &context = m_parts->context;
    return readOnly<QList<ChatSummary>>(context, [&](vault::Database &db) -> Outcome<QList<ChatSummary>> {
        return readChats(db, context.passing);
    });
}

Outcome<ChatSummary> ChatEngine::chat(const ContactId &chat)
{
    Context &context = m_parts->context;
    return readOnly<ChatSummary>(context, [&](vault::Database &db) -> Outcome<ChatSummary> {
        const auto row = vault::readContact(db, chat.bytes);
        if (!row)
            return trouble(TroubleCode::UnknownContact);
        return summaryOf(db, *row, context.passing);
    });
}

Outcome<Page> ChatEngine::page(const ContactId &chat, const Anchor &anchor, PageDirection direction, int count)
{
    return readOnly<Page>(m_parts->context, [&](vault::Database &db) -> Outcome<Page> {
        auto page = readPage(db, chat, anchor, direction, count);
        if (!page)
            return trouble(TroubleCode::UnknownContact);
        return std::move(*page);
    });
}

Outcome<Message> ChatEngine::message(const MessageId &message)
{
    return readOnly<Message>(m_parts->context, [&](vault::Database &db) -> Outcome<Message> {
        const auto row = vault::readMessage(db, message.bytes);
        if (!row || !isShown(db, *row))
            return trouble(TroubleCode::UnknownMessage);
        return messageOf(*row);
    });
}

Outcome<MessageId> ChatEngine::sendText(const ContactId &chat, const QString &text)
{
    return m_parts->contacts.sendText(chat, text);
}
Outcome<Done> ChatEngine::retryMessage(const MessageId &message)
{
    return m_parts->outbox.retry(message);
}
Outcome<Done> ChatEngine::deleteForMe(const MessageId &message)
{
    return m_parts->contacts.deleteForMe(message);
}
Outcome<Done> ChatEngine::setOpenChat(const ContactId &chat, bool windowActive)
{
    return m_parts->contacts.setOpenChat(chat, windowActive);
}
Outcome<Done> ChatEngine::setDraft(const ContactId &chat, const QString &text)
{
    return m_parts->contacts.setDraft(chat, text);
}
Outcome<Done> ChatEngine::setTyping(const ContactId &chat, bool typing)
{
    return m_parts->contacts.setTyping(chat, typing);
}
Outcome<Done> ChatEngine::setMuted(const ContactId &chat, bool muted)
{
    return m_parts->contacts.setMuted(chat, muted);
}
Outcome<Done> ChatEngine::setPinned(const ContactId &chat, bool pinned)
{
    return m_parts->contacts.setPinned(chat, pinned);
}
Outcome<Done> ChatEngine::renameContact(const ContactId &chat, const QString &name)
{
    return m_parts->contacts.rename(chat, name);
}
Outcome<Done> ChatEngine::block(const ContactId &chat, bool blocked)
{
    return m_parts->contacts.block(chat, blocked);
}
Outcome<Done> ChatEngine::acceptRequest(const ContactId &chat)
{
    return m_parts->contacts.acceptRequest(chat);
}
Outcome<Done> ChatEngine::declineRequest(const ContactId &chat)
{
    return m_parts->contacts.declineRequest(chat);
}
Outcome<Done> ChatEngine::clearHistory(const ContactId &chat)
{
    return m_parts->contacts.clearHistory(chat);
}

Outcome<SafetyNumber> ChatEngine::safetyNumber(const ContactId &chat)
{
    return m_parts->contacts.safetyNumber(chat);
}
Outcome<Compared> ChatEngine::compareNumber(const ContactId &chat, const QString &digits)
{
    return m_parts->contacts.compareNumber(chat, digits);
}
Outcome<Compared> ChatEngine::compareScanned(const ContactId &chat, const QByteArray &payload)
{
    return m_parts->contacts.compareScanned(chat, payload);
}
Outcome<Done> ChatEngine::setVerified(const ContactId &chat, const QString &digits)
{
    return m_parts->contacts.setVerified(chat, digits);
}
Outcome<Done> ChatEngine::setUnverified(const ContactId &chat)
{
    return m_parts->contacts.setUnverified(chat);
}
Outcome<Done> ChatEngine::acceptNewKey(const ContactId &chat, qint64 keyChangedMs)
{
    return m_parts->contacts.acceptNewKey(chat, keyChangedMs);
}

Outcome<Invitation> ChatEngine::createInvitation(InvitationKind kind, const QString &label)
{
    return m_parts->invitations.create(kind, label);
}
Outcome<Done> ChatEngine::labelInvitation(const InvitationId &id, const QString &label)
{
    return m_parts->invitations.label(id, label);
}
Outcome<Done> ChatEngine::revokeInvitation(const InvitationId &id)
{
    return m_parts->invitations.revoke(id);
}
Outcome<QList<Invitation>> ChatEngine::invitations()
{
    return m_parts->invitations.all();
}
Outcome<LinkPreview> ChatEngine::readLink(const QString &link)
{
    return m_parts->openings.read(link);
}
void ChatEngine::fetchLink(const QString &link, Answer<LinkPreview> answer)
{
    m_parts->openings.look(link, std::move(answer));
}
Outcome<StartedChat> ChatEngine::startChat(const QString &link, std::optional<ContactId> into)
{
    return m_parts->openings.start(link, into);
}

Outcome<QList<RelayInfo>> ChatEngine::relays()
{
    return readOnly<QList<RelayInfo>>(m_parts->context, [this](vault::Database &db) -> Outcome<QList<RelayInfo>> {
        return m_parts->relays.all(db);
    });
}
void ChatEngine::addRelay(const QString &url, Answer<RelayInfo> answer)
{
    m_parts->tests.test(url, true, std::move(answer));
}
void ChatEngine::testRelay(const QString &url, Answer<RelayInfo> answer)
{
    m_parts->tests.test(url, false, std::move(answer));
}
Outcome<Done> ChatEngine::addRelayUntested(const QString &url)
{
    return m_parts->tests.add(url);
}
Outcome<Done> ChatEngine::removeRelay(const QString &url)
{
    return m_parts->tests.remove(url);
}
Outcome<Done> ChatEngine::allowHost(const QString &host)
{
    Step step(m_parts->context);
    m_parts->relays.allow(step.db(), toUtf8(host), step.now());
    for (vault::ContactRow &contact : vault::readContacts(step.db())) {
        m_parts->outbox.seal(step, contact); // what waited for an address that may be contacted
        m_parts->outbox.retarget(step, contact);
    }
    step.afterwards([this, host = toUtf8(host)] {
        if (!m_parts->context.running)
            return;
        vault::Snapshot snapshot(m_parts->context.db);
        m_parts->mailboxes.watchAll(m_parts->context.db, [&](const relay::RelayUrl &url) { return url.host() == host; });
        static_cast<void>(snapshot.finish()); // a failure: read there from the next start
    });
    return step.commit();
}
Outcome<Disclosure> ChatEngine::disclosure()
{
    return readOnly<Disclosure>(m_parts->context, [this](vault::Database &db) -> Outcome<Disclosure> {
        return m_parts->relays.disclosure(db);
    });
}
Outcome<OutboxInfo> ChatEngine::outbox()
{
    return readOnly<OutboxInfo>(m_parts->context,
                                [](vault::Database &db) -> Outcome<OutboxInfo> { return outboxInfo(db); });
}

Outcome<Settings> ChatEngine::settings()
{
    return readOnly<Settings>(m_parts->context,
                              [](vault::Database &db) -> Outcome<Settings> { return loadSettings(db); });
}

Outcome<Done> ChatEngine::changeSettings(const Settings &wanted)
{
    auto settings = checkedSettings(wanted);
    if (!settings)
        return fail(settings.error());
    Step step(m_parts->context);
    const Settings before = loadSettings(step.db());
    storeSettings(step.db(), *settings);
    if (before.displayName != settings->displayName)
        m_parts->greeting.announceName(step);
    if (before.proxy != settings->proxy)
        m_parts->proxyChanges(step, settings->proxy);
    step.tell(SettingsChanged{*settings});
    return step.commit();
}

void ChatEngine::setListening(bool listening)
{
    m_parts->context.listening = listening;
}
Outcome<Done> ChatEngine::flushReceipts()
{
    return m_parts->receipts.flushAll();
}

bool ChatEngine::isSettled() const
{
    if (!m_parts->fetches.isIdle())
        return false;
    vault::Snapshot snapshot(m_parts->context.db);
    const bool settled = m_parts->outbox.isSettled(m_parts->context.db);
    return snapshot.finish() && settled;
}

} // namespace tacet::chat
