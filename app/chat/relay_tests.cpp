#include "app/chat/relay_tests.h"

#include "app/chat/text.h"
#include "app/vault/relay_rows.h"
#include "crypto/link.h"

#include <algorithm>

namespace tacet::chat {

void RelayTests::test(const QString &text, bool thenAdd, Answer<RelayInfo> answer)
{
    const auto url = relay::RelayUrl::parse(toUtf8(text.trimmed()));
    if (!url || !crypto::isRelayUrl(url->text())) // contacts could not be told of it (PROTOCOL §3.2)
        return answer(trouble(TroubleCode::BadRelayUrl, text));
    const std::uint64_t id = m_context.port.nextRequest();
    m_waiting[id] = {thenAdd, std::move(answer)};
    m_context.port.test(relay::TestId{id}, *url);
}

void RelayTests::tested(relay::TestId id, const relay::SelfTestReport &report)
{
    auto node = m_waiting.extract(std::uint64_t(id));
    if (node.empty())
        return;
    const Waiting waiting = std::move(node.mapped());
    if (!report.usable && report.proxyDown)
        return waiting.answer(trouble(TroubleCode::ProxyDown, fromUtf8(report.reason)));
    if (!report.usable) {
        return waiting.answer(trouble(waiting.add ? TroubleCode::RelayNotAdded : TroubleCode::RelayTestFailed,
                                      fromUtf8(report.url.host())
                                          + (report.reason.empty() ? QString() : u": " + fromUtf8(report.reason))));
    }
    if (waiting.add) {
        if (const auto added = add(fromUtf8(report.url.text())); !added)
            return waiting.answer(fail(added.error()));
    }
    auto info = readOnly<RelayInfo>(m_context, [&](vault::Database &db) -> Outcome<RelayInfo> {
        return m_relays.infoOf(db, report.url);
    });
    if (info && report.roundTripMs)
        info->roundTripMs = int(*report.roundTripMs);
    waiting.answer(std::move(info));
}

Outcome<Done> RelayTests::add(const QString &text)
{
    const auto url = relay::RelayUrl::parse(toUtf8(text.trimmed()));
    if (!url || !crypto::isRelayUrl(url->text()))
        return trouble(TroubleCode::BadRelayUrl, text);
    Step step(m_context);
    m_relays.add(step, *url);
    m_mailboxes.relayAdded(step, url->text());
    m_greeting.announceMailboxes(step);
    step.tell(RelayChanged{m_relays.infoOf(step.db(), *url)});
    return step.commit();
}

Outcome<Done> RelayTests::remove(const QString &text)
{
    const auto url = relay::RelayUrl::parse(toUtf8(text.trimmed()));
    if (!url)
        return trouble(TroubleCode::BadRelayUrl, text);
    Step step(m_context);
    const auto own = vault::readRelays(step.db());
    if (std::find(own.begin(), own.end(), url->text()) == own.end())
        return step.commit();
    if (own.size() == 1)
        return trouble(TroubleCode::LastRelay, text);
    vault::deleteRelay(step.db(), url->text());
    const auto moved = m_mailboxes.relayRemoved(step, url->text());
    m_greeting.announceMailboxes(step);
    m_greeting.replaceRendezvous(step, moved);
    step.tell(RelayRemoved{fromUtf8(url->text())});
    return step.commit();
}

} // namespace tacet::chat
