#pragma once
// A scripted transport: the test plays the relay, word by word.
#include "app/relay/frames.h"
#include "app/relay/transport.h"

#include <QtGlobal>

#include <algorithm>
#include <memory>
#include <vector>

namespace tacet::test {

class FakeTransports {
public:
    struct Socket {
        relay::TransportOptions options;
        relay::Transport::Listener *listener = nullptr; ///< nullptr once the client let go
        std::vector<std::string> sent;
        int pings = 0;
        std::size_t unsent = 0;
        std::string endsAt; ///< the socket ends inside the sending of a frame that begins like this; empty: of none

        bool isAlive() const { return listener != nullptr; }
        void open() const
        {
            if (listener)
                listener->transportOpened();
        }
        void say(std::string_view text) const
        {
            if (listener)
                listener->transportReceived(text);
        }
        void pong() const
        {
            if (listener)
                listener->transportPonged();
        }
        void end(std::optional<relay::TransportError> error = std::nullopt, std::string_view reason = {}) const
        {
            if (listener)
                listener->transportEnded(error, reason);
        }
        /// What the client said since the last call, read by the reader that the small relay uses.
        std::vector<relay::ClientFrame> take()
        {
            std::vector<relay::ClientFrame> frames;
            for (const std::string &text : std::exchange(sent, {})) {
                auto frame = relay::readClientFrame(text);
                if (frame)
                    frames.push_back(std::move(*frame));
                else
                    qFatal("the client sent what no relay can read: %s", text.c_str());
            }
            return frames;
        }
        template<typename Frame>
        std::vector<Frame> take()
        {
            std::vector<Frame> wanted;
            for (auto &frame : take()) {
                if (auto *found = std::get_if<Frame>(&frame))
                    wanted.push_back(std::move(*found));
            }
            return wanted;
        }
    };

    relay::TransportFactory factory()
    {
        return [this](const relay::TransportOptions &options, relay::Transport::Listener &listener) {
            sockets.push_back(std::make_shared<Socket>(Socket{options, &listener, {}, 0, 0, {}}));
            return std::unique_ptr<relay::Transport>(std::make_unique<Fake>(sockets.back()));
        };
    }
    Socket &last() { return *sockets.back(); }
    std::size_t alive() const
    {
        return std::size_t(std::count_if(sockets.begin(), sockets.end(), [](const auto &s) { return s->isAlive(); }));
    }

    std::vector<std::shared_ptr<Socket>> sockets;

private:
    class Fake final : public relay::Transport {
    public:
        explicit Fake(std::shared_ptr<Socket> socket) : m_socket(std::move(socket)) { }
        ~Fake() override { m_socket->listener = nullptr; }
        void send(std::string_view text) override
        {
            const auto socket = m_socket; // the end destroys us
            socket->sent.emplace_back(text);
            if (!socket->endsAt.empty() && text.starts_with(socket->endsAt))
                socket->end(relay::TransportError::NoAnswer, "broken");
        }
        void ping() override { ++m_socket->pings; }
        std::size_t unsentBytes() const override { return m_socket->unsent; }

    private:
        std::shared_ptr<Socket> m_socket;
    };
};

} // namespace tacet::test
