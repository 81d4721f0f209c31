#pragma once
// A relay of tests on real sockets, from the first byte of the handshake to the last of a frame by its own hand (RFC 6455), so
// that each of them can be wrong.
#include "tests/hostile/relay_half.h"
#include "tests/support/seeded_random.h"

#include <QTcpServer>

namespace tacet::test {

class RawRelay final : public QObject {
public:
    enum class Manners { Correct, Hostile }; ///< below the messages
    RawRelay(RelayOfTest &relay, Manners manners, std::uint64_t seed);
    ~RawRelay() override;

    QString url() const;
    /// Handshakes that were none, and bytes of documents that were none.
    int rudeGreetings() const { return m_rude; }

private:
    class Socket;
    RelayOfTest &m_relay;
    Manners m_manners;
    SeededRandom m_random;
    QTcpServer m_server;
    int m_rude = 0;
};

} // namespace tacet::test
