#pragma once
// The information document of a relay (NIP-11): what it says about itself, read for its limits.
#include "app/relay/json_reader.h"
#include "app/relay/name_lookup.h"
#include "app/relay/transport.h"

#include <functional>
#include <memory>
#include <optional>

namespace tacet::relay {

struct RelayInfo {
    std::string name; ///< plain text from outside, at most 100 bytes
    std::optional<std::int64_t> largestMessage; ///< bytes of a frame
    std::optional<std::int64_t> largestContent; ///< characters of an event's content
    std::optional<std::int64_t> proofOfWork; ///< bits (NIP-13)
    std::optional<std::int64_t> oldestSeconds; ///< an event may be dated so far back (created_at_lower_limit)
    std::optional<std::int64_t> clockSeconds; ///< what the server's own clock said, seconds since 1970 UTC
    bool reconciles = false; ///< it offers NIP-77
    bool authRequired = false;
    bool paymentRequired = false;
};

/// Nothing when the text is no JSON object; members of a wrong type count as absent.
std::optional<RelayInfo> readRelayInfo(std::string_view text);
/// The Date of an HTTP answer (RFC 9110 §5.6.7, the preferred form), seconds since 1970 UTC.
std::optional<std::int64_t> readHttpDate(std::string_view text);

/// Fetches the document of one relay, once.
class InfoRequest {
public:
    virtual ~InfoRequest() = default; // cancels
};
/// `then` gets nothing when nothing answered, and the clock alone when what answered had no document; called once, later, never after the request was destroyed.
using InfoSource = std::function<std::unique_ptr<InfoRequest>(const TransportOptions &,
                                                             std::function<void(std::optional<RelayInfo>)> then)>;

/// Over HTTP(S) on the way that a WebSocket takes, no redirects, no cookies, at most 64 KiB, 15 seconds.
InfoSource httpInfoSource(NameLookup names = systemNames());

} // namespace tacet::relay
