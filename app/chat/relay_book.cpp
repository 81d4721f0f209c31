#include "app/chat/relay_book.h"

#include "app/chat/limits.h"
#include "app/chat/silent_relays.h"
#include "app/chat/text.h"
#include "app/vault/mailbox_rows.h"
#include "app/vault/outbox_rows.h"
#include "app/vault/profile_rows.h"
#include "app/vault/relay_rows.h"
#include "crypto/limits.h"
#include "crypto/link.h"

#include <algorithm>
#include <set>

namespace tacet::chat {

using relay::HostKind;
using relay::RelayState;
using relay::RelayUrl;

void RelayBook::applyProxy(const QString &proxy)
{
    m_throughProxy = !proxy.isEmpty();
    if (proxy.isEmpty())
        return m_context.port.setProxy(std::nullopt);
    // Whatever cannot be read (a newer program's setting, say) means silence, never a way around.
    const auto parsed = relay::ProxySettings::parse(toUtf8(proxy));
    m_context.port.setProxy(parsed ? *parsed : relay::ProxySettings::nowhere());
}

std::vector<std::string> RelayBook::readOwn(vault::Database &db)
{
    return vault::readRelays(db);
}

void RelayBook::allow(vault::Database &db, std::string_view host, qint64 nowMs) const
{
    vault::insertHost(db, host, nowMs);
}

void RelayBook::add(Step &step, const RelayUrl &url) const
{
    vault::insertRelay(step.db(), url.text(), step.now());
    vault::insertHost(step.db(), url.host(), step.now());
}

bool RelayBook::isForbidden(vault::Database &db, const RelayUrl &url) const
{
    const bool local = url.hostKind() == HostKind::Loopback || url.hostKind() == HostKind::Private;
    if (!local)
        return false;
    for (const std::string &text : vault::readRelays(db)) {
        const auto own = RelayUrl::parse(text);
        if (own && own->host() == url.host())
            return false; // typed by the user
    }
    return true;
}

bool RelayBook::mayContact(vault::Database &db, const RelayUrl &url) const
{
    return !isForbidden(db, url) && (m_throughProxy || vault::hasHost(db, url.host()));
}

bool RelayBook::mayContactWith(const QString &proxy, vault::Database &db, const RelayUrl &url) const
{
    return !isForbidden(db, url) && (!proxy.isEmpty() || vault::hasHost(db, url.host()));
}

std::vector<std::string> RelayBook::usable(vault::Database &db, const std::vector<std::string> &urls,
                                           QStringList *refused) const
{
    std::vector<std::string> out;
    for (const std::string &text : urls) {
        const auto url = RelayUrl::parse(text);
        if (!url)
            continue;
        if (mayContact(db, *url))
            out.push_back(url->text());
        else if (refused && !refused->contains(fromUtf8(url->host())))
            refused->append(fromUtf8(url->host()));
    }
    return out;
}

std::vector<std::string> RelayBook::listed(vault::Database &db, const std::vector<std::string> &urls) const
{
    // An older program took longer addresses; a payload with one of these is none (PROTOCOL §7.2).
    std::vector<std::string> known;
    std::copy_if(urls.begin(), urls.end(), std::back_inserter(known), [](const std::string &url) { return crypto::isRelayUrl(url); });
    return SilentRelays::read(db).listed(known);
}

std::vector<std::string> RelayBook::relaysForPeer(vault::Database &db, const std::vector<std::string> &known) const
{
    const std::vector<std::string> common = listed(db, known);
    std::vector<std::string> out = listed(db, vault::readRelays(db));
    out.resize(std::min<std::size_t>(out.size(), kMaxMailboxRelays - 1));
    bool shared = false;
    for (const std::string &url : common)
        shared = shared || std::find(out.begin(), out.end(), url) != out.end();
    if (!shared) {
        for (const std::string &text : common) {
            const auto url = RelayUrl::parse(text);
            if (url && mayContact(db, *url)) {
                out.push_back(url->text());
                break;
            }
        }
    }
    return out;
}

RelayInfo RelayBook::infoOf(vault::Database &db, const RelayUrl &url) const
{
    RelayInfo info;
    info.url = fromUtf8(url.text());
    info.host = fromUtf8(url.host());
    info.thisComputer = url.hostKind() == HostKind::Loopback;
    const auto own = vault::readRelays(db);
    info.own = std::find(own.begin(), own.end(), url.text()) != own.end();
    info.givenUp = SilentRelays::read(db).isGivenUp(url.text());
    const auto at = m_status.find(url.text());
    if (at == m_status.end()) {
        // The port has said nothing, and will not where nothing is to be done: nobody was invited yet, or three others are enough.
        const bool needed = vault::countMailboxesAt(db, url.text()) > 0 || !vault::readDueAt(db, url.text(), m_context.now(), 1).empty();
        info.condition = !m_context.running ? RelayCondition::Off : needed ? RelayCondition::Connecting : RelayCondition::Idle;
        return info;
    }
    const relay::RelayStatus &status = at->second;
    switch (status.state) {
    case RelayState::Idle:
        info.condition = RelayCondition::Idle;
        break;
    case RelayState::Connecting:
        info.condition = RelayCondition::Connecting;
        break;
    case RelayState::Connected:
        info.condition = RelayCondition::Connected;
        break;
    case RelayState::Slow:
        info.condition = RelayCondition::Slow;
        break;
    case RelayState::Unreachable:
        info.condition = RelayCondition::Unreachable;
        break;
    case RelayState::Refused:
        info.condition = RelayCondition::Refused;
        break;
    }
    info.reason = fromUtf8(status.lastError);
    info.roundTripMs = int(status.roundTripMs.value_or(-1));
    info.lastEventMs = status.lastEventWallMs.value_or(0);
    info.nextTryMs = status.nextTryWallMs.value_or(0);
    return info;
}

QList<RelayInfo> RelayBook::all(vault::Database &db) const
{
    QList<RelayInfo> relays;
    std::set<std::string> told;
    for (const std::string &text : vault::readRelays(db)) {
        if (const auto url = RelayUrl::parse(text)) {
            relays.append(infoOf(db, *url));
            told.insert(url->text());
        }
    }
    for (const auto &[text, status] : m_status) {
        if (m_used.contains(text) && told.insert(text).second)
            relays.append(infoOf(db, status.url));
    }
    return relays;
}

Disclosure RelayBook::disclosure(vault::Database &db) const
{
    Disclosure disclosure;
    disclosure.throughProxy = m_throughProxy;
    std::map<std::string, RelayDisclosure> byUrl;
    const auto entry = [&](const std::string &url) -> RelayDisclosure & {
        RelayDisclosure &relay = byUrl[url];
        if (relay.url.isEmpty()) {
            relay.url = fromUtf8(url);
            relay.bySize = QList<qint64>(5, 0);
            relay.mailboxes = vault::countMailboxesAt(db, url);
        }
        return relay;
    };
    for (const std::string &url : vault::readRelays(db))
        entry(url);
    for (const vault::RelayStatRow &row : vault::readRelayStats(db)) {
        RelayDisclosure &relay = entry(row.url);
        (row.outgoing ? relay.envelopesOut : relay.envelopesIn) += row.envelopes;
        if (row.sizeIndex >= 0 && row.sizeIndex < 5)
            relay.bySize[row.sizeIndex] += row.envelopes;
        relay.firstMs = relay.firstMs == 0 ? row.firstMs : std::min<qint64>(relay.firstMs, row.firstMs);
        relay.lastMs = std::max<qint64>(relay.lastMs, row.lastMs);
    }
    for (const auto &[url, relay] : byUrl)
        disclosure.relays.append(relay);
    return disclosure;
}

void RelayBook::counted(Step &step, const std::string &url, bool outgoing, std::size_t innerSize, int count) const
{
    const auto at = std::lower_bound(crypto::kMessageSizes.begin(), crypto::kMessageSizes.end(), innerSize);
    const auto index = std::min<std::ptrdiff_t>(at - crypto::kMessageSizes.begin(), 4);
    vault::countEnvelope(step.db(), url, outgoing, int(index), count, step.now());
}

void RelayBook::changed(const relay::RelayStatus &status)
{
    m_status.insert_or_assign(status.url.text(), status);
    if (status.state != RelayState::Idle || status.lastEventWallMs)
        m_used.insert(status.url.text());
}

bool RelayBook::isOfInterest(const RelayInfo &relay) const
{
    return relay.own || m_used.contains(toUtf8(relay.url));
}

bool RelayBook::isConnected(const std::string &url) const
{
    const auto at = m_status.find(url);
    return at != m_status.end()
        && (at->second.state == RelayState::Connected || at->second.state == RelayState::Slow);
}

bool RelayBook::isAnswering(const std::string &url) const
{
    const auto at = m_status.find(url);
    return at == m_status.end()
        || (at->second.state != RelayState::Unreachable && at->second.state != RelayState::Refused);
}

bool RelayBook::anyReachable() const
{
    return std::any_of(m_status.begin(), m_status.end(), [this](const auto &each) { return isConnected(each.first); });
}

} // namespace tacet::chat
