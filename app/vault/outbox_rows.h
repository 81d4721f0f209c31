#pragma once
// What waits to leave, and what left but was not acknowledged yet (PROTOCOL §7). One row a message, one row of
// `outbox_relays` for each relay that shall get it.
#include "app/vault/row_ids.h"

namespace tacet::vault {

enum class OutboxState : int {
    Unsealed = 0, ///< no session yet, or the last one is lost: `payload` waits to be encrypted
    Sending = 1,  ///< ratchet bytes are made; no relay has them
    OnRelay = 2,  ///< a relay said OK; numbered rows stay until they are acknowledged
    Failed = 3,   ///< every relay refused for good
};

enum class TargetState : int { Waiting = 0, Accepted = 1, Refused = 2 };

struct OutboxRow {
    std::int64_t row = 0;
    std::optional<Id16> contact;
    std::optional<Id16> invitation;
    int kind = 0; ///< chat::PayloadKind; 0 for bundles and tombstones
    std::optional<Id16> message;
    std::int64_t epoch = 0;
    std::int64_t sequence = 0;
    std::optional<crypto::Bytes> payload;
    std::optional<Bytes32> session;
    std::optional<crypto::Bytes> sealed;
    std::optional<Bytes32> hash;
    std::optional<Bytes32> mailbox;
    OutboxState state = OutboxState::Unsealed;
    std::int64_t createdMs = 0;
    std::int64_t sentMs = 0;
    std::int64_t resentMs = 0;
};

struct TargetRow {
    std::string relay;
    TargetState state = TargetState::Waiting;
    int attempts = 0;
    std::int64_t nextTryMs = 0;
    std::string reason;
};

/// Answers the new row's number.
std::int64_t insertOutbox(Database &db, const OutboxRow &row);
void updateOutbox(Database &db, const OutboxRow &row);
void deleteOutbox(Database &db, std::int64_t row);
void deleteOutboxOf(Database &db, const Id16 &contact);
std::optional<OutboxRow> readOutbox(Database &db, std::int64_t row);
/// In the order in which they were written.
std::vector<OutboxRow> readOutboxOf(Database &db, const Id16 &contact);
std::vector<OutboxRow> readOutboxUnsealed(Database &db, const Id16 &contact, int limit);
/// Numbered ones.
std::vector<OutboxRow> readOutboxOfKind(Database &db, const Id16 &contact, int kind);
std::vector<OutboxRow> readOutboxOfInvitation(Database &db, const Id16 &invitation);
std::optional<OutboxRow> readOutboxByMessage(Database &db, const Id16 &message);
std::optional<OutboxRow> readOutboxByHash(Database &db, const Id16 &contact, const Bytes32 &hash);
/// Numbered rows of one epoch between two numbers, in their order, without what they carry: from an index alone, so that a
/// long queue may be looked through at each receipt.
struct NumberedRow {
    std::int64_t row = 0;
    std::optional<Id16> message;
    std::int64_t sequence = 0;
    OutboxState state = OutboxState::Unsealed;
    std::int64_t sentMs = 0;
    std::int64_t resentMs = 0;
};
std::vector<NumberedRow> readOutboxNumbered(Database &db, const Id16 &contact, std::int64_t epoch, std::int64_t first, std::int64_t last);
/// Unnumbered rows of a kind that no relay has yet: a newer one makes them pointless.
void deleteUnsentOfKind(Database &db, const Id16 &contact, int kind);

void setTargets(Database &db, std::int64_t row, const std::vector<std::string> &relays, std::int64_t firstTryMs);
std::vector<TargetRow> readTargets(Database &db, std::int64_t row);
void updateTarget(Database &db, std::int64_t row, const TargetRow &target);

struct DueTarget {
    std::int64_t row = 0;
    std::string relay;
};
/// Targets whose time has come, oldest message first.
std::vector<DueTarget> readDueTargets(Database &db, std::int64_t nowMs, int limit);
/// Every relay that something waits for, due or not.
std::vector<std::string> readRelaysWaitedFor(Database &db);
/// Rows whose time has come at this relay, oldest message first.
std::vector<std::int64_t> readDueAt(Database &db, std::string_view relay, std::int64_t nowMs, int limit);
std::optional<std::int64_t> readNextTry(Database &db, std::int64_t afterMs);
/// What waits for this relay may be tried at once: it answers again. At most `limit` rows after `row`, in their order;
/// answers the last one, nothing when there are no more.
std::optional<std::int64_t> hastenTargets(Database &db, std::string_view relay, std::int64_t nowMs, std::int64_t row,
                                          int limit);
/// After the wall clock went back: no wait is longer than `latestMs`.
void clampTargets(Database &db, std::int64_t latestMs);

struct OutboxCounts {
    std::int64_t waiting = 0; ///< texts that no relay has
    std::int64_t failed = 0;
};
OutboxCounts countOutbox(Database &db);

} // namespace tacet::vault
