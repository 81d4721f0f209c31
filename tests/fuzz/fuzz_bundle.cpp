// A bundle (PROTOCOL §3.5, §3.6), three ways: bytes from a relay; a body that a holder of the link sealed but the owner
// did not sign; a body that the owner signed, so that the reader of the body itself is reached.
#include "crypto/aead.h"
#include "crypto/bundle.h"
#include "crypto/labels.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/seeded_random.h"

namespace {

using namespace tacet::crypto;

constexpr UnixMs kNow = 1'800'000'000'000;

Bytes sealBody(const Link &link, ByteView body, const Signature &signature)
{
    Bytes plain;
    appendLp(plain, body);
    append(plain, signature.view());
    plain.resize(kSealedBundleSize - 1 - kAeadNonceSize - kAeadTagSize);
    Bytes ad;
    append(ad, label::kBundleSeal);
    ad.push_back(1);
    Bytes sealed(kSealedBundleSize);
    sealed[0] = 1;
    const FixedBytes<kAeadNonceSize> nonce{};
    aeadSeal(std::span(sealed).subspan(1 + kAeadNonceSize), link.bundleKey().view(), nonce, ad, plain);
    return sealed;
}

} // namespace

TACET_FUZZ_TARGET(bundle, input)
{
    static tacet::test::SeededRandom random(3);
    static const OwnIdentity owner = OwnIdentity::generate(random);
    static const OwnIdentity stranger = OwnIdentity::generate(random);
    static const Link link = *Link::create(LinkType::OneTime, owner.publicKey(), {"wss://relay.example"}, random);

    (void)openBundle(input, link, kNow);
    if (input.size() > 2000)
        return; // no body is that long
    Bytes text;
    append(text, label::kBundleSignature);
    append(text, link.bundleMailbox().publicKey().view());
    append(text, input);
    const auto foreign = openBundle(sealBody(link, input, stranger.sign(text)), link, kNow);
    FUZZ_DEMAND(!foreign && foreign.error() == BundleError::Altered);
    const auto own = openBundle(sealBody(link, input, owner.sign(text)), link, kNow);
    if (own) {
        FUZZ_DEMAND(std::equal(own->body.begin(), own->body.end(), input.begin(), input.end()));
        FUZZ_DEMAND(isDisplayName(own->card.name));
        FUZZ_DEMAND(own->identity == owner.publicKey());
        FUZZ_DEMAND(!own->card.relays.empty() && own->card.relays.size() <= kMaxLinkRelays);
        FUZZ_DEMAND(isValid(own->kemPrekey));
    }
}
