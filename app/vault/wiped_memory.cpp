#include "app/vault/wiped_memory.h"

#include <sodium.h>
#include <sqlite3.h>

#include <cstring>

namespace tacet::vault {
namespace {

sqlite3_mem_methods g_plain; ///< the library's own

void wipeAndFree(void *memory)
{
    sodium_memzero(memory, static_cast<std::size_t>(g_plain.xSize(memory)));
    g_plain.xFree(memory);
}

/// The plain one may move the bytes and leave the old ones behind.
void *grow(void *memory, int size)
{
    const int before = g_plain.xSize(memory);
    if (size <= before)
        return memory;
    void *larger = g_plain.xMalloc(size);
    if (larger) {
        std::memcpy(larger, memory, static_cast<std::size_t>(before));
        wipeAndFree(memory);
    }
    return larger;
}

} // namespace

void wipeFreedMemory()
{
    static const bool once = [] {
        if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &g_plain) != SQLITE_OK)
            return false;
        sqlite3_mem_methods wiping = g_plain;
        wiping.xFree = wipeAndFree;
        wiping.xRealloc = grow;
        return sqlite3_config(SQLITE_CONFIG_MALLOC, &wiping) == SQLITE_OK;
    }();
    static_cast<void>(once);
}

} // namespace tacet::vault
