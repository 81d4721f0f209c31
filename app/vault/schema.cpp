#include "app/vault/schema.h"

// Conventions: `*_ms` is milliseconds since 1970 UTC by this computer's clock (0: never), ids and keys are BLOBs of
// a fixed size, enumerations are the numbers of the header named beside them and never change their meaning.
// SQLite 3.15 reads this: no STRICT, no UPSERT, no generated columns.

namespace tacet::vault {
namespace {

constexpr Sql kProfileTables = R"sql(
CREATE TABLE profile(
    one             INTEGER PRIMARY KEY CHECK (one = 1),
    identity_seed   BLOB NOT NULL CHECK (length(identity_seed) = 32),
    device          BLOB NOT NULL CHECK (length(device) = 16),
    spool_secret    BLOB NOT NULL CHECK (length(spool_secret) = 32),
    spool_public    BLOB NOT NULL CHECK (length(spool_public) = 32),
    created_ms      INTEGER NOT NULL,
    restored_ms     INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE settings(
    name            TEXT PRIMARY KEY NOT NULL,
    value           NOT NULL
) WITHOUT ROWID;
)sql";

constexpr Sql kContactTables = R"sql(
CREATE TABLE contacts(
    id                  BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    identity            BLOB CHECK (length(identity) = 32),   -- NULL until the invitation was opened
    name                TEXT NOT NULL DEFAULT '',             -- the user's own word; '': given_name is shown
    given_name          TEXT NOT NULL DEFAULT '',
    name_epoch          INTEGER NOT NULL DEFAULT 0,           -- the peer's numbers of the message that brought it
    name_sequence       INTEGER NOT NULL DEFAULT 0,
    colour              INTEGER NOT NULL DEFAULT 0,
    trust               INTEGER NOT NULL DEFAULT 0,           -- chat::Trust
    key_changed_ms      INTEGER NOT NULL DEFAULT 0,
    link                INTEGER NOT NULL DEFAULT 0,           -- chat::Link
    link_trouble        INTEGER NOT NULL DEFAULT 0,           -- chat::TroubleCode
    request             INTEGER NOT NULL DEFAULT 0,
    blocked             INTEGER NOT NULL DEFAULT 0,
    muted               INTEGER NOT NULL DEFAULT 0,
    pinned              INTEGER NOT NULL DEFAULT 0,
    draft               TEXT NOT NULL DEFAULT '',
    added_ms            INTEGER NOT NULL,
    heard_ms            INTEGER NOT NULL DEFAULT 0,           -- last authentic message
    peer_restored_ms    INTEGER NOT NULL DEFAULT 0,
    own_epoch           INTEGER NOT NULL,                     -- numbers of what this side writes (app/chat/README)
    own_sequence        INTEGER NOT NULL DEFAULT 0,
    highest_session     INTEGER NOT NULL DEFAULT 0,           -- highest session number seen or made
    peer_mailbox        BLOB CHECK (length(peer_mailbox) = 32),
    peer_mailbox_number INTEGER NOT NULL DEFAULT 0,
    invitation          BLOB,                                 -- through which they came
    renewal_ms          INTEGER NOT NULL DEFAULT 0            -- when a lost session was last answered by a new one
) WITHOUT ROWID;
CREATE INDEX contacts_identity ON contacts(identity);
CREATE TABLE contact_relays(
    contact         BLOB NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    place           INTEGER NOT NULL,
    url             TEXT NOT NULL,
    PRIMARY KEY (contact, place)
) WITHOUT ROWID;
CREATE TABLE openings(
    contact         BLOB PRIMARY KEY NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    link            TEXT NOT NULL,
    replaces_key    INTEGER NOT NULL DEFAULT 0,               -- opened into an existing chat
    fetched_ms      INTEGER NOT NULL DEFAULT 0,               -- when the bundle was opened
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_try_ms     INTEGER NOT NULL DEFAULT 0,
    created_ms      INTEGER NOT NULL
) WITHOUT ROWID;
)sql";

constexpr Sql kHistoryTables = R"sql(
CREATE TABLE messages(
    row             INTEGER PRIMARY KEY,                      -- names the words to a later search index
    id              BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    contact         BLOB NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    own             INTEGER NOT NULL,
    system          INTEGER NOT NULL DEFAULT 0,               -- chat::SystemLine
    body            TEXT NOT NULL,
    sent_ms         INTEGER NOT NULL,
    arrived_ms      INTEGER NOT NULL,
    sort_ms         INTEGER NOT NULL,
    epoch           INTEGER NOT NULL,
    sequence        INTEGER NOT NULL,
    state           INTEGER NOT NULL,                         -- chat::MessageState
    state_ms        INTEGER NOT NULL,
    relays          INTEGER NOT NULL DEFAULT 0,
    unread          INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX messages_history ON messages(contact, sort_ms, own, sequence, id);
CREATE INDEX messages_numbers ON messages(contact, own, epoch, sequence) WHERE system = 0;
CREATE INDEX messages_unread ON messages(contact, sort_ms) WHERE unread = 1;
CREATE INDEX messages_own_unread ON messages(contact, epoch, sequence) WHERE own = 1 AND system = 0 AND state < 4;
CREATE TABLE received(
    contact         BLOB NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    epoch           INTEGER NOT NULL,
    ranges          BLOB NOT NULL,                            -- u64 first, u64 last, big-endian, ascending
    closed          BLOB NOT NULL DEFAULT x'',                -- same form: known never to come
    read_up_to      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (contact, epoch)
) WITHOUT ROWID;
CREATE TABLE gaps(
    contact         BLOB NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    epoch           INTEGER NOT NULL,
    since_ms        INTEGER NOT NULL,
    asked           INTEGER NOT NULL DEFAULT 0,
    next_ms         INTEGER NOT NULL,
    line            BLOB,                                     -- messages.id of the system line
    PRIMARY KEY (contact, epoch)
) WITHOUT ROWID;
CREATE TABLE receipts_due(
    contact         BLOB PRIMARY KEY NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    due_ms          INTEGER NOT NULL
) WITHOUT ROWID;
)sql";

constexpr Sql kSessionTables = R"sql(
CREATE TABLE sessions(
    id              BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 32),
    contact         BLOB NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    prefix          BLOB NOT NULL CHECK (length(prefix) = 32),
    number          INTEGER NOT NULL,                         -- 0: not named yet
    basis           INTEGER NOT NULL,                         -- highest number its initiator had seen before
    by_peer         INTEGER NOT NULL,
    active          INTEGER NOT NULL,
    retired_ms      INTEGER NOT NULL DEFAULT 0,               -- from then on it should be silent
    state           BLOB NOT NULL,
    created_ms      INTEGER NOT NULL,
    heard_ms        INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX sessions_contact ON sessions(contact);
CREATE TABLE prekeys(
    bundle          BLOB PRIMARY KEY NOT NULL CHECK (length(bundle) = 8),
    invitation      BLOB NOT NULL REFERENCES invitations(id) ON DELETE CASCADE,
    body            BLOB NOT NULL,
    state           BLOB,                                     -- NULL: the private halves are gone
    created_ms      INTEGER NOT NULL,
    replaced_ms     INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE handshakes(
    handshake       BLOB PRIMARY KEY NOT NULL CHECK (length(handshake) = 32),
    bundle          BLOB NOT NULL,
    seen_ms         INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE own_rendezvous(
    bundle          BLOB PRIMARY KEY NOT NULL CHECK (length(bundle) = 8),
    contact         BLOB NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    mailbox         BLOB NOT NULL CHECK (length(mailbox) = 32),
    state           BLOB NOT NULL,
    created_ms      INTEGER NOT NULL,
    replaced_ms     INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE peer_rendezvous(
    contact         BLOB PRIMARY KEY NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    record          BLOB NOT NULL,
    relays          TEXT NOT NULL,                            -- one address a line
    created_ms      INTEGER NOT NULL
) WITHOUT ROWID;
)sql";

constexpr Sql kMailTables = R"sql(
CREATE TABLE invitations(
    id              BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    kind            INTEGER NOT NULL,                         -- chat::InvitationKind
    state           INTEGER NOT NULL,                         -- chat::InvitationState
    label           TEXT NOT NULL,
    link            TEXT NOT NULL,
    mailbox         BLOB NOT NULL CHECK (length(mailbox) = 32),
    created_ms      INTEGER NOT NULL,
    until_ms        INTEGER NOT NULL,
    renewed_ms      INTEGER NOT NULL,
    second_attempts INTEGER NOT NULL DEFAULT 0,
    used_by         BLOB
) WITHOUT ROWID;
CREATE TABLE mailboxes(
    public          BLOB PRIMARY KEY NOT NULL CHECK (length(public) = 32),
    secret          BLOB NOT NULL CHECK (length(secret) = 32),
    purpose         INTEGER NOT NULL,                         -- MailboxPurpose
    owner           BLOB NOT NULL,                            -- contacts.id or invitations.id
    number          INTEGER NOT NULL,
    state           INTEGER NOT NULL,                         -- MailboxState
    created_ms      INTEGER NOT NULL,
    retired_ms      INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX mailboxes_owner ON mailboxes(owner);
CREATE TABLE mailbox_relays(
    mailbox         BLOB NOT NULL REFERENCES mailboxes(public) ON DELETE CASCADE,
    place           INTEGER NOT NULL,
    relay           TEXT NOT NULL,
    synced_s        INTEGER,                                  -- cursor, seconds: SyncReport::syncedUntil
    swept_ms        INTEGER NOT NULL DEFAULT 0,               -- last pass without a lower bound
    PRIMARY KEY (mailbox, relay)
) WITHOUT ROWID;
CREATE TABLE seen(
    hash            BLOB PRIMARY KEY NOT NULL CHECK (length(hash) = 32),
    keep_ms         INTEGER NOT NULL                          -- later of arrival and the envelope's own date
) WITHOUT ROWID;
CREATE TABLE unopened(
    contact         BLOB NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    hash            BLOB NOT NULL CHECK (length(hash) = 32),
    seen_ms         INTEGER NOT NULL,
    PRIMARY KEY (contact, hash)
) WITHOUT ROWID;
CREATE TABLE set_aside(
    hash            BLOB PRIMARY KEY NOT NULL CHECK (length(hash) = 32),
    crashes         INTEGER NOT NULL,
    mailbox         BLOB,
    created_s       INTEGER NOT NULL DEFAULT 0,
    inner           BLOB,                                     -- unopened, until it is tried again
    since_ms        INTEGER NOT NULL
) WITHOUT ROWID;
)sql";

constexpr Sql kOutboxTables = R"sql(
CREATE TABLE outbox(
    row             INTEGER PRIMARY KEY AUTOINCREMENT,        -- never used twice: results name rows
    contact         BLOB REFERENCES contacts(id) ON DELETE CASCADE,
    invitation      BLOB REFERENCES invitations(id) ON DELETE CASCADE,
    kind            INTEGER NOT NULL,                         -- chat::PayloadKind, or 0 for bundles and tombstones
    message         BLOB,                                     -- messages.id of a text
    epoch           INTEGER NOT NULL DEFAULT 0,
    sequence        INTEGER NOT NULL DEFAULT 0,               -- 0: not numbered, forgotten once a relay has it
    payload         BLOB,                                     -- kept until acknowledged
    session         BLOB,
    sealed          BLOB,                                     -- ratchet bytes: made once per session
    hash            BLOB,                                     -- SHA-256 of sealed
    mailbox         BLOB,
    state           INTEGER NOT NULL,                         -- OutboxState
    created_ms      INTEGER NOT NULL,
    sent_ms         INTEGER NOT NULL DEFAULT 0,               -- first relay said OK
    resent_ms       INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX outbox_invitation ON outbox(invitation) WHERE invitation IS NOT NULL;
CREATE INDEX outbox_message ON outbox(message) WHERE message IS NOT NULL;
CREATE TABLE outbox_relays(
    outbox          INTEGER NOT NULL REFERENCES outbox(row) ON DELETE CASCADE,
    relay           TEXT NOT NULL,
    state           INTEGER NOT NULL DEFAULT 0,               -- TargetState
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_try_ms     INTEGER NOT NULL DEFAULT 0,
    reason          TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (outbox, relay)
) WITHOUT ROWID;
CREATE INDEX outbox_relays_waiting ON outbox_relays(next_try_ms) WHERE state = 0;
)sql";

/// Since version 2: what waits for one relay, in order, without a look at the rest.
constexpr Sql kOutboxRelayIndex = R"sql(
CREATE INDEX outbox_relays_relay ON outbox_relays(relay, outbox) WHERE state = 0;
)sql";

/// Since version 3: rows of the outbox carry whole envelopes, and looking through a long queue must not read them.
constexpr Sql kOutboxIndexes = R"sql(
CREATE INDEX outbox_numbers ON outbox(contact, epoch, sequence, state, sent_ms, resent_ms, message);
CREATE INDEX outbox_texts ON outbox(state, message) WHERE message IS NOT NULL;
CREATE INDEX outbox_unsealed ON outbox(contact) WHERE state = 0 AND payload IS NOT NULL;
CREATE INDEX outbox_unnumbered ON outbox(contact, kind) WHERE sequence = 0;
)sql";

/// Since version 3: what is open right now, which may be a page of a history. (Until then one row.)
constexpr Sql kProcessingTable = R"sql(
CREATE TABLE processing(
    hash            BLOB PRIMARY KEY NOT NULL CHECK (length(hash) = 32)  -- SHA-256 of the inner bytes
) WITHOUT ROWID;
)sql";

constexpr Sql kRelayTables = R"sql(
CREATE TABLE relays(
    url             TEXT PRIMARY KEY NOT NULL,
    place           INTEGER NOT NULL,
    added_ms        INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE hosts(
    host            TEXT PRIMARY KEY NOT NULL,                -- agreed to once, by the user
    since_ms        INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE relay_stats(
    url             TEXT NOT NULL,
    outgoing        INTEGER NOT NULL,
    size_index      INTEGER NOT NULL,                         -- 0 to 4, crypto::kMessageSizes
    envelopes       INTEGER NOT NULL,
    first_ms        INTEGER NOT NULL,
    last_ms         INTEGER NOT NULL,
    PRIMARY KEY (url, outgoing, size_index)
) WITHOUT ROWID;
)sql";

void createSchema(Database &db)
{
    db.script(kProfileTables);
    db.script(kContactTables);
    db.script(kHistoryTables);
    db.script(kMailTables);
    db.script(kSessionTables);
    db.script(kOutboxTables);
    db.script(kOutboxRelayIndex);
    db.script(kOutboxIndexes);
    db.script(kProcessingTable);
    db.script(kRelayTables);
}

void indexOutboxByRelay(Database &db)
{
    db.script(kOutboxRelayIndex);
}

void toVersion3(Database &db)
{
    db.script("DROP INDEX outbox_contact; DROP INDEX outbox_texts");
    db.script(kOutboxIndexes);
    // Its row, if there is one, names what was open when an older program died. A crash proves nothing the first time
    // (chat/limits.h), so what is lost with it is a second look.
    db.script("DROP TABLE processing");
    db.script(kProcessingTable);
}

constexpr Migration kMigrations[] = {{2, indexOutboxByRelay}, {3, toVersion3}};

} // namespace

const Schema &currentSchema()
{
    static constexpr Schema schema{3, createSchema, kMigrations};
    return schema;
}

} // namespace tacet::vault
