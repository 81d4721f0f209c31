#pragma once
// Envelopes for relay tests: real gift wraps around random bytes, and events with a chosen date.
#include "crypto/gift_wrap.h"
#include "crypto/limits.h"

namespace tacet::test {

inline crypto::NostrEvent envelopeFor(const crypto::NostrPublicKey &mailbox, std::int64_t now, crypto::Random &random)
{
    crypto::Bytes inner(crypto::kMessageSizes[0]);
    random.fill(inner);
    return *crypto::wrap(inner, mailbox, now, random);
}

/// A small, correctly signed kind 1059 event with exactly this date.
inline crypto::NostrEvent datedEnvelope(const crypto::NostrPublicKey &mailbox, std::int64_t createdAt, crypto::Random &random)
{
    crypto::NostrEvent event;
    event.kind = crypto::kKindGiftWrap;
    event.createdAt = createdAt;
    event.tags = {{"p", crypto::toHex(mailbox.bytes)}};
    event.content = crypto::toHex(random.bytes<16>());
    crypto::sign(event, crypto::NostrKeyPair::generate(random), random);
    return event;
}

} // namespace tacet::test
