#include "app/relay/sync_cursor.h"

#include <algorithm>

namespace tacet::relay {

bool SyncPass::took(const crypto::NostrEventId &id, std::int64_t createdAt)
{
    if (++m_rawCount > kMaximumPage)
        return false;
    // A relay that ignores `since` or `until` makes no progress with it.
    if ((m_until && createdAt > *m_until) || (m_since && createdAt < *m_since))
        return true;
    ++m_inRange;
    if (!(m_until && createdAt == *m_until && m_boundary.contains(id)))
        ++m_fresh;
    if (!m_oldest || createdAt < *m_oldest) {
        m_oldest = createdAt;
        m_atOldest.clear();
    }
    if (createdAt == *m_oldest)
        m_atOldest.insert(id);
    return true;
}

SyncPass::Next SyncPass::endOfPage()
{
    const bool empty = m_inRange == 0;
    m_largestPage = std::max(m_largestPage, m_inRange);
    const bool nothingNew = m_fresh == 0;
    if (!empty && m_secondWasFull)
        m_flooded = true; // the page before this one hid these: it was full of a single second
    m_secondWasFull = false;
    if (empty && m_unreadable >= kUnreadablePage)
        m_flooded = true;
    if (!empty && ++m_pages >= kMaximumPages)
        m_flooded = true;
    if (empty || m_pages >= kMaximumPages)
        return m_flooded ? Next::Flooded : Next::Complete;
    if (nothingNew) {
        // All of it was seen before, at the second `until`. Either that is the end, or that second fills a page
        // by itself and hides what is older: the second before tells.
        m_secondWasFull = true;
        if (m_inRange >= kOverfullSecond && m_inRange == m_largestPage)
            m_flooded = true; // even if nothing older is behind it
        m_boundary.clear();
        return pageBefore(*m_until - 1);
    }
    if (!m_until || m_oldest != m_until) {
        m_boundary = m_atOldest;
        return pageBefore(*m_oldest);
    }
    m_boundary.insert(m_atOldest.begin(), m_atOldest.end());
    if (m_boundary.size() <= kMaximumPage)
        return pageBefore(*m_oldest);
    // Always others of the same second, and all of them would be remembered: what is older is still asked for.
    m_flooded = true;
    m_boundary.clear();
    return pageBefore(*m_until - 1);
}

SyncPass::Next SyncPass::pageBefore(std::int64_t until)
{
    m_until = until;
    m_rawCount = m_unreadable = m_inRange = m_fresh = 0;
    m_oldest.reset();
    m_atOldest.clear();
    if (until < 0 || (m_since && until < *m_since))
        return m_flooded ? Next::Flooded : Next::Complete;
    return Next::Page;
}

} // namespace tacet::relay
