#include "app/relay/catch_up.h"

#include <algorithm>

namespace tacet::relay {

CatchUp::CatchUp(std::string comparing, std::string fetching, Filter filter, NegentropySet known)
    : m_comparing(std::move(comparing)), m_fetching(std::move(fetching)), m_filter(std::move(filter)),
      m_known(known.size()), m_client(std::move(known), kFrame)
{
}

CatchUp::Next CatchUp::begin()
{
    m_frames = {writeReconcileOpen(m_comparing, m_filter, m_client.initiate())};
    return Next::Send;
}

CatchUp::Next CatchUp::compared(const ReconcileFrame &frame)
{
    const auto next = m_client.reconcile(frame.message);
    if (!next)
        return giveUp();
    if (*next) {
        m_frames = {writeReconcile(m_comparing, **next)};
        return Next::Send;
    }
    if (deniesWhatItGave())
        return giveUp();
    m_frames = {writeReconcileClose(m_comparing)};
    m_fetchingNow = true;
    m_needed.assign(m_client.needed().begin(), m_client.needed().end());
    return fetchMore();
}

/// Each of these came from this relay. Some of them may be gone by now; where most are, it compares something else than it gives:
/// strfry forgets AUTH in it and has nothing of a mailbox even for its owner.
bool CatchUp::deniesWhatItGave() const
{
    return m_client.onlyOurs().size() > m_known / 2;
}

CatchUp::Next CatchUp::fetchMore()
{
    if (m_needed.empty())
        return Next::Complete;
    const std::size_t count = std::min(kIdsAtOnce, m_needed.size());
    m_asked.assign(m_needed.end() - std::ptrdiff_t(count), m_needed.end());
    m_needed.resize(m_needed.size() - count);
    m_taken = 0;
    Filter filter = m_filter;
    filter.ids = m_asked;
    m_frames.push_back(writeRequest(m_fetching, filter));
    return Next::Send;
}

CatchUp::Next CatchUp::fetched(const RecentIds &delivered)
{
    m_frames = {writeClose(m_fetching)};
    // It said that it had them. Perhaps they ran out meanwhile, perhaps it lied: a page tells what there is.
    if (!std::all_of(m_asked.begin(), m_asked.end(), [&](const auto &id) { return delivered.contains(id); }))
        return Next::Failed;
    return fetchMore();
}

CatchUp::Next CatchUp::giveUp()
{
    m_frames = {m_fetchingNow ? writeClose(m_fetching) : writeReconcileClose(m_comparing)};
    return Next::Failed;
}

} // namespace tacet::relay
