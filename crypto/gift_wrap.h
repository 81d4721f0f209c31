#pragma once
// The gift wrap (NIP-59, kind 1059) around a ratchet message or a bundle (PROTOCOL §6). A relay sees a one-time
// author, a mailbox, one of five sizes and a date spread over two days; nothing inside is signed by anyone.
#include "crypto/nostr_event.h"

namespace tacet::crypto {

/// Sizes of the text inside an envelope, in bytes of base64; a sealed message fills one exactly.
inline constexpr std::array<std::size_t, 5> kEnvelopeSizes{3072, 6144, 12288, 24576, 30720};
/// Bytes of a sealed message that fill the envelope of that size: base64 takes three for each four.
constexpr std::size_t innerSize(std::size_t envelopeSize) { return envelopeSize / 4 * 3; }
/// The date of a wrap lies this far before the present at most, in seconds (NIP-59).
inline constexpr std::int64_t kWrapSpread = 2 * 24 * 60 * 60;

enum class WrapError {
    NotForUs,     ///< its `p` tag names another mailbox, none, or several; or the mailbox is no point of the curve
    NotAWrap,     ///< another kind
    BadSignature, ///< the id does not fit the values, or the signature does not fit the id
    BadEnvelope,  ///< the content does not open, or has none of the five sizes
};

/// A fresh kind 1059 event: one-time author, one `p` tag, created_at uniform in [now - kWrapSpread, now] (seconds).
/// Each attempt to publish makes its own. BadEnvelope when base64(inner) fills none of kEnvelopeSizes.
Result<NostrEvent, WrapError> wrap(ByteView inner, const NostrPublicKey &mailbox, std::int64_t now, Random &random);
/// Checks kind, `p` tag, id, signature and size, in this order; answers the inner bytes.
Result<Bytes, WrapError> unwrap(const NostrEvent &event, const NostrKeyPair &mailbox);

} // namespace tacet::crypto
