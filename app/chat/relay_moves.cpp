#include "app/chat/relay_moves.h"

#include "app/chat/limits.h"
#include "app/chat/text.h"
#include "app/vault/relay_rows.h"

#include <algorithm>

namespace tacet::chat {

using relay::HostKind;
using relay::RelayUrl;

namespace {

bool contains(const std::vector<std::string> &urls, const std::string &url)
{
    return std::find(urls.begin(), urls.end(), url) != urls.end();
}

QString hostOf(const std::string &url)
{
    const auto parsed = RelayUrl::parse(url);
    return parsed ? fromUtf8(parsed->host()) : fromUtf8(url);
}

} // namespace

void RelayMoves::start()
{
    m_timer = m_context.timers.after(kFirstRelayLookMs, [this] { look(); });
}

void RelayMoves::stop()
{
    m_timer.cancel();
    m_heard.clear();
    m_opened.clear();
    m_testing.clear();
    m_untold.clear();
    m_told.clear();
}

void RelayMoves::changed(const relay::RelayStatus &status)
{
    if (m_relays.isConnected(status.url.text()))
        m_opened.insert(status.url.text());
}

bool RelayMoves::wasHeard(const std::string &url) const
{
    return m_heard.contains(url) || m_relays.isConnected(url);
}

bool RelayMoves::networkWasThere(const RelayUrl &url) const
{
    // Another host of the same kind: an onion service may be silent because Tor is. One's own computer answers also where
    // there is no network, under an onion address too.
    for (const relay::RelayStatus &each : m_context.port.statuses()) {
        const bool other = !each.thisComputer && each.url.host() != url.host() && each.url.hostKind() == url.hostKind();
        if (other && (wasHeard(each.url.text()) || m_opened.contains(each.url.text())))
            return true;
    }
    return false;
}

std::vector<RelayMoves::Place> RelayMoves::places(vault::Database &db) const
{
    std::vector<Place> all;
    for (vault::MailboxRow &row : vault::readMailboxes(db)) {
        if (row.purpose != vault::MailboxPurpose::Contact || row.state != vault::MailboxState::Live)
            continue;
        Place place{std::move(row), {}};
        for (vault::MailboxRelayRow &at : vault::readMailboxRelays(db, place.mailbox.publicKey))
            place.relays.push_back(std::move(at.relay));
        all.push_back(std::move(place));
    }
    return all;
}

// --- The look ---

void RelayMoves::look()
{
    std::vector<Place> all;
    SilentRelays silent;
    {
        Step step(m_context);
        all = places(step.db());
        const SilentRelays before = SilentRelays::read(step.db());
        silent = before;
        const Urls givenUp = count(step, all, silent);
        if (silent != before) {
            silent.write(step.db());
            announceChanges(step, all, before, silent);
            tell(step, givenUp, all, silent);
            for (const relay::RelayStatus &each : m_context.port.statuses()) {
                if (before.isGivenUp(each.url.text()) != silent.isGivenUp(each.url.text()))
                    step.tell(RelayChanged{m_relays.infoOf(step.db(), each.url)});
            }
        }
        if (step.commit()) {
            m_heard.clear();
            m_opened.clear();
            // Out of the rows, not of what happened just now: who starts the program anew is told again.
            m_untold = lastPlaces(all, silent);
            std::erase_if(m_told, [this](const std::string &url) { return !m_untold.contains(url); });
            std::erase_if(m_untold, [this](const std::string &url) { return m_told.contains(url); });
        } else {
            all.clear(); // the next look counts again
        }
    }
    tryReplacements(all, silent);
    m_timer = m_context.timers.after(kUpkeepMs, [this] { look(); });
}

RelayMoves::Urls RelayMoves::count(Step &step, const std::vector<Place> &places, SilentRelays &silent)
{
    std::set<std::string> watched;
    for (const Place &place : places)
        watched.insert(place.relays.begin(), place.relays.end());
    const Urls own = m_relays.own(step.db());
    Urls givenUp;
    for (const std::string &text : watched) {
        const auto url = RelayUrl::parse(text);
        if (!url || !m_relays.mayContact(step.db(), *url))
            continue;
        if (wasHeard(text)) {
            silent.forget(text);
        } else if (networkWasThere(*url) && silent.missed(text, step.now())) {
            givenUp.push_back(text);
        } else if (silent.isForgotten(text) && !contains(own, text)) {
            static_cast<void>(m_mailboxes.relayRemoved(step, text)); // nobody reaches it there, whatever a record says
        }
    }
    silent.keepOnly(watched);
    return givenUp;
}

void RelayMoves::announceChanges(Step &step, const std::vector<Place> &places, const SilentRelays &before,
                                 const SilentRelays &after)
{
    for (const Place &place : places) {
        if (before.listed(place.relays) == after.listed(place.relays))
            continue;
        if (auto contact = vault::readContact(step.db(), place.mailbox.owner))
            m_greeting.announceMailbox(step, *contact);
    }
}

std::set<std::string> RelayMoves::lastPlaces(const std::vector<Place> &places, const SilentRelays &silent)
{
    std::set<std::string> last;
    for (const Place &place : places) {
        if (silent.living(place.relays).empty())
            last.insert(place.relays.begin(), place.relays.end());
    }
    return last;
}

void RelayMoves::tell(Step &step, const Urls &givenUp, const std::vector<Place> &places, const SilentRelays &silent)
{
    const Urls own = m_relays.own(step.db());
    const auto last = lastPlaces(places, silent);
    for (const std::string &url : givenUp) {
        if (!last.contains(url) && contains(own, url))
            step.notice(TroubleCode::RelayGivenUp, hostOf(url));
    }
}

// --- Replacements ---

RelayMoves::Urls RelayMoves::replacements(vault::Database &db, const Place &place, const SilentRelays &silent) const
{
    const Urls living = silent.living(place.relays);
    if (living.size() == place.relays.size() || living.size() >= kLivingRelays)
        return {};
    Urls from = m_relays.own(db);
    if (living.empty()) {
        // Where the contact reads, it can write without a new host. Relays of other contacts would tell of these.
        const Urls theirs = m_relays.usable(db, vault::readContactRelays(db, place.mailbox.owner));
        from.insert(from.end(), theirs.begin(), theirs.end());
    }
    Urls out;
    for (const std::string &text : silent.living(from)) {
        const auto url = RelayUrl::parse(text);
        if (url && url->hostKind() != HostKind::Loopback && !contains(place.relays, text))
            out.push_back(text);
    }
    return out;
}

void RelayMoves::tryReplacements(const std::vector<Place> &places, const SilentRelays &silent)
{
    Urls wanted;
    {
        vault::Snapshot snapshot(m_context.db);
        for (const Place &place : places) {
            for (const std::string &url : replacements(m_context.db, place, silent)) {
                if (!contains(wanted, url))
                    wanted.push_back(url);
            }
        }
        if (!snapshot.finish())
            return;
    }
    for (const std::string &url : wanted) {
        if (m_testing.insert(url).second)
            m_tests.test(fromUtf8(url), false, [this, url](const Outcome<RelayInfo> &outcome) {
                replacementTested(url, outcome.ok());
            });
    }
    if (m_testing.empty() && !places.empty())
        tellUntold(TroubleCode::RelayGivenUpAlone);
}

void RelayMoves::replacementTested(const std::string &url, bool usable)
{
    m_testing.erase(url);
    if (usable)
        adopt(url);
    else if (m_testing.empty())
        tellUntold(TroubleCode::RelayGivenUpAlone);
}

void RelayMoves::adopt(const std::string &url)
{
    Step step(m_context);
    const SilentRelays silent = SilentRelays::read(step.db());
    bool any = false;
    for (const Place &place : places(step.db())) {
        if (!contains(replacements(step.db(), place, silent), url))
            continue; // what was tried before has filled it meanwhile
        m_mailboxes.readAlsoAt(step, place.mailbox, url);
        if (auto contact = vault::readContact(step.db(), place.mailbox.owner))
            m_greeting.announceMailbox(step, *contact);
        any = true;
    }
    if (step.commit() && any)
        tellUntold(TroubleCode::RelayGivenUp);
}

void RelayMoves::tellUntold(TroubleCode code)
{
    for (const std::string &url : std::exchange(m_untold, {})) {
        m_told.insert(url);
        if (m_context.sink)
            m_context.sink(Noticed{int(code), hostOf(url), std::nullopt});
    }
}

} // namespace tacet::chat
