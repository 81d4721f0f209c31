#pragma once
// The first relays of a new profile: well-known public ones from resources/relays.json, tested at this moment by writing
// to, reading from and deleting in a throwaway mailbox. Asked in random order, so that no relay sees every newcomer.
#include "app/chat/chat_engine.h"
#include "crypto/random.h"

namespace tacet::session {

class RelayChoice {
public:
    static constexpr int kWanted = 3; ///< what fits an invitation link (PROTOCOL §3.2)

    RelayChoice(chat::ChatEngine &engine, crypto::Random &random);
    /// Adds up to kWanted relays that pass; `done` is called once with their number, later, unless this object ends first.
    void start(std::function<void(int)> done);

    /// The shipped list, as addresses.
    static QStringList wellKnown();

private:
    void tryNext();

    chat::ChatEngine &m_engine;
    QStringList m_candidates;
    std::function<void(int)> m_done;
    int m_underWay = 0;
    int m_chosen = 0;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true); ///< answers that come later look here first
};

} // namespace tacet::session
