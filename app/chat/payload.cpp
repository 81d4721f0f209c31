#include "app/chat/payload.h"

#include "app/chat/cbor_map.h"
#include "app/chat/limits.h"
#include "crypto/limits.h"

namespace tacet::chat {
namespace {

// The keys on the wire. Never reused for something else.
enum Key : quint64 {
    kVersion = 0,
    kKind = 1,
    kDevice = 2,
    kEpoch = 3,
    kSequence = 4,
    kSessionNumber = 5,
    kSessionBasis = 6,
    kSentMs = 7,
    kMessageId = 10,
    kText = 11,
    kName = 20,
    kMailbox = 21,
    kMailboxNumber = 22,
    kRelays = 23,
    kRestoredMs = 24,
    kHighestSession = 25,
    kUseHigher = 26,
    kEpochs = 30,
    kUnopened = 31,
    kRecord = 40,
    kTyping = 50,
};

/// A rendezvous record is 1,400 bytes; twice that leaves room for a later form.
constexpr std::size_t kMaxRecordBytes = 3000;
/// Times and numbers stay far from the ends of 64 bits, so that sums cannot overflow.
constexpr std::int64_t kMaxNumber = std::int64_t(1) << 60;

void writeEpochs(CborMapWriter &out, const std::vector<EpochRanges> &epochs)
{
    // One array: [epoch, readUpTo, [first, last, first, last, …]] for each epoch.
    out.array(kEpochs, epochs.size());
    for (const EpochRanges &each : epochs) {
        out.element(3);
        out.value(each.epoch);
        out.value(each.readUpTo);
        out.element(each.ranges.ranges().size() * 2);
        for (const NumberRanges::Range &range : each.ranges.ranges()) {
            out.value(range.first);
            out.value(range.last);
        }
        out.endElement();
        out.endElement();
    }
    out.endArray();
}

bool readEpochs(CborMapReader &in, std::vector<EpochRanges> &epochs)
{
    const auto count = in.enterArray(kMaxEpochs);
    if (!count)
        return false;
    for (std::size_t i = 0; i < *count; ++i) {
        if (in.enterArray(3) != 3)
            return false;
        const auto epoch = in.number(kMaxNumber);
        const auto readUpTo = in.number(kMaxNumber);
        const auto ends = in.enterArray(2 * kMaxRangesSent);
        if (!epoch || !readUpTo || !ends || *ends % 2 != 0)
            return false;
        std::vector<NumberRanges::Range> ranges;
        for (std::size_t j = 0; j < *ends; j += 2) {
            const auto first = in.number(kMaxNumber);
            const auto last = in.number(kMaxNumber);
            if (!first || !last)
                return false;
            ranges.push_back({*first, *last});
        }
        auto checked = NumberRanges::fromRanges(std::move(ranges));
        if (!checked || !in.leaveArray() || !in.leaveArray())
            return false;
        epochs.push_back({*epoch, std::move(*checked), *readUpTo});
    }
    return in.leaveArray();
}

bool readRelays(CborMapReader &in, std::vector<std::string> &relays)
{
    const auto count = in.enterArray(16);
    if (!count)
        return false;
    for (std::size_t i = 0; i < *count; ++i) {
        auto url = in.text(crypto::kMaxRelayUrlLength);
        if (!url)
            return false;
        relays.push_back(std::move(*url));
    }
    return in.leaveArray();
}

bool readUnopened(CborMapReader &in, std::vector<std::array<std::uint8_t, 32>> &hashes)
{
    const auto count = in.enterArray(kMaxUnopened);
    if (!count)
        return false;
    for (std::size_t i = 0; i < *count; ++i) {
        const auto hash = in.fixed<32>();
        if (!hash)
            return false;
        hashes.push_back(*hash);
    }
    return in.leaveArray();
}

template<typename T>
bool take(std::optional<T> value, T &into)
{
    if (value)
        into = std::move(*value);
    return value.has_value();
}

bool readField(CborMapReader &in, quint64 key, Payload &payload)
{
    switch (key) {
    case kDevice:
        return take(in.fixed<16>(), payload.device);
    case kEpoch:
        return take(in.number(kMaxNumber), payload.epoch);
    case kSequence:
        return take(in.number(kMaxNumber), payload.sequence);
    case kSessionNumber:
        return take(in.number(kMaxNumber), payload.sessionNumber);
    case kSessionBasis:
        return take(in.number(kMaxNumber), payload.sessionBasis);
    case kSentMs:
        return take(in.number(kMaxNumber), payload.sentMs);
    case kMessageId:
        return take(in.fixed<16>(), payload.messageId);
    case kText:
        return take(in.text(kMaxTextBytes), payload.text);
    case kName:
        return take(in.text(crypto::kMaxNameLength), payload.name);
    case kMailbox:
        payload.mailbox = in.fixed<32>();
        return payload.mailbox.has_value();
    case kMailboxNumber:
        return take(in.number(kMaxNumber), payload.mailboxNumber);
    case kRelays:
        return readRelays(in, payload.relays);
    case kRestoredMs:
        return take(in.number(kMaxNumber), payload.restoredMs);
    case kHighestSession:
        return take(in.number(kMaxNumber), payload.highestSession);
    case kUseHigher:
        return take(in.boolean(), payload.useHigher);
    case kEpochs:
        return readEpochs(in, payload.epochs);
    case kUnopened:
        return readUnopened(in, payload.unopened);
    case kRecord:
        return take(in.bytes(kMaxRecordBytes), payload.record);
    case kTyping:
        return take(in.boolean(), payload.typing);
    default:
        return in.skip();
    }
}

} // namespace

crypto::Bytes encodePayload(const Payload &payload)
{
    CborMapWriter out;
    out.number(kVersion, kPayloadVersion);
    out.number(kKind, static_cast<std::int64_t>(payload.kind));
    out.bytes(kDevice, payload.device);
    out.numberUnlessZero(kEpoch, payload.epoch);
    out.numberUnlessZero(kSequence, payload.sequence);
    out.numberUnlessZero(kSessionNumber, payload.sessionNumber);
    out.numberUnlessZero(kSessionBasis, payload.sessionBasis);
    out.numberUnlessZero(kSentMs, payload.sentMs);
    if (payload.kind == PayloadKind::Text) {
        out.bytes(kMessageId, payload.messageId);
        out.text(kText, payload.text);
    }
    if (!payload.name.empty())
        out.text(kName, payload.name);
    if (payload.mailbox)
        out.bytes(kMailbox, *payload.mailbox);
    out.numberUnlessZero(kMailboxNumber, payload.mailboxNumber);
    if (!payload.relays.empty()) {
        out.array(kRelays, payload.relays.size());
        for (const std::string &url : payload.relays)
            out.value(std::string_view(url));
        out.endArray();
    }
    out.numberUnlessZero(kRestoredMs, payload.restoredMs);
    out.numberUnlessZero(kHighestSession, payload.highestSession);
    if (payload.useHigher)
        out.boolean(kUseHigher, true);
    if (!payload.epochs.empty())
        writeEpochs(out, payload.epochs);
    if (!payload.unopened.empty()) {
        out.array(kUnopened, payload.unopened.size());
        for (const auto &hash : payload.unopened)
            out.value(crypto::ByteView(hash));
        out.endArray();
    }
    if (!payload.record.empty())
        out.bytes(kRecord, payload.record);
    if (payload.typing)
        out.boolean(kTyping, true);
    return out.finish();
}

Result<Payload, PayloadError> decodePayload(crypto::ByteView bytes)
{
    if (bytes.size() > crypto::kMessageSizes.back())
        return fail(PayloadError::TooLarge);
    CborMapReader in(bytes);
    if (in.nextKey() != kVersion)
        return fail(PayloadError::NotAPayload);
    const auto version = in.number(kMaxNumber);
    if (!version || *version < 1)
        return fail(PayloadError::NotAPayload);
    if (*version > kPayloadVersion)
        return fail(PayloadError::NewerVersion);
    if (in.nextKey() != kKind)
        return fail(PayloadError::NotAPayload);
    const auto kind = in.number(1'000'000);
    if (!kind || *kind < 1)
        return fail(PayloadError::NotAPayload);

    Payload payload;
    payload.kind = static_cast<PayloadKind>(*kind);
    while (const auto key = in.nextKey()) {
        if (!readField(in, *key, payload))
            return fail(PayloadError::NotAPayload);
    }
    if (!in.finished())
        return fail(PayloadError::NotAPayload);
    const bool numbered = payload.sequence != 0;
    if (numbered != (payload.epoch != 0))
        return fail(PayloadError::NotAPayload);
    if (payload.kind == PayloadKind::Text && (payload.text.empty() || !numbered))
        return fail(PayloadError::NotAPayload);
    return payload;
}

} // namespace tacet::chat
