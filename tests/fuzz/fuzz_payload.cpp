// What travels inside a ratchet message (deterministic CBOR): what was read is written and read again as the same payload,
// in its one form. Keys of a newer version and keys of another kind are left out.
#include "app/chat/payload.h"
#include "tests/fuzz/edits.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

using namespace tacet;
using namespace tacet::chat;

void demandOneForm(crypto::ByteView bytes)
{
    auto payload = decodePayload(bytes);
    if (!payload)
        return;
    if (payload->kind != PayloadKind::Text) { // these belong to no other kind: read over, not written
        payload->messageId = {};
        payload->text.clear();
    }
    const crypto::Bytes written = encodePayload(*payload);
    const auto again = decodePayload(written);
    FUZZ_DEMAND(again && *again == *payload);
    FUZZ_DEMAND(encodePayload(*again) == written);
}

crypto::Bytes resync()
{
    Payload payload;
    payload.kind = PayloadKind::Resync;
    payload.device.fill(3);
    payload.epochs.push_back({5, *NumberRanges::fromRanges({{1, 9}, {11, 11}, {20, 4000}}), 8});
    payload.epochs.push_back({6, {}, 0});
    payload.unopened.emplace_back().fill(1);
    return encodePayload(payload);
}

} // namespace

TACET_FUZZ_TARGET(payload, input)
{
    demandOneForm(input);
    static const crypto::Bytes whole = resync();
    demandOneForm(test::edited(whole, input));
}
