#include "app/relayd/store.h"

#include "app/relayd/sqlite.h"

#include <algorithm>
#include <cerrno>
#include <charconv>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace tacet::relayd {

using crypto::NostrEvent;
using crypto::NostrEventId;
using crypto::NostrPublicKey;

namespace {

constexpr std::int64_t kApplicationId = 0x54616352; // "TacR"
constexpr int kSchemaVersion = 2;
constexpr int kProgressSteps = 10'000;
constexpr std::int64_t kDay = 24 * 3600;

constexpr const char *kSchema = R"(
CREATE TABLE events(
    row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, author BLOB NOT NULL, kind INTEGER NOT NULL,
    created_at INTEGER NOT NULL, expires_at INTEGER, d BLOB NOT NULL, content_bytes INTEGER NOT NULL, json BLOB NOT NULL);
CREATE INDEX events_by_date ON events(created_at);
CREATE INDEX events_by_author ON events(author, kind, created_at);
CREATE INDEX events_by_expiry ON events(expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE tags(
    letter INTEGER NOT NULL, value BLOB NOT NULL, created_at INTEGER NOT NULL, event INTEGER NOT NULL,
    PRIMARY KEY(letter, value, created_at, event)) WITHOUT ROWID;
CREATE INDEX tags_by_event ON tags(event);
CREATE TABLE deleted(id BLOB NOT NULL, by BLOB NOT NULL, day INTEGER, PRIMARY KEY(id, by)) WITHOUT ROWID;
CREATE INDEX deleted_by_day ON deleted(day);
)";

/// Days began with version 2: what was deleted before has none until retention looks at it.
constexpr const char *kFromVersion1 = R"(
ALTER TABLE deleted ADD COLUMN day INTEGER;
CREATE INDEX deleted_by_day ON deleted(day);
)";

bool isReplaceable(int kind)
{
    return kind == 0 || kind == 3 || (kind >= 10'000 && kind < 20'000);
}

bool isAddressable(int kind)
{
    return kind >= 30'000 && kind < 40'000;
}

/// The value that tells addressable events of one kind and author apart.
std::string identifierOf(const NostrEvent &event)
{
    for (const auto &tag : event.tags) {
        if (tag.size() >= 2 && tag[0] == "d")
            return tag[1];
    }
    return {};
}

bool isIndexed(const std::vector<std::string> &tag)
{
    if (tag.size() < 2 || tag[0].size() != 1)
        return false;
    const char letter = tag[0][0];
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}

StoreError meaningOf(int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
        return StoreError::DiskFull;
    case SQLITE_READONLY:
        return StoreError::ReadOnly;
    case SQLITE_CORRUPT:
        return StoreError::Damaged;
    case SQLITE_NOTADB:
        return StoreError::NotOurs;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return StoreError::InUse;
    default:
        return StoreError::Io;
    }
}

std::string marks(std::size_t count)
{
    std::string out = "(";
    for (std::size_t i = 0; i < count; ++i)
        out += i ? ",?" : "?";
    return out + ")";
}

} // namespace

std::optional<std::int64_t> expiryOf(const NostrEvent &event)
{
    for (const auto &tag : event.tags) {
        if (tag.size() < 2 || tag[0] != "expiration")
            continue;
        std::int64_t seconds = 0;
        const std::string &text = tag[1];
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
        if (error == std::errc() && end == text.data() + text.size())
            return seconds;
    }
    return std::nullopt;
}

bool isEphemeral(int kind)
{
    return kind >= 20'000 && kind < 30'000;
}

namespace {

/// flock(2): gone with its process, whatever became of it, and nothing is written that could be half there. (A QLockFile that was
/// cut off between its creation and its content, by a power cut or a full disk, keeps everyone out for good.)
class FolderLock {
public:
    ~FolderLock()
    {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }
    std::optional<StoreError> take(const std::filesystem::path &file)
    {
        m_descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (m_descriptor < 0)
            return errno == ENOSPC ? StoreError::DiskFull : errno == EIO ? StoreError::Io : StoreError::ReadOnly;
        if (::flock(m_descriptor, LOCK_EX | LOCK_NB) != 0)
            return errno == EWOULDBLOCK ? StoreError::InUse : StoreError::Io;
        return std::nullopt;
    }

private:
    int m_descriptor = -1;
};

} // namespace

struct Store::Handle {
    sqlite3 *database = nullptr;
    FolderLock lock;
    KeptStatements statements;
    std::int64_t queryOperations = 0;
    ~Handle()
    {
        statements.clear();
        if (database)
            sqlite3_close(database);
    }
    bool exec(const char *sql) const { return sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK; }
    Query kept(const char *sql) { return Query(statements.get(database, sql)); }
    std::int64_t number(const char *sql) const
    {
        Query query(database, sql);
        return query.step() ? query.integer(0) : -1;
    }
};

Store::Store(std::unique_ptr<Handle> handle) : m_handle(std::move(handle)) { }

Store::~Store()
{
    if (m_inGroup)
        m_handle->exec("ROLLBACK"); // nothing of it was answered with OK
}

Result<std::unique_ptr<Store>, StoreError> Store::open(const std::filesystem::path &folder, Mode mode, Bounds bounds)
{
    auto handle = std::make_unique<Handle>();
    std::error_code error;
    if (mode == Mode::Serve) {
        const bool made = std::filesystem::create_directories(folder, error);
        if (error || !std::filesystem::is_directory(folder, error))
            return fail(StoreError::NoFolder);
        if (made)
            std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
        if (const auto refused = handle->lock.take(folder / "lock"))
            return fail(*refused);
    } else if (!std::filesystem::exists(folder / "relay.db", error)) {
        return fail(StoreError::NoFolder);
    }
    const int flags = mode == Mode::Serve ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
    const int code = sqlite3_open_v2((folder / "relay.db").string().c_str(), &handle->database, flags, nullptr);
    if (code != SQLITE_OK)
        return fail(meaningOf(code));
    sqlite3_busy_timeout(handle->database, 5000);
    std::unique_ptr<Store> store(new Store(std::move(handle)));
    if (const auto ready = store->setUp(mode); !ready)
        return fail(ready.error());
    store->setBounds(bounds); // a full store of an older version still has room for what the new one needs
    if (mode == Mode::Look)
        store->m_handle->exec("PRAGMA query_only=1");
    return store;
}

Result<Done, StoreError> Store::setUp(Mode mode)
{
    // WAL with FULL: a commit is on the disk when it returns, and readers are not held up.
    if (!m_handle->exec("PRAGMA journal_mode=WAL") || !m_handle->exec("PRAGMA synchronous=FULL")
        || !m_handle->exec("PRAGMA temp_store=MEMORY") || !m_handle->exec("PRAGMA secure_delete=1"))
        return fail(lastError());
    const std::int64_t version = m_handle->number("PRAGMA user_version");
    const std::int64_t application = m_handle->number("PRAGMA application_id");
    const auto change = [&](const char *sql) {
        return m_handle->exec("BEGIN IMMEDIATE") && m_handle->exec(sql)
            && m_handle->exec(("PRAGMA application_id=" + std::to_string(kApplicationId)).c_str())
            && m_handle->exec(("PRAGMA user_version=" + std::to_string(kSchemaVersion)).c_str()) && m_handle->exec("COMMIT");
    };
    if (application == kApplicationId && (version == 1 || version == kSchemaVersion)) {
        if (version == 1 && mode == Mode::Serve && !change(kFromVersion1))
            return fail(lastError());
        m_lastRow = m_handle->number("SELECT ifnull(max(row),0) FROM events");
        if (m_lastRow < 0)
            return fail(lastError());
        return Done();
    }
    if (version != 0 || m_handle->number("SELECT count(*) FROM sqlite_master") != 0)
        return fail(StoreError::NotOurs);
    if (!change(kSchema))
        return fail(lastError());
    return Done();
}

void Store::setBounds(Bounds bounds)
{
    m_handle->queryOperations = bounds.queryOperations;
    if (bounds.fileBytes <= 0)
        return;
    const std::int64_t pages = std::max<std::int64_t>(bounds.fileBytes / std::max<std::int64_t>(m_handle->number("PRAGMA page_size"), 512), 1);
    m_handle->number(("PRAGMA max_page_count=" + std::to_string(pages)).c_str());
}

StoreError Store::lastError() const
{
    return meaningOf(sqlite3_errcode(m_handle->database));
}

StoreError Store::groupError()
{
    if (!m_groupError)
        m_groupError = lastError();
    return *m_groupError;
}

Result<Done, StoreError> Store::begin()
{
    if (m_groupError)
        return fail(*m_groupError);
    if (m_inGroup)
        return Done();
    if (!m_handle->kept("BEGIN IMMEDIATE").run())
        return fail(lastError());
    m_inGroup = true;
    return Done();
}

Result<Done, StoreError> Store::commit()
{
    if (!m_inGroup)
        return Done();
    m_inGroup = false;
    const auto broken = std::exchange(m_groupError, std::nullopt);
    if (!broken && m_handle->kept("COMMIT").run())
        return Done();
    const StoreError error = broken.value_or(lastError());
    m_handle->exec("ROLLBACK");
    return fail(error);
}

bool Store::removeRow(std::int64_t row)
{
    return m_handle->kept("DELETE FROM tags WHERE event=?").bind(row).run()
        && m_handle->kept("DELETE FROM events WHERE row=?").bind(row).run();
}

Result<Added, StoreError> Store::add(const NostrEvent &event, const std::string &json)
{
    if (const auto begun = begin(); !begun)
        return fail(begun.error());
    sqlite3 *database = m_handle->database;
    const auto author = event.author.view();

    if (m_handle->kept("SELECT 1 FROM events WHERE id=?").bind(event.id.view()).step())
        return Added::Duplicate;
    const auto recipient = event.kind == crypto::kKindGiftWrap ? relay::onlyRecipient(event) : std::nullopt;
    if (m_handle->kept("SELECT 1 FROM deleted WHERE id=? AND (by=? OR by=?)")
            .bind(event.id.view())
            .bind(author)
            .bind(recipient ? recipient->view() : author)
            .step())
        return Added::Deleted;

    const std::string identifier = isAddressable(event.kind) ? identifierOf(event) : std::string();
    if (isReplaceable(event.kind) || isAddressable(event.kind)) {
        std::vector<std::int64_t> older;
        Query same(database, "SELECT row, created_at, id FROM events WHERE author=? AND kind=? AND d=?");
        same.bind(author).bind(event.kind).bindText(identifier);
        while (same.step()) {
            // NIP-01: the newer one stays; at the same second the lower id.
            const auto id = NostrEventId::from(same.blob(2));
            if (same.integer(1) > event.createdAt || (same.integer(1) == event.createdAt && id && *id < event.id))
                return Added::Replaced;
            older.push_back(same.integer(0));
        }
        for (const std::int64_t row : older) {
            if (!removeRow(row))
                return fail(groupError());
        }
    }

    // SQLite would give the number of a deleted row again, to an event that a client who waits for the old one may not read.
    const std::int64_t row = ++m_lastRow;
    Query insert = m_handle->kept("INSERT INTO events(row,id,author,kind,created_at,expires_at,d,content_bytes,json) VALUES(?,?,?,?,?,?,?,?,?)");
    insert.bind(row).bind(event.id.view()).bind(author).bind(event.kind).bind(event.createdAt);
    if (const auto expiry = expiryOf(event))
        insert.bind(*expiry);
    else
        insert.bindNull();
    insert.bindText(identifier).bind(std::int64_t(event.content.size())).bindText(json);
    if (!insert.run())
        return fail(groupError());
    for (const auto &tag : event.tags) {
        if (!isIndexed(tag))
            continue;
        if (!m_handle->kept("INSERT OR IGNORE INTO tags(letter,value,created_at,event) VALUES(?,?,?,?)")
                 .bind(std::int64_t(tag[0][0]))
                 .bindText(tag[1])
                 .bind(event.createdAt)
                 .bind(row)
                 .run())
            return fail(groupError());
    }
    return Added::Stored;
}

Result<Done, StoreError> Store::erase(const NostrEvent &request, std::int64_t now)
{
    if (const auto begun = begin(); !begun)
        return begun;
    sqlite3 *database = m_handle->database;
    const auto by = request.author.view();
    for (const auto &tag : request.tags) {
        if (tag.size() < 2)
            continue;
        std::vector<std::int64_t> rows;
        if (tag[0] == "e") {
            const auto bytes = crypto::fromHex(tag[1]);
            const auto id = bytes ? NostrEventId::from(*bytes) : std::nullopt;
            if (!id)
                continue;
            Query mine(database,
                       "SELECT row,created_at FROM events WHERE id=? AND kind<>5 AND (author=? OR (kind=1059 AND EXISTS("
                       "SELECT 1 FROM tags WHERE letter=112 AND value=? AND created_at=events.created_at AND event=events.row)))");
            mine.bind(id->view()).bind(by).bindText(crypto::toHex(by));
            std::int64_t date = request.createdAt;
            while (mine.step()) {
                rows.push_back(mine.integer(0));
                date = std::max(date, mine.integer(1)); // its copy could come back for as long as its own date allows
            }
            // The day on which it is over: more is not needed.
            const std::int64_t day = std::min(date, now) / kDay + 1;
            if (!Query(database, "INSERT OR IGNORE INTO deleted(id,by,day) VALUES(?,?,?)").bind(id->view()).bind(by).bind(day).run())
                return fail(groupError());
        } else if (tag[0] == "a") { // kind:author:identifier, all versions up to the request's date
            const std::size_t first = tag[1].find(':');
            const std::size_t second = tag[1].find(':', first == std::string::npos ? first : first + 1);
            if (second == std::string::npos || tag[1].substr(first + 1, second - first - 1) != crypto::toHex(by))
                continue;
            int kind = -1;
            std::from_chars(tag[1].data(), tag[1].data() + first, kind);
            Query mine(database, "SELECT row FROM events WHERE author=? AND kind=? AND d=? AND created_at<=?");
            mine.bind(by).bind(kind).bindText(tag[1].substr(second + 1)).bind(request.createdAt);
            while (mine.step())
                rows.push_back(mine.integer(0));
        }
        for (const std::int64_t row : rows) {
            if (!removeRow(row))
                return fail(groupError());
        }
    }
    return Done();
}

Result<std::vector<std::int64_t>, StoreError> Store::find(const relay::Filter &filter, std::int64_t limit, std::int64_t now,
                                                          const std::set<NostrPublicKey> *readers)
{
    std::vector<std::int64_t> rows;
    const auto found = search("e.row", filter, limit, now, readers, [&](const Query &query) { rows.push_back(query.integer(0)); });
    if (!found)
        return fail(found.error());
    return rows;
}

Result<std::vector<relay::NegentropyItem>, StoreError> Store::findItems(const relay::Filter &filter, std::int64_t limit, std::int64_t now,
                                                                        const std::set<NostrPublicKey> *readers)
{
    std::vector<relay::NegentropyItem> items;
    const auto found = search("e.created_at,e.id", filter, limit, now, readers, [&](const Query &query) {
        if (const auto id = NostrEventId::from(query.blob(1)))
            items.push_back({std::uint64_t(query.integer(0)), *id});
    });
    if (!found)
        return fail(found.error());
    return items;
}

Result<Done, StoreError> Store::search(std::string_view columns, const relay::Filter &filter, std::int64_t limit, std::int64_t now,
                                       const std::set<NostrPublicKey> *readers, const std::function<void(const Query &)> &take)
{
    m_operations = 0;
    if (filter.matchesNothing || limit <= 0)
        return Done();
    // The usual question, one mailbox, walks its index from the newest and stops at the limit: no sorting.
    const auto p = filter.tags.find('p');
    const bool oneMailbox = p != filter.tags.end() && p->second.size() == 1;
    std::string sql = "SELECT ";
    sql += columns;
    sql += oneMailbox ? " FROM tags t CROSS JOIN events e ON e.row=t.event WHERE t.letter=112 AND t.value=?" : " FROM events e WHERE 1";
    const std::string date = oneMailbox ? "t.created_at" : "e.created_at";
    if (!filter.ids.empty())
        sql += " AND e.id IN " + marks(filter.ids.size());
    if (!filter.authors.empty())
        sql += " AND e.author IN " + marks(filter.authors.size());
    if (!filter.kinds.empty())
        sql += " AND e.kind IN " + marks(filter.kinds.size());
    if (filter.since)
        sql += " AND " + date + ">=?";
    if (filter.until)
        sql += " AND " + date + "<=?";
    for (const auto &[letter, values] : filter.tags) {
        if (!(oneMailbox && letter == 'p'))
            sql += " AND e.row IN (SELECT event FROM tags WHERE letter=? AND value IN " + marks(values.size()) + ")";
    }
    sql += " AND (e.expires_at IS NULL OR e.expires_at>?)";
    if (readers) {
        sql += " AND (e.kind<>1059 OR EXISTS(SELECT 1 FROM tags r WHERE r.event=e.row AND r.letter=112 AND r.value IN "
            + marks(readers->size()) + "))";
    }
    sql += " ORDER BY " + date + " DESC LIMIT ?";

    Query query(m_handle->database, sql);
    if (oneMailbox)
        query.bindText(p->second.front());
    for (const auto &id : filter.ids)
        query.bind(id.view());
    for (const auto &author : filter.authors)
        query.bind(author.view());
    for (const int kind : filter.kinds)
        query.bind(kind);
    if (filter.since)
        query.bind(*filter.since);
    if (filter.until)
        query.bind(*filter.until);
    for (const auto &[letter, values] : filter.tags) {
        if (oneMailbox && letter == 'p')
            continue;
        query.bind(std::int64_t(letter));
        for (const std::string &value : values)
            query.bindText(value);
    }
    query.bind(now);
    if (readers) {
        for (const NostrPublicKey &reader : *readers)
            query.bindText(crypto::toHex(reader.bytes));
    }
    query.bind(limit);
    // A question that walks through everything and finds nothing would hold up all other clients.
    std::int64_t steps = m_handle->queryOperations / kProgressSteps;
    if (m_handle->queryOperations > 0)
        sqlite3_progress_handler(m_handle->database, kProgressSteps, [](void *left) { return --*static_cast<std::int64_t *>(left) < 0 ? 1 : 0; }, &steps);
    while (query.step())
        take(query);
    sqlite3_progress_handler(m_handle->database, 0, nullptr, nullptr);
    m_operations = query.operations();
    if (query.failed())
        return fail(query.wasInterrupted() ? StoreError::TooExpensive : lastError());
    return Done();
}

std::optional<std::string> Store::json(std::int64_t row)
{
    Query query = m_handle->kept("SELECT json FROM events WHERE row=?");
    query.bind(row);
    return query.step() ? std::optional(query.text(0)) : std::nullopt;
}

Result<std::int64_t, StoreError> Store::purge(std::int64_t now, std::int64_t keepSeconds)
{
    if (const auto begun = begin(); !begun)
        return fail(begun.error());
    std::vector<std::int64_t> rows;
    Query expired(m_handle->database, "SELECT row FROM events WHERE expires_at IS NOT NULL AND expires_at<=? LIMIT ?");
    expired.bind(now).bind(kPurgeAtOnce);
    while (expired.step())
        rows.push_back(expired.integer(0));
    Query old(m_handle->database, "SELECT row FROM events WHERE created_at<? LIMIT ?");
    old.bind(now - keepSeconds).bind(keepSeconds > 0 ? kPurgeAtOnce - std::int64_t(rows.size()) : 0);
    while (old.step())
        rows.push_back(old.integer(0));
    if (expired.failed() || old.failed())
        return fail(groupError());
    for (const std::int64_t row : rows) {
        if (!removeRow(row))
            return fail(groupError());
    }
    const std::int64_t removed = std::int64_t(rows.size());
    if (keepSeconds <= 0)
        return removed;
    if (!m_handle->kept("UPDATE deleted SET day=? WHERE day IS NULL").bind(now / kDay + 1).run()
        || !m_handle->kept("DELETE FROM deleted WHERE (id,by) IN (SELECT id,by FROM deleted WHERE day<=? LIMIT ?)")
                .bind((now - keepSeconds) / kDay)
                .bind(kPurgeAtOnce - removed)
                .run())
        return fail(groupError());
    return removed + sqlite3_changes(m_handle->database);
}

Result<StoreSummary, StoreError> Store::summary()
{
    sqlite3 *database = m_handle->database;
    StoreSummary summary;
    Query sizes(database, "SELECT content_bytes, count(*) FROM events WHERE kind=1059 GROUP BY content_bytes");
    while (sizes.step()) {
        summary.envelopesBySize[sizes.integer(0)] = sizes.integer(1);
        summary.envelopes += sizes.integer(1);
    }
    Query dates(database, "SELECT min(created_at), max(created_at) FROM events");
    if (dates.step() && !dates.isNull(0)) {
        summary.oldest = dates.integer(0);
        summary.newest = dates.integer(1);
    }
    if (sizes.failed() || dates.failed())
        return fail(lastError());
    summary.mailboxes = m_handle->number(
        "SELECT count(DISTINCT t.value) FROM tags t JOIN events e ON e.row=t.event WHERE t.letter=112 AND e.kind=1059");
    summary.otherEvents = m_handle->number("SELECT count(*) FROM events WHERE kind<>1059");
    summary.deletions = m_handle->number("SELECT count(*) FROM deleted");
    summary.fileBytes = m_handle->number("PRAGMA page_count") * m_handle->number("PRAGMA page_size");
    return summary;
}

} // namespace tacet::relayd
