#include "app/chat/mailboxes.h"

#include "app/chat/limits.h"
#include "app/chat/payload.h"
#include "app/chat/silent_relays.h"
#include "app/vault/invitation_rows.h"
#include "crypto/nostr_key.h"

namespace tacet::chat {

using vault::MailboxPurpose;
using vault::MailboxRow;
using vault::MailboxState;

crypto::NostrKeyPair keyPairOf(const MailboxRow &row)
{
    auto pair = crypto::NostrKeyPair::fromSecret(row.secret.clone());
    assert(pair && "only whole pairs are stored");
    return std::move(*pair);
}

std::optional<std::int64_t> readUntil(Step &step, const vault::Bytes32 &mailbox)
{
    return vault::readSlowestCursor(step.db(), mailbox, relay::latestCursor(step.now() / kSecondMs));
}

std::optional<std::int64_t> allReadUntil(Step &step)
{
    return vault::readSlowestCursor(step.db(), relay::latestCursor(step.now() / kSecondMs));
}

relay::SyncFrom readFrom(const vault::MailboxRelayRow &at)
{
    return {at.syncedSeconds, at.sweptMs / kSecondMs};
}

void Mailboxes::watch(const relay::RelayUrl &url, const MailboxRow &row, const vault::MailboxRelayRow &at)
{
    if (auto pair = crypto::NostrKeyPair::fromSecret(row.secret.clone()))
        m_context.port.watch(url, *pair, readFrom(at));
}

void Mailboxes::watchAll(vault::Database &db, const Which &which)
{
    for (const MailboxRow &row : vault::readMailboxes(db)) {
        if (row.state == MailboxState::Abandoned)
            continue;
        for (const vault::MailboxRelayRow &at : vault::readMailboxRelays(db, row.publicKey)) {
            const auto url = relay::RelayUrl::parse(at.relay);
            if (url && which(*url) && m_relays.mayContact(db, *url))
                watch(*url, row, at);
        }
    }
}

void Mailboxes::leaveAll(Step &step, const Which &which)
{
    for (const MailboxRow &row : vault::readMailboxes(step.db())) {
        for (const vault::MailboxRelayRow &at : vault::readMailboxRelays(step.db(), row.publicKey)) {
            const auto url = relay::RelayUrl::parse(at.relay);
            if (url && which(*url))
                step.afterwards([this, url = *url, key = crypto::NostrPublicKey{row.publicKey}] { m_context.port.unwatch(url, key); });
        }
    }
}

void Mailboxes::watchLater(Step &step, const MailboxRow &row, const std::vector<vault::MailboxRelayRow> &relays)
{
    struct Place {
        relay::RelayUrl url;
        relay::SyncFrom from;
    };
    std::vector<Place> places;
    for (const vault::MailboxRelayRow &at : relays) {
        const auto url = relay::RelayUrl::parse(at.relay);
        if (url && m_relays.mayContact(step.db(), *url))
            places.push_back({*url, readFrom(at)});
    }
    const auto pair = std::make_shared<crypto::NostrKeyPair>(keyPairOf(row));
    step.afterwards([this, pair, places] {
        if (!m_context.running)
            return; // start() watches everything
        for (const Place &place : places)
            m_context.port.watch(place.url, *pair, place.from);
    });
}

MailboxRow Mailboxes::create(Step &step, MailboxPurpose purpose, const vault::Id16 &owner, std::int64_t number,
                             const std::vector<std::string> &relays)
{
    const auto pair = crypto::NostrKeyPair::generate(step.random());
    MailboxRow row;
    row.publicKey = pair.publicKey().bytes;
    row.secret = pair.secret().clone();
    row.purpose = purpose;
    row.owner = owner;
    row.number = number;
    row.createdMs = step.now();
    keep(step, row, relays);
    return row;
}

void Mailboxes::keep(Step &step, const MailboxRow &row, const std::vector<std::string> &relays)
{
    vault::insertMailbox(step.db(), row, relays);
    watchLater(step, row, vault::readMailboxRelays(step.db(), row.publicKey));
}

std::optional<Mailboxes::Address> Mailboxes::ofContact(vault::Database &db, const ContactId &contact) const
{
    for (MailboxRow &row : vault::readMailboxesOf(db, contact.bytes)) {
        if (row.purpose != MailboxPurpose::Contact || row.state == MailboxState::Retiring)
            continue;
        Address address{std::move(row), {}};
        for (vault::MailboxRelayRow &at : vault::readMailboxRelays(db, address.mailbox.publicKey))
            address.relays.push_back(std::move(at.relay));
        return address;
    }
    return std::nullopt;
}

void Mailboxes::abandon(Step &step, const MailboxRow &row)
{
    vault::setMailboxState(step.db(), row.publicKey, MailboxState::Abandoned, step.now());
    const crypto::NostrPublicKey key{row.publicKey};
    for (const vault::MailboxRelayRow &at : vault::readMailboxRelays(step.db(), row.publicKey)) {
        if (const auto url = relay::RelayUrl::parse(at.relay))
            step.afterwards([this, url = *url, key] { m_context.port.unwatch(url, key); });
    }
}

void Mailboxes::abandonAll(Step &step, const vault::Id16 &owner)
{
    for (const MailboxRow &row : vault::readMailboxesOf(step.db(), owner)) {
        if (row.state != MailboxState::Abandoned)
            abandon(step, row);
    }
}

void Mailboxes::remove(Step &step, const MailboxRow &row)
{
    abandon(step, row);
    vault::deleteMailbox(step.db(), row.publicKey);
}

void Mailboxes::resumeAll(Step &step, const vault::Id16 &owner)
{
    for (const MailboxRow &row : vault::readMailboxesOf(step.db(), owner)) {
        if (row.state != MailboxState::Abandoned)
            continue;
        vault::setMailboxState(step.db(), row.publicKey, MailboxState::Live, 0);
        watchLater(step, row, vault::readMailboxRelays(step.db(), row.publicKey));
    }
}

void Mailboxes::readAgain(Step &step, const vault::Id16 &owner)
{
    for (const MailboxRow &row : vault::readMailboxesOf(step.db(), owner)) {
        if (row.state == MailboxState::Abandoned)
            continue;
        auto relays = vault::readMailboxRelays(step.db(), row.publicKey);
        for (vault::MailboxRelayRow &at : relays)
            at.syncedSeconds.reset();
        watchLater(step, row, relays);
    }
}

void Mailboxes::retire(Step &step, const MailboxRow &row, qint64 untilMs)
{
    vault::setMailboxState(step.db(), row.publicKey, MailboxState::Retiring, untilMs);
}

void Mailboxes::sweep(Step &step, const vault::Id16 &owner)
{
    for (const MailboxRow &row : vault::readMailboxesOf(step.db(), owner)) {
        if (row.state == MailboxState::Abandoned)
            continue;
        const crypto::NostrPublicKey key{row.publicKey};
        for (const vault::MailboxRelayRow &at : vault::readMailboxRelays(step.db(), row.publicKey)) {
            if (const auto url = relay::RelayUrl::parse(at.relay))
                step.afterwards([this, url = *url, key] {
                    if (m_context.running)
                        m_context.port.sweep(url, key);
                });
        }
    }
}

void Mailboxes::relayAdded(Step &step, const std::string &url)
{
    for (const MailboxRow &row : vault::readMailboxes(step.db())) {
        // That of somebody blocked moves too, and is read nowhere until the block is undone.
        const bool resting = row.state == MailboxState::Abandoned && row.purpose == MailboxPurpose::Contact;
        if ((row.state != MailboxState::Live && !resting) || row.purpose != MailboxPurpose::Contact)
            continue; // an invitation's relays stand in its link, those of a rendezvous in the record that the contact has
        std::vector<std::string> before;
        for (vault::MailboxRelayRow &at : vault::readMailboxRelays(step.db(), row.publicKey))
            before.push_back(std::move(at.relay));
        if (SilentRelays::read(step.db()).living(before).size() < kMaxMailboxRelays)
            readAlsoAt(step, row, url);
    }
}

void Mailboxes::readAlsoAt(Step &step, const MailboxRow &row, const std::string &url)
{
    const auto before = vault::readMailboxRelays(step.db(), row.publicKey);
    vault::addMailboxRelay(step.db(), row.publicKey, url, int(before.size()));
    if (row.state != MailboxState::Abandoned)
        watchLater(step, row, {vault::MailboxRelayRow{url, std::nullopt, 0}});
}

std::set<vault::Bytes32> Mailboxes::relayRemoved(Step &step, const std::string &url)
{
    const auto parsed = relay::RelayUrl::parse(url);
    std::set<vault::Bytes32> moved;
    for (const MailboxRow &row : vault::readMailboxes(step.db())) {
        const auto places = vault::readMailboxRelays(step.db(), row.publicKey);
        if (places.size() < 2 || std::none_of(places.begin(), places.end(), [&](const auto &at) { return at.relay == url; }))
            continue; // its last relay: what a contact sends there would be lost
        vault::removeMailboxRelay(step.db(), row.publicKey, url);
        moved.insert(row.publicKey);
        const crypto::NostrPublicKey key{row.publicKey};
        if (parsed)
            step.afterwards([this, parsed = *parsed, key] { m_context.port.unwatch(parsed, key); });
    }
    return moved;
}

std::vector<vault::ContactRow> writersTo(vault::Database &db, const vault::MailboxRow &mailbox)
{
    std::vector<vault::ContactRow> writers;
    if (mailbox.purpose != vault::MailboxPurpose::Invitation) {
        if (auto owner = vault::readContact(db, mailbox.owner))
            writers.push_back(std::move(*owner));
        return writers;
    }
    // Whoever acknowledged our hello knows a mailbox of its own, and has sent there, too, what was under way to this one. Anybody
    // can write here: rubbish must not be tried in the sessions of all who ever came.
    return vault::readContactsThrough(db, mailbox.owner, int(PayloadKind::Hello));
}

bool isHistoryRead(const Context &context, vault::Database &db, const vault::ContactRow &contact)
{
    if (context.histories.empty())
        return false;
    auto mailboxes = vault::readMailboxesOf(db, contact.id);
    if (contact.invitation) {
        for (MailboxRow &row : vault::readMailboxesOf(db, *contact.invitation))
            mailboxes.push_back(std::move(row));
    }
    return std::any_of(mailboxes.begin(), mailboxes.end(),
                       [&](const MailboxRow &row) { return context.histories.contains(row.publicKey); });
}

void Mailboxes::readOn(vault::Database &db, const MailboxRow &row, const relay::RelayUrl &url)
{
    for (const vault::MailboxRelayRow &at : vault::readMailboxRelays(db, row.publicKey)) {
        if (at.relay == url.text() && m_relays.mayContact(db, url))
            watch(url, row, at);
    }
}

void Mailboxes::caughtUp(Step &step, const std::string &relay, const vault::Bytes32 &mailbox,
                         const relay::SyncReport &report)
{
    vault::setSynced(step.db(), mailbox, relay, report.syncedUntil, relay::latestCursor(step.now() / kSecondMs));
    if (report.everything)
        vault::setSwept(step.db(), mailbox, relay, step.now());
}

void Mailboxes::upkeep(Step &step)
{
    for (const MailboxRow &row : vault::readMailboxes(step.db())) {
        if (row.state == MailboxState::Retiring && row.retiredMs <= step.now())
            abandon(step, row);
    }
}

} // namespace tacet::chat
