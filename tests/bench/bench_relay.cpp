// Load for one relay, for packaging/bench relay; prints name, value, unit a line.
//   bench_relay publish URL EVENT-BYTES COUNT       events/s from first byte to last OK, signed before the clock starts
//   bench_relay delay URL COUNT                     publish → arrives at a subscriber, ms p50 and p99, one at a time
//   bench_relay idle URL COUNT                      opens and holds COUNT sockets, prints "held", ends with its input
#include "app/relay/frames.h"
#include "tests/bench/stopwatch.h"

#include <QCoreApplication>
#include <QSocketNotifier>
#include <QTimer>
#include <QUrl>
#include <QWebSocket>

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <unordered_map>

using namespace tacet;
using namespace tacet::crypto;
using namespace Qt::StringLiterals;

namespace {

/// Published and not answered yet: enough to keep a relay busy, little enough that none calls it a flood.
constexpr std::size_t kInFlight = 200;

SystemRandom g_random;

/// The shape of an envelope; what is inside does not matter to a relay.
NostrEvent envelope(const NostrPublicKey &mailbox, std::size_t contentBytes)
{
    NostrEvent event;
    event.kind = kKindGiftWrap;
    event.createdAt = std::time(nullptr) - 60;
    event.tags = {{"p", toHex(mailbox.bytes)}};
    Bytes noise((contentBytes + 1) / 2);
    g_random.fill(noise);
    event.content = toHex(noise).substr(0, contentBytes);
    sign(event, NostrKeyPair::generate(g_random), g_random);
    return event;
}

[[noreturn]] void giveUp(const char *words)
{
    std::fprintf(stderr, "bench_relay: %s\n", words);
    std::exit(1);
}

class Client {
public:
    explicit Client(const QUrl &url)
    {
        QObject::connect(&socket, &QWebSocket::textMessageReceived, [this](const QString &text) {
            const QByteArray utf8 = text.toUtf8();
            if (const auto frame = relay::readRelayFrame({utf8.constData(), std::size_t(utf8.size())}); frame && onFrame)
                onFrame(*frame);
        });
        QObject::connect(&socket, &QWebSocket::disconnected, [] { giveUp("the relay closed the connection"); });
        socket.open(url);
    }
    void send(const std::string &frame) { socket.sendTextMessage(QString::fromStdString(frame)); }

    QWebSocket socket;
    std::function<void(const relay::RelayFrame &)> onFrame;
};

void publish(const QUrl &url, std::size_t eventBytes, std::size_t count)
{
    const auto mailbox = NostrKeyPair::generate(g_random).publicKey();
    const std::size_t contentBytes = eventBytes - toJson(envelope(mailbox, 0)).size();
    std::vector<QString> frames;
    for (std::size_t i = 0; i < count; ++i)
        frames.push_back(QString::fromStdString(relay::writePublish(envelope(mailbox, contentBytes))));
    Client client(url);
    std::size_t sent = 0;
    std::size_t answered = 0;
    double begun = 0;
    const auto more = [&] {
        while (sent < count && sent - answered < kInFlight)
            client.socket.sendTextMessage(frames[sent++]);
    };
    client.onFrame = [&](const relay::RelayFrame &frame) {
        const auto *ok = std::get_if<relay::OkFrame>(&frame);
        if (!ok)
            return;
        if (!ok->accepted)
            giveUp(ok->text.c_str());
        if (++answered == count)
            return QCoreApplication::quit();
        more();
    };
    QObject::connect(&client.socket, &QWebSocket::connected, [&] {
        begun = bench::wallMs();
        more();
    });
    QCoreApplication::exec();
    bench::report("publish", double(count) * 1000 / (bench::wallMs() - begun), "/s");
    QObject::disconnect(&client.socket, nullptr, nullptr, nullptr);
}

void delay(const QUrl &url, std::size_t count)
{
    const auto mailbox = NostrKeyPair::generate(g_random);
    Client reader(url);
    Client writer(url);
    std::vector<double> samples;
    NostrEventId awaited;
    double begun = 0;
    const auto next = [&] {
        const NostrEvent event = envelope(mailbox.publicKey(), 1'100);
        awaited = event.id;
        begun = bench::wallMs();
        writer.send(relay::writePublish(event));
    };
    const auto subscribe = [&] {
        relay::Filter filter;
        filter.kinds = {kKindGiftWrap};
        filter.tags['p'] = {toHex(mailbox.publicKey().bytes)};
        reader.send(relay::writeRequest("bench", filter));
    };
    bool started = false;
    reader.onFrame = [&](const relay::RelayFrame &frame) {
        if (const auto *challenge = std::get_if<relay::ChallengeFrame>(&frame)) {
            NostrEvent auth;
            auth.kind = kKindAuth;
            auth.createdAt = std::time(nullptr);
            auth.tags = {{"relay", url.toString().toStdString()}, {"challenge", challenge->challenge}};
            sign(auth, mailbox, g_random);
            reader.send(relay::writeAuth(auth));
            subscribe();
        } else if (std::holds_alternative<relay::EoseFrame>(frame)) {
            if (!std::exchange(started, true))
                next();
        } else if (const auto *event = std::get_if<relay::EventFrame>(&frame); event && event->event.id == awaited) {
            samples.push_back(bench::wallMs() - begun);
            if (samples.size() == count)
                return QCoreApplication::quit();
            QTimer::singleShot(1, next); // the OK has its turn, and nothing is pipelined
        }
    };
    QObject::connect(&reader.socket, &QWebSocket::connected, [&] {
        QTimer::singleShot(300, [&] { // a relay that asks nobody to prove a key
            if (!started)
                subscribe();
        });
    });
    QCoreApplication::exec();
    const auto first = samples.begin() + std::ptrdiff_t(samples.size() / 20); // the first ones open caches
    bench::report("delay p50", bench::quantile({first, samples.end()}, 0.5), "ms");
    bench::report("delay p99", bench::quantile({first, samples.end()}, 0.99), "ms");
    for (Client *client : {&reader, &writer})
        QObject::disconnect(&client->socket, nullptr, nullptr, nullptr);
}

void idle(const QUrl &url, std::size_t count)
{
    std::vector<std::unique_ptr<Client>> clients;
    std::size_t subscribed = 0;
    std::function<void()> open = [&] {
        clients.push_back(std::make_unique<Client>(url));
        Client &client = *clients.back();
        client.onFrame = [&](const relay::RelayFrame &frame) {
            if (!std::holds_alternative<relay::EoseFrame>(frame))
                return;
            if (++subscribed == count) {
                std::puts("held");
                std::fflush(stdout);
            } else {
                open();
            }
        };
        QObject::connect(&client.socket, &QWebSocket::connected, [&client] {
            relay::Filter filter; // a question that every relay answers without a key, as a reader has one
            filter.kinds = {1};
            filter.tags['p'] = {toHex(g_random.bytes<32>())};
            client.send(relay::writeRequest("idle", filter));
        });
    };
    open();
    QSocketNotifier input(STDIN_FILENO, QSocketNotifier::Read);
    QObject::connect(&input, &QSocketNotifier::activated, [] { std::_Exit(0); });
    QCoreApplication::exec();
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    if (argc < 4 || !initialise())
        giveUp("usage: publish URL BYTES COUNT, delay URL COUNT, idle URL COUNT");
    const QUrl url(QString::fromUtf8(argv[2]));
    const auto number = [&](int at) { return std::size_t(at < argc ? std::strtoul(argv[at], nullptr, 10) : 0); };
    if (std::strcmp(argv[1], "publish") == 0)
        publish(url, number(3), number(4));
    else if (std::strcmp(argv[1], "delay") == 0)
        delay(url, number(3));
    else
        idle(url, number(3));
    return 0;
}
