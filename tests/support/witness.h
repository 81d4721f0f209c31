#pragma once
// Listens on loopback, takes connections and never says a word: whoever goes where nobody should go is seen here.
#include <QHostAddress>
#include <QTcpServer>
#include <QTcpSocket>

#include <string>

namespace tacet::test {

struct Witness {
    Witness()
    {
        server.listen(QHostAddress::LocalHost);
        QObject::connect(&server, &QTcpServer::newConnection, &server, [this] {
            while (QTcpSocket *socket = server.nextPendingConnection()) {
                ++connections;
                ++open;
                QObject::connect(socket, &QTcpSocket::disconnected, &server, [this] { --open; });
                QObject::connect(socket, &QTcpSocket::readyRead, &server, [this, socket] { heard += socket->readAll(); });
            }
        });
    }
    std::string port() const { return std::to_string(server.serverPort()); }

    QTcpServer server;
    int connections = 0;
    int open = 0;
    QByteArray heard;
};

} // namespace tacet::test
