#include "crypto/gift_wrap.h"

#include "crypto/base64.h"
#include "crypto/nip44.h"

namespace tacet::crypto {
namespace {

bool isMessageSize(std::size_t size)
{
    return std::find(kMessageSizes.begin(), kMessageSizes.end(), size) != kMessageSizes.end();
}

/// The one mailbox that a wrap names. Other tags are none of our business (an expiry, say).
std::optional<std::string_view> addressee(const NostrEvent &event)
{
    std::optional<std::string_view> found;
    for (const auto &tag : event.tags) {
        if (tag.empty() || tag[0] != "p")
            continue;
        if (found || tag.size() < 2)
            return std::nullopt;
        found = tag[1];
    }
    return found;
}

Result<Done, WrapError> isAddressed(const NostrEvent &event, const NostrPublicKey &mailbox)
{
    if (event.kind != kKindGiftWrap)
        return fail(WrapError::NotAWrap);
    if (addressee(event) != toHex(mailbox.view()))
        return fail(WrapError::NotForUs);
    return Done{};
}

Result<Bytes, WrapError> openContent(const NostrEvent &event, const NostrKeyPair &mailbox)
{
    const auto key = nip44ConversationKey(mailbox, event.author);
    if (!key)
        return fail(WrapError::BadEnvelope);
    const auto text = nip44Decrypt(key->view(), event.content);
    if (!text)
        return fail(WrapError::BadEnvelope);
    auto inner = fromBase64({reinterpret_cast<const char *>(text->data()), text->size()});
    if (!inner || !isMessageSize(inner->size()))
        return fail(WrapError::BadEnvelope);
    return std::move(*inner);
}

} // namespace

Result<NostrEvent, WrapError> wrap(ByteView inner, const NostrPublicKey &mailbox, std::int64_t now, Random &random,
                                   std::int64_t spread)
{
    if (!isMessageSize(inner.size()))
        return fail(WrapError::BadEnvelope);

    const NostrKeyPair author = NostrKeyPair::generate(random);
    const auto key = nip44ConversationKey(author, mailbox);
    if (!key)
        return fail(WrapError::NotForUs);
    auto content = nip44Encrypt(key->view(), random.bytes<32>(), asBytes(toBase64(inner)));
    if (!content)
        return fail(WrapError::BadEnvelope);

    NostrEvent event;
    event.kind = kKindGiftWrap;
    event.createdAt = now - static_cast<std::int64_t>(random.below(std::uint64_t(spread) + 1));
    event.tags = {{"p", toHex(mailbox.view())}};
    event.content = std::move(*content);
    sign(event, author, random);
    return event;
}

Result<Bytes, WrapError> unwrap(const NostrEvent &event, const NostrKeyPair &mailbox)
{
    if (const auto addressed = isAddressed(event, mailbox.publicKey()); !addressed)
        return fail(addressed.error());
    // The author is used once and proves nothing; the signature keeps a relay from handing us one wrap as many.
    if (!verify(event))
        return fail(WrapError::BadSignature);
    return openContent(event, mailbox);
}

Result<Bytes, WrapError> unwrapVerified(const NostrEvent &event, const NostrKeyPair &mailbox)
{
    if (const auto addressed = isAddressed(event, mailbox.publicKey()); !addressed)
        return fail(addressed.error());
    return openContent(event, mailbox);
}

} // namespace tacet::crypto
