#pragma once
// The exit codes of the command line: a contract for scripts.
#include "app/chat/trouble.h"

namespace tacet::cli {

enum ExitCode : int {
    kDone = 0,
    kFailed = 1,
    kWrongUsage = 2,
    kSecurityCheckFailed = 3,
    kLocked = 4,
    kNoRelay = 5, ///< nothing is lost: it waits in the outbox
};

constexpr int exitCodeFor(chat::TroubleCode code)
{
    using enum chat::TroubleCode;
    switch (code) {
    case None:
        return kDone;
    case NumbersDiffer:
    case NumberChanged:
    case InviteAltered:
        return kSecurityCheckFailed;
    case WrongPassphrase:
    case WrongRecoveryCode:
    case KeychainGone:
    case Locked:
    case NoTerminal:
    case SlowDown:
    case BackupWrongPassphrase:
        return kLocked;
    case NoRelayReachable:
    case NoRelayConfigured:
    case ProxyDown:
    case InviteNotFetchedYet:
        return kNoRelay;
    default:
        return kFailed;
    }
}

} // namespace tacet::cli
