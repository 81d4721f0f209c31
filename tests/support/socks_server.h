#pragma once
// A SOCKS5 proxy for tests (RFC 1928, CONNECT only): notes what it was asked for and joins the client to the
// address that the test chose, whatever name was asked.
#include <QHostAddress>
#include <QTcpServer>
#include <QTcpSocket>

#include <vector>

namespace tacet::test {

class SocksServer final : public QTcpServer {
public:
    struct Request {
        bool byName = false; ///< the client left the name to us
        QByteArray host;
        QByteArray user;
    };
    explicit SocksServer(quint16 target, bool takesNames = true) : m_target(target), m_takesNames(takesNames)
    {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *client = nextPendingConnection())
                serve(client);
        });
    }
    std::vector<Request> requests;
    int refusals = 0;

private:
    struct State {
        int step = 0;
        Request request;
        QTcpSocket *upstream = nullptr;
    };
    void serve(QTcpSocket *client)
    {
        auto state = std::make_shared<State>();
        connect(client, &QTcpSocket::disconnected, client, &QObject::deleteLater);
        connect(client, &QTcpSocket::readyRead, this, [this, client, state] { read(client, *state); });
    }
    void read(QTcpSocket *client, State &state)
    {
        if (state.step == 0) {
            const QByteArray hello = client->readAll();
            const bool offersUser = hello.mid(2).contains('\x02');
            if (offersUser && m_takesNames) {
                client->write(QByteArray("\x05\x02", 2));
                state.step = 1;
            } else if (hello.mid(2).contains('\0')) {
                client->write(QByteArray("\x05\x00", 2));
                state.step = 2;
            } else {
                ++refusals;
                client->write(QByteArray("\x05\xff", 2));
                client->disconnectFromHost();
            }
        } else if (state.step == 1) { // RFC 1929
            const QByteArray names = client->readAll();
            state.request.user = names.mid(2, names[1]);
            client->write(QByteArray("\x01\x00", 2));
            state.step = 2;
        } else if (state.step == 2) {
            const QByteArray ask = client->readAll();
            state.request.byName = ask.size() > 4 && ask[3] == 3;
            state.request.host = state.request.byName ? ask.mid(5, ask[4]) : QByteArray();
            requests.push_back(state.request);
            state.upstream = new QTcpSocket(client);
            QTcpSocket *upstream = state.upstream;
            connect(upstream, &QTcpSocket::readyRead, client, [client, upstream] { client->write(upstream->readAll()); });
            connect(upstream, &QTcpSocket::disconnected, client, &QTcpSocket::disconnectFromHost);
            connect(upstream, &QTcpSocket::connected, client,
                    [client] { client->write(QByteArray("\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50", 10)); });
            upstream->connectToHost(QHostAddress::LocalHost, m_target);
            state.step = 3;
        } else {
            state.upstream->write(client->readAll());
        }
    }
    quint16 m_target;
    bool m_takesNames;
};

} // namespace tacet::test
