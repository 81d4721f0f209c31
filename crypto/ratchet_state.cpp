// The stored form of a ratchet (PROTOCOL §5.8). Public halves are not stored: they follow from the private ones.
#include "crypto/ratchet.h"
#include "crypto/state_codec.h"

namespace tacet::crypto {
namespace {

/// 0 or 1 and nothing else: one encoding per state.
std::optional<bool> readFlag(ByteReader &in)
{
    const auto value = in.u8();
    if (!value || *value > 1)
        return std::nullopt;
    return *value == 1;
}

void writeFlag(StateWriter &out, bool value) { out.u8(value ? 1 : 0); }

} // namespace

Ratchet Ratchet::clone() const
{
    Ratchet copy(m_session, m_root.clone());
    if (m_send) {
        copy.m_send = SendChain{m_send->dh.clone(), std::nullopt, m_send->ciphertext, std::nullopt,
                                m_send->headerKey.clone(), m_send->previous};
        if (m_send->kem)
            copy.m_send->kem = m_send->kem->clone();
        if (m_send->chain)
            copy.m_send->chain = m_send->chain->clone();
    }
    copy.m_nextSendHeader = m_nextSendHeader.clone();
    copy.m_sent = m_sent;
    if (m_receive) {
        copy.m_receive = ReceiveChain{m_receive->chain.clone(), m_receive->headerKey.clone(), m_receive->shown,
                                      m_receive->hasCiphertext, m_receive->previous, m_receive->number};
    }
    copy.m_nextReceiveHeader = m_nextReceiveHeader.clone();
    copy.m_skipped = m_skipped.clone();
    return copy;
}

void Ratchet::write(StateWriter &out) const
{
    out.bytes(m_root.view());
    writeFlag(out, m_send.has_value());
    if (m_send) {
        out.bytes(m_send->dh.secret().view());
        writeFlag(out, m_send->chain.has_value());
        if (m_send->chain) {
            out.bytes(m_send->kem->seed());
            writeFlag(out, m_send->ciphertext.has_value());
            if (m_send->ciphertext)
                out.bytes(m_send->ciphertext->view());
            out.bytes(m_send->chain->view());
            out.bytes(m_send->headerKey.view());
            out.be32(m_send->previous);
        }
    }
    out.bytes(m_nextSendHeader.view());
    out.be32(m_sent);
    writeFlag(out, m_receive.has_value());
    if (m_receive) {
        out.bytes(m_receive->chain.view());
        out.bytes(m_receive->headerKey.view());
        out.bytes(m_receive->shown.dh.view());
        out.bytes(m_receive->shown.kem.view());
        writeFlag(out, m_receive->hasCiphertext);
        out.be32(m_receive->previous);
        out.be32(m_receive->number);
    }
    out.bytes(m_nextReceiveHeader.view());
    m_skipped.write(out);
}

bool Ratchet::isWhole() const
{
    // Before the first message came: an initiator's first chain, which has no ciphertext (a responder's wait is never
    // stored). Afterwards: no chain until the next step, or one with a ciphertext.
    if (!m_receive)
        return m_send && m_send->chain && !m_send->ciphertext;
    return !m_send || (m_send->chain && m_send->ciphertext);
}

std::optional<Ratchet> Ratchet::read(const SessionId &session, ByteReader &in)
{
    auto root = takeSecret<32>(in);
    const auto hasSend = readFlag(in);
    if (!root || !hasSend)
        return std::nullopt;
    Ratchet out(session, std::move(*root));

    if (*hasSend) {
        auto dh = takeSecret<32>(in);
        const auto started = readFlag(in);
        if (!dh || !started)
            return std::nullopt;
        out.m_send = SendChain{X25519KeyPair::fromSecret(std::move(*dh)), std::nullopt, std::nullopt, std::nullopt,
                               {}, 0};
        if (*started) {
            const auto seed = takeSecret<kMlkemSeedSize>(in);
            const auto hasCiphertext = readFlag(in);
            if (!seed || !hasCiphertext)
                return std::nullopt;
            out.m_send->kem = MlkemKeyPair::fromSeed(seed->view());
            if (*hasCiphertext && !(out.m_send->ciphertext = takeTagged<MlkemCiphertext>(in)))
                return std::nullopt;
            auto chain = takeSecret<32>(in);
            auto headerKey = takeSecret<32>(in);
            const auto previous = in.be32();
            if (!chain || !headerKey || !previous)
                return std::nullopt;
            out.m_send->chain = ChainKey(std::move(*chain));
            out.m_send->headerKey = std::move(*headerKey);
            out.m_send->previous = *previous;
        }
    }
    auto nextSendHeader = takeSecret<32>(in);
    const auto sent = in.be32();
    const auto hasReceive = readFlag(in);
    if (!nextSendHeader || !sent || !hasReceive)
        return std::nullopt;
    out.m_nextSendHeader = std::move(*nextSendHeader);
    out.m_sent = *sent;

    if (*hasReceive) {
        auto chain = takeSecret<32>(in);
        auto headerKey = takeSecret<32>(in);
        const auto dh = takeTagged<X25519PublicKey>(in);
        const auto kem = takeTagged<MlkemPublicKey>(in);
        const auto hasCiphertext = readFlag(in);
        const auto previous = in.be32();
        const auto number = in.be32();
        if (!chain || !headerKey || !dh || !kem || !hasCiphertext || !previous || !number || !isValid(*kem))
            return std::nullopt;
        out.m_receive = ReceiveChain{ChainKey(std::move(*chain)), std::move(*headerKey), {*dh, *kem, std::nullopt},
                                     *hasCiphertext, *previous, *number};
    }
    auto nextReceiveHeader = takeSecret<32>(in);
    if (!nextReceiveHeader)
        return std::nullopt;
    out.m_nextReceiveHeader = std::move(*nextReceiveHeader);
    auto skipped = SkippedKeys::read(in);
    if (!skipped || !out.isWhole())
        return std::nullopt;
    out.m_skipped = std::move(*skipped);
    return out;
}

} // namespace tacet::crypto
