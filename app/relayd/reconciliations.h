#pragma once
// The open reconciliations of one client (NIP-77): each is a snapshot of dates and ids, taken when it was opened. Their
// number, their size, their age and the memory of all of them together are bounded.
#include "app/relay/clock.h"
#include "app/relay/negentropy.h"
#include "app/relayd/limits.h"

#include <map>
#include <string>
#include <vector>

namespace tacet::relayd {

/// What the snapshots of all clients of one relay take.
struct SnapshotBudget {
    std::int64_t items = 0;
    std::map<std::string, std::int64_t> itemsOf; ///< by address, of those that have some
};

class Reconciliations {
public:
    /// An empty address stands for who may take all of the budget.
    Reconciliations(const Clock &clock, const Limits &limits, SnapshotBudget &budget, std::string address)
        : m_clock(clock), m_limits(limits), m_budget(budget), m_address(std::move(address))
    {
    }
    ~Reconciliations();
    Reconciliations(const Reconciliations &) = delete;
    Reconciliations &operator=(const Reconciliations &) = delete;

    bool isFull() const { return m_open.size() >= m_limits.reconciliations; }
    /// How many items the next one may have.
    std::int64_t room() const;

    /// Each answers a frame for the client. Precondition of open(): neither is full, and no more items than room().
    std::string open(const std::string &name, std::vector<relay::NegentropyItem> items, crypto::ByteView message);
    std::string goOn(const std::string &name, crypto::ByteView message);
    void close(const std::string &name);
    /// Closes what has been silent too long, and answers a frame for each.
    std::vector<std::string> expire();

private:
    struct Snapshot {
        relay::NegentropySet items;
        std::int64_t heardMs = 0; ///< steady
    };

    void count(std::int64_t items);

    const Clock &m_clock;
    const Limits &m_limits;
    SnapshotBudget &m_budget;
    std::string m_address;
    std::map<std::string, Snapshot> m_open;
};

} // namespace tacet::relayd
