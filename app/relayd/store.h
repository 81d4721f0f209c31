#pragma once
// What the small relay keeps: one SQLite file, not encrypted, because it holds nothing that is readable or
// that anyone with the relay's socket could not get. No address, no time of arrival, no reader is stored.
// Durable before OK: add() works inside a group, commit() ends it with a sync, and only then may the
// server say OK. One thread; SQL that SQLite 3.15 runs too.
#include "app/relay/frames.h"
#include "app/relay/negentropy.h"
#include "crypto/result.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <set>

struct sqlite3;

namespace tacet::relayd {

class Query;

enum class StoreError {
    NoFolder, ///< cannot be made or entered
    InUse, ///< another relay holds it
    NotOurs, ///< a file of another program or of a newer version
    Damaged,
    DiskFull, ///< or the size that the store was allowed
    ReadOnly,
    Io,
    TooExpensive, ///< a question that the limits do not allow
};

enum class Added {
    Stored,
    Duplicate,
    Deleted, ///< its author or recipient asked for that before
    Replaced, ///< an event of this replaceable kind that is newer is there already
};

/// All that a store could hand over, and nothing it does not know.
struct StoreSummary {
    std::int64_t envelopes = 0; ///< kind 1059
    std::int64_t mailboxes = 0; ///< different recipients of them
    std::map<std::int64_t, std::int64_t> envelopesBySize; ///< bytes of content → how many
    std::int64_t otherEvents = 0;
    std::int64_t deletions = 0; ///< ids that must not come back
    std::optional<std::int64_t> oldest; ///< by the events' own dates (spread over two days by their writers)
    std::optional<std::int64_t> newest;
    std::int64_t fileBytes = 0;
};

class Store {
public:
    enum class Mode { Serve, Look };
    struct Bounds {
        std::int64_t fileBytes = 0; ///< 0: as large as the disk
        std::int64_t queryOperations = 0; ///< of SQLite's machine, for one find(); 0: no limit
    };
    static constexpr std::int64_t kPurgeAtOnce = 500;
    /// Serve makes the folder and the file where they are missing and locks the folder; Look reads beside a
    /// serving relay.
    static Result<std::unique_ptr<Store>, StoreError> open(const std::filesystem::path &folder, Mode mode, Bounds bounds = {0, 0});
    ~Store();
    Store(const Store &) = delete;
    Store &operator=(const Store &) = delete;

    /// Precondition: the event was verified and has not expired. Ephemeral kinds are not for the store.
    Result<Added, StoreError> add(const crypto::NostrEvent &event) { return add(event, crypto::toJson(event)); }
    Result<Added, StoreError> add(const crypto::NostrEvent &event, const std::string &json);
    /// NIP-09: removes what `request` names and its author may delete: own events, and envelopes addressed to
    /// it (as strfry does). Ids that are not here yet are refused when they come. A date after `now` counts as now.
    Result<Done, StoreError> erase(const crypto::NostrEvent &request, std::int64_t now);
    /// Ends the group that add() and erase() began; after a failure, also of one of them, all of it is undone.
    Result<Done, StoreError> commit();
    bool hasGroup() const { return m_inGroup; }

    /// Rows that match, newest first, at most `limit`; kind 1059 only where addressed to one of `readers`, or to
    /// anyone when that is null. `now` hides what has expired (NIP-40). A row may be asked for later: no other event ever has it.
    Result<std::vector<std::int64_t>, StoreError> find(const relay::Filter &filter, std::int64_t limit, std::int64_t now,
                                                       const std::set<crypto::NostrPublicKey> *readers);
    /// The same events by date and id, for a reconciliation (NIP-77).
    Result<std::vector<relay::NegentropyItem>, StoreError> findItems(const relay::Filter &filter, std::int64_t limit, std::int64_t now,
                                                                     const std::set<crypto::NostrPublicKey> *readers);
    /// What the last find() or findItems() took, of SQLite's machine.
    std::int64_t operations() const { return m_operations; }
    /// The JSON of a row; nothing when it is gone.
    std::optional<std::string> json(std::int64_t row);

    /// Removes what has expired and, when `keepSeconds` is not 0, what is dated further back, deletions too: what they
    /// keep out is by then too old to be taken. At most kPurgeAtOnce, answers how many.
    Result<std::int64_t, StoreError> purge(std::int64_t now, std::int64_t keepSeconds = 0);

    Result<StoreSummary, StoreError> summary();

private:
    struct Handle;
    explicit Store(std::unique_ptr<Handle> handle);
    Result<Done, StoreError> setUp(Mode mode);
    void setBounds(Bounds bounds);
    Result<Done, StoreError> begin();
    Result<Done, StoreError> search(std::string_view columns, const relay::Filter &filter, std::int64_t limit, std::int64_t now,
                                    const std::set<crypto::NostrPublicKey> *readers, const std::function<void(const Query &)> &take);
    bool removeRow(std::int64_t row);
    StoreError lastError() const;
    /// The group is lost: half an event must not be committed, and SQLite may have undone it all already.
    StoreError groupError();

    std::unique_ptr<Handle> m_handle;
    bool m_inGroup = false;
    std::optional<StoreError> m_groupError; ///< the first one: what was begun is not to be kept
    std::int64_t m_operations = 0;
    std::int64_t m_lastRow = 0; ///< never taken back: a row names one event as long as this lives, whatever was deleted or undone
};

/// When the event ends (NIP-40), seconds; nothing when it does not.
std::optional<std::int64_t> expiryOf(const crypto::NostrEvent &event);
/// Kinds 20000 to 29999 are passed on and never stored (NIP-01).
bool isEphemeral(int kind);

} // namespace tacet::relayd
