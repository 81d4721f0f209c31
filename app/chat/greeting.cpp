#include "app/chat/greeting.h"

#include "app/chat/history.h"
#include "app/chat/limits.h"
#include "app/chat/settings_store.h"
#include "app/chat/silent_relays.h"
#include "app/chat/text.h"
#include "app/vault/invitation_rows.h"
#include "app/vault/profile_rows.h"
#include "crypto/bundle.h"
#include "crypto/rendezvous.h"

#include <algorithm>
#include <set>

namespace tacet::chat {
namespace {

/// The one that the contact was told last. Not the newest by its date: the wall clock may have gone back.
std::optional<vault::OwnRendezvousRow> currentRendezvous(vault::Database &db, const vault::ContactRow &contact)
{
    for (vault::OwnRendezvousRow &record : vault::readOwnRendezvousOf(db, contact.id)) {
        if (record.replacedMs == 0)
            return std::move(record);
    }
    return std::nullopt;
}

} // namespace

Payload Greeting::hello(Step &step, vault::ContactRow &contact)
{
    auto address = m_mailboxes.ofContact(step.db(), contactId(contact.id));
    if (!address) {
        const auto relays = m_relays.relaysForPeer(step.db(), vault::readContactRelays(step.db(), contact.id));
        // Numbered by time: a later mailbox has a higher number, even after a restore.
        m_mailboxes.create(step, vault::MailboxPurpose::Contact, contact.id, step.now(), relays);
        address = m_mailboxes.ofContact(step.db(), contactId(contact.id));
    }
    Payload payload;
    payload.kind = PayloadKind::Hello;
    payload.name = toUtf8(loadSettings(step.db()).displayName);
    payload.highestSession = contact.highestSession;
    if (const auto profile = vault::readProfile(step.db()))
        payload.restoredMs = profile->restoredMs; // whoever says less later is an older copy
    if (address) {
        payload.mailbox = address->mailbox.publicKey;
        payload.mailboxNumber = address->mailbox.number;
        payload.relays = m_relays.listed(step.db(), address->relays);
        payload.relays.resize(std::min<std::size_t>(payload.relays.size(), kMaxMailboxRelays));
    }
    return payload;
}

void Greeting::sendHello(Step &step, vault::ContactRow &contact)
{
    Payload payload = hello(step, contact);
    m_outbox.enqueue(step, contact, std::move(payload));
}

void Greeting::offerRendezvous(Step &step, vault::ContactRow &contact)
{
    if (contact.request || contact.blocked || !contact.identity)
        return;
    const auto record = currentRendezvous(step.db(), contact);
    if (record && record->createdMs + crypto::kRendezvousRenewal > step.now() && record->createdMs <= step.now() + kDayMs)
        return;
    // Who does not come back needs one, not one a month that waits for good.
    if (!vault::readOutboxOfKind(step.db(), contact.id, int(PayloadKind::Rendezvous)).empty())
        return;
    newRendezvous(step, contact);
}

bool Greeting::isRendezvousDead(vault::Database &db, const vault::ContactRow &contact) const
{
    const auto record = currentRendezvous(db, contact);
    if (!record)
        return false; // there will be one when the session is answered
    std::vector<std::string> relays;
    for (const vault::MailboxRelayRow &at : vault::readMailboxRelays(db, record->mailbox))
        relays.push_back(at.relay);
    return SilentRelays::read(db).living(relays).empty();
}

std::optional<vault::MailboxRow> Greeting::rendezvousAt(vault::Database &db, const vault::ContactRow &contact,
                                                        const std::vector<std::string> &relays)
{
    const auto record = currentRendezvous(db, contact);
    auto mailbox = record ? vault::readMailbox(db, record->mailbox) : std::nullopt;
    if (!mailbox || mailbox->state != vault::MailboxState::Live)
        return std::nullopt;
    std::set<std::string> places;
    for (vault::MailboxRelayRow &at : vault::readMailboxRelays(db, mailbox->publicKey))
        places.insert(std::move(at.relay));
    return places == std::set(relays.begin(), relays.end()) ? std::move(mailbox) : std::nullopt;
}

void Greeting::newRendezvous(Step &step, vault::ContactRow &contact)
{
    const auto address = m_mailboxes.ofContact(step.db(), contactId(contact.id));
    if (!address)
        return;
    std::vector<std::string> relays = m_relays.listed(step.db(), address->relays);
    relays.resize(std::min<std::size_t>(relays.size(), kMaxMailboxRelays));
    // Only the prekeys grow old: a mailbox that is read where this record says is kept, or there were thirteen a year to read.
    const auto kept = rendezvousAt(step.db(), contact, relays);
    const auto record = crypto::OwnRendezvous::generate(m_context.identity->publicKey(), step.now(), step.random(),
                                                        kept ? std::optional(keyPairOf(*kept)) : std::nullopt);
    vault::OwnRendezvousRow row;
    row.bundle = record.id().bytes;
    row.contact = contact.id;
    row.mailbox = record.mailbox().publicKey().bytes;
    row.state = record.serialise();
    row.createdMs = step.now();
    vault::insertOwnRendezvous(step.db(), row);
    vault::markRendezvousReplaced(step.db(), contact.id, row.bundle, step.now());

    if (!kept) {
        vault::MailboxRow mailbox;
        mailbox.publicKey = row.mailbox;
        mailbox.secret = record.mailbox().secret().clone();
        mailbox.purpose = vault::MailboxPurpose::Rendezvous;
        mailbox.owner = contact.id;
        mailbox.number = step.now();
        mailbox.createdMs = step.now();
        m_mailboxes.keep(step, mailbox, relays);
    }

    Payload payload;
    payload.kind = PayloadKind::Rendezvous;
    const auto bytes = record.forPeer();
    payload.record.assign(bytes.view().begin(), bytes.view().end());
    payload.relays = std::move(relays);
    m_outbox.enqueue(step, contact, std::move(payload));
}

void Greeting::announceName(Step &step)
{
    for (vault::ContactRow &contact : vault::readContacts(step.db())) {
        if (contact.request || contact.blocked || !contact.identity)
            continue; // they get it with their first hello
        Payload payload;
        payload.kind = PayloadKind::Name;
        payload.name = toUtf8(loadSettings(step.db()).displayName);
        m_outbox.enqueue(step, contact, std::move(payload));
    }
}

void Greeting::announceMailboxes(Step &step)
{
    for (vault::ContactRow &contact : vault::readContacts(step.db()))
        announceMailbox(step, contact);
}

void Greeting::announceMailbox(Step &step, vault::ContactRow &contact)
{
    const auto address = m_mailboxes.ofContact(step.db(), contactId(contact.id));
    if (contact.request || contact.blocked || !contact.identity || !address)
        return;
    // The same mailbox at other relays; its announcements are numbered, the highest counts (PROTOCOL §7.3).
    vault::setMailboxNumber(step.db(), address->mailbox.publicKey,
                            std::max<std::int64_t>(address->mailbox.number + 1, step.now()));
    Payload payload = hello(step, contact);
    payload.kind = PayloadKind::Mailbox;
    payload.name.clear();
    payload.highestSession = 0;
    payload.restoredMs = 0;
    m_outbox.enqueue(step, contact, std::move(payload));
    if (isRendezvousDead(step.db(), contact))
        newRendezvous(step, contact);
}

void Greeting::replaceRendezvous(Step &step, const std::set<vault::Bytes32> &mailboxes)
{
    for (vault::ContactRow &contact : vault::readContacts(step.db())) {
        const auto record = currentRendezvous(step.db(), contact);
        if (record && mailboxes.contains(record->mailbox) && !contact.request && !contact.blocked && contact.identity)
            newRendezvous(step, contact);
    }
}

void Greeting::forgetOldRendezvous(Step &step)
{
    for (const vault::Bytes8 &record : vault::readRendezvousReplacedUntil(step.db(), step.now() - crypto::kRendezvousLifetime))
        vault::deleteOwnRendezvous(step.db(), record);
    for (const vault::MailboxRow &mailbox : vault::readMailboxesWithoutRecord(step.db()))
        m_mailboxes.remove(step, mailbox);
}

void Greeting::takeName(Step &step, vault::ContactRow &contact, const Payload &payload)
{
    if (payload.name.empty() || !crypto::isDisplayName(payload.name))
        return;
    if (std::pair(payload.epoch, payload.sequence) < std::pair(contact.nameEpoch, contact.nameSequence))
        return; // overtaken by a later one
    contact.nameEpoch = payload.epoch;
    contact.nameSequence = payload.sequence;
    const bool renamed = !contact.givenName.empty() && contact.givenName != payload.name;
    contact.givenName = payload.name;
    vault::updateContact(step.db(), contact);
    if (renamed && !contact.request)
        addSystemLine(step, contactId(contact.id), SystemLine::NameChanged, fromUtf8(payload.name));
    step.touched(contactId(contact.id));
}

void Greeting::takeMailbox(Step &step, vault::ContactRow &contact, const Payload &payload)
{
    if (!payload.mailbox)
        return;
    // Announcements are numbered by time, the highest counts, unless it is of a day that is still to come (PROTOCOL §7.3).
    const std::int64_t latest = step.now() + crypto::kClockTolerance;
    const bool lastWasAhead = contact.peerMailboxNumber > latest && payload.mailboxNumber <= latest;
    if (payload.mailboxNumber <= contact.peerMailboxNumber && !lastWasAhead)
        return;
    std::vector<std::string> relays;
    for (const std::string &text : payload.relays) {
        const auto url = relay::RelayUrl::parse(text);
        if (url && relays.size() < kMaxMailboxRelays)
            relays.push_back(url->text());
    }
    if (relays.empty())
        return;
    const auto before = vault::readContactRelays(step.db(), contact.id);
    const bool moved = contact.peerMailboxNumber != 0
        && (contact.peerMailbox != payload.mailbox
            || std::set(before.begin(), before.end()) != std::set(relays.begin(), relays.end()));
    contact.peerMailbox = payload.mailbox;
    contact.peerMailboxNumber = payload.mailboxNumber;
    vault::updateContact(step.db(), contact);
    vault::writeContactRelays(step.db(), contact.id, relays);
    if (moved && !contact.request)
        addSystemLine(step, contactId(contact.id), SystemLine::MailboxMoved);

    QStringList refused;
    if (m_relays.usable(step.db(), relays, &refused).empty()) {
        for (const QString &host : refused)
            step.notice(TroubleCode::NewHost, host, contactId(contact.id)); // waits for the user's consent
    }
    m_outbox.retarget(step, contact);
}

void Greeting::takeRendezvous(Step &step, vault::ContactRow &contact, const Payload &payload)
{
    if (!contact.identity || contact.request)
        return;
    const auto record = crypto::PeerRendezvous::parse(payload.record, crypto::IdentityKey{*contact.identity});
    if (!record)
        return;
    const auto before = vault::readPeerRendezvous(step.db(), contact.id);
    if (before && before->createdMs >= record->created() && before->createdMs <= step.now() + kDayMs)
        return; // the newest, unless it is of a day that is still to come
    vault::PeerRendezvousRow row;
    const auto bytes = record->serialise();
    row.record.assign(bytes.view().begin(), bytes.view().end());
    for (const std::string &text : payload.relays) {
        const auto url = relay::RelayUrl::parse(text);
        if (url && row.relays.size() < kMaxMailboxRelays)
            row.relays.push_back(url->text());
    }
    row.createdMs = record->created();
    vault::writePeerRendezvous(step.db(), contact.id, row);
}

} // namespace tacet::chat
