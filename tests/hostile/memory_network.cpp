#include "tests/hostile/memory_network.h"

#include <deque>

namespace tacet::test {

using namespace relay;

/// Both ends of one socket. The client owns it; when it lets go, the relay's half goes too.
class MemoryNetwork::Wire final : public Transport, private Mouth {
public:
    Wire(MemoryNetwork &network, RelayOfTest *relay, Listener &listener) : m_network(network), m_listener(listener)
    {
        ++network.m_opened;
        later([this, relay] {
            if (!relay)
                return end(TransportError::NoAnswer, "nobody there");
            m_half = relay->welcome(*this);
            m_half->opened();
            m_listener.transportOpened(); // may destroy us
        });
    }

    void send(std::string_view text) override
    {
        if (m_deaf) {
            m_unsent += text.size();
            return;
        }
        later([this, words = std::string(text)] {
            if (m_half)
                m_half->heard(words);
        });
    }
    void ping() override
    {
        if (!m_deaf)
            later([this] { m_listener.transportPonged(); });
    }
    std::size_t unsentBytes() const override { return m_unsent; }

private:
    void say(std::string text) override
    {
        later([this, words = std::move(text)] {
            // What the real transport does with what it is: QWebSocket ends at invalid UTF-8, and at a message over the limit.
            if (words.size() > kMaximumIncoming)
                end(TransportError::Misbehaved, "too large");
            else
                m_listener.transportReceived(words);
        });
    }
    void breakFraming(std::uint64_t) override
    {
        later([this] { end(TransportError::Misbehaved, "reserved bits"); });
    }
    void hangUp() override
    {
        later([this] { end(std::nullopt, "bye"); });
    }
    void stopReading() override { m_deaf = true; }

    void end(std::optional<TransportError> error, std::string_view words)
    {
        m_half.reset();
        m_queue.clear();
        m_timer.cancel();
        m_listener.transportEnded(error, words); // may destroy us
    }
    void later(std::function<void()> what)
    {
        m_queue.push_back(std::move(what));
        if (!m_timer.isSet())
            arm();
    }
    void arm()
    {
        m_timer = m_network.m_timers.after(std::int64_t(m_network.m_random.below(40)), [this] { deliver(); });
    }
    void deliver()
    {
        m_timer.cancel();
        if (m_queue.empty())
            return;
        const auto next = std::move(m_queue.front());
        m_queue.pop_front();
        if (!m_queue.empty())
            m_timer = m_network.m_timers.after(0, [this] { deliver(); });
        next(); // may destroy us: nothing after this
    }

    MemoryNetwork &m_network;
    Listener &m_listener;
    std::unique_ptr<RelayHalf> m_half;
    std::deque<std::function<void()>> m_queue;
    TimerHandle m_timer;
    bool m_deaf = false;
    std::size_t m_unsent = 0;
};

TransportFactory MemoryNetwork::factory()
{
    return [this](const TransportOptions &options, Transport::Listener &listener) -> std::unique_ptr<Transport> {
        const auto found = m_relays.find(options.url);
        return std::make_unique<Wire>(*this, found == m_relays.end() ? nullptr : found->second, listener);
    };
}

} // namespace tacet::test
