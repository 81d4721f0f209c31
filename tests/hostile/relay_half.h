#pragma once
// The relay's half of a conversation, without sockets: what it hears, what it says. The same hostile relay speaks over memory
// (thousands of frames a second, by a clock that stands still) and over real sockets (byte by byte).
#include "app/relay/frames.h"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace tacet::test {

/// One socket as the relay has it. Nothing is said from inside heard().
class Mouth {
public:
    virtual ~Mouth() = default;
    virtual void say(std::string text) = 0; ///< a text message; the bytes need not be UTF-8
    /// Something below the messages, chosen by `dice`: a broken frame, a message over every limit, a fragment without end.
    virtual void breakFraming(std::uint64_t dice) = 0;
    virtual void hangUp() = 0;
    virtual void stopReading() = 0; ///< what the client sends from now on is not taken
};

class RelayHalf {
public:
    virtual ~RelayHalf() = default;
    virtual void opened() = 0;
    virtual void heard(const std::string &text) = 0;
};

/// One relay, many sockets.
class RelayOfTest {
public:
    virtual ~RelayOfTest() = default;
    virtual std::unique_ptr<RelayHalf> welcome(Mouth &mouth) = 0;
};

/// NIP-01 as it should be: stores, answers the newest first in pages, tells live, says OK to what it has.
class HonestRelay final : public RelayOfTest {
public:
    std::unique_ptr<RelayHalf> welcome(Mouth &mouth) override;
    const std::vector<crypto::NostrEvent> &stored() const { return m_stored; }

private:
    class Half;
    std::vector<crypto::NostrEvent> m_stored;
    std::vector<Half *> m_halves;
};

/// What a filter finds, the newest first, at most its limit.
std::vector<crypto::NostrEvent> answersTo(const relay::Filter &filter, const std::vector<crypto::NostrEvent> &stored);

} // namespace tacet::test
