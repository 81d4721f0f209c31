#pragma once
// A SOCKS5 proxy for tests (RFC 1928 and 1929, CONNECT only): notes what it was asked for, joins the client to the address
// that the test chose whatever name was asked, and fails at any step that the test names.
#include <QHostAddress>
#include <QTcpServer>
#include <QTcpSocket>

#include <memory>
#include <vector>

namespace tacet::test {

class SocksServer final : public QTcpServer {
public:
    enum class Act {
        Serve,
        HangAtGreeting,
        CloseAtGreeting,
        Babble, ///< answers the greeting in another protocol
        RefuseLogin,
        HangAtRequest,
        CloseAtRequest,
    };
    struct Request {
        bool byName = false; ///< the client left the name to us
        QByteArray host;
        quint16 port = 0;
        QByteArray user;
        QByteArray firstLine; ///< of what was then sent through, e.g. "GET / HTTP/1.1"
        bool wasHttp() const { return firstLine.startsWith("GET ") && !upgrade; }
        bool upgrade = false; ///< a WebSocket was asked for
    };

    explicit SocksServer(quint16 target, bool takesNames = true) : m_target(target), m_takesNames(takesNames)
    {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *client = nextPendingConnection())
                serve(client);
        });
    }

    /// Listens no more, and cuts what goes through.
    void die()
    {
        close();
        for (QTcpSocket *client : findChildren<QTcpSocket *>(QString(), Qt::FindDirectChildrenOnly))
            client->abort();
    }

    Act act = Act::Serve;
    quint8 reply = 0; ///< RFC 1928 §6; anything but 0 refuses each request
    std::vector<Request> requests;
    int greetings = 0;
    int refusals = 0;

private:
    enum class Step { Greeting, Login, Request, Joined };
    struct State {
        Step step = Step::Greeting;
        QByteArray in;
        QByteArray user;
        std::size_t request = 0;
        QTcpSocket *upstream = nullptr;
    };

    void serve(QTcpSocket *client)
    {
        auto state = std::make_shared<State>();
        connect(client, &QTcpSocket::disconnected, client, &QObject::deleteLater);
        connect(client, &QTcpSocket::readyRead, this, [this, client, state] {
            state->in += client->readAll();
            while (step(client, *state)) { }
        });
    }

    /// One message of the client, if it is there as a whole.
    bool step(QTcpSocket *client, State &state)
    {
        switch (state.step) {
        case Step::Greeting:
            return state.in.size() >= 2 && state.in.size() >= 2 + quint8(state.in[1]) && greeting(client, state);
        case Step::Login: {
            const qsizetype user = state.in.size() >= 2 ? quint8(state.in[1]) : 0;
            const bool whole = state.in.size() >= 3 + user && state.in.size() >= 3 + user + quint8(state.in[2 + user]);
            return whole && login(client, state, user);
        }
        case Step::Request: {
            if (state.in.size() < 5)
                return false;
            const qsizetype address = state.in[3] == 1 ? 4 : state.in[3] == 4 ? 16 : 1 + quint8(state.in[4]);
            return state.in.size() >= 4 + address + 2 && request(client, state, address);
        }
        case Step::Joined:
            return pass(state);
        }
        return false;
    }

    bool greeting(QTcpSocket *client, State &state)
    {
        ++greetings;
        const QByteArray methods = state.in.mid(2, quint8(state.in[1]));
        state.in.clear();
        if (act == Act::HangAtGreeting)
            return false;
        if (act == Act::CloseAtGreeting) {
            client->disconnectFromHost();
        } else if (act == Act::Babble) {
            client->write("HTTP/1.1 400 Bad Request\r\n\r\n");
        } else if (methods.contains('\x02') && m_takesNames) {
            client->write(QByteArray("\x05\x02", 2));
            state.step = Step::Login;
        } else if (methods.contains('\0')) {
            client->write(QByteArray("\x05\x00", 2));
            state.step = Step::Request;
        } else {
            ++refusals;
            client->write(QByteArray("\x05\xff", 2));
            client->disconnectFromHost();
        }
        return false;
    }

    bool login(QTcpSocket *client, State &state, qsizetype user)
    {
        state.user = state.in.mid(2, user);
        state.in.clear();
        client->write(QByteArray(act == Act::RefuseLogin ? "\x01\x01" : "\x01\x00", 2));
        refusals += act == Act::RefuseLogin;
        state.step = Step::Request;
        return false;
    }

    bool request(QTcpSocket *client, State &state, qsizetype address)
    {
        const bool byName = state.in[3] == 3;
        const QByteArray host = byName ? state.in.mid(5, address - 1) : state.in.mid(4, address);
        const auto port = quint16(quint8(state.in[4 + address]) << 8 | quint8(state.in[5 + address]));
        state.in.clear();
        state.request = requests.size();
        requests.push_back({byName, host, port, state.user, {}, false});
        if (act == Act::HangAtRequest)
            return false;
        if (act == Act::CloseAtRequest) {
            client->disconnectFromHost();
        } else if (reply != 0) {
            client->write(QByteArray("\x05", 1) + char(reply) + QByteArray("\x00\x01\0\0\0\0\0\0", 8));
            client->disconnectFromHost();
        } else {
            join(client, state);
        }
        return false;
    }

    void join(QTcpSocket *client, State &state)
    {
        state.step = Step::Joined;
        state.upstream = new QTcpSocket(client);
        QTcpSocket *upstream = state.upstream;
        connect(upstream, &QTcpSocket::readyRead, client, [client, upstream] { client->write(upstream->readAll()); });
        connect(upstream, &QTcpSocket::disconnected, client, &QTcpSocket::disconnectFromHost);
        connect(upstream, &QTcpSocket::connected, client,
                [client] { client->write(QByteArray("\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50", 10)); });
        upstream->connectToHost(QHostAddress::LocalHost, m_target);
    }

    bool pass(State &state)
    {
        Request &noted = requests[state.request];
        if (noted.firstLine.isEmpty()) {
            noted.firstLine = state.in.left(state.in.indexOf('\r'));
            noted.upgrade = state.in.toLower().contains("upgrade: websocket");
        }
        state.upstream->write(std::exchange(state.in, {}));
        return false;
    }

    quint16 m_target;
    bool m_takesNames;
};

} // namespace tacet::test
