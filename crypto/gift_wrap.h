#pragma once
// The gift wrap (NIP-59, kind 1059) around a ratchet message or a bundle (PROTOCOL §6). A relay sees a one-time
// author, a mailbox, one of five sizes and a date spread over two days; nothing inside is signed by anyone.
#include "crypto/limits.h"
#include "crypto/nostr_event.h"

namespace tacet::crypto {

// The inner bytes have one of kMessageSizes (limits.h), 3,072 to 30,720 bytes *before* base64: a later message needs
// 2,396 bytes beside its payload (PROTOCOL §5.4), so that 3,072 characters could not hold one. The NIP-44 text then
// has 4,096, 8,192, 16,384, 32,768 or 40,960 characters, each exactly a padding step of NIP-44 (PROTOCOL §6.2).
/// The date of a wrap lies this far before the present at most, in seconds (NIP-59).
inline constexpr std::int64_t kWrapSpread = 2 * 24 * 60 * 60;

enum class WrapError {
    NotForUs,     ///< its `p` tag names another mailbox, none, or several; or the mailbox is no point of the curve
    NotAWrap,     ///< another kind
    BadSignature, ///< the id does not fit the values, or the signature does not fit the id
    BadEnvelope,  ///< the content does not open, or has none of the five sizes
};

/// A fresh kind 1059 event: one-time author, one `p` tag, created_at uniform in [now - spread, now] (seconds); a
/// smaller spread is for relays that refuse old dates. Precondition: 0 <= spread <= kWrapSpread.
/// Each attempt to publish makes its own. BadEnvelope when inner.size() is none of kMessageSizes.
Result<NostrEvent, WrapError> wrap(ByteView inner, const NostrPublicKey &mailbox, std::int64_t now, Random &random,
                                   std::int64_t spread = kWrapSpread);
/// Checks kind, `p` tag, id, signature and size, in this order; answers the inner bytes.
Result<Bytes, WrapError> unwrap(const NostrEvent &event, const NostrKeyPair &mailbox);
/// The same for an event whose id and signature its bringer has checked: a third of the work less.
Result<Bytes, WrapError> unwrapVerified(const NostrEvent &event, const NostrKeyPair &mailbox);

} // namespace tacet::crypto
