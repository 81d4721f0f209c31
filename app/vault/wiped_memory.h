#pragma once
// SQLite's own memory: opened pages, bound values, the cipher's keys.

namespace tacet::vault {

/// From now on all of it is wiped when it is given back, so that nothing of a closed vault stays on the heap. Once, before
/// SQLite is first used in this process; later it has no effect. (SQLCipher's cipher_memory_security does the same from 4.0 on,
/// and locks each allocation into memory besides, which makes a cached lookup cost six times as much.)
void wipeFreedMemory();

} // namespace tacet::vault
