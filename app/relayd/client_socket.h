#pragma once
// One client's socket, plain or TLS, and its session. What waits to be sent lies here and is counted, and a client
// that does not read is not read from: its requests wait in the kernel, on its own side of the wire.
#include "app/relayd/client_session.h"
#include "app/relayd/web_socket_codec.h"

#include <QObject>

#include <deque>

class QTcpSocket;

namespace tacet::relayd {

class ClientSocket final : public QObject, public Outlet {
    Q_OBJECT
public:
    /// What the sockets of one relay share; outlives them.
    struct Backlog {
        std::size_t bytes = 0; ///< unsent, of all clients together
    };
    struct Origin {
        std::string host; ///< the Host header, for AUTH
        std::string address; ///< addressKey() of the peer, in memory while connected, for limits
        bool isLoopback = false;
    };

    /// Takes the socket. `early`: what came behind the request head. The session's context outlives this.
    ClientSocket(ClientSession::Context context, QTcpSocket *socket, const QByteArray &early, Origin origin, Backlog &backlog,
                 ClientSession::Owner &owner);
    ~ClientSocket() override;

    void send(const std::string &frame) override;
    std::size_t unsentBytes() const override { return m_unsent; }
    void drop(const std::string &reason) override { closeWith(CloseCode::PolicyViolated, reason); }

    /// Says goodbye (1001); ended() follows when the client has answered or has not for two seconds.
    void goAway() { closeWith(CloseCode::GoingAway, "the relay stops"); }
    /// Called every pingMs; false: since the last call nothing was heard, and nothing taken of what waits.
    bool keepAlive();
    void abort();
    /// Hands what can be sent to the kernel now instead of at the end of this turn.
    void flush();

    const Origin &origin() const { return m_origin; }
    ClientSession &session() { return m_session; }

Q_SIGNALS:
    /// Once, from the event loop; the object may be deleted in the slot only if queued.
    void ended();

private:
    void read();
    void take(std::string_view bytes);
    void handle();
    void resume();
    void endTurn();
    void schedule();
    void append(const std::string &frame);
    void closeWith(CloseCode code, const std::string &reason);
    void finish();
    bool isFull() const;

    const Limits &m_limits;
    QTcpSocket *m_socket;
    Origin m_origin;
    Backlog &m_backlog;
    WebSocketReader m_reader;
    std::vector<WebSocketReader::Message> m_inbox; ///< read, not handled yet: at most what one read brought
    std::size_t m_handled = 0; ///< of m_inbox
    std::deque<std::string> m_out;
    std::size_t m_unsent = 0;
    bool m_flushScheduled = false;
    bool m_turnEnds = false; ///< endTurn() is on its way
    bool m_readWaits = false; ///< bytes may be there, and were not wanted when that was told
    bool m_handling = false;
    bool m_heard = true;
    bool m_closing = false; ///< our close frame is on its way: nothing else is said or heard
    bool m_ended = false;
    ClientSession m_session;
};

} // namespace tacet::relayd
