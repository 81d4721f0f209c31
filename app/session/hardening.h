#pragma once

namespace tacet::session {

/// First thing in every main(): no core dumps (RLIMIT_CORE 0, not dumpable), new files for their owner alone.
void harden();

} // namespace tacet::session
