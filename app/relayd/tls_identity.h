#pragma once
// The certificate and key that the small relay shows, read from PEM files. Both are checked here, before anybody
// connects: a pair that does not match would fail in every handshake, and nobody would say why.
#include "crypto/result.h"

#include <QSslConfiguration>

#include <filesystem>
#include <string>

namespace tacet::relayd {

struct TlsFiles {
    std::filesystem::path certificate; ///< the chain, the relay's own first
    std::filesystem::path key; ///< without passphrase
};

struct TlsIdentity {
    QSslConfiguration configuration; ///< TLS 1.2 and newer, no client certificates
    bool keyIsExposed = false; ///< others on this computer can read the key file
    bool isExpired = false; ///< or not valid yet, by `nowSeconds`
};

/// The failure is a sentence for the person who runs the relay; it names the file.
Result<TlsIdentity, std::string> readTlsIdentity(const TlsFiles &files, std::int64_t nowSeconds);

} // namespace tacet::relayd
