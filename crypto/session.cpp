#include "crypto/session.h"

#include "crypto/ratchet.h"
#include "crypto/state_codec.h"

namespace tacet::crypto {
namespace {

constexpr std::uint8_t kStateVersion = 1;
constexpr std::array<std::uint8_t, 2> kLaterStart{kTypeLater, kProtocolVersion};

bool isMessageSize(std::size_t size)
{
    return std::find(kMessageSizes.begin(), kMessageSizes.end(), size) != kMessageSizes.end();
}

AcceptError asAcceptError(HandshakeError error)
{
    switch (error) {
    case HandshakeError::BadPeerKey: return AcceptError::BadPeerKey;
    case HandshakeError::OwnIdentity: return AcceptError::OwnIdentity;
    case HandshakeError::OtherPrekeys: return AcceptError::OtherPrekeys;
    case HandshakeError::Undecryptable: break;
    }
    return AcceptError::Undecryptable;
}

} // namespace

struct Session::State {
    Role role;
    HandshakeId handshake;
    SessionId id;
    PrefixId prefixId;
    IdentityKey peer;
    std::optional<Prefix> prefix; ///< the initiator's, until the first authenticated reply
    Ratchet ratchet;
};

Session::Session(std::unique_ptr<State> state) : m_state(std::move(state)) { }
Session::Session(Session &&) noexcept = default;
Session &Session::operator=(Session &&) noexcept = default;
Session::~Session() = default;

Session Session::clone() const
{
    return Session(std::make_unique<State>(State{m_state->role, m_state->handshake, m_state->id, m_state->prefixId,
                                                 m_state->peer, m_state->prefix, m_state->ratchet.clone()}));
}

Result<Session, HandshakeError> Session::initiate(const OwnIdentity &own, const PeerPrekeys &peer, Random &random)
{
    auto handshake = initiateHandshake(own, peer, random);
    if (!handshake)
        return fail(handshake.error());
    const HandshakeKeys &keys = handshake->keys;
    auto ratchet = Ratchet::asInitiator(keys, peer.signedPrekey, random);
    if (!ratchet)
        return fail(HandshakeError::BadPeerKey);
    return Session(std::make_unique<State>(State{Role::Initiator, keys.handshake, keys.session,
                                                 handshake->prefix.id(), peer.identity, handshake->prefix,
                                                 std::move(*ratchet)}));
}

Result<Session::Accepted, AcceptError> Session::accept(const OwnIdentity &own, const OwnPrekeys &prekeys,
                                                       ByteView message, UnixMs now)
{
    const auto prefix = peekPrefix(message);
    if (!prefix)
        return fail(AcceptError::NotAHandshake);
    auto handshake = answerHandshake(own, prekeys, *prefix);
    if (!handshake)
        return fail(asAcceptError(handshake.error()));
    const HandshakeKeys &keys = handshake->keys;
    Session session(std::make_unique<State>(State{Role::Responder, keys.handshake, keys.session, prefix->id(),
                                                  handshake->peer, std::nullopt,
                                                  Ratchet::asResponder(keys, prekeys.signedPrekey())}));
    auto payload = session.decrypt(message, now);
    if (!payload) {
        return fail(payload.error() == DecryptError::TooFarAhead  ? AcceptError::TooFarAhead
                    : payload.error() == DecryptError::PeerBroken ? AcceptError::BadPeerKey
                                                                  : AcceptError::Undecryptable);
    }
    return Accepted{std::move(session), std::move(*payload)};
}

Result<Bytes, EncryptError> Session::encrypt(ByteView payload, Random &random)
{
    const bool first = !answered();
    for (std::size_t index = 0; index < kMessageSizes.size(); ++index) {
        if (payload.size() > payloadCapacity(index, first))
            continue;
        return first ? m_state->ratchet.seal(m_state->prefix->bytes(), true, payload, kMessageSizes[index], random)
                     : m_state->ratchet.seal(kLaterStart, false, payload, kMessageSizes[index], random);
    }
    return fail(EncryptError::TooLarge);
}

// What is decided before any key is tried (PROTOCOL §5.5, step 1).
Result<MessageParts, DecryptError> Session::partsOf(ByteView message) const
{
    if (!isMessageSize(message.size()))
        return fail(DecryptError::NotAMessage);
    const bool first = message[0] == kTypeFirst;
    if (!first && message[0] != kTypeLater)
        return fail(DecryptError::NotAMessage);
    if (message[1] != kProtocolVersion)
        return fail(message[1] > kProtocolVersion ? DecryptError::NewerVersion : DecryptError::NotAMessage);
    const MessageParts parts = cut(message, first);
    // The prefix is compared whole: EK, ct and cid are in the transcript, type, version and bundle id are not.
    if (first && (m_state->role != Role::Responder || PrefixId{sha256(parts.start)} != m_state->prefixId))
        return fail(DecryptError::NotThisSession);
    return parts;
}

std::optional<std::uint64_t> Session::missingBefore(ByteView message) const
{
    const auto parts = partsOf(message);
    return parts ? m_state->ratchet.missingBefore(*parts) : std::nullopt;
}

Result<SecretBuffer, DecryptError> Session::decrypt(ByteView message, UnixMs now)
{
    const auto parts = partsOf(message);
    if (!parts)
        return fail(parts.error());
    auto step = m_state->ratchet.open(*parts, now);
    if (!step)
        return fail(step.error());
    SecretBuffer payload = std::move(step->payload);
    m_state->ratchet.commit(std::move(*step), now);
    m_state->prefix.reset(); // an authenticated reply: the peer has the handshake
    return payload;
}

void Session::expireSkippedKeys(UnixMs now) { m_state->ratchet.expireSkippedKeys(now); }

SessionId Session::id() const { return m_state->id; }
HandshakeId Session::handshake() const { return m_state->handshake; }
PrefixId Session::prefixId() const { return m_state->prefixId; }
Role Session::role() const { return m_state->role; }
IdentityKey Session::peerIdentity() const { return m_state->peer; }
bool Session::answered() const { return !m_state->prefix; }
std::size_t Session::skippedKeyCount() const { return m_state->ratchet.skipped().count(); }

SecretBuffer Session::serialise() const
{
    StateWriter out;
    out.u8(kStateVersion);
    out.u8(std::uint8_t(m_state->role));
    out.bytes(m_state->handshake.view());
    out.bytes(m_state->prefixId.view());
    out.bytes(m_state->peer.view());
    out.u8(m_state->prefix ? 1 : 0);
    if (m_state->prefix)
        out.bytes(m_state->prefix->bytes());
    out.bytes(m_state->id.view());
    m_state->ratchet.write(out);
    return std::move(out).finish();
}

Result<Session, StateError> Session::parse(ByteView bytes)
{
    ByteReader in(bytes);
    const auto version = in.u8();
    if (version && *version > kStateVersion)
        return fail(StateError::NewerVersion);
    const auto role = in.u8();
    const auto handshake = takeTagged<HandshakeId>(in);
    const auto prefixId = takeTagged<PrefixId>(in);
    const auto peer = takeTagged<IdentityKey>(in);
    const auto hasPrefix = in.u8();
    if (version != kStateVersion || !role || !handshake || !prefixId || !peer || !hasPrefix
        || (*role != std::uint8_t(Role::Initiator) && *role != std::uint8_t(Role::Responder)) || *hasPrefix > 1
        || (*hasPrefix == 1 && *role != std::uint8_t(Role::Initiator)))
        return fail(StateError::Damaged);
    std::optional<Prefix> prefix;
    if (*hasPrefix == 1) {
        const auto view = in.take(kPrefixSize);
        prefix = view ? parsePrefix(*view) : std::nullopt;
        if (!prefix || prefix->id() != *prefixId)
            return fail(StateError::Damaged);
    }
    const auto id = takeTagged<SessionId>(in);
    auto ratchet = id ? Ratchet::read(*id, in) : std::nullopt;
    // Whether the prefix is attached and whether the peer answered are one fact, stored once.
    if (!ratchet || !in.atEnd() || ratchet->hasReceived() == prefix.has_value())
        return fail(StateError::Damaged);
    return Session(std::make_unique<State>(State{Role(*role), *handshake, *id, *prefixId, *peer, prefix,
                                                 std::move(*ratchet)}));
}

} // namespace tacet::crypto
