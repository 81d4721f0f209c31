#pragma once
// Where a passphrase comes from: a file, or the terminal without echo. Never argv, never the environment.
#include "app/chat/trouble.h"
#include "crypto/secret.h"

#include <QString>

namespace tacet::cli {

/// The first line of the file without its line end; "-" reads standard input. At most 1,024 bytes.
chat::Outcome<crypto::SecretBuffer> passphraseFromFile(const QString &path);

/// Asks on the controlling terminal, echo off. Where there is none: NoTerminal, which names the option `fileOption`.
chat::Outcome<crypto::SecretBuffer> passphraseFromTerminal(const QString &question, const QString &fileOption);

} // namespace tacet::cli
