#pragma once
// The tables of the vault. Each has one `*_rows` file of queries; nobody else writes SQL over it.
//
// What a backup holds (PROTOCOL §10) and what a restore leaves out, because it would repeat keys or lie:
//   whole      settings, contacts, contact_relays, messages, received, own_rendezvous, peer_rendezvous, mailboxes,
//              invitations, openings, relays, hosts
//   in part    profile (a restore makes a new device id and new spool keys), mailbox_relays (no cursors: the mail
//              of every mailbox is read from the beginning)
//   never      sessions, prekeys, handshakes, outbox, outbox_relays (unacknowledged messages are queued again from
//              `messages`), seen, unopened, receipts_due, gaps, set_aside, processing, relay_stats
// After the tables are filled, chat::ChatEngine::markRestored() does the rest.
#include "app/vault/migrations.h"

namespace tacet::vault {

/// What createVault() and openVault() are given: every table, and the way there from older versions.
const Schema &currentSchema();

} // namespace tacet::vault
