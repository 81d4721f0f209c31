// ChatEngine: the making of profiles, new and restored.
#include "app/chat/chat_engine.h"
#include "app/chat/limits.h"
#include "app/chat/settings_store.h"
#include "app/chat/text.h"
#include "app/vault/contact_rows.h"
#include "app/vault/invitation_rows.h"
#include "app/vault/mailbox_rows.h"
#include "app/vault/profile_rows.h"
#include "app/vault/relay_rows.h"
#include "app/vault/transaction.h"
#include "crypto/ed25519.h"
#include "crypto/link.h"

#include <algorithm>

#include <sodium.h>

namespace tacet::chat {
namespace {

void freshSpoolKeys(vault::ProfileRow &profile, crypto::Random &random)
{
    // crypto_box_keypair draws its own randomness; from a seed it does not.
    const auto seed = random.secret<crypto_box_SEEDBYTES>();
    crypto_box_seed_keypair(profile.spoolPublic.data(), profile.spoolSecret.writable().data(), seed.view().data());
}

/// The later restore of two is told by its time (PROTOCOL §10.3). A backup remembers the restore that it came after, for clocks that
/// are behind; a time far ahead was told by a wrong clock, and no contact has believed it.
std::int64_t restoreTime(vault::Database &database, qint64 nowMs)
{
    const std::int64_t last = vault::readSettingInteger(database, "last_restored").value_or(0);
    return last >= nowMs && last <= nowMs + crypto::kClockTolerance ? last + 1 : nowMs;
}

} // namespace

Outcome<Done> ChatEngine::createProfile(vault::Database &database, const NewProfile &wanted, const Clock &clock,
                                        crypto::Random &random)
{
    Settings settings;
    settings.displayName = wanted.name;
    settings.proxy = wanted.proxy;
    const auto checked = checkedSettings(settings);
    if (!checked)
        return fail(checked.error());
    std::vector<relay::RelayUrl> relays;
    for (const QString &text : wanted.relays) {
        auto url = relay::RelayUrl::parse(toUtf8(text));
        if (!url || !crypto::isRelayUrl(url->text()))
            return trouble(TroubleCode::BadRelayUrl, text);
        relays.push_back(std::move(*url));
    }
    vault::Transaction transaction(database);
    if (vault::readProfile(database))
        return trouble(TroubleCode::ProfileNotEmpty);
    vault::ProfileRow profile;
    const auto identity = crypto::OwnIdentity::generate(random);
    profile.identitySeed = crypto::SecretBytes<32>(identity.seed());
    profile.device = random.bytes<16>();
    freshSpoolKeys(profile, random);
    profile.createdMs = clock.wallMs();
    vault::writeProfile(database, profile);
    storeSettings(database, *checked);
    for (const relay::RelayUrl &url : relays) {
        vault::insertRelay(database, url.text(), clock.wallMs());
        vault::insertHost(database, url.host(), clock.wallMs());
    }
    if (const auto committed = transaction.commit(); !committed)
        return fail(troubleOf(committed.error()));
    return Done{};
}

void ChatEngine::markRestored(vault::Database &database, qint64 nowMs, crypto::Random &random)
{
    auto profile = vault::readProfile(database);
    if (!profile)
        return;
    profile->restoredMs = restoreTime(database, nowMs);
    vault::writeSetting(database, "last_restored", profile->restoredMs);
    profile->device = random.bytes<16>(); // another device, as far as its messages tell
    freshSpoolKeys(*profile, random);
    vault::writeProfile(database, *profile);
    vault::writeSetting(database, "renew_invitations", std::int64_t(1));
    // Contacts may have got another record since the backup, whose keys are gone: they get one as soon as they are met again.
    vault::ageRendezvous(database);
    // Where a mailbox is read may have been told anew since the backup: what this copy says is later than that.
    for (const vault::MailboxRow &mailbox : vault::readMailboxes(database)) {
        if (mailbox.purpose == vault::MailboxPurpose::Contact)
            vault::setMailboxNumber(database, mailbox.publicKey, std::max<std::int64_t>(mailbox.number + 1, nowMs));
    }
    for (vault::ContactRow &contact : vault::readContacts(database)) {
        if (Trust(contact.trust) == Trust::Verified)
            contact.trust = int(Trust::VerifiedBeforeRestore);
        // The counter may have gone back: what is written from now on gets numbers of a later epoch. Where the clock makes none,
        // chance does: a second restore of this backup must not begin the same one, and have its texts taken for those of the first.
        contact.ownEpoch = nowMs > contact.ownEpoch ? nowMs : contact.ownEpoch + 1 + std::int64_t(random.below(kEpochSpreadMs));
        contact.ownSequence = 0;
        contact.renewalMs = 0;
        auto opening = vault::readOpening(database, contact.id);
        if (Link(contact.link) == Link::Live || Link(contact.link) == Link::Reconnecting) {
            contact.link = int(Link::Reconnecting);
        } else if (opening) {
            // The handshake under way is lost with its session; the link opens again, if nobody used it.
            contact.link = int(Link::FetchingInvitation);
            opening->fetchedMs = 0;
            opening->nextTryMs = nowMs;
            vault::writeOpening(database, *opening);
        }
        vault::updateContact(database, contact);
    }
}

void ChatEngine::replaceOwnRelay(vault::Database &database, std::string_view from, std::string_view to, qint64 nowMs)
{
    for (const vault::MailboxRow &mailbox : vault::readMailboxes(database)) {
        for (const vault::MailboxRelayRow &at : vault::readMailboxRelays(database, mailbox.publicKey)) {
            if (at.relay == from)
                vault::setMailboxNumber(database, mailbox.publicKey, std::max<std::int64_t>(mailbox.number + 1, nowMs));
        }
    }
    vault::replaceRelay(database, from, to);
}

} // namespace tacet::chat
