// ChatEngine: what stays behind when the vault closes, and what came meanwhile.
#include "app/chat/limits.h"
#include "app/chat/parts.h"
#include "app/vault/inbox_rows.h"
#include "app/vault/profile_rows.h"

namespace tacet::chat {

Outcome<LockedState> ChatEngine::lockedState()
{
    Parts &parts = *m_parts;
    return readOnly<LockedState>(parts.context, [&](vault::Database &db) -> Outcome<LockedState> {
        LockedState state;
        const auto profile = vault::readProfile(db);
        if (!profile)
            return trouble(TroubleCode::NoProfile);
        state.spoolKey = SpoolKey{profile->spoolPublic};
        for (const vault::MailboxRow &row : vault::readMailboxes(db)) {
            if (row.state == vault::MailboxState::Abandoned)
                continue;
            for (const vault::MailboxRelayRow &at : vault::readMailboxRelays(db, row.publicKey)) {
                const auto url = relay::RelayUrl::parse(at.relay);
                if (url && parts.relays.mayContact(db, *url))
                    state.reading.push_back({*url, keyPairOf(row), readFrom(at)});
            }
        }
        state.known = vault::readSeen(db);
        for (const vault::DueTarget &due :
             vault::readDueTargets(db, parts.context.now() + kLastRetryMs * 24, kMaxUnderWay * 8)) {
            const auto url = relay::RelayUrl::parse(due.relay);
            auto row = vault::readOutbox(db, due.row);
            if (url && row && row->sealed && row->mailbox && parts.relays.mayContact(db, *url))
                state.sending.push_back({*url, crypto::NostrPublicKey{*row->mailbox}, std::move(*row->sealed)});
        }
        return state;
    });
}

Outcome<int> ChatEngine::drainSpool(const std::filesystem::path &spoolFile)
{
    Parts &parts = *m_parts;
    if (!parts.context.identity)
        return trouble(TroubleCode::Locked); // start() first
    Spool spool(spoolFile);
    SpoolKeyPair keys;
    {
        vault::Snapshot snapshot(parts.context.db);
        if (auto profile = vault::readProfile(parts.context.db)) {
            keys.publicKey = SpoolKey{profile->spoolPublic};
            keys.secret = std::move(profile->spoolSecret);
        }
        if (const auto ended = snapshot.finish(); !ended)
            return fail(troubleOf(ended.error()));
    }
    int unreadable = 0; // of another vault, or torn: the relays still have them
    auto records = spool.readAll(keys, unreadable);
    if (!records)
        return fail(records.error());
    const int count = int(records->size());
    if (const auto opened = parts.inbox.openSpooled(std::move(*records)); !opened)
        return fail(opened.error()); // the file stays; what was opened is known the next time
    if (const auto cleared = spool.clear(); !cleared)
        return fail(cleared.error());
    return count;
}

} // namespace tacet::chat
