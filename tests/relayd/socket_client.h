#pragma once
// A client of the small relay that speaks in frames of text: what it heard, and how it ended.
#include "app/relay/frames.h"
#include "app/relayd/relay_server.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTcpSocket>
#include <QTest>
#include <QTimer>
#include <QWebSocket>

namespace tacet::test {

/// For ten seconds at most. Unlike QTest::qWaitFor it sleeps only while nothing happens: a question and its answer are several
/// turns of the event loop, and a hundred of them would be seconds.
template<typename Condition>
bool waitUntil(Condition holds)
{
    QTimer wakesUp;
    wakesUp.start(50);
    QElapsedTimer timer;
    timer.start();
    while (!holds()) {
        if (timer.elapsed() > 10'000)
            return false;
        QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents);
    }
    return true;
}

class SocketClient {
public:
    explicit SocketClient(const relayd::RelayServer &server) : SocketClient(QString::fromStdString(server.url().text())) { }
    explicit SocketClient(const QString &url)
    {
        QObject::connect(&socket, &QWebSocket::textMessageReceived, &socket, [this](const QString &text) { heard.push_back(text.toStdString()); });
        QObject::connect(&socket, &QWebSocket::connected, &socket, [this] {
            if (auto *tcp = socket.findChild<QTcpSocket *>())
                tcp->setSocketOption(QAbstractSocket::LowDelayOption, 1); // Nagle and a delayed acknowledgement are 80 ms a question
        });
        socket.open(QUrl(url));
    }
    /// Connected, and its challenge heard and forgotten.
    bool isReady()
    {
        if (!waitUntil([this] { return !heard.empty(); }))
            return false;
        heard.clear();
        return true;
    }
    void send(const std::string &text) { socket.sendTextMessage(QString::fromStdString(text)); }
    /// The next thing said; "(closed CODE)" when the socket ended before, "(nothing)" after ten seconds.
    std::string ask(const std::string &text)
    {
        heard.clear();
        send(text);
        waitUntil([this] { return !heard.empty() || isClosed(); });
        if (!heard.empty())
            return heard.front();
        return isClosed() ? "(closed " + std::to_string(int(socket.closeCode())) + ")" : "(nothing)";
    }
    /// Words after OK, "accepted" when it was.
    std::string publish(const crypto::NostrEvent &event)
    {
        const auto answer = relay::readRelayFrame(ask(relay::writePublish(event)));
        const auto *ok = answer ? std::get_if<relay::OkFrame>(&*answer) : nullptr;
        return !ok ? heard.empty() ? "(closed)" : heard.front() : ok->accepted ? "accepted" : ok->text;
    }
    bool isClosed() const { return socket.state() == QAbstractSocket::UnconnectedState; }

    QWebSocket socket;
    std::vector<std::string> heard;
};

inline crypto::NostrEvent note(std::int64_t createdAt, const std::string &content, crypto::Random &random,
                               std::vector<std::vector<std::string>> tags = {})
{
    crypto::NostrEvent event;
    event.kind = 1;
    event.createdAt = createdAt;
    event.content = content;
    event.tags = std::move(tags);
    crypto::sign(event, crypto::NostrKeyPair::generate(random), random);
    return event;
}

} // namespace tacet::test
