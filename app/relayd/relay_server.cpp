#include "app/relayd/relay_server.h"

#include "app/relayd/http_front.h"

#include <QTimer>
#include <QWebSocket>
#include <QWebSocketServer>

namespace tacet::relayd {

using namespace Qt::StringLiterals;
using crypto::NostrEvent;

namespace {

/// A group is committed when the sockets have been read empty, or when it holds this many.
constexpr std::size_t kGroupSize = 256;
constexpr std::int64_t kPurgeEverySeconds = 600;

} // namespace

/// A socket and its session.
class RelayServer::Client final : public QObject, public Outlet {
public:
    Client(RelayServer &server, quint64 id, QWebSocket *socket)
        : m_id(id), m_socket(socket), m_address(socket->peerAddress().toString().toStdString()),
          m_isLoopback(socket->peerAddress().isLoopback()),
          m_session({server.m_clock, server.m_random, server.m_options.limits, *server.m_store, id,
                 server.m_options.readingNeedsAuth},
                    hostOf(*socket), *this, server)
    {
        socket->setParent(this);
        const auto largest = quint64(server.m_options.limits.frameBytes);
        socket->setMaxAllowedIncomingMessageSize(largest);
        socket->setMaxAllowedIncomingFrameSize(largest);
        connect(socket, &QWebSocket::textMessageReceived, this, [this](const QString &text) {
            m_heard = true;
            const QByteArray utf8 = text.toUtf8();
            if (!m_dropped)
                m_session.received({utf8.constData(), std::size_t(utf8.size())});
        });
        connect(socket, &QWebSocket::binaryMessageReceived, this, [this] { drop("binary messages are not understood"); });
        connect(socket, &QWebSocket::pong, this, [this] { m_heard = true; });
        connect(socket, &QWebSocket::bytesWritten, this, [this] {
            if (!m_dropped)
                m_session.drained();
        });
        // Queued: a socket may end while the server goes through its clients.
        connect(socket, &QWebSocket::disconnected, &server, [&server, id] { server.goodbye(id); }, Qt::QueuedConnection);
        m_session.opened();
    }
    ~Client() override { m_socket->disconnect(this); }

    void send(const std::string &frame) override
    {
        if (!m_dropped)
            m_socket->sendTextMessage(QString::fromUtf8(frame.data(), qsizetype(frame.size())));
    }
    std::size_t unsentBytes() const override { return std::size_t(std::max<qint64>(0, m_socket->bytesToWrite())); }
    void drop(const std::string &reason) override
    {
        if (std::exchange(m_dropped, true))
            return;
        m_socket->close(QWebSocketProtocol::CloseCodePolicyViolated, QString::fromStdString(reason));
        // A client that does not answer the close frame is not waited for.
        QTimer::singleShot(2000, m_socket, [socket = m_socket] { socket->abort(); });
    }
    void goAway()
    {
        m_dropped = true;
        m_socket->close(QWebSocketProtocol::CloseCodeGoingAway, u"the relay stops"_s);
        m_socket->flush();
    }
    /// Called every pingMs; false: silent since the last call.
    bool keepAlive()
    {
        const bool heard = std::exchange(m_heard, false);
        m_socket->ping();
        return heard;
    }
    void abort() { m_socket->abort(); }

    quint64 id() const { return m_id; }
    const std::string &address() const { return m_address; }
    bool isLoopback() const { return m_isLoopback; }
    ClientSession &session() { return m_session; }

private:
    static std::string hostOf(const QWebSocket &socket)
    {
        const QUrl url = socket.requestUrl();
        return url.host().contains(u':') ? u"[%1]"_s.arg(url.host()).toStdString() : url.host().toStdString();
    }

    quint64 m_id;
    QWebSocket *m_socket;
    std::string m_address; ///< in memory while connected, for limits
    bool m_isLoopback;
    bool m_heard = true;
    bool m_dropped = false;
    ClientSession m_session;
};

RelayServer::RelayServer(RelayServerOptions options, const Clock &clock, crypto::Random &random, QObject *parent)
    : QObject(parent), m_options(std::move(options)), m_clock(clock), m_random(random),
      m_rate(m_options.limits.framesPerSecond, m_options.limits.framesBurst)
{
}

RelayServer::~RelayServer()
{
    stop();
}

Result<Done, RelayServerError> RelayServer::start()
{
    m_storeError.reset();
    auto store = Store::open(m_options.folder, Store::Mode::Serve);
    if (!store) {
        m_storeError = store.error();
        return fail(RelayServerError::Store);
    }
    m_store = std::move(*store);

    m_upgrades = std::make_unique<QWebSocketServer>(QString(), QWebSocketServer::NonSecureMode);
    m_upgrades->setMaxPendingConnections(int(m_options.limits.connections));
    m_upgrades->setHandshakeTimeout(std::chrono::milliseconds(m_options.limits.headMs));
    connect(m_upgrades.get(), &QWebSocketServer::newConnection, this, [this] {
        while (QWebSocket *socket = m_upgrades->nextPendingConnection())
            welcome(socket);
    });
    m_front = std::make_unique<HttpFront>(HttpFront::Settings{m_options.limits, information(), m_options.address.isLoopback()}, *m_upgrades);
    if (!m_front->listen(m_options.address, m_options.port)) {
        const auto error = m_front->serverError();
        m_front.reset();
        m_upgrades.reset();
        m_store.reset();
        switch (error) {
        case QAbstractSocket::AddressInUseError:
            return fail(RelayServerError::PortInUse);
        case QAbstractSocket::SocketAccessError:
            return fail(RelayServerError::NotAllowed);
        case QAbstractSocket::SocketAddressNotAvailableError:
            return fail(RelayServerError::NoSuchAddress);
        default:
            return fail(RelayServerError::Network);
        }
    }
    m_options.port = m_front->serverPort(); // a restart keeps it

    m_groupTimer = std::make_unique<QTimer>();
    m_groupTimer->setSingleShot(true);
    connect(m_groupTimer.get(), &QTimer::timeout, this, [this] { finishGroup(); });
    m_tendTimer = std::make_unique<QTimer>();
    connect(m_tendTimer.get(), &QTimer::timeout, this, [this] { tend(); });
    m_tendTimer->start(int(m_options.limits.pingMs));
    tend();
    return Done();
}

void RelayServer::stop()
{
    if (!m_front)
        return;
    m_front->close();
    finishGroup();
    for (auto &[id, client] : std::exchange(m_clients, {}))
        client->goAway();
    m_groupTimer.reset();
    m_tendTimer.reset();
    m_front.reset();
    m_upgrades.reset();
    m_store.reset();
}

relay::RelayUrl RelayServer::url() const
{
    QHostAddress shown = m_options.address;
    if (shown == QHostAddress::Any || shown == QHostAddress::AnyIPv4 || shown == QHostAddress::AnyIPv6)
        shown = QHostAddress::LocalHost;
    const bool six = shown.protocol() == QAbstractSocket::IPv6Protocol;
    const QString host = six ? u"[%1]"_s.arg(shown.toString()) : shown.toString();
    return *relay::RelayUrl::parse(u"ws://%1:%2"_s.arg(host).arg(m_options.port).toStdString());
}

Result<StoreSummary, StoreError> RelayServer::summary()
{
    finishGroup();
    return m_store ? m_store->summary() : Result<StoreSummary, StoreError>(fail(StoreError::Io));
}

void RelayServer::welcome(QWebSocket *socket)
{
    const quint64 id = ++m_nextClient;
    m_clients.emplace(id, std::make_unique<Client>(*this, id, socket));
}

void RelayServer::goodbye(quint64 id)
{
    const auto found = m_clients.find(id);
    if (found == m_clients.end())
        return;
    m_clients.erase(found);
}

bool RelayServer::sessionMayAct(ClientSession &session)
{
    const auto found = m_clients.find(session.id());
    if (found == m_clients.end())
        return false;
    const Client &client = *found->second;
    return (client.isLoopback() && !m_options.limits.limitLoopback) || m_rate.take(client.address(), m_clock.steadyMs());
}

// --- publishing: judged at once, answered after the commit ---

RelayServer::Waiting RelayServer::judge(quint64 client, const NostrEvent &event)
{
    Waiting waiting{client, event, crypto::toJson(event), false, {}, false};
    if (isEphemeral(event.kind)) {
        waiting.stored = true;
        waiting.accepted = true;
        return waiting;
    }
    if (event.kind == crypto::kKindDeletion) {
        if (!m_store->erase(event)) {
            waiting.words = "error: it could not be stored";
            return waiting;
        }
        // A request that concerns envelopes alone leaves no public trace of whose they were; its effect stays.
        const auto onlyEnvelopes = [](const NostrEvent &request) {
            bool found = false;
            for (const auto &tag : request.tags) {
                if (tag.size() < 2 || tag[0] != "k")
                    continue;
                if (tag[1] != "1059")
                    return false;
                found = true;
            }
            return found;
        };
        if (onlyEnvelopes(event)) {
            waiting.accepted = true;
            return waiting;
        }
    }
    const auto added = m_store->add(event);
    if (!added) {
        waiting.words = added.error() == StoreError::DiskFull ? "error: the relay's disk is full" : "error: it could not be stored";
        return waiting;
    }
    switch (*added) {
    case Added::Stored:
        waiting.stored = true;
        waiting.accepted = true;
        break;
    case Added::Duplicate:
        waiting.accepted = true;
        waiting.words = "duplicate: it is here already";
        break;
    case Added::Replaced:
        waiting.accepted = true;
        waiting.words = "duplicate: a newer one is here";
        break;
    case Added::Deleted:
        waiting.words = "blocked: it was deleted";
        break;
    }
    return waiting;
}

void RelayServer::sessionPublished(ClientSession &session, const NostrEvent &event)
{
    m_group.push_back(judge(session.id(), event));
    if (m_group.size() >= kGroupSize)
        finishGroup();
    else if (!m_groupTimer->isActive())
        m_groupTimer->start(0); // after the sockets that are readable now
}

void RelayServer::finishGroup()
{
    if (m_group.empty() && !(m_store && m_store->hasGroup()))
        return;
    if (m_groupTimer)
        m_groupTimer->stop();
    const std::vector<Waiting> group = std::exchange(m_group, {});
    const auto committed = m_store->commit();
    for (const Waiting &waiting : group) {
        const auto found = m_clients.find(waiting.client);
        if (found == m_clients.end())
            continue;
        if (committed)
            found->second->session().finishPublish(waiting.event.id, waiting.accepted, waiting.words);
        else
            found->second->session().finishPublish(waiting.event.id, false,
                                                   committed.error() == StoreError::DiskFull ? "error: the relay's disk is full"
                                                                                             : "error: it could not be stored");
    }
    if (!committed)
        return;
    for (const Waiting &waiting : group) {
        if (!waiting.stored)
            continue;
        for (auto &[id, client] : m_clients)
            client->session().offer(waiting.event, waiting.json);
    }
}

void RelayServer::tend()
{
    for (auto &[id, client] : m_clients) {
        if (!client->keepAlive())
            client->abort(); // ends in goodbye(), later
    }
    const std::int64_t now = m_clock.wallSeconds();
    if (now - m_lastPurge < kPurgeEverySeconds && now >= m_lastPurge)
        return;
    m_lastPurge = now;
    if (m_store->purge(now))
        finishGroup();
}

QByteArray RelayServer::information() const
{
    const Limits &limits = m_options.limits;
    std::string out = "{\"name\":";
    relay::appendJsonString(out, m_options.name);
    out += ",\"description\":\"A small relay for Tacet mailboxes. It keeps envelopes it cannot open, and no addresses.\"";
    out += ",\"software\":\"tacet-relay\",\"version\":\"" TACET_VERSION "\",\"supported_nips\":[1,9,11,40,42]";
    const auto number = [&](const char *key, std::int64_t value) { out += std::string(",\"") + key + "\":" + std::to_string(value); };
    out += ",\"limitation\":{\"auth_required\":false,\"payment_required\":false,\"restricted_writes\":false";
    number("max_message_length", std::int64_t(limits.frameBytes));
    number("max_content_length", std::int64_t(limits.eventBytes));
    number("max_subscriptions", std::int64_t(limits.subscriptions));
    number("max_filters", std::int64_t(limits.filters));
    number("max_limit", limits.pageLimit);
    number("default_limit", limits.pageLimit);
    number("max_subid_length", std::int64_t(relay::kMaximumSubscriptionId));
    number("max_event_tags", std::int64_t(limits.tagsPerEvent));
    out += "}}";
    return QByteArray::fromStdString(out);
}

std::string wordsFor(StoreError error)
{
    switch (error) {
    case StoreError::NoFolder:
        return "The data folder cannot be made or entered.";
    case StoreError::InUse:
        return "Another relay is using this data folder.";
    case StoreError::NotOurs:
        return "The file in the data folder was not made by this program, or by a newer version of it. It was left as it is.";
    case StoreError::Damaged:
        return "The relay's file is damaged. It was left as it is.";
    case StoreError::DiskFull:
        return "The disk is full.";
    case StoreError::ReadOnly:
        return "The data folder cannot be written to.";
    case StoreError::Io:
        return "The data folder could not be read or written.";
    }
    return "The data folder could not be used.";
}

std::string wordsFor(RelayServerError error, std::optional<StoreError> store)
{
    switch (error) {
    case RelayServerError::Store:
        return wordsFor(store.value_or(StoreError::Io));
    case RelayServerError::PortInUse:
        return "Another program is using this port. Choose another one.";
    case RelayServerError::NotAllowed:
        return "This address or port is not allowed for this user. Ports below 1024 need more rights.";
    case RelayServerError::NoSuchAddress:
        return "This computer does not have this address.";
    case RelayServerError::Network:
        return "The port could not be opened.";
    }
    return "The relay could not start.";
}

} // namespace tacet::relayd
