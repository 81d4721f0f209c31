// A message of the set reconciliation (NIP-77), as a relay reads it and as a client does: refused, or answered within
// the limits with something that the other side can read.
#include "app/relay/negentropy.h"
#include "tests/fuzz/fuzz_target.h"

#include <algorithm>

namespace {

using namespace tacet::relay;

/// Enough items for ranges of ranges, some in the same second, with ids that share their beginning.
const NegentropySet &someItems()
{
    static const NegentropySet set = [] {
        std::vector<NegentropyItem> items;
        for (std::uint64_t i = 0; i < 300; ++i) {
            NegentropyItem item{i / 3, {}};
            item.id.bytes[i % 3] = std::uint8_t(i);
            item.id.bytes[31] = std::uint8_t(i >> 8);
            items.push_back(item);
        }
        return NegentropySet(std::move(items));
    }();
    return set;
}

} // namespace

TACET_FUZZ_TARGET(negentropy, input)
{
    const tacet::crypto::ByteView message(input.data(), input.size());
    const auto ranges = readNegentropy(message);
    if (ranges) {
        FUZZ_DEMAND(ranges->size() <= kNegentropyMostRanges);
        for (std::size_t i = 1; i < ranges->size(); ++i)
            FUZZ_DEMAND(!((*ranges)[i].upper.place() < (*ranges)[i - 1].upper.place()));
    }
    for (const std::size_t limit : {kNegentropyLeastFrame, std::size_t(60'000)}) {
        const auto answer = negentropyAnswer(someItems(), message, limit);
        FUZZ_DEMAND(answer.ok() == (ranges.ok() || ranges.error() == NegentropyError::OtherVersion));
        if (answer)
            FUZZ_DEMAND(answer->size() <= limit && readNegentropy(*answer).ok());

        NegentropyClient client(someItems(), limit);
        const auto next = client.reconcile(message);
        if (next && *next)
            FUZZ_DEMAND((*next)->size() <= limit && readNegentropy(**next).ok());
        if (ranges && next) {
            for (const auto &id : client.needed())
                FUZZ_DEMAND(std::any_of(ranges->begin(), ranges->end(), [&](const NegentropyRange &range) {
                    return std::binary_search(range.ids.begin(), range.ids.end(), id);
                }));
        }
    }
}
