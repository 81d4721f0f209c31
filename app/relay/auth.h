#pragma once
// NIP-42: the event that proves a key to a relay.
#include "app/relay/relay_url.h"
#include "crypto/nostr_event.h"

namespace tacet::relay {

/// Kind 22242 for this relay and challenge, dated now (seconds).
inline crypto::NostrEvent authEvent(const RelayUrl &relay, const std::string &challenge, const crypto::NostrKeyPair &key,
                                    std::int64_t nowSeconds, crypto::Random &random)
{
    crypto::NostrEvent event;
    event.kind = crypto::kKindAuth;
    event.createdAt = nowSeconds;
    event.tags = {{"relay", relay.text()}, {"challenge", challenge}};
    crypto::sign(event, key, random);
    return event;
}

} // namespace tacet::relay
