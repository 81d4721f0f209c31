#include "crypto/rendezvous.h"

#include "crypto/state_codec.h"

namespace tacet::crypto {
namespace {

constexpr std::uint8_t kRecordVersion = 1;
constexpr std::uint8_t kStateVersion = 1;
constexpr std::uint8_t kRendezvousType = 4; // beside the bundle's 1 to 3: a record is never taken for a bundle
constexpr std::size_t kMaxBodySize = 2048; // PROTOCOL §10.3

void appendLpByte(Bytes &out, std::uint8_t value) { appendLp(out, ByteView(&value, 1)); }

/// R of PROTOCOL §10.3. The preshared key is not in it: R is hashed into the transcript, the key is the salt.
Bytes encodeBody(const IdentityKey &identity, const X25519PublicKey &dh, const MlkemPublicKey &kem,
                 const NostrPublicKey &mailbox, UnixMs created)
{
    Bytes time;
    appendBe64(time, static_cast<std::uint64_t>(created));
    Bytes out;
    appendLpByte(out, kRecordVersion);
    appendLpByte(out, kRendezvousType);
    appendLp(out, identity.view());
    appendLp(out, dh.view());
    appendLp(out, kem.view());
    appendLp(out, mailbox.view());
    appendLp(out, time);
    return out;
}

template<typename Tagged>
std::optional<Tagged> readTagged(ByteReader &in)
{
    const auto view = in.lp(Tagged::kSize);
    return view ? Tagged::from(*view) : std::nullopt;
}

std::optional<UnixMs> readTime(ByteReader &in)
{
    const auto view = in.lp(8);
    if (!view || view->size() != 8)
        return std::nullopt;
    const std::uint64_t value = readBe64(FixedView<8>(view->data(), 8));
    return value < std::uint64_t(kEndOfTime) ? std::optional(static_cast<UnixMs>(value)) : std::nullopt;
}

std::optional<std::uint8_t> readByte(ByteReader &in)
{
    const auto view = in.lp(1);
    return view && view->size() == 1 ? std::optional((*view)[0]) : std::nullopt;
}

/// LP(R) ‖ PSK, the form that travels and that the peer stores.
SecretBuffer encodeRecord(ByteView body, FixedView<32> presharedKey)
{
    StateWriter out;
    out.lp(body);
    out.bytes(presharedKey);
    return std::move(out).finish();
}

} // namespace

OwnRendezvous::OwnRendezvous(OwnPrekeys prekeys, NostrKeyPair mailbox, UnixMs created)
    : m_prekeys(std::move(prekeys)), m_mailbox(std::move(mailbox)), m_created(created)
{
}

OwnRendezvous OwnRendezvous::generate(const IdentityKey &own, UnixMs created, Random &random,
                                      std::optional<NostrKeyPair> mailbox)
{
    X25519KeyPair dh = X25519KeyPair::generate(random);
    MlkemKeyPair kem = MlkemKeyPair::generate(random);
    if (!mailbox)
        mailbox = NostrKeyPair::generate(random);
    Bytes body = encodeBody(own, dh.publicKey(), kem.publicKey(), mailbox->publicKey(), created);
    return OwnRendezvous(OwnPrekeys(std::move(body), std::move(dh), std::move(kem), random.secret<32>()),
                         std::move(*mailbox), created);
}

SecretBuffer OwnRendezvous::forPeer() const
{
    return encodeRecord(m_prekeys.body(), m_prekeys.presharedKey().view());
}

SecretBuffer OwnRendezvous::serialise() const
{
    StateWriter out;
    out.u8(kStateVersion);
    out.be64(static_cast<std::uint64_t>(m_created));
    out.bytes(m_mailbox.secret().view());
    out.lp(m_prekeys.serialise().view());
    return std::move(out).finish();
}

Result<OwnRendezvous, StateError> OwnRendezvous::parse(ByteView state)
{
    ByteReader in(state);
    const auto version = in.u8();
    if (version && *version > kStateVersion)
        return fail(StateError::NewerVersion);
    const auto created = in.be64();
    auto secret = takeSecret<32>(in);
    const auto inner = in.lp(kMaxBodySize + 256);
    if (version != kStateVersion || !created || *created >= std::uint64_t(kEndOfTime) || !secret || !inner || !in.atEnd())
        return fail(StateError::Damaged);
    auto mailbox = NostrKeyPair::fromSecret(std::move(*secret));
    if (!mailbox)
        return fail(StateError::Damaged);
    auto prekeys = OwnPrekeys::parse(*inner);
    if (!prekeys)
        return fail(prekeys.error());
    return OwnRendezvous(std::move(*prekeys), std::move(*mailbox), static_cast<UnixMs>(*created));
}

Result<PeerRendezvous, RendezvousError> PeerRendezvous::parse(ByteView record, const IdentityKey &peer)
{
    ByteReader outer(record);
    const auto body = outer.lp(kMaxBodySize);
    auto presharedKey = takeSecret<32>(outer);
    if (!body || !presharedKey || !outer.atEnd())
        return fail(RendezvousError::Damaged);

    ByteReader in(*body);
    const auto version = readByte(in);
    if (version && *version > kRecordVersion)
        return fail(RendezvousError::NewerVersion);
    const auto type = readByte(in);
    const auto identity = readTagged<IdentityKey>(in);
    const auto dh = readTagged<X25519PublicKey>(in);
    const auto kem = readTagged<MlkemPublicKey>(in);
    const auto mailbox = readTagged<NostrPublicKey>(in);
    const auto created = readTime(in);
    if (version != kRecordVersion || type != kRendezvousType || !identity || !dh || !kem || !mailbox || !created
        || !in.atEnd())
        return fail(RendezvousError::Damaged);
    if (*identity != peer)
        return fail(RendezvousError::OtherIdentity);
    if (!isCanonical(*dh) || !isValid(*kem))
        return fail(RendezvousError::BadPeerKey);

    PeerRendezvous out;
    out.m_prekeys = PeerPrekeys{Bytes(body->begin(), body->end()), *identity, *dh, *kem, std::move(*presharedKey)};
    out.m_mailbox = *mailbox;
    out.m_created = *created;
    return out;
}

SecretBuffer PeerRendezvous::serialise() const
{
    return encodeRecord(m_prekeys.body, m_prekeys.presharedKey.view());
}

} // namespace tacet::crypto
