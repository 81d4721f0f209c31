#include "app/chat/openings.h"

#include "app/chat/history.h"
#include "app/chat/limits.h"
#include "app/chat/text.h"
#include "app/vault/invitation_rows.h"
#include "app/vault/receipt_rows.h"

#include <algorithm>
#include <utility>

namespace tacet::chat {

Outcome<crypto::Link> Openings::parse(const QString &text) const
{
    if (text.size() > qsizetype(crypto::kMaxPastedLinkLength))
        return trouble(TroubleCode::NotALink);
    auto link = crypto::Link::parse(toUtf8(text));
    if (!link) {
        switch (link.error()) {
        case crypto::LinkError::NotALink:
            return trouble(TroubleCode::NotALink);
        case crypto::LinkError::Damaged:
            return trouble(TroubleCode::LinkDamaged);
        case crypto::LinkError::NewerVersion:
            return trouble(TroubleCode::LinkNewer);
        }
    }
    if (m_context.identity && link->belongsTo(m_context.identity->publicKey()))
        return trouble(TroubleCode::OwnInvitation);
    return std::move(*link);
}

LinkPreview Openings::previewOf(vault::Database &db, const crypto::Link &link) const
{
    LinkPreview preview;
    preview.link = fromUtf8(link.uri());
    preview.kind = link.type() == crypto::LinkType::OneTime ? InvitationKind::OneTime : InvitationKind::Reusable;
    for (const std::string &text : link.relays()) {
        const auto url = relay::RelayUrl::parse(text);
        if (url && !m_relays.mayContact(db, *url))
            preview.newHosts.append(fromUtf8(url->host()));
    }
    preview.newHosts.removeDuplicates();
    for (const vault::ContactRow &contact : vault::readContacts(db)) {
        if (contact.identity && link.belongsTo(crypto::IdentityKey{*contact.identity}))
            preview.existing = contactId(contact.id);
    }
    return preview;
}

Outcome<LinkPreview> Openings::read(const QString &text)
{
    auto link = parse(text);
    if (!link)
        return fail(link.error());
    return readOnly<LinkPreview>(m_context, [&](vault::Database &db) -> Outcome<LinkPreview> {
        return previewOf(db, *link);
    });
}

void Openings::look(const QString &text, Answer<LinkPreview> answer)
{
    auto link = parse(text);
    if (!link)
        return answer(fail(link.error()));
    std::vector<relay::RelayUrl> relays;
    QString forbidden;
    {
        vault::Snapshot snapshot(m_context.db);
        for (const std::string &url : link->relays()) {
            const auto parsed = relay::RelayUrl::parse(url);
            if (!parsed)
                continue;
            if (m_relays.isForbidden(m_context.db, *parsed))
                forbidden = fromUtf8(parsed->host());
            else
                relays.push_back(*parsed); // the user asked to look there
        }
        if (const auto ended = snapshot.finish(); !ended)
            return answer(fail(troubleOf(ended.error())));
    }
    if (relays.empty())
        return answer(trouble(TroubleCode::PrivateHost, forbidden));
    if (!m_context.running)
        return answer(trouble(TroubleCode::NoRelayReachable));
    const std::string uri = link->uri();
    m_fetches.fetchBundle(*link, relays, [this, uri, answer](Outcome<crypto::VerifiedBundle> bundle) {
        if (!bundle)
            return answer(fail(bundle.error()));
        auto parsed = crypto::Link::parse(uri);
        auto preview = readOnly<LinkPreview>(m_context, [&](vault::Database &db) -> Outcome<LinkPreview> {
            return previewOf(db, *parsed);
        });
        if (preview) {
            preview->fetched = true;
            preview->name = fromUtf8(bundle->card.name);
            preview->colour = colourOf(bundle->identity.view());
            constexpr std::size_t kMaxLooked = 8; // links that somebody looks at one after the other
            if (m_looked.size() >= kMaxLooked)
                m_looked.clear();
            m_looked.insert_or_assign(uri, std::move(*bundle));
        }
        answer(std::move(preview));
    });
}

std::vector<relay::RelayUrl> Openings::usable(vault::Database &db, const crypto::Link &link) const
{
    std::vector<relay::RelayUrl> out;
    for (const std::string &text : link.relays()) {
        const auto url = relay::RelayUrl::parse(text);
        if (url && m_relays.mayContact(db, *url))
            out.push_back(*url);
    }
    return out;
}

Outcome<StartedChat> Openings::start(const QString &text, std::optional<ContactId> into)
{
    auto link = parse(text);
    if (!link)
        return fail(link.error());
    Step step(m_context);
    const LinkPreview preview = previewOf(step.db(), *link);
    if (!into && preview.existing)
        return trouble(TroubleCode::AlreadyContact);
    if (!into) {
        for (const vault::OpeningRow &opening : vault::readOpenings(step.db())) {
            if (opening.link == link->uri())
                return StartedChat{contactId(opening.contact), true}; // clicked twice
        }
    }
    QString forbidden;
    for (const std::string &url : link->relays()) {
        const auto parsed = relay::RelayUrl::parse(url);
        if (!parsed)
            continue;
        if (m_relays.isForbidden(step.db(), *parsed))
            forbidden = fromUtf8(parsed->host());
        else
            m_relays.allow(step.db(), parsed->host(), step.now()); // "Start chat" is the consent
    }
    if (usable(step.db(), *link).empty())
        return trouble(TroubleCode::PrivateHost, forbidden);

    vault::ContactRow contact;
    if (into) {
        auto row = vault::readContact(step.db(), into->bytes);
        if (!row)
            return trouble(TroubleCode::UnknownContact);
        contact = std::move(*row);
    } else {
        if (vault::countContacts(step.db()) >= kMaxContacts)
            return trouble(TroubleCode::TooManyContacts, {}, kMaxContacts);
        contact.id = step.random().bytes<16>();
        contact.addedMs = step.now();
        contact.ownEpoch = step.now();
        contact.link = int(Link::FetchingInvitation);
        vault::insertContact(step.db(), contact);
        addSystemLine(step, contactId(contact.id), SystemLine::ChatStarted);
    }
    vault::OpeningRow opening;
    opening.contact = contact.id;
    opening.link = link->uri();
    opening.replacesKey = into.has_value();
    opening.createdMs = step.now();
    opening.nextTryMs = step.now();
    vault::writeOpening(step.db(), opening);

    const ContactId id = contactId(contact.id);
    m_told.erase(id);
    const auto looked = m_looked.find(opening.link);
    bool waiting = true;
    if (looked != m_looked.end()) {
        meet(step, contact, opening, looked->second);
        waiting = Link(contact.link) != Link::WaitingForPeer;
    }
    step.touched(id);
    step.afterwards([this] { runDue(); });
    if (const auto committed = step.commit(); !committed)
        return fail(committed.error());
    m_looked.erase(link->uri());
    return StartedChat{id, waiting};
}

std::optional<ContactId> Openings::waitingFor(vault::Database &db, const crypto::IdentityKey &identity)
{
    for (const vault::OpeningRow &opening : vault::readOpenings(db)) {
        const auto link = crypto::Link::parse(opening.link);
        if (link && link->belongsTo(identity))
            return contactId(opening.contact);
    }
    return std::nullopt;
}

// --- Fetching ---

void Openings::runDue()
{
    if (!m_context.running)
        return;
    std::vector<vault::OpeningRow> due;
    {
        vault::Snapshot snapshot(m_context.db);
        for (vault::OpeningRow &opening : vault::readOpenings(m_context.db)) {
            // A time too far ahead means that the wall clock went back.
            if (opening.nextTryMs <= m_context.now() || opening.nextTryMs > m_context.now() + kDayMs)
                due.push_back(std::move(opening));
        }
        if (!snapshot.finish())
            due.clear();
    }
    for (const vault::OpeningRow &opening : due) {
        if (m_underWay.contains(contactId(opening.contact)))
            continue;
        if (const auto link = crypto::Link::parse(opening.link))
            fetch(contactId(opening.contact), *link);
    }
    schedule();
}

void Openings::schedule()
{
    if (!m_context.running)
        return;
    std::optional<qint64> next;
    {
        vault::Snapshot snapshot(m_context.db);
        for (const vault::OpeningRow &opening : vault::readOpenings(m_context.db)) {
            if (!m_underWay.contains(contactId(opening.contact)))
                next = std::min<qint64>(next.value_or(opening.nextTryMs), opening.nextTryMs);
        }
        if (!snapshot.finish())
            next = m_context.now() + kFirstRetryMs; // not known: looked at again
    }
    if (!next)
        return m_timer.cancel();
    m_timer = m_context.timers.after(std::clamp<qint64>(*next - m_context.now(), 1000, kHourMs), [this] { runDue(); });
}

void Openings::stop()
{
    m_timer.cancel();
    m_underWay.clear();
}

void Openings::fetch(const ContactId &contact, const crypto::Link &link)
{
    std::vector<relay::RelayUrl> relays;
    {
        vault::Snapshot snapshot(m_context.db);
        relays = usable(m_context.db, link);
        static_cast<void>(snapshot.finish());
    }
    m_underWay.insert(contact);
    m_fetches.fetchBundle(link, relays, [this, contact, uri = link.uri()](Outcome<crypto::VerifiedBundle> bundle) {
        m_underWay.erase(contact);
        take(contact, uri, bundle);
        schedule();
    });
}

void Openings::take(const ContactId &id, const std::string &link, const Outcome<crypto::VerifiedBundle> &bundle)
{
    Step step(m_context);
    auto contact = vault::readContact(step.db(), id.bytes);
    auto opening = vault::readOpening(step.db(), id.bytes);
    if (!contact || !opening || opening->link != link)
        return; // or another link was put there meanwhile, which is fetched next
    if (!bundle) {
        stumble(step, *contact, *opening, bundle.error().code);
    } else if (opening->fetchedMs != 0) {
        // The invitation is still unused, so our first message is still on its way: keep waiting. Unless the keys behind the link
        // are others by now: their owner came back from a backup, and has none that would open it.
        const auto asked = m_outbox.bundleAsked(step, *contact);
        const auto met = m_met.find(id);
        const bool isLater = met == m_met.end() || met->second < bundle->card.validFrom; // a relay may have kept an old one
        if (asked && *asked != bundle->id() && isLater) {
            m_outbox.unsealAll(step, *contact);
            meet(step, *contact, *opening, *bundle);
        } else {
            opening->nextTryMs = step.now() + 6 * kHourMs;
            vault::writeOpening(step.db(), *opening);
        }
    } else {
        meet(step, *contact, *opening, *bundle);
    }
    static_cast<void>(step.commit()); // a failure of the disk: due again at the next try
}

void Openings::stumble(Step &step, vault::ContactRow &contact, vault::OpeningRow &opening, TroubleCode code)
{
    ++opening.attempts;
    const qint64 wait = std::min(kOpeningFirstRetryMs << std::min(opening.attempts - 1, 10), kOpeningLastRetryMs);
    opening.nextTryMs = step.now() + wait;
    const bool asked = opening.fetchedMs != 0;
    if (asked)
        opening.nextTryMs = step.now() + 6 * kHourMs;
    vault::writeOpening(step.db(), opening);
    if (opening.createdMs + kOpeningLifetimeMs < step.now()) {
        vault::deleteOpening(step.db(), contact.id);
        code = TroubleCode::InviteExpired;
    }
    if (code == TroubleCode::NoRelayReachable || code == TroubleCode::ProxyDown)
        return; // it keeps trying; the chat says so
    if (asked && code != TroubleCode::InviteUsed)
        return;
    // Dead as far as anybody can tell; still asked for, and alive again should it turn up.
    if (opening.replacesKey) {
        // The chat itself goes on as it is. Said once, not at each try.
        const ContactId id = contactId(contact.id);
        if (const auto told = m_told.find(id); told == m_told.end() || told->second != code) {
            step.notice(code, nameOf(contact), id);
            step.afterwards([this, id, code] { m_told[id] = code; });
        }
        if (code == TroubleCode::InviteUsed || code == TroubleCode::InviteAltered)
            vault::deleteOpening(step.db(), contact.id);
        return;
    }
    if (Link(contact.link) == Link::InvitationDead && contact.linkTrouble == int(code))
        return;
    contact.link = int(Link::InvitationDead);
    contact.linkTrouble = int(code);
    vault::updateContact(step.db(), contact);
    step.touched(contactId(contact.id));
}

void Openings::replaceKey(Step &step, vault::ContactRow &contact, const crypto::VerifiedBundle &bundle)
{
    contact.trust = int(Trust::KeyChanged);
    contact.keyChangedMs = step.now();
    contact.colour = colourOf(bundle.identity.view());
    contact.peerMailboxNumber = 0;
    contact.highestSession = 0;
    contact.peerRestoredMs = 0;
    contact.nameEpoch = contact.nameSequence = 0;
    vault::deleteSessionsOf(step.db(), contact.id);
    vault::deletePeerRendezvous(step.db(), contact.id);
    vault::markRendezvousReplaced(step.db(), contact.id, {}, step.now()); // the new one has none of them, and gets one of its own
    vault::deleteReceivedOf(step.db(), contact.id);

    // A new reader has read nothing: numbers begin anew, and what was not delivered gets new ones.
    contact.ownEpoch = std::max<std::int64_t>(contact.ownEpoch + 1, step.now());
    contact.ownSequence = 0;
    vault::updateContact(step.db(), contact);
    vault::deleteOutboxOf(step.db(), contact.id);
    for (vault::MessageRow &message : vault::readOwnBelow(step.db(), contact.id, int(MessageState::Delivered))) {
        message.epoch = contact.ownEpoch;
        message.sequence = ++contact.ownSequence;
        vault::updateMessageNumbers(step.db(), message.id, message.epoch, message.sequence);
        m_outbox.enqueueAgain(step, contact, message);
    }
    vault::updateContact(step.db(), contact);
    addSystemLine(step, contactId(contact.id), SystemLine::KeyChanged);
}

void Openings::meet(Step &step, vault::ContactRow &contact, vault::OpeningRow &opening,
                    const crypto::VerifiedBundle &bundle)
{
    const auto other = vault::readContactByIdentity(step.db(), bundle.identity.bytes);
    if (other && other->id != contact.id)
        return stumble(step, contact, opening, TroubleCode::AlreadyContact);
    const auto link = crypto::Link::parse(opening.link);
    if (!link)
        return;
    auto session = crypto::Session::initiate(*m_context.identity, bundle.prekeys(*link), step.random());
    if (!session) {
        const bool own = session.error() == crypto::HandshakeError::OwnIdentity;
        return stumble(step, contact, opening, own ? TroubleCode::OwnInvitation : TroubleCode::InviteAltered);
    }
    const bool known = contact.identity.has_value();
    if (known && *contact.identity != bundle.identity.bytes)
        replaceKey(step, contact, bundle);
    contact.identity = bundle.identity.bytes;
    contact.colour = colourOf(bundle.identity.view());
    if (contact.givenName.empty())
        contact.givenName = bundle.card.name;
    const bool isFirst = !known || (opening.fetchedMs != 0 && Link(contact.link) != Link::Reconnecting); // nobody has answered yet
    contact.link = int(isFirst || Trust(contact.trust) == Trust::KeyChanged ? Link::WaitingForPeer : Link::Reconnecting);
    contact.linkTrouble = 0;
    contact.peerMailbox = bundle.card.mailbox.bytes;
    contact.peerMailboxNumber = 0; // the hello that answers names the mailbox for this contact, perhaps the one from before
    vault::updateContact(step.db(), contact);
    vault::writeContactRelays(step.db(), contact.id, bundle.card.relays);

    const std::int64_t basis = contact.highestSession;
    const std::int64_t number = std::max<std::int64_t>(basis + 1, step.now());
    auto loaded = Sessions::add(step, contact, std::move(*session), number, basis, false);
    Payload hello = m_greeting.hello(step, contact);
    m_outbox.enqueueFirst(step, contact, std::move(hello), loaded, bundle.card.mailbox.bytes,
                          m_relays.usable(step.db(), bundle.card.relays));
    m_outbox.seal(step, contact);
    step.afterwards([this, id = contactId(contact.id), from = bundle.card.validFrom] { m_met[id] = from; });
    opening.fetchedMs = step.now();
    opening.nextTryMs = step.now() + kNoAnswerMs;
    vault::writeOpening(step.db(), opening);
    step.touched(contactId(contact.id));
}

} // namespace tacet::chat
