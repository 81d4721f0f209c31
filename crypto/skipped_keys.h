#pragma once
// Keys of messages that did not come yet (PROTOCOL §5.5, limits in §5.7). Internal to crypto/.
#include "crypto/ratchet_keys.h"

#include <deque>

namespace tacet::crypto {

class StateWriter;

struct SkippedKey {
    std::uint32_t number = 0;
    UnixMs storedAt = 0;
    MessageKey key;
};

/// The keys of a gap, still outside the store: the part of a step that is not committed yet.
using Gap = std::vector<SkippedKey>;

/// Walks the chain from `from` to `to` and answers the keys passed over, the newest kMaxSkippedPerGap of them.
/// Afterwards chain.next() is the key of message `to`. Precondition: from <= to.
Gap walk(ChainKey &chain, std::uint32_t from, std::uint32_t to, UnixMs now);

class SkippedKeys {
public:
    struct Chain {
        SecretBytes<32> headerKey;
        std::deque<SkippedKey> keys; ///< oldest first
    };

    /// Oldest first; no chain is empty.
    const std::deque<Chain> &chains() const { return m_chains; }
    std::size_t count() const { return m_count; }

    /// A key that is there and was stored no longer than kSkippedKeyLifetime ago.
    const SkippedKey *find(FixedView<32> headerKey, std::uint32_t number, UnixMs now) const;
    void remove(FixedView<32> headerKey, std::uint32_t number);
    /// Keeps a gap of the newest chain; evicts what exceeds the limits, oldest first.
    void add(FixedView<32> headerKey, Gap gap);
    void expire(UnixMs now);

    SkippedKeys clone() const;
    void write(StateWriter &out) const;
    static std::optional<SkippedKeys> read(ByteReader &in);

private:
    void dropEmptyChains();

    std::deque<Chain> m_chains;
    std::size_t m_count = 0;
};

} // namespace tacet::crypto
