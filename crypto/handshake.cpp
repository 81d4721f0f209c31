#include "crypto/handshake.h"

#include "crypto/constant_time.h"
#include "crypto/labels.h"

namespace tacet::crypto {
namespace {

/// Kid encrypts exactly one value, the initiator's identity under this very transcript, so a fixed nonce is safe.
constexpr FixedBytes<kAeadNonceSize> kOnlyNonce{};

/// Everything of PROTOCOL §4.2 that both sides compute alike.
struct Agreements {
    SecretBytes<32> identityWithPrekey;  // d1
    SecretBytes<32> ephemeralWithIdentity; // d2
    SecretBytes<32> ephemeralWithPrekey; // d3
    SecretBytes<32> kem;                 // ss
};

SecretBytes<32> identitySealKey(const SecretBytes<32> &psk, const SecretBytes<32> &d3, const SecretBytes<32> &ss,
                                const HandshakeId &th0)
{
    SecretBuffer ikm;
    ikm.append(d3.view());
    ikm.append(ss.view());
    Bytes info;
    append(info, label::kIdentitySeal);
    append(info, th0.view());
    return hkdf<32>(psk.view(), ikm.view(), info);
}

SessionId transcript(const HandshakeId &th0, const IdentityKey &initiator, const IdentityKey &responder,
                     ByteView sealedIdentity)
{
    Bytes text;
    append(text, label::kTranscript);
    append(text, th0.view());
    appendLp(text, initiator.view());
    appendLp(text, responder.view());
    appendLp(text, sealedIdentity);
    return SessionId{sha256(text)};
}

HandshakeKeys deriveKeys(const SecretBytes<32> &psk, const Agreements &agreements, const HandshakeId &th0,
                         const SessionId &th)
{
    // 32 bytes of FF before the agreements, as in X3DH §2.2: no input of ours is ever an encoded curve point first.
    SecretBuffer ikm(32);
    std::fill(ikm.writable().begin(), ikm.writable().end(), std::uint8_t(0xFF));
    ikm.append(agreements.identityWithPrekey.view());
    ikm.append(agreements.ephemeralWithIdentity.view());
    ikm.append(agreements.ephemeralWithPrekey.view());
    ikm.append(agreements.kem.view());
    Bytes info;
    append(info, label::kSessionKeys);
    append(info, th.view());
    const SecretBytes<96> keys = hkdf<96>(psk.view(), ikm.view(), info);
    return HandshakeKeys{th0, th, SecretBytes<32>(keys.view().subspan<0, 32>()),
                         SecretBytes<32>(keys.view().subspan<32, 32>()),
                         SecretBytes<32>(keys.view().subspan<64, 32>())};
}

} // namespace

Bytes Prefix::bytes() const
{
    Bytes out;
    out.reserve(kPrefixSize);
    out.push_back(kTypeFirst);
    out.push_back(kProtocolVersion);
    append(out, bundle.view());
    append(out, ephemeral.view());
    append(out, ciphertext.view());
    append(out, sealedIdentity);
    return out;
}

PrefixId Prefix::id() const
{
    return PrefixId{sha256(bytes())};
}

std::optional<Prefix> parsePrefix(ByteView bytes)
{
    if (bytes.size() != kPrefixSize || bytes[0] != kTypeFirst || bytes[1] != kProtocolVersion)
        return std::nullopt;
    ByteReader in(bytes.subspan(2));
    Prefix prefix;
    prefix.bundle = BundleId{*in.fixed<BundleId::kSize>()};
    prefix.ephemeral = X25519PublicKey{*in.fixed<X25519PublicKey::kSize>()};
    prefix.ciphertext = MlkemCiphertext{*in.fixed<kMlkemCiphertextSize>()};
    prefix.sealedIdentity = *in.fixed<kSealedIdentitySize>();
    return prefix;
}

std::optional<Prefix> peekPrefix(ByteView message)
{
    if (std::find(kMessageSizes.begin(), kMessageSizes.end(), message.size()) == kMessageSizes.end())
        return std::nullopt;
    return parsePrefix(message.first(kPrefixSize));
}

HandshakeId handshakeId(ByteView body, const Prefix &prefix)
{
    Bytes text;
    append(text, label::kTranscript0);
    appendLp(text, body);
    appendLp(text, prefix.ephemeral.view());
    appendLp(text, prefix.ciphertext.view());
    return HandshakeId{sha256(text)};
}

Result<InitiatedHandshake, HandshakeError> initiateHandshake(const OwnIdentity &own, const PeerPrekeys &peer,
                                                             Random &random)
{
    if (own.publicKey() == peer.identity)
        return fail(HandshakeError::OwnIdentity);
    const auto peerAgreement = agreementKey(peer.identity);
    if (!peerAgreement)
        return fail(HandshakeError::BadPeerKey);

    const X25519KeyPair ephemeral = X25519KeyPair::generate(random);
    auto encapsulation = encapsulate(peer.kemPrekey, random);
    auto d1 = own.agreementKey().agree(peer.signedPrekey);
    auto d2 = ephemeral.agree(*peerAgreement);
    auto d3 = ephemeral.agree(peer.signedPrekey);
    if (!encapsulation || !d1 || !d2 || !d3)
        return fail(HandshakeError::BadPeerKey);

    Prefix prefix;
    prefix.bundle = bundleId(peer.body);
    prefix.ephemeral = ephemeral.publicKey();
    prefix.ciphertext = encapsulation->ciphertext;
    const HandshakeId th0 = handshakeId(peer.body, prefix);
    aeadSeal(prefix.sealedIdentity, identitySealKey(peer.presharedKey, *d3, encapsulation->secret, th0).view(),
             kOnlyNonce, th0.view(), own.publicKey().view());

    const SessionId th = transcript(th0, own.publicKey(), peer.identity, prefix.sealedIdentity);
    const Agreements agreements{std::move(*d1), std::move(*d2), std::move(*d3), std::move(encapsulation->secret)};
    return InitiatedHandshake{prefix, deriveKeys(peer.presharedKey, agreements, th0, th)};
}

Result<AnsweredHandshake, HandshakeError> answerHandshake(const OwnIdentity &own, const OwnPrekeys &prekeys,
                                                          const Prefix &prefix)
{
    if (prefix.bundle != prekeys.id())
        return fail(HandshakeError::OtherPrekeys);
    auto d3 = prekeys.signedPrekey().agree(prefix.ephemeral);
    if (!d3)
        return fail(HandshakeError::BadPeerKey);
    SecretBytes<32> ss = prekeys.kemPrekey().decapsulate(prefix.ciphertext);
    const HandshakeId th0 = handshakeId(prekeys.body(), prefix);

    IdentityKey peer;
    if (!aeadOpen(peer.bytes, identitySealKey(prekeys.presharedKey(), *d3, ss, th0).view(), kOnlyNonce, th0.view(),
                  prefix.sealedIdentity))
        return fail(HandshakeError::Undecryptable);
    constant_time::declassify(peer.bytes.data(), peer.bytes.size()); // hidden from the network, but no key of ours
    if (peer == own.publicKey())
        return fail(HandshakeError::OwnIdentity);
    const auto peerAgreement = agreementKey(peer);
    if (!peerAgreement)
        return fail(HandshakeError::BadPeerKey);
    auto d1 = prekeys.signedPrekey().agree(*peerAgreement);
    auto d2 = own.agreementKey().agree(prefix.ephemeral);
    if (!d1 || !d2)
        return fail(HandshakeError::BadPeerKey);

    const SessionId th = transcript(th0, peer, own.publicKey(), prefix.sealedIdentity);
    const Agreements agreements{std::move(*d1), std::move(*d2), std::move(*d3), std::move(ss)};
    return AnsweredHandshake{peer, deriveKeys(prekeys.presharedKey(), agreements, th0, th)};
}

} // namespace tacet::crypto
