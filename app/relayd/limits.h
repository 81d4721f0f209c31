#pragma once
// What one client may ask of the small relay. Each number with its reason; the information document tells
// them (NIP-11 `limitation`).
#include <cstddef>
#include <cstdint>

namespace tacet::relayd {

struct Limits {
    std::size_t frameBytes = 131'072; ///< twice our largest event (about 55 KB), as strfry has it
    std::size_t eventBytes = 65'536; ///< JSON of one event: the usual cap among relays
    std::size_t tagsPerEvent = 2'000;
    std::size_t subscriptions = 32; ///< per connection
    std::size_t filters = 10; ///< per request
    std::size_t valuesPerFilter = 500; ///< ids, authors, kinds and tag values together
    std::int64_t pageLimit = 500; ///< events answered to one filter
    std::size_t keysPerConnection = 16; ///< AUTH (NIP-42)
    std::size_t connections = 1'000;
    std::size_t connectionsPerAddress = 200; ///< one for each mailbox of a busy person
    double framesPerSecond = 100; ///< per address, on average …
    double framesBurst = 1'000; ///< … and at once
    bool limitLoopback = false; ///< this computer's own programs are not slowed down
    std::size_t unsentBytes = 1024 * 1024; ///< a reader that does not read gets no more until it does
    std::size_t unsentLive = 8 * 1024 * 1024; ///< and is closed when live events pile up beyond this
    std::size_t garbageFrames = 20; ///< then the socket is closed
    std::int64_t headMs = 10'000; ///< for a whole request head
    std::size_t headBytes = 8'192;
    std::int64_t pingMs = 60'000; ///< a socket silent for two of these is closed
};

} // namespace tacet::relayd
