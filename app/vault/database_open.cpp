// Opening: the key, then every setting that decides how pages look, then proof, then the rest.
// None of it may be left to a default: defaults differ between SQLCipher 3.x and 4.x, and a page size
// left out looks like a wrong key.
#include "app/vault/database.h"
#include "app/vault/sqlite_codes.h"
#include "app/vault/wiped_memory.h"

#include <sodium.h>
#include <sqlite3.h>

#include <cassert>
#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tacet::vault {
namespace {

constexpr off_t kPageSize = 4096;

DbError errorFromErrno(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR: return DbError::Missing;
    case ENOSPC:
    case EDQUOT: return DbError::DiskFull;
    case EACCES:
    case EPERM:
    case EROFS: return DbError::ReadOnly;
    default: return DbError::Io;
    }
}

/// Made here and not by SQLite, so that it is 0600 whatever the umask says (-wal and -shm inherit it).
DbResult makeFile(const std::filesystem::path &file)
{
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return fail(errorFromErrno(errno));
    ::close(descriptor);
    return Done{};
}

/// SQLite takes a file without one whole page for a new database: a vault cut to nothing must not look fresh.
DbResult lookAtFile(const std::filesystem::path &file)
{
    struct stat info{};
    if (::stat(file.c_str(), &info) != 0)
        return fail(errorFromErrno(errno));
    if (!S_ISREG(info.st_mode))
        return fail(DbError::Io);
    if (info.st_size < kPageSize)
        return fail(DbError::Corrupt);
    return Done{};
}

const char *pageSettings(int library, int generation)
{
    if (library < 4) // 3.x: what its own defaults are, but for the page size, said aloud
        return "PRAGMA cipher='aes-256-cbc'; PRAGMA kdf_iter=64000; PRAGMA cipher_page_size=4096;"
               "PRAGMA cipher_use_hmac=ON";
    // 4.6 writes every wrong key and damaged page to standard error by itself; ours to tell, in our words.
    if (generation < 4) // a file made by 3.x, on 4.x
        return "PRAGMA cipher_log_level=NONE; PRAGMA cipher_compatibility=3; PRAGMA cipher_page_size=4096";
    return "PRAGMA cipher_log_level=NONE; PRAGMA cipher_compatibility=4; PRAGMA cipher_page_size=4096; PRAGMA kdf_iter=256000;"
           "PRAGMA cipher_hmac_algorithm=HMAC_SHA512; PRAGMA cipher_kdf_algorithm=PBKDF2_HMAC_SHA512;"
           "PRAGMA cipher_plaintext_header_size=0";
}

} // namespace

std::string Database::cipherVersion()
{
    wipeFreedMemory(); // every vault asks for the version before anything else
    Database memory(":memory:", OpenMode::Writer, {});
    std::string version;
    if (sqlite3_open_v2(":memory:", &memory.m_handle, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK)
        version = memory.firstText("PRAGMA cipher_version").valueOr({});
    return version;
}

int Database::libraryGeneration()
{
    static const int generation = std::atoi(cipherVersion().c_str()); // a constant of the linked library
    return generation;
}

Result<std::unique_ptr<Database>, DbError> Database::open(const std::filesystem::path &file, OpenMode mode,
                                                          crypto::FixedView<32> key, DatabaseOptions options)
{
    const DbResult ready = mode == OpenMode::Create ? makeFile(file) : lookAtFile(file);
    if (!ready)
        return fail(ready.error());

    const int newest = libraryGeneration();
    const auto attempt = [&](int generation) -> Result<std::unique_ptr<Database>, DbError> {
        std::unique_ptr<Database> database(new Database(file, mode, options));
        const DbResult connected = database->connect(key, generation);
        if (!connected)
            return fail(connected.error());
        return database;
    };
    auto opened = attempt(newest);
    if (!opened && opened.error() == DbError::WrongKey && newest >= 4)
        opened = attempt(3); // cipher_upgrade.h rewrites such a file
    return opened;
}

crypto::SecretBuffer Database::spellKey(crypto::FixedView<32> key)
{
    crypto::SecretBuffer spelled(2 + 64 + 1);
    char *text = reinterpret_cast<char *>(spelled.writable().data());
    text[0] = 'x';
    text[1] = '\'';
    sodium_bin2hex(text + 2, 65, key.data(), key.size()); // its terminating zero goes where the quote comes
    text[66] = '\'';
    return spelled;
}

DbResult Database::connect(crypto::FixedView<32> key, int generation)
{
    m_cipherGeneration = generation;
    const int flags = m_mode == OpenMode::Reader ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    int code = sqlite3_open_v2(m_file.c_str(), &m_handle, flags | SQLITE_OPEN_NOMUTEX, m_options.vfs);
    if (code != SQLITE_OK)
        return fail(errorFromSqlite(code, m_handle ? sqlite3_system_errno(m_handle) : 0, false));
    sqlite3_extended_result_codes(m_handle, 1);
    sqlite3_busy_timeout(m_handle, m_options.busyTimeoutMs);

    const crypto::SecretBuffer spelled = spellKey(key);
    code = sqlite3_key_v2(m_handle, "main", spelled.view().data(), static_cast<int>(spelled.size()));
    if (code != SQLITE_OK)
        return fail(errorFromSqlite(code, 0, false));

    if (const DbResult set = direct(pageSettings(libraryGeneration(), generation)); !set)
        return set;
    const auto proof = directInteger("SELECT count(*) FROM sqlite_master");
    if (!proof)
        return fail(proof.error());
    m_proven = true;

    // Deleted words are zeroed in their page, never left in it (secure_delete). Sorting and temporary
    // tables stay in memory: a temporary file would be outside the cipher.
    if (const DbResult set = direct("PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
                                    "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA cache_size=-8000");
        !set)
        return set;
    if (m_mode == OpenMode::Reader)
        return direct("PRAGMA query_only=ON");

    const auto journal = firstText("PRAGMA journal_mode=WAL");
    if (!journal)
        return fail(journal.error());
    if (*journal != "wal")
        return fail(DbError::Io); // a file system without shared memory: two connections could not live together
    // FULL: a commit survives a power cut. With NORMAL the last commits of a WAL may vanish, and with them
    // a ratchet step whose message already left: the next message would be sent under a spent key.
    return direct("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=1000; PRAGMA journal_size_limit=16777216");
}

} // namespace tacet::vault
