#include "app/relayd/client_session.h"

#include "app/relay/relay_url.h"
#include "app/relayd/unreadable_frame.h"

#include <algorithm>

namespace tacet::relayd {

using namespace relay;
using crypto::NostrEvent;
using crypto::NostrPublicKey;

namespace {

/// How old or early an AUTH may be, seconds (NIP-42 suggests ten minutes); desktops' clocks are worse than that.
constexpr std::int64_t kAuthWindow = 24 * 3600;

constexpr std::string_view kTooMuch = "rate-limited: too much from this address, come back in some seconds";
constexpr std::string_view kTooExpensive = "error: too expensive a question, narrow it";

std::size_t valuesOf(const Filter &filter)
{
    std::size_t count = filter.ids.size() + filter.authors.size() + filter.kinds.size();
    for (const auto &[letter, values] : filter.tags)
        count += values.size();
    return count;
}

/// The host of a URL or a Host header; empty when it is none.
std::string hostIn(std::string_view text)
{
    const bool isUrl = text.find("://") != std::string_view::npos;
    const auto url = RelayUrl::parse(isUrl ? std::string(text) : "ws://" + std::string(text));
    // Behind a TLS front the port of the tag and of the header differ: the host alone is compared.
    return url ? url->host() : std::string();
}

} // namespace

ClientSession::ClientSession(Context context, std::string host, Outlet &outlet, Owner &owner)
    : m_context(std::move(context)), m_host(hostIn(host)), m_outlet(outlet), m_owner(owner),
      m_challenge(crypto::toHex(m_context.random.bytes<16>())),
      m_reconciliations(m_context.clock, m_context.limits, m_context.snapshots, m_context.address)
{
}

void ClientSession::opened()
{
    m_outlet.send(writeChallenge(m_challenge));
}

void ClientSession::received(std::string_view text)
{
    const JsonLimits json{m_context.limits.frameBytes, 8, 16'000}; // less than any Tacet reads, with the subscription beside it
    const auto frame = readClientFrame(text, json);
    if (!frame)
        return refuseUnreadable(text, frame.error(), json);
    if (const auto *published = std::get_if<PublishFrame>(&*frame))
        publish(published->event);
    else if (const auto *wanted = std::get_if<RequestFrame>(&*frame))
        request(*wanted, text.size());
    else if (const auto *closed = std::get_if<CloseFrame>(&*frame))
        close(closed->subscription);
    else if (const auto *auth = std::get_if<AuthFrame>(&*frame))
        authenticate(auth->event);
    else if (const auto *opened = std::get_if<ReconcileOpenFrame>(&*frame))
        reconcile(*opened);
    else if (const auto *more = std::get_if<ReconcileFrame>(&*frame))
        reconcile(*more);
    else if (const auto *ended = std::get_if<ReconcileCloseFrame>(&*frame))
        m_reconciliations.close(ended->subscription);
}

/// Whoever waits for an answer by name gets one: clients ask for what is not known here (NIP-50), and mean no harm.
void ClientSession::refuseUnreadable(std::string_view text, FrameError error, const JsonLimits &json)
{
    const bool mayBeNamed = error == FrameError::BadFilter || error == FrameError::BadEvent;
    const auto frame = mayBeNamed ? readUnreadableFrame(text, json) : std::nullopt;
    if (!frame) {
        m_outlet.send(writeNotice(error == FrameError::Unknown ? "unsupported: unknown message" : "invalid: unreadable message"));
        if (++m_garbage > m_context.limits.garbageFrames)
            m_outlet.drop("too many unreadable messages");
        return;
    }
    const bool mayAct = m_owner.sessionMayAct(*this, 0);
    if (frame->event)
        return m_outlet.send(writeOk(*frame->event, false, mayAct ? "invalid: unreadable event" : kTooMuch));
    std::string_view words = kTooMuch;
    if (mayAct)
        words = frame->hasUnknownCondition ? "unsupported: a filter has a condition that is not known here" : "invalid: unreadable filter";
    if (frame->isReconciliation)
        refuseToReconcile(frame->subscription, words);
    else
        refuse(frame->subscription, words);
}

// --- EVENT ---

void ClientSession::publish(const NostrEvent &event)
{
    const auto answer = [&](std::string_view words) { m_outlet.send(writeOk(event.id, false, words)); };
    const std::string json = crypto::toJson(event);
    if (!m_owner.sessionMayAct(*this, json.size()))
        return answer(kTooMuch);
    if (const auto words = objection(event))
        return answer(*words);
    if (!crypto::verify(event))
        return answer("invalid: id or signature does not fit");
    m_owner.sessionPublished(*this, event, json);
}

std::optional<std::string> ClientSession::objection(const NostrEvent &event) const
{
    const Limits &limits = m_context.limits;
    // NIP-11 counts Unicode characters; bytes are bounded by the frame.
    const auto isFirstByte = [](char byte) { return (std::uint8_t(byte) & 0xc0) != 0x80; };
    if (std::size_t(std::count_if(event.content.begin(), event.content.end(), isFirstByte)) > limits.contentCharacters)
        return "invalid: larger than this relay takes";
    if (event.tags.size() > limits.tagsPerEvent)
        return "invalid: too many tags";
    if (event.kind == crypto::kKindAuth)
        return "invalid: an AUTH event is not published";
    const std::int64_t now = m_context.clock.wallSeconds();
    if (const auto expiry = expiryOf(event); expiry && *expiry <= now)
        return "invalid: it has expired";
    if (limits.keepSeconds > 0) {
        // Only what retention makes pointless, or endless: clocks are days off, and envelopes are dated back on purpose.
        if (event.createdAt < now - limits.keepSeconds)
            return "invalid: older than what this relay keeps";
        if (event.createdAt > now + limits.keepSeconds)
            return "invalid: its date is too far ahead";
    }
    return std::nullopt;
}

void ClientSession::finishPublish(const crypto::NostrEventId &id, bool accepted, std::string_view words)
{
    m_outlet.send(writeOk(id, accepted, words));
}

// --- REQ and CLOSE ---

std::optional<std::string> ClientSession::objection(const RequestFrame &frame, std::size_t size) const
{
    const Limits &limits = m_context.limits;
    if (frame.countOnly)
        return "unsupported: COUNT is not answered here";
    if (frame.filters.size() > limits.filters)
        return "invalid: too many filters";
    if (!m_subscriptions.contains(frame.subscription) && m_subscriptions.size() >= limits.subscriptions)
        return "rate-limited: too many subscriptions on this connection";
    std::size_t held = size;
    for (const auto &[name, subscription] : m_subscriptions)
        held += name == frame.subscription ? 0 : subscription.bytes;
    if (held > limits.subscriptionBytes)
        return "rate-limited: subscriptions too large for one connection";
    for (const Filter &filter : frame.filters) {
        if (auto words = objection(filter))
            return words;
    }
    return std::nullopt;
}

std::optional<std::string> ClientSession::objection(const Filter &filter) const
{
    if (valuesOf(filter) > m_context.limits.valuesPerFilter)
        return "invalid: too many values in a filter";
    const bool wantsEnvelopes = std::find(filter.kinds.begin(), filter.kinds.end(), crypto::kKindGiftWrap) != filter.kinds.end();
    if (!m_context.readingNeedsAuth || !wantsEnvelopes)
        return std::nullopt; // without kind 1059 in words, envelopes are simply not among the answers
    const auto mailboxes = filter.tags.find('p');
    const bool named = mailboxes != filter.tags.end();
    const bool proven = named && std::all_of(mailboxes->second.begin(), mailboxes->second.end(), [this](const std::string &hex) {
        const auto bytes = crypto::fromHex(hex);
        const auto key = bytes ? NostrPublicKey::from(*bytes) : std::nullopt;
        return key && m_keys.contains(*key);
    });
    if (proven)
        return std::nullopt;
    if (m_keys.empty() || named)
        return "auth-required: envelopes are given to their mailbox's key alone";
    return "restricted: name your mailbox with #p";
}

void ClientSession::refuse(const std::string &subscription, std::string_view words)
{
    close(subscription);
    m_outlet.send(writeClosed(subscription, words));
    // Some clients only listen once their connection stands, and miss the challenge that came with it.
    if (words.starts_with("auth-required"))
        m_outlet.send(writeChallenge(m_challenge));
}

void ClientSession::request(const RequestFrame &frame, std::size_t bytes)
{
    if (!m_owner.sessionMayAct(*this, 0))
        return refuse(frame.subscription, kTooMuch);
    if (const auto words = objection(frame, bytes))
        return refuse(frame.subscription, *words);
    close(frame.subscription); // the same name again replaces it (NIP-01)
    Replay waiting{frame.subscription, {}, 0};
    std::set<std::int64_t> seen;
    std::int64_t operations = 0;
    for (const Filter &filter : frame.filters) {
        if (m_context.limits.queryOperations > 0 && operations >= m_context.limits.queryOperations)
            return refuse(frame.subscription, kTooExpensive);
        const std::int64_t limit = std::min(filter.limit.value_or(m_context.limits.pageLimit), m_context.limits.pageLimit);
        const auto rows = m_context.store.find(filter, limit, m_context.clock.wallSeconds(),
                                               m_context.readingNeedsAuth ? &m_keys : nullptr);
        noteQuestion();
        operations += m_context.store.operations();
        if (!rows)
            return refuse(frame.subscription, rows.error() == StoreError::TooExpensive ? kTooExpensive : "error: the store could not be read");
        for (const std::int64_t row : *rows) {
            if (seen.insert(row).second)
                waiting.rows.push_back(row);
        }
    }
    m_subscriptions[frame.subscription] = {frame.filters, bytes};
    m_replays.push_back(std::move(waiting));
    replay();
}

void ClientSession::noteQuestion()
{
    m_asked = true;
    m_owner.sessionAsked(*this, m_context.store.operations());
}

void ClientSession::close(const std::string &subscription)
{
    m_subscriptions.erase(subscription);
    std::erase_if(m_replays, [&](const Replay &replay) { return replay.subscription == subscription; });
}

void ClientSession::replay()
{
    while (!m_replays.empty() && m_outlet.unsentBytes() < m_context.limits.unsentBytes) {
        Replay &first = m_replays.front();
        if (first.next == first.rows.size()) {
            m_outlet.send(writeEose(first.subscription));
            m_replays.pop_front();
            continue;
        }
        if (const auto json = m_context.store.json(first.rows[first.next++]))
            m_outlet.send(writeStoredEvent(first.subscription, *json));
    }
}

void ClientSession::drained()
{
    replay();
}

bool ClientSession::mayRead(const NostrEvent &event) const
{
    if (!m_context.readingNeedsAuth || event.kind != crypto::kKindGiftWrap)
        return true;
    return std::any_of(event.tags.begin(), event.tags.end(), [this](const std::vector<std::string> &tag) {
        if (tag.size() < 2 || tag[0] != "p")
            return false;
        const auto bytes = crypto::fromHex(tag[1]);
        const auto key = bytes ? NostrPublicKey::from(*bytes) : std::nullopt;
        return key && m_keys.contains(*key);
    });
}

void ClientSession::offer(const NostrEvent &event, const std::string &json)
{
    if (m_subscriptions.empty() || !mayRead(event))
        return;
    for (const auto &[name, subscription] : m_subscriptions) {
        const bool matches = std::any_of(subscription.filters.begin(), subscription.filters.end(),
                                         [&](const Filter &filter) { return filter.matches(event); });
        if (!matches)
            continue;
        if (m_outlet.unsentBytes() > m_context.limits.unsentLive)
            return m_outlet.drop("it does not read what it asked for");
        m_outlet.send(writeStoredEvent(name, json));
    }
}

// --- NEG-OPEN (NIP-77) ---

void ClientSession::refuseToReconcile(const std::string &subscription, std::string_view words)
{
    m_reconciliations.close(subscription); // after NEG-ERR it is closed
    m_outlet.send(writeReconcileError(subscription, words));
    if (words.starts_with("auth-required"))
        m_outlet.send(writeChallenge(m_challenge));
}

void ClientSession::reconcile(const ReconcileOpenFrame &frame)
{
    const auto refuse = [&](std::string_view words) { refuseToReconcile(frame.subscription, words); };
    m_reconciliations.close(frame.subscription); // the same name again replaces it
    if (!m_owner.sessionMayAct(*this, 0))
        return refuse(kTooMuch);
    if (const auto words = objection(frame.filter))
        return refuse(*words);
    tend();
    if (m_reconciliations.isFull())
        return refuse("blocked: too many reconciliations on this connection");
    const std::int64_t room = m_reconciliations.room();
    auto items = m_context.store.findItems(frame.filter, std::min(frame.filter.limit.value_or(room + 1), room + 1),
                                           m_context.clock.wallSeconds(), m_context.readingNeedsAuth ? &m_keys : nullptr);
    noteQuestion();
    if (!items)
        return refuse(items.error() == StoreError::TooExpensive ? "blocked: too expensive a question, narrow it"
                                                                       : "error: the store could not be read");
    if (std::int64_t(items->size()) > room)
        return refuse("blocked: too many events to compare, ask for a part of them");
    m_outlet.send(m_reconciliations.open(frame.subscription, std::move(*items), frame.message));
}

void ClientSession::reconcile(const ReconcileFrame &frame)
{
    if (!m_owner.sessionMayAct(*this, 0))
        return refuseToReconcile(frame.subscription, kTooMuch);
    m_outlet.send(m_reconciliations.goOn(frame.subscription, frame.message));
}

void ClientSession::tend()
{
    for (const std::string &frame : m_reconciliations.expire())
        m_outlet.send(frame);
}

// --- AUTH (NIP-42) ---

bool ClientSession::namesUs(std::string_view relayTag) const
{
    const std::string named = hostIn(relayTag);
    if (!m_context.hosts.empty())
        return std::find(m_context.hosts.begin(), m_context.hosts.end(), named) != m_context.hosts.end();
    return !m_host.empty() && named == m_host;
}

void ClientSession::authenticate(const NostrEvent &event)
{
    const auto answer = [&](bool accepted, std::string_view words) { m_outlet.send(writeOk(event.id, accepted, words)); };
    if (!m_owner.sessionMayAct(*this, 0))
        return answer(false, kTooMuch);
    bool challenge = false;
    bool relay = false;
    for (const auto &tag : event.tags) {
        if (tag.size() < 2)
            continue;
        challenge = challenge || (tag[0] == "challenge" && tag[1] == m_challenge);
        relay = relay || (tag[0] == "relay" && namesUs(tag[1]));
    }
    const std::int64_t age = m_context.clock.wallSeconds() - event.createdAt;
    if (event.kind != crypto::kKindAuth || !challenge)
        return answer(false, "invalid: not an answer to this challenge");
    if (!relay)
        return answer(false, "invalid: it names another relay");
    if (age > kAuthWindow || age < -kAuthWindow)
        return answer(false, "invalid: its date is more than a day off");
    if (!crypto::verify(event))
        return answer(false, "invalid: id or signature does not fit");
    if (m_keys.size() >= m_context.limits.keysPerConnection && !m_keys.contains(event.author))
        return answer(false, "restricted: too many keys on one connection");
    if (m_keys.insert(event.author).second)
        m_owner.sessionProved(*this, event.author);
    answer(true, "");
}

} // namespace tacet::relayd
