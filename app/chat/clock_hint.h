#pragma once
// Is this computer's clock wrong? No relay is a reliable witness of the time, so nothing is decided by it: where two hosts
// agree, or one refuses our dates and its own clock says why, the user gets a hint. Nothing waits for that.
#include "app/chat/step.h"

namespace tacet::chat {

class ClockHint {
public:
    explicit ClockHint(Context &context) : m_context(context) { }

    void changed(const relay::RelayStatus &status);

private:
    struct Witness {
        std::string host;
        std::int64_t aheadSeconds = 0;
        bool refusesOurs = false;
    };
    /// Ours minus theirs; nothing while too few say so.
    std::optional<qint64> offByMs() const;
    bool isSure(const Witness &witness) const;

    Context &m_context;
    std::map<std::string, Witness> m_witnesses; ///< by address
    std::optional<qint64> m_toldMs;
};

} // namespace tacet::chat
