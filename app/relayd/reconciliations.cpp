#include "app/relayd/reconciliations.h"

#include "app/relay/frames.h"

#include <algorithm>

namespace tacet::relayd {

using namespace relay;

Reconciliations::~Reconciliations()
{
    while (!m_open.empty())
        close(std::string(m_open.begin()->first));
}

std::int64_t Reconciliations::room() const
{
    const std::int64_t room = std::min(m_limits.reconciliationItems, m_limits.reconciliationItemsTotal - m_budget.items);
    if (m_address.empty())
        return room;
    const auto mine = m_budget.itemsOf.find(m_address);
    return std::min(room, m_limits.reconciliationItemsPerAddress - (mine == m_budget.itemsOf.end() ? 0 : mine->second));
}

void Reconciliations::count(std::int64_t items)
{
    m_budget.items += items;
    if (m_address.empty() || items == 0)
        return;
    const auto mine = m_budget.itemsOf.try_emplace(m_address, 0).first;
    mine->second += items;
    if (mine->second == 0)
        m_budget.itemsOf.erase(mine);
}

std::string Reconciliations::open(const std::string &name, std::vector<NegentropyItem> items, crypto::ByteView message)
{
    close(name);
    Snapshot &snapshot = m_open[name];
    snapshot.items = NegentropySet(std::move(items));
    count(std::int64_t(snapshot.items.size()));
    return goOn(name, message);
}

std::string Reconciliations::goOn(const std::string &name, crypto::ByteView message)
{
    const auto found = m_open.find(name);
    if (found == m_open.end())
        return writeReconcileError(name, "closed: it is not open");
    found->second.heardMs = m_clock.steadyMs();
    const auto answer = negentropyAnswer(found->second.items, message, m_limits.reconciliationFrame);
    if (answer)
        return writeReconcile(name, *answer);
    close(name);
    return writeReconcileError(name, "invalid: unreadable message");
}

void Reconciliations::close(const std::string &name)
{
    const auto found = m_open.find(name);
    if (found == m_open.end())
        return;
    count(-std::int64_t(found->second.items.size()));
    m_open.erase(found);
}

std::vector<std::string> Reconciliations::expire()
{
    std::vector<std::string> late;
    for (const auto &[name, snapshot] : m_open) {
        if (m_clock.steadyMs() - snapshot.heardMs >= m_limits.reconciliationMs)
            late.push_back(name);
    }
    std::vector<std::string> frames;
    for (const std::string &name : late) {
        close(name);
        frames.push_back(writeReconcileError(name, "closed: nothing came for too long"));
    }
    return frames;
}

} // namespace tacet::relayd
