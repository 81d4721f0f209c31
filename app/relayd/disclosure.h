#pragma once
// "What could it hand over?", answered from the store itself: the operator of a relay, or whoever orders him,
// has no more than this. The facts are those of app/relay/disclosed_facts.h, with this store's counts.
#include "app/relayd/store.h"

namespace tacet::relayd {

/// Several lines of plain English.
std::string disclosureText(const StoreSummary &summary);
/// One JSON object with stable field names: envelopes, mailboxes, sizes, other_events, deletions, oldest, newest
/// (ISO 8601, UTC), file_bytes, and the names of the other facts: `only_seen`, `never_had`.
std::string disclosureJson(const StoreSummary &summary);

} // namespace tacet::relayd
