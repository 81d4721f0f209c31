#pragma once

namespace tacet::session {

/// First thing in every main(): no core dumps (RLIMIT_CORE 0, not dumpable), new files for their owner alone, open files enough.
void harden();

/// The soft limit goes up to 8,192, if the hard one lets it: with AUTH, or through Tor, each mailbox at each relay has a socket
/// of its own, and 1,024 of them are gone at 170 contacts. Never down.
void raiseOpenFiles();

} // namespace tacet::session
