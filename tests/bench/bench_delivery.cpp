// Two real messengers with vaults on the disk and a running relay between them, for packaging/bench delivery; prints name,
// value, unit a line.
//   bench_delivery FOLDER URL delay COUNT       send → shown at the other, one at a time, and what it is made of
//   bench_delivery FOLDER URL drain COUNT       COUNT texts written while there is no network, until the last is shown
//   bench_delivery FOLDER URL catchup COUNT     COUNT texts on the relay, until the reader who comes back shows the last
#include "app/chat/chat_engine.h"
#include "app/relay/pool.h"
#include "app/relay/web_socket_transport.h"
#include "app/vault/schema.h"
#include "app/vault/transaction.h"
#include "tests/bench/stopwatch.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QWebSocket>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

using namespace tacet;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kPatienceMs = 3'600'000;
constexpr int kFirstOnes = 10; ///< they open connections and caches

[[noreturn]] void giveUp(const char *words)
{
    std::fprintf(stderr, "bench_delivery: %s\n", words);
    std::exit(1);
}

template<typename T>
T must(chat::Outcome<T> outcome)
{
    if (!outcome)
        giveUp("the messenger refused a command");
    return std::move(outcome).value();
}

template<typename Condition>
void waitFor(Condition holds, const char *what)
{
    QElapsedTimer timer;
    timer.start();
    while (!holds()) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::AllEvents, 50);
        if (timer.elapsed() > kPatienceMs)
            giveUp(what);
    }
}

class Person {
public:
    Person(const QString &folder, const QString &name, const QString &relay) : m_file(QString(folder + u'/' + name + u".db"_s).toStdString())
    {
        m_options.commitHook = [this](vault::CommitPoint point) { commits += point == vault::CommitPoint::After ? 1 : 0; };
        auto made = vault::Database::open(m_file, vault::OpenMode::Create, key(), m_options);
        if (!made || !vault::bringToDate(**made, vault::currentSchema()))
            giveUp("no vault could be made");
        must(chat::ChatEngine::createProfile(**made, {name, {relay}, {}}, m_clock, m_random));
    }

    /// Without network the engine works and says nothing to anybody.
    void open(bool network = true)
    {
        auto opened = vault::Database::open(m_file, vault::OpenMode::Writer, key(), m_options);
        if (!opened)
            giveUp("a vault does not open");
        m_database = std::move(*opened);
        m_pool = std::make_unique<relay::Pool>(relay::Environment{m_clock, m_timers, m_random, relay::webSocketTransports()}, relay::InfoSource{});
        m_engine = std::make_unique<chat::ChatEngine>(*m_database, *m_pool, m_clock, m_timers, m_random, [this](const chat::Fact &fact) { see(fact); });
        must(network ? m_engine->start() : m_engine->load());
    }
    void close()
    {
        m_engine.reset();
        m_pool.reset();
        m_database.reset();
    }
    chat::ChatEngine &engine() { return *m_engine; }
    chat::ContactId onlyChat() { return must(m_engine->chats()).at(0).id; }

    std::vector<QString> shown; ///< texts of others, as they came
    std::size_t accepted = 0; ///< own texts that a relay has
    int commits = 0;

private:
    static crypto::FixedBytes<32> key()
    {
        crypto::FixedBytes<32> bytes{};
        bytes.fill(0x42);
        return bytes;
    }
    void see(const chat::Fact &fact)
    {
        if (const auto *stored = std::get_if<chat::MessageStored>(&fact)) {
            if (!stored->message.own && stored->message.system == chat::SystemLine::None)
                shown.push_back(stored->message.text);
        } else if (const auto *changed = std::get_if<chat::MessageChanged>(&fact)) {
            accepted += changed->message.own && changed->message.state == chat::MessageState::OnRelay ? 1 : 0;
        }
    }

    std::filesystem::path m_file;
    vault::DatabaseOptions m_options;
    SystemClock m_clock;
    QtTimers m_timers;
    crypto::SystemRandom m_random;
    std::unique_ptr<vault::Database> m_database;
    std::unique_ptr<relay::Pool> m_pool;
    std::unique_ptr<chat::ChatEngine> m_engine;
};

QString textOf(std::size_t number)
{
    return u"message %1: see you at the pier"_s.arg(number);
}

void checkOrder(const Person &reader, std::size_t from)
{
    for (std::size_t i = from; i < reader.shown.size(); ++i) {
        if (reader.shown[i] != textOf(i))
            giveUp("out of order, or doubled");
    }
}

void acquaint(Person &alice, Person &bob)
{
    alice.open();
    bob.open();
    const auto invitation = must(alice.engine().createInvitation(chat::InvitationKind::OneTime, u"Bob"_s));
    must(bob.engine().startChat(invitation.link, std::nullopt));
    waitFor([&] { return !must(alice.engine().chats()).isEmpty(); }, "no handshake");
    must(alice.engine().sendText(alice.onlyChat(), textOf(0)));
    waitFor([&] { return bob.shown.size() == 1; }, "the first message did not come");
    must(bob.engine().sendText(bob.onlyChat(), u"hello"_s));
    waitFor([&] { return alice.shown.size() == 1; }, "the answer did not come");
}

double syncMs(const QString &folder)
{
    const int file = ::open(QString(folder + u"/sync"_s).toUtf8().constData(), O_WRONLY | O_CREAT, 0600);
    const std::string page(4096, 'x');
    std::vector<double> spent;
    for (int i = 0; i < 100; ++i) {
        if (::write(file, page.data(), page.size()) != ssize_t(page.size()))
            giveUp("the disk is full");
        const double begun = bench::wallMs();
        ::fdatasync(file);
        spent.push_back(bench::wallMs() - begun);
    }
    ::close(file);
    return bench::quantile(spent, 0.5);
}

/// There and back through the relay, without anything behind it: WebSocket ping and pong.
double echoMs(const QString &url)
{
    QWebSocket socket;
    std::vector<double> spent;
    double begun = 0;
    const auto ping = [&] {
        begun = bench::wallMs();
        socket.ping();
    };
    QObject::connect(&socket, &QWebSocket::connected, ping);
    QObject::connect(&socket, &QWebSocket::pong, [&](quint64, const QByteArray &) {
        spent.push_back(bench::wallMs() - begun);
        if (spent.size() < 200)
            ping();
    });
    socket.open(QUrl(url));
    waitFor([&] { return spent.size() == 200; }, "no echo");
    return bench::quantile(spent, 0.5);
}

void delay(const QString &folder, const QString &url, Person &alice, Person &bob, std::size_t count)
{
    must(bob.engine().setOpenChat(bob.onlyChat(), true));
    const chat::ContactId chat = alice.onlyChat();
    std::vector<double> samples;
    std::vector<double> commits; ///< between the two instants, of both
    for (std::size_t i = 1; i <= count; ++i) {
        alice.commits = bob.commits = 0;
        const double begun = bench::wallMs();
        must(alice.engine().sendText(chat, textOf(i)));
        waitFor([&] { return bob.shown.size() == i + 1; }, "a message did not come");
        samples.push_back(bench::wallMs() - begun);
        commits.push_back(alice.commits + bob.commits);
        waitFor([&] { return alice.accepted >= i; }, "no OK"); // nothing of the last one is left
    }
    const double sync = syncMs(folder);
    const double echo = echoMs(url);
    samples.erase(samples.begin(), samples.begin() + std::min<std::ptrdiff_t>(kFirstOnes, std::ptrdiff_t(samples.size()) / 2));
    bench::report("shown p50", bench::quantile(samples, 0.5), "ms");
    bench::report("shown p99", bench::quantile(samples, 0.99), "ms");
    bench::report("fsync", sync, "ms");
    bench::report("echo", echo, "ms");
    bench::report("commits", bench::quantile(commits, 0.5) + 1, ""); // and the relay's
}

void drain(Person &alice, Person &bob, std::size_t count)
{
    alice.close();
    alice.open(false);
    const chat::ContactId chat = alice.onlyChat();
    double begun = bench::wallMs();
    for (std::size_t i = 1; i <= count; ++i)
        must(alice.engine().sendText(chat, textOf(i)));
    bench::report("written", double(count) * 1000 / (bench::wallMs() - begun), "/s");
    begun = bench::wallMs();
    must(alice.engine().start());
    waitFor([&] { return bob.shown.size() == count + 1; }, "not all came");
    bench::report("drained", double(count) * 1000 / (bench::wallMs() - begun), "/s");
    checkOrder(bob, 0);
}

void catchUp(Person &alice, Person &bob, std::size_t count)
{
    bob.close();
    const chat::ContactId chat = alice.onlyChat();
    alice.accepted = 0;
    double begun = bench::wallMs();
    for (std::size_t i = 1; i <= count; ++i) {
        must(alice.engine().sendText(chat, textOf(i)));
        if (i % 200 == 0)
            waitFor([&] { return alice.accepted >= i - 100; }, "the relay does not take them");
    }
    waitFor([&] { return alice.accepted >= count; }, "the relay does not take them");
    bench::report("sent", double(count) * 1000 / (bench::wallMs() - begun), "/s");
    alice.close();
    bob.commits = 0;
    const double processor = bench::threadSeconds();
    begun = bench::wallMs();
    bob.open();
    waitFor([&] { return bob.shown.size() == count + 1; }, "not all came");
    const double spent = bench::wallMs() - begun;
    // A late one is told late, and stands where it belongs (tests/chat/t_backlog).
    std::vector<QString> expected;
    for (std::size_t i = 0; i <= count; ++i)
        expected.push_back(textOf(i));
    std::sort(expected.begin(), expected.end());
    std::sort(bob.shown.begin(), bob.shown.end());
    if (bob.shown != expected)
        giveUp("one is missing, or doubled");
    bench::report("caught up", double(count) * 1000 / spent, "/s");
    bench::report("processor", (bench::threadSeconds() - processor) * 1e6 / double(count), "µs a message");
    bench::report("commits", bob.commits / double(count), "a message");
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    if (argc != 5 || !crypto::initialise())
        giveUp("usage: FOLDER URL delay|drain|catchup COUNT");
    const QString folder = QString::fromUtf8(argv[1]);
    const QString url = QString::fromUtf8(argv[2]);
    const std::size_t count = std::strtoul(argv[4], nullptr, 10);
    Person alice(folder, u"Alice"_s, url);
    Person bob(folder, u"Bob"_s, url);
    acquaint(alice, bob);
    if (std::strcmp(argv[3], "delay") == 0)
        delay(folder, url, alice, bob, count);
    else if (std::strcmp(argv[3], "drain") == 0)
        drain(alice, bob, count);
    else
        catchUp(alice, bob, count);
    alice.close();
    bob.close();
    return 0;
}
