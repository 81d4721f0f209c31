#pragma once
// A small relay of this computer as an onion service of version 3: an address that leads to it from everywhere, through Tor
// alone, and tells nobody where it stands.
#include "app/tor/control_port.h"

#include <QString>

namespace tacet::tor {

struct OnionService {
    QString host; ///< 56 characters and ".onion"
    /// "ED25519-V3:" and base64: whoever has it is this service. Goes into the vault.
    QByteArray key;
};

/// Publishes 127.0.0.1:`port` as port 80 of the service, until the conversation with Tor ends. Without a key a new one is
/// made. Answers what was published, or Tor's words.
void publishOnion(ControlPort &control, const QByteArray &key, quint16 port,
                  std::function<void(Result<OnionService, QString>)> then);

/// Takes it back. Nothing to wait for: whatever Tor answers, it is gone when Tor is.
void withdrawOnion(ControlPort &control, const QString &host);

} // namespace tacet::tor
