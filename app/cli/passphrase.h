#pragma once
// Where a passphrase comes from: a file, or the terminal without echo. Never argv, never the environment.
#include "app/chat/trouble.h"
#include "crypto/secret.h"

#include <QString>

namespace tacet::cli {

/// The first line of the file without its line end; "-" reads standard input. At most 1,024 bytes.
chat::Outcome<crypto::SecretBuffer> passphraseFromFile(const QString &path);

/// Asks on the controlling terminal, echo off; a trouble of code Locked when there is no terminal.
chat::Outcome<crypto::SecretBuffer> passphraseFromTerminal(const QString &question);

} // namespace tacet::cli
