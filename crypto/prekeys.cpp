#include "crypto/prekeys.h"

#include "crypto/labels.h"
#include "crypto/state_codec.h"

namespace tacet::crypto {
namespace {

constexpr std::uint8_t kStateVersion = 1;
constexpr std::size_t kMaxBodySize = 4096; // a bundle's body is below kSealedBundleSize, a record's below 1,400

} // namespace

BundleId bundleId(ByteView body)
{
    const Hash32 hash = sha256({asBytes(label::kBundleId), body});
    return *BundleId::from(ByteView(hash).first(BundleId::kSize));
}

OwnPrekeys::OwnPrekeys(Bytes body, X25519KeyPair signedPrekey, MlkemKeyPair kemPrekey, SecretBytes<32> presharedKey)
    : m_body(std::move(body))
    , m_signedPrekey(std::move(signedPrekey))
    , m_kemPrekey(std::move(kemPrekey))
    , m_presharedKey(std::move(presharedKey))
{
}

SecretBuffer OwnPrekeys::serialise() const
{
    StateWriter out;
    out.u8(kStateVersion);
    out.lp(m_body);
    out.bytes(m_signedPrekey.secret().view());
    out.bytes(m_kemPrekey.seed());
    out.bytes(m_presharedKey.view());
    return std::move(out).finish();
}

Result<OwnPrekeys, StateError> OwnPrekeys::parse(ByteView state)
{
    ByteReader in(state);
    const auto version = in.u8();
    if (version && *version > kStateVersion)
        return fail(StateError::NewerVersion);
    if (version != kStateVersion)
        return fail(StateError::Damaged);
    const auto body = in.lp(kMaxBodySize);
    auto signedPrekey = takeSecret<32>(in);
    auto seed = takeSecret<kMlkemSeedSize>(in);
    auto presharedKey = takeSecret<32>(in);
    if (!body || !signedPrekey || !seed || !presharedKey || !in.atEnd())
        return fail(StateError::Damaged);
    return OwnPrekeys(Bytes(body->begin(), body->end()), X25519KeyPair::fromSecret(std::move(*signedPrekey)),
                      MlkemKeyPair::fromSeed(seed->view()), std::move(*presharedKey));
}

} // namespace tacet::crypto
