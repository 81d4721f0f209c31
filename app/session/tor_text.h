#pragma once
// What the Tor of this profile does, in a sentence, for window and command line.
#include "app/tor/tor_status.h"

namespace tacet::session {

/// Empty for TorState::Off. Ends with what to do where something is to be done.
QString torText(const tor::TorStatus &status);

} // namespace tacet::session
