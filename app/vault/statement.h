#pragma once
// One use of a prepared statement: bind, step, read. It is a lease from its Database's cache: when it
// ends, the statement is reset, its values are cleared, and the next user gets it without parsing.
//
//     auto row = db.query("SELECT name, verified FROM contacts WHERE id = ?1", id);
//     if (!row.step())
//         return std::nullopt;
//     return Contact{row.text(0), row.boolean(1)};
//
// No call here answers an error. The first failure is kept by the running transaction (transaction.h):
// from then on step() answers false, readers answer empty values, and the transaction's end tells.
// Act on what was read (send, show, decide) only after that end.
#include "app/vault/db_error.h"
#include "crypto/bytes.h"
#include "crypto/secret.h"

#include <concepts>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

struct sqlite3_stmt;

namespace tacet::vault {

class Database;

/// SecretBytes, SecretBuffer, TaggedBytes and the like.
template<typename T>
concept HasByteView = requires(const T &value) {
    { value.view() } -> std::convertible_to<crypto::ByteView>;
};

class Statement {
public:
    Statement(Statement &&other) noexcept;
    Statement &operator=(Statement &&) = delete;
    ~Statement();

    /// Binds ?1, ?2, ... in order. Integers, bool and enums are INTEGER; std::string_view is TEXT (UTF-8);
    /// byte ranges and everything with a view() of bytes are BLOB; std::optional and nullptr may be NULL.
    /// Values are copied. Precondition: not yet stepped, or reset().
    template<typename... Values>
    Statement &bind(const Values &...values)
    {
        int place = 0;
        (bindValue(++place, values), ...);
        return *this;
    }

    /// True: a row stands ready for the readers below. False: no more rows, or a failure (kept).
    bool step();
    /// For statements that answer no rows. The number of rows changed; 0 after a failure.
    std::int64_t run();
    /// Ready to be bound and stepped again (bulk inserts prepare once).
    Statement &reset();

    // Readers of the current row; columns count from 0. A column whose type or length is not the one
    // asked for means that someone else wrote this row: it is kept as DbError::Corrupt.
    bool isNull(int column) const;
    std::int64_t integer(int column) const;
    bool boolean(int column) const { return integer(column) != 0; }
    std::string text(int column) const;
    crypto::Bytes blob(int column) const;
    /// Valid until the next step(), reset() or the end of this object.
    crypto::ByteView blobView(int column) const;
    std::string_view textView(int column) const;
    crypto::SecretBuffer secretBuffer(int column) const { return crypto::SecretBuffer(blobView(column)); }

    /// An integer of a narrower type, or an enum whose range [0, last] is checked.
    template<std::integral T>
    T number(int column) const
    {
        const std::int64_t value = integer(column);
        if (!std::in_range<T>(value))
            return corrupt(), T{};
        return static_cast<T>(value);
    }
    template<typename E>
        requires std::is_enum_v<E>
    E enumerator(int column, E last) const
    {
        const std::int64_t value = integer(column);
        if (value < 0 || value > static_cast<std::int64_t>(last))
            return corrupt(), E{};
        return static_cast<E>(value);
    }
    template<std::size_t N>
    crypto::FixedBytes<N> fixed(int column) const
    {
        crypto::FixedBytes<N> out{};
        const crypto::ByteView view = blobView(column);
        if (view.size() == N)
            std::copy(view.begin(), view.end(), out.begin());
        else
            corrupt();
        return out;
    }
    /// For crypto::TaggedBytes and ids with the same static from().
    template<typename Tagged>
    Tagged tagged(int column) const
    {
        const auto value = Tagged::from(blobView(column));
        if (!value)
            return corrupt(), Tagged{};
        return *value;
    }
    template<std::size_t N>
    crypto::SecretBytes<N> secret(int column) const
    {
        const crypto::ByteView view = blobView(column);
        if (view.size() != N)
            return corrupt(), crypto::SecretBytes<N>();
        return crypto::SecretBytes<N>(crypto::FixedView<N>(view.data(), N));
    }
    std::optional<std::int64_t> optionalInteger(int column) const;
    std::optional<std::string> optionalText(int column) const;
    std::optional<crypto::Bytes> optionalBlob(int column) const;
    template<typename Tagged>
    std::optional<Tagged> optionalTagged(int column) const
    {
        return isNull(column) ? std::nullopt : std::optional<Tagged>(tagged<Tagged>(column));
    }

    /// A row that a reader found impossible beyond what types tell: keeps DbError::Corrupt.
    void corrupt() const;

private:
    friend class Database;
    Statement(Database *database, sqlite3_stmt *handle, const char *sql);

    template<typename T>
    void bindValue(int place, const T &value)
    {
        if constexpr (std::is_same_v<T, std::nullptr_t>) {
            bindNull(place);
        } else if constexpr (std::is_enum_v<T> || std::is_same_v<T, bool>) {
            bindInteger(place, static_cast<std::int64_t>(value));
        } else if constexpr (std::integral<T>) {
            assert(std::in_range<std::int64_t>(value));
            bindInteger(place, static_cast<std::int64_t>(value));
        } else if constexpr (HasByteView<T>) {
            bindBlob(place, value.view());
        } else if constexpr (std::convertible_to<const T &, crypto::ByteView>) {
            bindBlob(place, value);
        } else if constexpr (std::convertible_to<const T &, std::string_view>) {
            bindText(place, value);
        } else { // std::optional
            if (value)
                bindValue(place, *value);
            else
                bindNull(place);
        }
    }
    void bindNull(int place);
    void bindInteger(int place, std::int64_t value);
    void bindText(int place, std::string_view value);
    void bindBlob(int place, crypto::ByteView value);
    /// False (and Corrupt kept) when the column does not hold this SQLite type, or no row stands ready.
    bool holds(int column, int type) const;

    Database *m_database = nullptr;
    sqlite3_stmt *m_handle = nullptr; ///< null after a failed transaction: every call is then a no-op
    const char *m_sql = nullptr;
    bool m_row = false;
};

} // namespace tacet::vault
