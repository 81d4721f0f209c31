#include "app/relayd/relay_server.h"

#include "app/relayd/http_front.h"
#include "app/relayd/information.h"

#include <QTcpSocket>
#include <QTimer>

#include <algorithm>

namespace tacet::relayd {

using namespace Qt::StringLiterals;
using crypto::NostrEvent;

namespace {

/// A group is committed when the sockets have been read empty, or when it holds this many.
constexpr std::size_t kGroupSize = 256;
constexpr std::int64_t kPurgeEverySeconds = 600;
/// How long a drain may take: clients answer a close frame in a round trip or never.
constexpr int kDrainMs = 4000;

std::string hostOf(const QByteArray &host)
{
    return std::string(host.constData(), std::size_t(host.size()));
}

const char *wordsForClient(StoreError error)
{
    return error == StoreError::DiskFull ? "error: the relay is full" : "error: it could not be stored";
}

/// A deletion request that names no kind but 1059.
bool concernsEnvelopesAlone(const NostrEvent &request)
{
    bool found = false;
    for (const auto &tag : request.tags) {
        if (tag.size() < 2 || tag[0] != "k")
            continue;
        if (tag[1] != "1059")
            return false;
        found = true;
    }
    return found;
}

} // namespace

RelayServer::RelayServer(RelayServerOptions options, const Clock &clock, crypto::Random &random, QObject *parent)
    : QObject(parent), m_options(std::move(options)), m_clock(clock), m_random(random),
      m_rate(m_options.limits.framesPerSecond, m_options.limits.framesBurst),
      m_byteRate(m_options.limits.bytesPerSecond, m_options.limits.bytesBurst)
{
}

RelayServer::~RelayServer()
{
    stop();
}

Result<Done, RelayServerError> RelayServer::start()
{
    m_storeError.reset();
    const auto tls = readTls();
    if (m_options.tls && !tls)
        return fail(RelayServerError::Tls);
    auto store = Store::open(m_options.folder, Store::Mode::Serve, {m_options.limits.storeBytes, m_options.limits.queryOperations});
    if (!store) {
        m_storeError = store.error();
        return fail(RelayServerError::Store);
    }
    m_store = std::move(*store);

    if (const auto listening = listen(tls); !listening) {
        closeFronts();
        m_store.reset();
        return listening;
    }
    m_draining = false;

    m_groupTimer = std::make_unique<QTimer>();
    m_groupTimer->setSingleShot(true);
    connect(m_groupTimer.get(), &QTimer::timeout, this, [this] { finishGroup(); });
    m_tendTimer = std::make_unique<QTimer>();
    connect(m_tendTimer.get(), &QTimer::timeout, this, [this] { tend(); });
    m_tendTimer->start(int(m_options.limits.pingMs));
    tend();
    return Done();
}

std::unique_ptr<HttpFront> RelayServer::makeFront(const std::optional<QSslConfiguration> &tls, bool forTor)
{
    const std::string information = informationDocument(m_options.name, m_options.limits);
    return std::make_unique<HttpFront>(
        HttpFront::Settings{m_options.limits, QByteArray::fromStdString(information), forTor || m_options.address.isLoopback(), tls, forTor},
        [this, forTor](QTcpSocket *socket, const RequestHead &head, const QByteArray &early) { welcome(socket, head, early, forTor); });
}

Result<Done, RelayServerError> RelayServer::listen(const std::optional<QSslConfiguration> &tls)
{
    // A restart keeps both ports: the one stands in people's links, the other in what Tor was told.
    const auto open = [](HttpFront &front, const QHostAddress &address, quint16 &port) -> Result<Done, RelayServerError> {
        if (front.listen(address, port)) {
            port = front.serverPort();
            return Done();
        }
        switch (front.serverError()) {
        case QAbstractSocket::AddressInUseError:
            return fail(RelayServerError::PortInUse);
        case QAbstractSocket::SocketAccessError:
            return fail(RelayServerError::NotAllowed);
        case QAbstractSocket::SocketAddressNotAvailableError:
            return fail(RelayServerError::NoSuchAddress);
        default:
            return fail(RelayServerError::Network);
        }
    };
    m_front = makeFront(tls, false);
    const auto listening = open(*m_front, m_options.address, m_options.port);
    if (!listening || !m_options.torPort)
        return listening;
    m_torFront = makeFront(std::nullopt, true);
    return open(*m_torFront, QHostAddress(QHostAddress::LocalHost), *m_options.torPort);
}

void RelayServer::closeFronts()
{
    m_front.reset();
    m_torFront.reset();
}

// --- TLS ---

std::optional<QSslConfiguration> RelayServer::readTls()
{
    m_tlsWords.clear();
    if (!m_options.tls)
        return std::nullopt;
    const auto identity = readTlsIdentity(*m_options.tls, m_clock.wallSeconds());
    if (!identity) {
        m_tlsWords = identity.error();
        return std::nullopt;
    }
    if (identity->keyIsExposed)
        m_tlsWords = "Others on this computer can read the key file " + m_options.tls->key.string() + ". Give it mode 0600 or 0640.";
    else if (identity->isExpired)
        m_tlsWords = "The certificate in " + m_options.tls->certificate.string() + " is not valid today; clients will refuse it.";
    return identity->configuration;
}

bool RelayServer::reloadTls()
{
    const auto tls = readTls();
    if (tls && m_front)
        m_front->setTls(*tls);
    return tls.has_value();
}

// --- ending ---

void RelayServer::drain()
{
    if (!m_front || std::exchange(m_draining, true))
        return;
    m_front->close();
    if (m_torFront)
        m_torFront->close();
    finishGroup(); // answers before the close frames
    for (auto &[id, client] : m_clients)
        client->goAway();
    if (m_clients.empty())
        QMetaObject::invokeMethod(this, &RelayServer::drained, Qt::QueuedConnection);
    QTimer::singleShot(kDrainMs, this, [this] {
        if (m_draining)
            Q_EMIT drained();
    });
}

void RelayServer::stop()
{
    if (!m_front)
        return;
    m_front->close();
    if (m_torFront)
        m_torFront->close();
    finishGroup();
    for (auto &[id, client] : std::exchange(m_clients, {})) {
        client->goAway();
        client->flush(); // what the kernel takes now
    }
    m_readers.clear();
    m_groupTimer.reset();
    m_tendTimer.reset();
    closeFronts();
    m_store.reset();
    m_draining = false;
}

relay::RelayUrl RelayServer::url() const
{
    QHostAddress shown = m_options.address;
    if (shown == QHostAddress::Any || shown == QHostAddress::AnyIPv4 || shown == QHostAddress::AnyIPv6)
        shown = QHostAddress::LocalHost;
    const bool six = shown.protocol() == QAbstractSocket::IPv6Protocol;
    const QString host = six ? u"[%1]"_s.arg(shown.toString()) : shown.toString();
    const QString scheme = m_options.tls ? u"wss"_s : u"ws"_s;
    return *relay::RelayUrl::parse(u"%1://%2:%3"_s.arg(scheme, host).arg(m_options.port).toStdString());
}

Result<StoreSummary, StoreError> RelayServer::summary()
{
    finishGroup();
    return m_store ? m_store->summary() : Result<StoreSummary, StoreError>(fail(StoreError::Io));
}

// --- clients ---

void RelayServer::welcome(QTcpSocket *socket, const RequestHead &head, const QByteArray &early, bool throughTor)
{
    const quint64 id = ++m_nextClient;
    ClientSocket::Origin origin{hostOf(head.host), addressKey(socket->peerAddress()), socket->peerAddress().isLoopback()};
    if (throughTor) {
        origin.address = "Tor";
        origin.isLoopback = false;
    }
    ClientSession::Owner &owner = *this;
    ClientSession::Context context{m_clock, m_random,
                                   m_options.limits, *m_store,
                                   m_snapshots, id,
                                   m_options.readingNeedsAuth, isLimited(origin) ? origin.address : std::string(),
                                   m_options.hosts};
    auto client = std::make_unique<ClientSocket>(std::move(context), socket, early, std::move(origin), m_backlog, owner);
    // Queued: a socket may end while the server goes through its clients.
    connect(client.get(), &ClientSocket::ended, this, [this, id] { goodbye(id); }, Qt::QueuedConnection);
    m_clients.emplace(id, std::move(client));
}

void RelayServer::goodbye(quint64 id)
{
    const auto found = m_clients.find(id);
    if (found == m_clients.end())
        return;
    for (const auto &key : found->second->session().keys()) {
        const auto [first, last] = m_readers.equal_range(key);
        const auto mine = std::find_if(first, last, [id](const auto &entry) { return entry.second == id; });
        if (mine != last)
            m_readers.erase(mine);
    }
    m_clients.erase(found);
    if (m_draining && m_clients.empty())
        Q_EMIT drained();
}

bool RelayServer::sessionMayAct(ClientSession &session, std::size_t publishedBytes)
{
    const auto found = m_clients.find(session.id());
    if (found == m_clients.end())
        return false;
    const ClientSocket::Origin &origin = found->second->origin();
    if (!isLimited(origin))
        return true;
    const std::int64_t now = m_clock.steadyMs();
    return m_rate.take(origin.address, now) && (publishedBytes == 0 || m_byteRate.take(origin.address, now, double(publishedBytes)));
}

void RelayServer::sessionAsked(ClientSession &session, std::int64_t operations)
{
    const auto found = m_clients.find(session.id());
    if (found != m_clients.end() && isLimited(found->second->origin()))
        m_rate.charge(found->second->origin().address, m_clock.steadyMs(), double(operations / m_options.limits.operationsPerFrame));
}

void RelayServer::sessionProved(ClientSession &session, const crypto::NostrPublicKey &key)
{
    m_readers.emplace(key, session.id());
}

// --- publishing: judged at once, answered after the commit ---

RelayServer::Waiting RelayServer::judge(quint64 client, const NostrEvent &event, const std::string &json)
{
    Waiting waiting{client, event, json, false, {}, false};
    if (isEphemeral(event.kind)) {
        waiting.stored = true;
        waiting.accepted = true;
        return waiting;
    }
    if (event.kind == crypto::kKindDeletion) {
        if (const auto erased = m_store->erase(event, m_clock.wallSeconds()); !erased) {
            waiting.words = wordsForClient(erased.error());
            return waiting;
        }
        // A request that concerns envelopes alone leaves no public trace of whose they were; its effect stays.
        if (concernsEnvelopesAlone(event)) {
            waiting.accepted = true;
            return waiting;
        }
    }
    const auto added = m_store->add(event, json);
    if (!added) {
        waiting.words = wordsForClient(added.error());
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

void RelayServer::sessionPublished(ClientSession &session, const NostrEvent &event, const std::string &json)
{
    m_group.push_back(judge(session.id(), event, json));
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
            found->second->session().finishPublish(waiting.event.id, false, wordsForClient(committed.error()));
    }
    if (!committed)
        return;
    for (const Waiting &waiting : group) {
        if (waiting.stored)
            passOn(waiting);
    }
    relieve();
}

void RelayServer::passOn(const Waiting &waiting)
{
    const auto mailbox = waiting.event.kind == crypto::kKindGiftWrap && m_options.readingNeedsAuth ? relay::onlyRecipient(waiting.event) : std::nullopt;
    if (!mailbox) {
        for (auto &[id, client] : m_clients)
            client->session().offer(waiting.event, waiting.json);
        return;
    }
    const auto [first, last] = m_readers.equal_range(*mailbox);
    for (auto reader = first; reader != last; ++reader) {
        if (const auto client = m_clients.find(reader->second); client != m_clients.end())
            client->second->session().offer(waiting.event, waiting.json);
    }
}

/// Memory is bounded for all clients together: whoever reads least goes first.
void RelayServer::relieve()
{
    while (m_backlog.bytes > m_options.limits.unsentTotal) {
        const auto worst = std::max_element(m_clients.begin(), m_clients.end(), [](const auto &a, const auto &b) {
            return a.second->unsentBytes() < b.second->unsentBytes();
        });
        if (worst == m_clients.end())
            return;
        worst->second->abort(); // its backlog goes at once; it may be on the stack, so the rest goes later
    }
}

void RelayServer::tend()
{
    for (auto &[id, client] : m_clients) {
        client->session().tend();
        if (!client->keepAlive())
            client->abort(); // ends in goodbye(), later
    }
    const std::int64_t now = m_clock.wallSeconds();
    if (now - m_lastPurge < kPurgeEverySeconds && now >= m_lastPurge)
        return;
    m_lastPurge = now;
    purge();
}

/// A few at a time: clients are served in between.
void RelayServer::purge()
{
    if (!m_store)
        return;
    const auto removed = m_store->purge(m_clock.wallSeconds(), m_options.limits.keepSeconds);
    finishGroup();
    if (removed && *removed >= Store::kPurgeAtOnce)
        QTimer::singleShot(20, this, [this] { purge(); });
}

} // namespace tacet::relayd
