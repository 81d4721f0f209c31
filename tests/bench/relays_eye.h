#pragma once
// What somebody who runs the relay can guess from its log and the addresses behind its sockets, with nothing else to go by.
// Every rule here needs no more than a morning with a spreadsheet: what it finds, anybody can.
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

namespace tacet::bench {

struct LogLine {
    enum class What { Publish, Read };
    std::int64_t ms = 0;
    What what = What::Publish;
    int circuit = 0; ///< the address, or through Tor one circuit's exit
    int mailbox = 0;
    std::size_t bytes = 0; ///< of the event, where it is one
};

using Pair = std::pair<int, int>; ///< two mailboxes, the smaller first

/// Which two mailboxes are the two directions of one conversation.
std::set<Pair> guessPairs(const std::vector<LogLine> &log);
/// Which lines belong to people getting acquainted; indices into the log.
std::set<std::size_t> guessHandshakes(const std::vector<LogLine> &log);
/// Which lines are receipts and not texts. `pairs` is what was guessed before.
std::set<std::size_t> guessReceipts(const std::vector<LogLine> &log, const std::set<Pair> &pairs);

} // namespace tacet::bench
