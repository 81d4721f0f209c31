#pragma once
// Which envelopes of a mailbox were handed on already: bounded, the oldest forgotten first. Forgetting costs a
// second look by the engine, never a message.
#include "crypto/nostr_event.h"

#include <deque>
#include <set>

namespace tacet::relay {

class RecentIds {
public:
    explicit RecentIds(std::size_t capacity = 4096) : m_capacity(capacity) { }

    bool contains(const crypto::NostrEventId &id) const { return m_ids.contains(id); }
    void insert(const crypto::NostrEventId &id)
    {
        if (!m_ids.insert(id).second)
            return;
        m_order.push_back(id);
        if (m_order.size() > m_capacity) {
            m_ids.erase(m_order.front());
            m_order.pop_front();
        }
    }
    void clear()
    {
        m_ids.clear();
        m_order.clear();
    }
    std::size_t size() const { return m_ids.size(); }

private:
    std::size_t m_capacity;
    std::set<crypto::NostrEventId> m_ids;
    std::deque<crypto::NostrEventId> m_order;
};

} // namespace tacet::relay
