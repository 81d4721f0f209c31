#pragma once
// What a client's message was about whose filter or event could not be read, so that its answer reaches who waits for it.
#include "app/relay/json_reader.h"
#include "crypto/nostr_event.h"

#include <optional>
#include <string>

namespace tacet::relayd {

struct UnreadableFrame {
    std::string subscription; ///< of a REQ, COUNT or NEG-OPEN
    bool isReconciliation = false; ///< NEG-OPEN
    bool hasUnknownCondition = false; ///< a filter asks for more than NIP-01 knows, such as "search" (NIP-50)
    std::optional<crypto::NostrEventId> event; ///< of an EVENT or AUTH
};

/// Nothing where nobody can be answered by name. Precondition: relay::readClientFrame() said BadFilter or BadEvent of it.
std::optional<UnreadableFrame> readUnreadableFrame(std::string_view text, const relay::JsonLimits &limits);

} // namespace tacet::relayd
