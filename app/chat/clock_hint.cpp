#include "app/chat/clock_hint.h"

#include "app/chat/limits.h"

#include <algorithm>
#include <cstdlib>

namespace tacet::chat {

void ClockHint::changed(const relay::RelayStatus &status)
{
    if (!status.clockAheadSeconds || status.thisComputer) // one's own relay has the clock in question
        return;
    m_witnesses[status.url.text()] = {status.url.host(), *status.clockAheadSeconds, status.refusesOurDates};
    const auto off = offByMs();
    if (!off)
        return m_toldMs.reset();
    if (m_toldMs && std::abs(*off - *m_toldMs) < kHourMs)
        return; // said once
    m_toldMs = off;
    if (m_context.sink)
        m_context.sink(ClockSeemsWrong{*off});
}

std::optional<qint64> ClockHint::offByMs() const
{
    std::set<std::string> fine;
    std::set<std::string> wrong;
    const Witness *sure = nullptr;
    for (const auto &[url, witness] : m_witnesses) {
        const bool agrees = std::abs(witness.aheadSeconds) < kClockOffSeconds;
        (agrees ? fine : wrong).insert(witness.host);
        if (!agrees && !sure && isSure(witness))
            sure = &witness;
    }
    if (!sure || fine.size() >= wrong.size())
        return std::nullopt;
    return -sure->aheadSeconds * kSecondMs;
}

bool ClockHint::isSure(const Witness &witness) const
{
    return witness.refusesOurs || std::any_of(m_witnesses.begin(), m_witnesses.end(), [&](const auto &each) {
        const Witness &other = each.second;
        return other.host != witness.host && std::abs(other.aheadSeconds - witness.aheadSeconds) < kClockAgreeSeconds;
    });
}

} // namespace tacet::chat
