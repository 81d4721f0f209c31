#pragma once
// Finds a Tor that already runs on this computer, without sending anything into the network: each usual SOCKS port is
// asked, in Tor's own extension of SOCKS5, to resolve an address that needs no resolving. Tor answers at once, connected or
// not; other proxies do not know the command.
#include <QObject>

#include <functional>
#include <vector>

class QTcpSocket;

namespace tacet::tor {

class TorFinder : public QObject {
    Q_OBJECT

public:
    /// Called once with the port on 127.0.0.1, or 0 for none; not after this object ended.
    using Found = std::function<void(quint16 port)>;

    /// The service of Debian, and Tor Browser.
    static std::vector<quint16> usualPorts() { return {9050, 9150}; }

    explicit TorFinder(QObject *parent = nullptr) : QObject(parent) { }
    ~TorFinder() override;

    /// Asks one port after the other. A search that is under way is given up.
    void find(std::vector<quint16> ports, Found found);

    static constexpr int kPatienceMs = 3'000; ///< for each port

private:
    enum class Step { Greeting, Login, Resolve };
    void next();
    void heard();
    void say(const QByteArray &bytes) const;

    std::vector<quint16> m_ports; ///< still to be asked, the last one first
    quint16 m_port = 0;
    Found m_found;
    QTcpSocket *m_socket = nullptr;
    Step m_step = Step::Greeting;
    QByteArray m_in;
};

} // namespace tacet::tor
