#include "crypto/ratchet.h"

#include "crypto/constant_time.h"
#include "crypto/labels.h"

namespace tacet::crypto {
namespace {

Bytes headerAssociatedData(const SessionId &session)
{
    Bytes out;
    append(out, label::kHeader);
    append(out, session.view());
    return out;
}

Bytes bodyAssociatedData(const SessionId &session, ByteView sealedHeader)
{
    Bytes out;
    out.reserve(SessionId::kSize + sealedHeader.size());
    append(out, session.view());
    append(out, sealedHeader);
    return out;
}

} // namespace

Ratchet::Ratchet(SessionId session, SecretBytes<32> root) : m_session(session), m_root(std::move(root)) { }

Result<Ratchet, DhError> Ratchet::asInitiator(const HandshakeKeys &keys, const X25519PublicKey &signedPrekey,
                                              Random &random)
{
    X25519KeyPair dh = X25519KeyPair::generate(random); // never EK: a new key pair, drawn after it
    MlkemKeyPair kem = MlkemKeyPair::generate(random);
    const auto secret = dh.agree(signedPrekey);
    if (!secret)
        return fail(secret.error());
    RootStep step = rootStep(keys.root.view(), keys.session, secret->view(), {},
                             {dh.publicKey(), kem.publicKey(), std::nullopt});
    Ratchet out(keys.session, std::move(step.root));
    out.m_send = SendChain{std::move(dh), std::move(kem), std::nullopt, std::move(step.chain),
                           keys.initiatorHeader.clone(), 0};
    out.m_nextSendHeader = std::move(step.nextHeader);
    out.m_nextReceiveHeader = keys.responderNextHeader.clone();
    return out;
}

Ratchet Ratchet::asResponder(const HandshakeKeys &keys, const X25519KeyPair &signedPrekey)
{
    Ratchet out(keys.session, keys.root.clone());
    out.m_send = SendChain{signedPrekey.clone(), std::nullopt, std::nullopt, std::nullopt, {}, 0};
    out.m_nextSendHeader = keys.responderNextHeader.clone();
    out.m_nextReceiveHeader = keys.initiatorHeader.clone();
    return out;
}

Result<Done, EncryptError> Ratchet::stepForward(Random &random)
{
    const ChainKeysShown &peer = m_receive->shown;
    X25519KeyPair dh = X25519KeyPair::generate(random);
    MlkemKeyPair kem = MlkemKeyPair::generate(random);
    auto encapsulation = encapsulate(peer.kem, random);
    const auto secret = dh.agree(peer.dh);
    if (!encapsulation || !secret)
        return fail(EncryptError::PeerKeyRefused);
    RootStep step = rootStep(m_root.view(), m_session, secret->view(), encapsulation->secret.view(),
                             {dh.publicKey(), kem.publicKey(), encapsulation->ciphertext});
    m_root = std::move(step.root);
    m_send = SendChain{std::move(dh), std::move(kem), encapsulation->ciphertext, std::move(step.chain),
                       std::move(m_nextSendHeader), m_sent};
    m_nextSendHeader = std::move(step.nextHeader);
    m_sent = 0;
    return Done{};
}

Result<Bytes, EncryptError> Ratchet::seal(ByteView start, bool first, ByteView payload, std::size_t size,
                                          Random &random)
{
    assert(start.size() == startSize(first) && payload.size() + messageOverhead(first) <= size);
    if (!m_send) {
        if (const auto stepped = stepForward(random); !stepped)
            return fail(stepped.error());
    }
    assert(m_send->chain && m_send->kem && first == !m_send->ciphertext);
    if (m_sent >= kMaxChainLength)
        return fail(EncryptError::ChainExhausted);

    // Both nonces are random, not counters: a copied vault that encrypts twice from one state repeats the keys,
    // and only a nonce that it cannot repeat keeps that harmless (PROTOCOL §5.3).
    const Bytes header = encodeHeader(
        {{m_send->dh.publicKey(), m_send->kem->publicKey(), m_send->ciphertext}, m_send->previous, m_sent});
    Bytes out(size);
    const std::span<std::uint8_t> all(out);
    std::copy(start.begin(), start.end(), out.begin());
    const auto sealedHeader = all.subspan(start.size(), sealedHeaderSize(first));
    const auto nonces = random.bytes<2 * kAeadNonceSize>();
    std::copy_n(nonces.begin(), kAeadNonceSize, sealedHeader.begin());
    aeadSeal(sealedHeader.subspan(kAeadNonceSize), m_send->headerKey.view(), sealedHeader.first<kAeadNonceSize>(),
             headerAssociatedData(m_session), header);

    const auto body = all.subspan(start.size() + sealedHeader.size());
    std::copy_n(nonces.begin() + kAeadNonceSize, kAeadNonceSize, body.begin());
    const std::size_t padded = body.size() - kAeadNonceSize - kAeadTagSize;
    m_send->chain->next().seal(body.subspan(kAeadNonceSize), body.first<kAeadNonceSize>(),
                               bodyAssociatedData(m_session, sealedHeader), padPayload(payload, padded).view());
    ++m_sent;
    return out;
}

std::optional<RatchetHeader> Ratchet::tryHeader(const MessageParts &message, FixedView<32> headerKey) const
{
    Bytes plain(headerSize(message.first));
    if (!aeadOpen(plain, headerKey, message.sealedHeader.first<kAeadNonceSize>(), headerAssociatedData(m_session),
                  message.sealedHeader.subspan(kAeadNonceSize)))
        return std::nullopt;
    // Authentic: public keys, and counters whose very use is to choose what is done next.
    constant_time::declassify(plain.data(), plain.size());
    return decodeHeader(plain, message.first);
}

Result<SecretBuffer, DecryptError> Ratchet::openBody(const MessageParts &message, MessageKey key) const
{
    SecretBuffer padded(message.sealedBody.size() - kAeadTagSize);
    if (!std::move(key).open(padded.writable(), message.bodyNonce,
                             bodyAssociatedData(m_session, message.sealedHeader), message.sealedBody))
        return fail(DecryptError::Undecryptable);
    auto payload = unpadPayload(padded.view());
    if (!payload)
        return fail(DecryptError::PeerBroken);
    return std::move(*payload);
}

Result<Ratchet::Step, DecryptError> Ratchet::open(const MessageParts &message, UnixMs now) const
{
    // This order is PROTOCOL §5.5's: a peer can make a header that opens under two keys.
    if (m_receive) {
        if (const auto header = tryHeader(message, m_receive->headerKey.view()))
            return openCurrent(message, *header, now);
    }
    if (const auto header = tryHeader(message, m_nextReceiveHeader.view()))
        return openNext(message, *header, now);
    for (const SkippedKeys::Chain &chain : m_skipped.chains()) {
        if (const auto header = tryHeader(message, chain.headerKey.view()))
            return openSkipped(message, chain.headerKey.view(), header->number, now);
    }
    return fail(DecryptError::Undecryptable);
}

std::optional<std::uint64_t> Ratchet::missingBefore(const MessageParts &message) const
{
    if (m_receive) {
        if (const auto header = tryHeader(message, m_receive->headerKey.view()))
            return header->number < m_receive->number ? std::nullopt : std::optional<std::uint64_t>(header->number - m_receive->number);
    }
    const auto header = tryHeader(message, m_nextReceiveHeader.view());
    if (!header)
        return std::nullopt;
    const std::uint64_t ofTheOldChain = m_receive && header->previous > m_receive->number ? header->previous - m_receive->number : 0;
    return ofTheOldChain + header->number;
}

Result<Ratchet::Step, DecryptError> Ratchet::openSkipped(const MessageParts &message, FixedView<32> headerKey,
                                                         std::uint32_t number, UnixMs now) const
{
    const SkippedKey *stored = m_skipped.find(headerKey, number, now);
    if (!stored)
        return fail(DecryptError::Duplicate);
    auto payload = openBody(message, stored->key.clone());
    if (!payload)
        return fail(payload.error());
    return Step{std::move(*payload), Step::Late{SecretBytes<32>(headerKey), number}};
}

Result<Ratchet::Step, DecryptError> Ratchet::openCurrent(const MessageParts &message, const RatchetHeader &header,
                                                         UnixMs now) const
{
    const ReceiveChain &receive = *m_receive;
    // One chain, one set of keys. Another under the same header key comes from a copied state that stepped a second
    // time: it is no duplicate, and must not be taken for one.
    if (header.shown.dh != receive.shown.dh || header.shown.kem != receive.shown.kem
        || header.shown.ciphertext.has_value() != receive.hasCiphertext || header.previous != receive.previous)
        return fail(DecryptError::PeerBroken);
    if (header.number < receive.number)
        return openSkipped(message, receive.headerKey.view(), header.number, now);
    if (header.number > kMaxChainLength)
        return fail(DecryptError::PeerBroken);
    if (header.number - receive.number > kMaxForwardJump)
        return fail(DecryptError::TooFarAhead);

    ChainKey chain = receive.chain.clone();
    Gap gap = walk(chain, receive.number, header.number, now);
    auto payload = openBody(message, chain.next());
    if (!payload)
        return fail(payload.error());
    return Step{std::move(*payload), Step::Current{std::move(chain), header.number + 1, std::move(gap)}};
}

Result<Ratchet::Step, DecryptError> Ratchet::openNext(const MessageParts &message, const RatchetHeader &header,
                                                      UnixMs now) const
{
    // The peer turns only after it saw our current chain, so one must exist; and it encapsulated to our key
    // exactly if that chain showed one.
    if (!m_send || header.shown.ciphertext.has_value() != m_send->kem.has_value() || !isValid(header.shown.kem))
        return fail(DecryptError::PeerBroken);
    if (header.number > kMaxChainLength || header.previous > kMaxChainLength)
        return fail(DecryptError::PeerBroken);
    // Fewer than we already have means that the peer's state was copied and went on twice: nothing is missing then.
    const std::uint32_t oldEnd = m_receive ? std::max(header.previous, m_receive->number) : 0;
    const std::uint32_t oldMissing = m_receive ? oldEnd - m_receive->number : 0;
    if (oldMissing > kMaxForwardJump || header.number > kMaxForwardJump - oldMissing)
        return fail(DecryptError::TooFarAhead);

    const auto dhSecret = m_send->dh.agree(header.shown.dh);
    if (!dhSecret)
        return fail(DecryptError::PeerBroken);
    SecretBytes<32> kemSecret;
    if (header.shown.ciphertext)
        kemSecret = m_send->kem->decapsulate(*header.shown.ciphertext);
    RootStep root = rootStep(m_root.view(), m_session, dhSecret->view(),
                             header.shown.ciphertext ? ByteView(kemSecret.view()) : ByteView(), header.shown);
    Gap newGap = walk(root.chain, 0, header.number, now);
    auto payload = openBody(message, root.chain.next());
    if (!payload)
        return fail(payload.error());

    Gap oldGap;
    if (m_receive) {
        ChainKey old = m_receive->chain.clone();
        oldGap = walk(old, m_receive->number, oldEnd, now);
    }
    ReceiveChain receive{std::move(root.chain),
                         m_nextReceiveHeader.clone(),
                         {header.shown.dh, header.shown.kem, std::nullopt},
                         header.shown.ciphertext.has_value(),
                         header.previous,
                         header.number + 1};
    return Step{std::move(*payload), Step::Next{std::move(root.root), std::move(root.nextHeader), std::move(receive),
                                                std::move(oldGap), std::move(newGap)}};
}

void Ratchet::commit(Step step, UnixMs now) noexcept
{
    m_skipped.expire(now); // first: what is too old drives out nothing that is not
    if (const auto *late = std::get_if<Step::Late>(&step.change)) {
        m_skipped.remove(late->headerKey.view(), late->number);
    } else if (auto *current = std::get_if<Step::Current>(&step.change)) {
        m_receive->chain = std::move(current->chain);
        m_receive->number = current->number;
        m_skipped.add(m_receive->headerKey.view(), std::move(current->gap));
    } else if (auto *next = std::get_if<Step::Next>(&step.change)) {
        if (m_receive)
            m_skipped.add(m_receive->headerKey.view(), std::move(next->oldGap));
        m_root = std::move(next->root);
        m_nextReceiveHeader = std::move(next->nextReceiveHeader);
        m_receive = std::move(next->receive);
        m_skipped.add(m_receive->headerKey.view(), std::move(next->newGap));
        m_send.reset(); // wipes D, K, CKs and HKs: this is where a stolen state stops opening the past
    }
}

} // namespace tacet::crypto
