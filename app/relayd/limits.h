#pragma once
// What one client may ask of the small relay. Each number with its reason; the information document tells those that
// NIP-11 has a name for (information.h), and a test asks the running relay whether they are true.
#include <cstddef>
#include <cstdint>

namespace tacet::relayd {

struct Limits {
    // --- one message ---
    std::size_t frameBytes = 131'072; ///< twice our largest event (about 55 KB), as strfry has it
    std::size_t contentCharacters = 65'536; ///< of an event: what other relays take; the largest of ours has 54,616
    std::size_t tagsPerEvent = 2'000;

    // --- one connection ---
    std::size_t subscriptions = 32;
    std::size_t subscriptionBytes = 262'144; ///< of all its requests: what is kept in memory for it
    std::size_t filters = 10; ///< per request
    std::size_t valuesPerFilter = 500; ///< ids, authors, kinds and tag values together
    std::int64_t pageLimit = 500; ///< events answered to one filter
    std::int64_t queryOperations = 20'000'000; ///< of SQLite's machine for one filter: some tenths of a second; when its filters took
                                               ///< this much together, a request is asked no further
    std::size_t keysPerConnection = 16; ///< AUTH (NIP-42)
    std::size_t reconciliations = 4; ///< open ones (NIP-77)
    std::int64_t reconciliationItems = 50'000; ///< of the events that one may compare: 2 MB while it is open
    std::size_t reconciliationFrame = 60'000; ///< bytes of an answer: in hexadecimal less than frameBytes
    std::int64_t reconciliationMs = 60'000; ///< without a message; then its memory is taken back
    std::size_t unsentBytes = 256 * 1024; ///< a client with this much unread is neither served nor read from
    std::size_t unsentLive = 4 * 1024 * 1024; ///< and is closed when live events pile up beyond this
    std::size_t garbageFrames = 20; ///< then the socket is closed
    std::int64_t headMs = 10'000; ///< for TLS and a whole request head
    std::size_t headBytes = 8'192;
    std::int64_t pingMs = 60'000; ///< a socket is closed that is silent for two of these, and takes nothing of what waits for it

    // --- one address (IPv6: one /64) ---
    std::size_t connectionsPerAddress = 200; ///< one for each mailbox of a busy person
    double framesPerSecond = 100; ///< on average …
    double framesBurst = 1'000; ///< … and at once
    std::int64_t operationsPerFrame = 250'000; ///< a question to the store counts as one more for each: about a quarter of the processor
    double bytesPerSecond = 64 * 1024; ///< of publications: 5.5 GB a day from one address …
    double bytesBurst = 64 * 1024 * 1024; ///< … of which this much at once: 10,000 waiting messages
    std::int64_t reconciliationItemsPerAddress = 100'000; ///< of its open reconciliations: a tenth of all
    bool limitLoopback = false; ///< this computer's own programs are not slowed down (one of them may be a proxy: all connections are theirs)

    // --- the relay ---
    std::size_t connections = 1'000;
    std::size_t unsentTotal = 128 * 1024 * 1024; ///< of all clients; beyond it the one that reads least is closed
    std::int64_t reconciliationItemsTotal = 1'000'000; ///< of all open reconciliations: 40 MB
    std::int64_t storeBytes = 0; ///< the file on the disk; 0: as large as the disk
    std::int64_t keepSeconds = 0; ///< events are deleted when their own date is this far back; 0: never
};

} // namespace tacet::relayd
