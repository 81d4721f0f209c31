#pragma once
// What a relay could hand over, and what it never had: the one list. `tacet-relay disclose`, the sheet in the window and
// THREAT_MODEL.md all say this; tests/relayd compares it with the columns of the small relay's own store.
#include <array>
#include <string_view>

namespace tacet::relay {

enum class Disclosed { Envelopes, Mailboxes, Dates, Deletions, Times, Address, Names, Words, Pairs, Accounts };

enum class Holding {
    Kept, ///< on the relay's disk
    Seen, ///< while a socket is open: the small relay does not keep it, a stranger's may
    Never,
};

struct DisclosedFact {
    Disclosed what;
    Holding holding;
    std::string_view one; ///< empty: it is not counted
    std::string_view name;
    std::string_view sentence; ///< one or two, each with its full stop
    std::string_view columns; ///< of the small relay's store, table.column, one space between
};

inline constexpr std::array<DisclosedFact, 10> kDisclosedFacts{{
    {Disclosed::Envelopes, Holding::Kept, "sealed envelope", "sealed envelopes",
        "In five sizes, each signed by a key that was used once. Nobody but the reader can open them.",
        "events.id events.author events.kind events.d events.content_bytes events.json"},
    {Disclosed::Mailboxes, Holding::Kept, "random mailbox", "random mailboxes",
        "Each made for one contact or one link, named after nobody.", "tags.letter tags.value tags.event"},
    {Disclosed::Dates, Holding::Kept, "", "dates on the envelopes",
        "Spread over two days by their writers; beside them the order in which the envelopes came.",
        "events.row events.created_at events.expires_at tags.created_at"},
    {Disclosed::Deletions, Holding::Kept, "id of a deleted event", "ids of deleted events",
        "With the key that asked for it and the day, so that none comes back.", "deleted.id deleted.by deleted.day"},
    {Disclosed::Times, Holding::Seen, "", "arrival times",
        "When envelopes come and are fetched. Mailboxes that are fetched together can be guessed to be one person's.", ""},
    {Disclosed::Address, Holding::Seen, "", "network address",
        "Of whoever is connected, as long as that lasts. Through Tor or a proxy it is the exit's.", ""},
    {Disclosed::Names, Holding::Never, "", "anybody's name", "Names travel inside the envelopes.", ""},
    {Disclosed::Words, Holding::Never, "", "a single word or file", "All are locked before they leave the writer's computer.", ""},
    {Disclosed::Pairs, Holding::Never, "", "who writes to whom", "Written nowhere. Timing alone can suggest it.", ""},
    {Disclosed::Accounts, Holding::Never, "", "a key that opens anything, an account, a phone number",
        "There is nothing of the kind to keep.", ""},
}};

} // namespace tacet::relay
