#pragma once
// The small relay of this computer inside the window's process, so that a first start needs nobody else. It listens on
// loopback, on a port that stays the same (it is part of addresses that others keep), unless the user opens it to the
// local network. Its folder lies in the profile; it goes on while the vault is locked: it holds nothing readable.
#include "app/chat/trouble.h"
#include "app/relayd/hosted_relay.h"

#include <filesystem>

namespace tacet::session {

class OwnRelay {
public:
    explicit OwnRelay(std::filesystem::path folder) : m_folder(std::move(folder)) { }

    /// Hosts it, now and at every later start of this profile. Answers its address, ws://127.0.0.1:PORT.
    chat::Outcome<QString> startFresh();
    /// Starts it when this profile hosted it before; a port that is taken is told by the relay's state.
    void resume();
    void stop() { m_relay.stop(); }
    /// Listens on every address of this computer, or on loopback alone again.
    void share(bool withLocalNetwork);

    bool isRunning() const { return m_relay.isRunning(); }
    /// Empty while this profile never hosted it.
    QString url() const;
    /// Where Tor leads those who know its onion address: a port of its own, on loopback, where limits hold. Stays while the
    /// program runs. Precondition: running.
    quint16 torPort() const { return m_relay.torPort(); }

private:
    chat::Outcome<Done> start(quint16 port);
    std::optional<quint16> rememberedPort() const;

    std::filesystem::path m_folder;
    relayd::HostedRelay m_relay;
    quint16 m_torPort = 0; ///< of the last start; 0: none yet
    bool m_shared = false;
};

} // namespace tacet::session
