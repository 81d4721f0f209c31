#pragma once
// Which envelopes of a mailbox were handed on already: bounded, the oldest forgotten first. Forgetting costs a
// second look by the engine, never a message.
#include "app/relay/negentropy.h"

#include <deque>
#include <map>

namespace tacet::relay {

class RecentIds {
public:
    explicit RecentIds(std::size_t capacity = 4096) : m_capacity(capacity) { }

    bool contains(const crypto::NostrEventId &id) const { return m_ids.contains(id); }
    void insert(const crypto::NostrEventId &id, std::int64_t createdAt)
    {
        if (!m_ids.emplace(id, createdAt).second)
            return;
        m_order.push_back(id);
        if (m_order.size() > m_capacity) {
            m_ids.erase(m_order.front());
            m_order.pop_front();
        }
    }
    std::size_t size() const { return m_ids.size(); }
    /// Those that are dated `since` or later.
    std::vector<NegentropyItem> items(std::optional<std::int64_t> since) const
    {
        std::vector<NegentropyItem> items;
        for (const auto &[id, createdAt] : m_ids) {
            if (!since || createdAt >= *since)
                items.push_back({std::uint64_t(createdAt), id});
        }
        return items;
    }

private:
    std::size_t m_capacity;
    std::map<crypto::NostrEventId, std::int64_t> m_ids; ///< with their dates, seconds
    std::deque<crypto::NostrEventId> m_order;
};

} // namespace tacet::relay
