#pragma once
// Keeps the Tor of a profile as its setting wants it: started where the profile goes through a Tor of its own, ended where it
// does not, and known to the relays only once it is connected. Until then they are silent.
#include "app/session/machinery.h"
#include "app/tor/tor_program.h"

#include <QObject>

namespace tacet::session {

class TorWay : public QObject {
    Q_OBJECT

public:
    /// `folder` is the profile's for Tor. To be made on the thread that it lives on.
    TorWay(std::filesystem::path folder, Machinery &machinery);
    ~TorWay() override;

    /// The proxy setting of the profile: starts or ends Tor. Before the engine opens any socket.
    void follow(const QString &proxy);
    const tor::TorStatus &status() const { return m_program.status(); }
    tor::TorProgram &program() { return m_program; }

Q_SIGNALS:
    void changed(const tacet::tor::TorStatus &status);

private:
    Machinery &m_machinery;
    tor::TorProgram m_program;
};

} // namespace tacet::session
