#include "crypto/bundle.h"

#include "crypto/aead.h"
#include "crypto/labels.h"

namespace tacet::crypto {
namespace {

constexpr std::uint8_t kBundleVersion = 1;
constexpr std::uint8_t kTombstoneType = 3; // beside LinkType's 1 and 2
constexpr std::size_t kSealOverhead = 1 + kAeadNonceSize + kAeadTagSize;

void appendLpByte(Bytes &out, std::uint8_t value) { appendLp(out, ByteView(&value, 1)); }
void appendLpTime(Bytes &out, UnixMs value)
{
    Bytes encoded;
    appendBe64(encoded, static_cast<std::uint64_t>(value));
    appendLp(out, encoded);
}

/// B of PROTOCOL §3.5.
Bytes encodeBody(const VerifiedBundle &bundle)
{
    Bytes relays;
    for (const std::string &url : bundle.card.relays)
        appendLp(relays, asBytes(url));
    Bytes out;
    appendLpByte(out, kBundleVersion);
    appendLpByte(out, std::uint8_t(bundle.type));
    appendLp(out, bundle.identity.view());
    appendLp(out, bundle.signedPrekey.view());
    appendLp(out, bundle.kemPrekey.view());
    appendLp(out, asBytes(bundle.card.name));
    appendLp(out, bundle.card.mailbox.view());
    appendLp(out, relays);
    appendLpTime(out, bundle.card.validFrom);
    appendLpTime(out, bundle.card.validUntil);
    return out;
}

template<typename Tagged>
bool readTagged(ByteReader &in, Tagged &out)
{
    const auto view = in.lp(Tagged::kSize);
    const auto value = view ? Tagged::from(*view) : std::nullopt;
    if (value)
        out = *value;
    return value.has_value();
}

bool readTime(ByteReader &in, UnixMs &out)
{
    const auto view = in.lp(8);
    if (!view || view->size() != 8)
        return false;
    const std::uint64_t value = readBe64(FixedView<8>(view->data(), 8));
    out = static_cast<UnixMs>(value);
    return value < std::uint64_t(kEndOfTime);
}

bool readRelays(ByteReader &in, std::vector<std::string> &out)
{
    const auto list = in.lp(kMaxLinkRelays * (4 + kMaxRelayUrlLength));
    if (!list)
        return false;
    ByteReader relays(*list);
    while (!relays.atEnd()) {
        const auto url = relays.lp(kMaxRelayUrlLength);
        if (!url)
            return false;
        out.emplace_back(url->begin(), url->end());
    }
    return true;
}

bool areUsable(const std::vector<std::string> &relays)
{
    return !relays.empty() && relays.size() <= kMaxLinkRelays
        && std::all_of(relays.begin(), relays.end(), [](const std::string &url) { return isRelayUrl(url); });
}

bool areDates(UnixMs from, UnixMs until) { return from >= 0 && from < until && until < kEndOfTime; }

/// Reads B after version, type and identity. Every rule of PROTOCOL §3.5, so that a bundle has one encoding.
bool readBundle(ByteReader &in, VerifiedBundle &out)
{
    if (!readTagged(in, out.signedPrekey) || !readTagged(in, out.kemPrekey))
        return false;
    const auto name = in.lp(kMaxNameLength);
    if (!name)
        return false;
    out.card.name.assign(name->begin(), name->end());
    return readTagged(in, out.card.mailbox) && readRelays(in, out.card.relays) && readTime(in, out.card.validFrom)
        && readTime(in, out.card.validUntil) && in.atEnd() && isDisplayName(out.card.name)
        && areUsable(out.card.relays) && areDates(out.card.validFrom, out.card.validUntil)
        && isCanonical(out.signedPrekey) && isValid(out.kemPrekey);
}

/// The link is signed too: all links of one owner have one identity hash, and a holder of one must not be able to lay its
/// bundle or tombstone behind another.
Bytes signedText(const Link &link, ByteView body)
{
    Bytes out;
    append(out, label::kBundleSignature);
    append(out, link.bundleMailbox().publicKey().view());
    append(out, body);
    return out;
}

Bytes sealAssociatedData(std::uint8_t version)
{
    Bytes out;
    append(out, label::kBundleSeal);
    out.push_back(version);
    return out;
}

/// PROTOCOL §3.6: version ‖ nonce ‖ AE(LP(body) ‖ signature ‖ zeros), always kSealedBundleSize bytes.
Bytes seal(const OwnIdentity &identity, const Link &link, ByteView body, Random &random)
{
    Bytes plain;
    appendLp(plain, body);
    append(plain, identity.sign(signedText(link, body)).view());
    assert(plain.size() <= kSealedBundleSize - kSealOverhead); // the limits of every field add up to less
    plain.resize(kSealedBundleSize - kSealOverhead);

    const auto nonce = random.bytes<kAeadNonceSize>();
    Bytes out;
    out.push_back(kBundleVersion);
    append(out, nonce);
    out.resize(kSealedBundleSize);
    aeadSeal(std::span(out).subspan(1 + kAeadNonceSize), link.bundleKey().view(), nonce,
             sealAssociatedData(kBundleVersion), plain);
    return out;
}

} // namespace

bool isDisplayName(std::string_view name)
{
    if (name.size() > kMaxNameLength)
        return false;
    const ByteView bytes = asBytes(name);
    for (std::size_t i = 0; i < bytes.size();) {
        const std::uint8_t lead = bytes[i];
        const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (lead < 0x20 || lead == 0x7F || (lead >= 0x80 && lead < 0xC2) || lead > 0xF4 || i + length > bytes.size())
            return false;
        std::uint32_t point = length == 1 ? lead : lead & (0x7Fu >> length);
        for (std::size_t k = 1; k < length; ++k) {
            if ((bytes[i + k] & 0xC0) != 0x80)
                return false;
            point = point << 6 | (bytes[i + k] & 0x3F);
        }
        // Overlong forms, surrogates and what lies beyond Unicode (RFC 3629 §3); C1 controls.
        static constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
        if (point < kSmallest[length] || (point >= 0xD800 && point <= 0xDFFF) || point > 0x10FFFF
            || (point >= 0x80 && point < 0xA0))
            return false;
        i += length;
    }
    return true;
}

Result<MadeBundle, BundleMakeError> makeBundle(const OwnIdentity &identity, const Link &link, const BundleCard &card,
                                               Random &random)
{
    if (!link.belongsTo(identity.publicKey()))
        return fail(BundleMakeError::NotOwnLink);
    if (!isDisplayName(card.name))
        return fail(BundleMakeError::BadName);
    if (!areUsable(card.relays))
        return fail(BundleMakeError::BadRelay);
    if (!areDates(card.validFrom, card.validUntil))
        return fail(BundleMakeError::BadDates);

    X25519KeyPair signedPrekey = X25519KeyPair::generate(random);
    MlkemKeyPair kemPrekey = MlkemKeyPair::generate(random);
    const Bytes body = encodeBody({.body = {},
                                   .type = link.type(),
                                   .identity = identity.publicKey(),
                                   .signedPrekey = signedPrekey.publicKey(),
                                   .kemPrekey = kemPrekey.publicKey(),
                                   .card = card});
    Bytes sealed = seal(identity, link, body, random);
    return MadeBundle{OwnPrekeys(body, std::move(signedPrekey), std::move(kemPrekey), link.presharedKey()),
                      std::move(sealed)};
}

Bytes makeTombstone(const OwnIdentity &identity, const Link &link, const BundleId &spent, UnixMs when, Random &random)
{
    assert(link.belongsTo(identity.publicKey()));
    Bytes body;
    appendLpByte(body, kBundleVersion);
    appendLpByte(body, kTombstoneType);
    appendLp(body, identity.publicKey().view());
    appendLp(body, spent.view());
    appendLpTime(body, when);
    return seal(identity, link, body, random);
}

Result<VerifiedBundle, BundleError> openBundle(ByteView sealed, const Link &link, UnixMs now)
{
    if (sealed.size() != kSealedBundleSize)
        return fail(BundleError::NotThisLink);
    Bytes plain(kSealedBundleSize - kSealOverhead);
    if (!aeadOpen(plain, link.bundleKey().view(), FixedView<kAeadNonceSize>(sealed.data() + 1, kAeadNonceSize),
                  sealAssociatedData(sealed[0]), sealed.subspan(1 + kAeadNonceSize)))
        return fail(BundleError::NotThisLink);

    // From here on its maker holds the link: what does not fit was altered, not lost.
    if (sealed[0] != kBundleVersion)
        return fail(sealed[0] > kBundleVersion ? BundleError::NewerVersion : BundleError::Altered);
    ByteReader outer(plain);
    const auto body = outer.lp(plain.size());
    const auto signature = outer.fixed<Signature::kSize>();
    if (!body || !signature)
        return fail(BundleError::Altered);
    const auto padding = outer.take(outer.remaining());
    if (std::any_of(padding->begin(), padding->end(), [](std::uint8_t byte) { return byte != 0; }))
        return fail(BundleError::Altered);
    ByteReader in(*body);
    const auto version = in.lp(1);
    const auto type = in.lp(1);
    VerifiedBundle bundle;
    if (!version || version->size() != 1 || !type || type->size() != 1 || !readTagged(in, bundle.identity))
        return fail(BundleError::Altered);
    if (!link.belongsTo(bundle.identity) || !verify(bundle.identity, signedText(link, *body), Signature{*signature}))
        return fail(BundleError::Altered);
    if ((*version)[0] > kBundleVersion)
        return fail(BundleError::NewerVersion);
    if ((*version)[0] != kBundleVersion)
        return fail(BundleError::Altered);

    if ((*type)[0] == kTombstoneType) {
        BundleId spent;
        UnixMs when = 0;
        return fail(readTagged(in, spent) && readTime(in, when) && in.atEnd() ? BundleError::Used
                                                                            : BundleError::Altered);
    }
    if ((*type)[0] != std::uint8_t(link.type()) || !readBundle(in, bundle))
        return fail(BundleError::Altered);
    if (now > bundle.card.validUntil + kClockTolerance)
        return fail(BundleError::Expired);
    if (now < bundle.card.validFrom - kClockTolerance)
        return fail(BundleError::NotYetValid);
    bundle.type = link.type();
    bundle.body.assign(body->begin(), body->end());
    return bundle;
}

PeerPrekeys VerifiedBundle::prekeys(const Link &link) const
{
    return PeerPrekeys{body, identity, signedPrekey, kemPrekey, link.presharedKey()};
}

} // namespace tacet::crypto
