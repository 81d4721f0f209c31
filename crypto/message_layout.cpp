#include "crypto/message_layout.h"

#include "crypto/constant_time.h"
#include "crypto/labels.h"
#include "crypto/session.h"
#include "crypto/state_codec.h"

namespace tacet::crypto {

static_assert(messageOverhead(true) == kFirstMessageOverhead);
static_assert(messageOverhead(false) == kLaterMessageOverhead);
static_assert(kMessageSizes.back() <= 0xFFFF, "the padding's length has 16 bits");

std::size_t payloadCapacity(std::size_t index, bool first)
{
    return kMessageSizes.at(index) - messageOverhead(first);
}

Bytes encodeHeader(const RatchetHeader &header)
{
    Bytes out;
    out.reserve(headerSize(false));
    append(out, header.shown.dh.view());
    append(out, header.shown.kem.view());
    if (header.shown.ciphertext)
        append(out, header.shown.ciphertext->view());
    appendBe32(out, header.previous);
    appendBe32(out, header.number);
    return out;
}

RatchetHeader decodeHeader(ByteView plain, bool first)
{
    assert(plain.size() == headerSize(first));
    ByteReader in(plain);
    RatchetHeader header;
    header.shown.dh = *takeTagged<X25519PublicKey>(in);
    header.shown.kem = *takeTagged<MlkemPublicKey>(in);
    if (!first)
        header.shown.ciphertext = *takeTagged<MlkemCiphertext>(in);
    header.previous = *in.be32();
    header.number = *in.be32();
    return header;
}

SecretBuffer padPayload(ByteView payload, std::size_t size)
{
    assert(payload.size() + kPadLengthSize <= size);
    SecretBuffer out(size);
    const auto bytes = out.writable();
    bytes[0] = static_cast<std::uint8_t>(payload.size() >> 8);
    bytes[1] = static_cast<std::uint8_t>(payload.size());
    std::copy(payload.begin(), payload.end(), bytes.begin() + kPadLengthSize);
    return out;
}

std::optional<SecretBuffer> unpadPayload(ByteView padded)
{
    // Authentic by now. The length steers how much is copied, here and by whoever reads the payload.
    constant_time::declassify(padded.data(), std::min(padded.size(), kPadLengthSize));
    ByteReader in(padded);
    const auto length = in.be16();
    const auto payload = length ? in.take(*length) : std::nullopt;
    const auto rest = payload ? in.take(in.remaining()) : std::nullopt;
    if (!rest || constant_time::answer(constant_time::isZero(*rest)) != 1)
        return std::nullopt;
    return SecretBuffer(*payload);
}

RootStep rootStep(FixedView<32> root, const SessionId &session, FixedView<32> dhSecret, ByteView kemSecret,
                  const ChainKeysShown &shown)
{
    Bytes keys;
    appendLp(keys, shown.dh.view());
    appendLp(keys, shown.kem.view());
    appendLp(keys, shown.ciphertext ? ByteView(shown.ciphertext->view()) : ByteView());
    Bytes info;
    append(info, label::kRootStep);
    append(info, session.view());
    append(info, sha256(keys));
    SecretBuffer ikm(dhSecret);
    ikm.append(kemSecret);
    const SecretBytes<96> out = hkdf<96>(root, ikm.view(), info);
    return RootStep{SecretBytes<32>(out.view().subspan<0, 32>()),
                    ChainKey(SecretBytes<32>(out.view().subspan<32, 32>())),
                    SecretBytes<32>(out.view().subspan<64, 32>())};
}

} // namespace tacet::crypto
