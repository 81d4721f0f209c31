#include "app/relay/connection.h"

#include "app/relay/auth.h"

#include <algorithm>
#include <utility>

namespace tacet::relay {

static_assert(kRelayLimits.bytes >= kMaximumIncoming);

Connection::Connection(const Environment &environment, ConnectionSettings settings, Owner &owner)
    : m_environment(environment), m_settings(std::move(settings)), m_owner(owner)
{
}

Connection::~Connection()
{
    for (MailboxReader *reader : m_readers)
        reader->lineClosed();
}

void Connection::attach(MailboxReader &reader)
{
    m_readers.push_back(&reader);
    if (m_phase == ConnectionPhase::Open) {
        reader.lineOpened(*this);
        answerChallenge();
    }
}

void Connection::detach(MailboxReader &reader)
{
    reader.lineClosed();
    std::erase(m_readers, &reader);
    passGivenUp(); // nobody waits for it any more
}

std::vector<MailboxReader *> Connection::partFromFirst()
{
    std::vector<MailboxReader *> others(m_readers.begin() + 1, m_readers.end());
    m_readers.resize(1);
    for (MailboxReader *reader : others)
        reader->linePartedBeforeAuth();
    return others;
}

void Connection::continueAlone()
{
    answerAgainIfRefused(); // when its own time came, the socket was shared
    endHeldPasses();
}

void Connection::attach(Publisher &publisher)
{
    m_publisher = &publisher;
    if (m_phase == ConnectionPhase::Open)
        publisher.lineOpened(*this);
}

void Connection::setSettings(ConnectionSettings settings)
{
    m_settings = std::move(settings);
}

// --- opening and ending ---

void Connection::open()
{
    if (m_phase == ConnectionPhase::Idle)
        start();
}

void Connection::start()
{
    m_phase = ConnectionPhase::Opening;
    m_openedAtMs = m_environment.clock.steadyMs();
    const std::int64_t patience = m_settings.proxy ? kOpenTimeoutThroughProxyMs : kOpenTimeoutMs;
    m_openTimer = m_environment.timers.after(patience, [this] { drop(TransportError::NoAnswer, "it did not answer in time"); });
    m_transport = m_environment.transports({m_settings.url, m_settings.proxy, m_settings.circuit, m_settings.refusePrivateAddresses}, *this);
    m_owner.connectionChanged(*this);
}

void Connection::end()
{
    m_transport.reset();
    m_openTimer.cancel();
    m_pingTimer.cancel();
    m_authTimer.cancel();
    m_pingSentMs.reset();
    m_challenge.clear();
    m_answeredAs.reset();
    m_authSettledFor.reset();
    m_authRefusedForDate = false;
    m_mayBeMisdated = false;
    m_authTroubles = 0;
    m_served = false;
    m_oneTimeKey.reset();
    m_authId.reset();
    m_challenges = 0;
    m_garbage = 0;
    m_useless = 0;
    m_phase = ConnectionPhase::Idle;
    for (MailboxReader *reader : m_readers)
        reader->lineClosed();
}

void Connection::close()
{
    end();
    m_backoff.reset();
    if (m_publisher)
        m_publisher->lineClosed("the connection was closed", 0);
    m_owner.connectionChanged(*this);
}

void Connection::drop(TransportError error, const std::string &words)
{
    transportEnded(error, words);
}

void Connection::transportOpened()
{
    m_phase = ConnectionPhase::Open;
    m_openedAtMs = m_environment.clock.steadyMs();
    m_openTimer.cancel();
    m_error.reset();
    m_authRefused = false;
    m_heardSincePing = false;
    m_pingSentMs = m_openedAtMs;
    m_transport->ping(); // the first round trip
    schedulePing();
    // Copies: a reader may be detached from inside. A socket may end at any word.
    const auto readers = m_readers;
    for (MailboxReader *reader : readers) {
        if (m_phase == ConnectionPhase::Open)
            reader->lineOpened(*this);
    }
    if (m_publisher && m_phase == ConnectionPhase::Open)
        m_publisher->lineOpened(*this);
    m_owner.connectionChanged(*this);
}

void Connection::transportEnded(std::optional<TransportError> error, std::string_view reason)
{
    const bool wasStable = m_phase == ConnectionPhase::Open
        && m_environment.clock.steadyMs() - m_openedAtMs >= kStableMs;
    end();
    m_error = error ? error : std::optional(TransportError::NoAnswer);
    m_words = plainWords(reason);
    if (m_words.empty())
        m_words = std::string(wordFor(*m_error));
    if (wasStable)
        m_backoff.reset();
    if (error == TransportError::ProxyRefused && !m_settings.circuit.empty())
        m_owner.connectionCircuitRefused(*this);
    waitAndRetry();
}

void Connection::waitAndRetry()
{
    const std::int64_t wait = m_backoff.next(m_environment.random);
    m_nextTryMs = m_environment.clock.steadyMs() + wait;
    m_phase = ConnectionPhase::Waiting;
    m_openTimer = m_environment.timers.after(wait, [this] {
        m_openTimer.cancel();
        m_phase = ConnectionPhase::Idle;
        // A publisher without work stays silent: the engine's own schedule brings the next attempt.
        if (!m_readers.empty())
            start();
        else
            m_owner.connectionChanged(*this);
    });
    if (m_publisher)
        m_publisher->lineClosed(m_words, wait);
    m_owner.connectionChanged(*this);
}

// --- keeping alive ---

void Connection::schedulePing()
{
    const auto jitter = std::int64_t(m_environment.random.below(10'000));
    const std::int64_t wait = m_pingSentMs ? kPongTimeoutMs : kPingEveryMs + jitter;
    m_pingTimer = m_environment.timers.after(wait, [this] {
        if (m_pingSentMs && !m_heardSincePing)
            return drop(TransportError::NoAnswer, "it fell silent");
        const auto readers = m_readers;
        for (MailboxReader *reader : readers)
            reader->lookAtTheClock();
        if (m_phase != ConnectionPhase::Open)
            return; // a socket may end at any word
        m_pingSentMs = m_environment.clock.steadyMs();
        m_heardSincePing = false;
        m_transport->ping();
        schedulePing();
    });
}

void Connection::transportPonged()
{
    m_heardSincePing = true;
    if (!m_pingSentMs)
        return;
    const std::int64_t trip = m_environment.clock.steadyMs() - *m_pingSentMs;
    m_pingSentMs.reset();
    schedulePing();
    noteRoundTrip(trip);
}

void Connection::noteRoundTrip(std::int64_t ms)
{
    const bool changed = m_roundTripMs != ms;
    m_roundTripMs = ms;
    if (changed)
        m_owner.connectionChanged(*this);
}

// --- frames ---

void Connection::sendFrame(const std::string &text)
{
    if (m_transport && m_phase == ConnectionPhase::Open)
        m_transport->send(text);
}

void Connection::transportReceived(std::string_view text)
{
    m_heardSincePing = true;
    const auto frame = readRelayFrame(text);
    if (frame)
        return handle(*frame);
    if (const auto subscription = subscriptionOfUnreadable(text)) {
        for (MailboxReader *reader : m_readers)
            reader->unreadable(*subscription);
        return useless();
    }
    if (frame.error() == FrameError::Unknown)
        return useless();
    if (++m_garbage > kMaximumGarbage)
        drop(TransportError::Misbehaved, "it sends what is no Nostr");
}

void Connection::useless()
{
    std::size_t all = ++m_useless;
    for (const MailboxReader *reader : m_readers)
        all += reader->uselessEvents();
    if (all > kMaximumUseless)
        drop(TransportError::Misbehaved, "it sends what nobody asked for");
}

/// Relays check ids and signatures: so many wrong ones are made up, and each costs us.
void Connection::forged()
{
    std::size_t all = 0;
    for (const MailboxReader *reader : m_readers)
        all += reader->forgedEvents();
    if (all > kMaximumUseless && m_phase == ConnectionPhase::Open)
        drop(TransportError::Misbehaved, "it sends forged events");
}

void Connection::handle(const RelayFrame &frame)
{
    const auto offer = [this](auto &&take) {
        // One of them may detach itself or others: at the first that takes it we stop.
        const bool taken = std::any_of(m_readers.begin(), m_readers.end(), take);
        return taken;
    };
    if (const auto *event = std::get_if<EventFrame>(&frame)) {
        if (!offer([&](MailboxReader *reader) { return reader->event(*event); }))
            useless();
        else
            forged();
        if (!m_served)
            noteServed();
    } else if (const auto *end = std::get_if<EoseFrame>(&frame)) {
        if (!offer([&](MailboxReader *reader) { return reader->endOfStored(*end); }))
            useless();
    } else if (const auto *closed = std::get_if<ClosedFrame>(&frame)) {
        if (!offer([&](MailboxReader *reader) { return reader->closed(*closed); }))
            useless();
    } else if (const auto *compared = std::get_if<ReconcileFrame>(&frame)) {
        if (!offer([&](MailboxReader *reader) { return reader->compared(*compared); }))
            useless();
    } else if (const auto *refused = std::get_if<ReconcileErrorFrame>(&frame)) {
        if (!offer([&](MailboxReader *reader) { return reader->notCompared(*refused); }))
            useless();
    } else if (const auto *ok = std::get_if<OkFrame>(&frame)) {
        if (m_authId == ok->id)
            authAnswered(ok->accepted ? AuthAnswer::Accepted : AuthAnswer::Refused, ok->text);
        else if (!m_publisher || !m_publisher->ok(*ok))
            useless();
    } else if (const auto *challenge = std::get_if<ChallengeFrame>(&frame)) {
        if (++m_challenges > kMaximumChallenges)
            return useless();
        if (m_authId && challenge->challenge == m_challenge)
            return; // asked again before our answer came there
        m_challenge = challenge->challenge;
        m_answeredAs.reset();
        answerChallenge();
        passHeld(); // those that are over already
    } else if (const auto *notice = std::get_if<NoticeFrame>(&frame)) {
        m_words = notice->text;
        useless();
    }
}

// --- AUTH (NIP-42) ---

void Connection::authWanted()
{
    const bool known = m_authAsked;
    m_authAsked = true;
    if (!hasOneKey())
        return m_owner.connectionMustSplit(*this);
    answerAgainIfRefused();
    if (!known)
        m_owner.connectionChanged(*this);
    // Without a challenge there is nothing to sign yet: strfry sends it after the refusal.
}

/// A challenge is sent once, and what was in the way of the answer may be over: our clock was set, somebody has paid. Who asks
/// for this waits between two times.
void Connection::answerAgainIfRefused()
{
    if (m_authRefused && !m_authId)
        m_answeredAs.reset();
    answerChallenge();
}

void Connection::answerChallenge()
{
    // A socket shared by several mailboxes keeps quiet until a refusal proves that AUTH is needed, or nothing comes for any
    // of them (passHeld): many relays send a challenge and never ask for the answer.
    if (!hasOneKey() || m_challenge.empty())
        return;
    if (m_publisher && !m_oneTimeKey)
        m_oneTimeKey = crypto::NostrKeyPair::generate(m_environment.random);
    const crypto::NostrKeyPair &key = m_publisher ? *m_oneTimeKey : m_readers.front()->mailbox();
    if (m_answeredAs == key.publicKey())
        return;
    m_answeredAs = key.publicKey();
    const crypto::NostrEvent answer = authEvent(m_settings.url, m_challenge, key,
                                                m_environment.clock.wallSeconds() + m_settings.clockAheadSeconds,
                                                m_environment.random);
    m_authId = answer.id;
    // Some relays accept AUTH without saying OK: after a while what waits for it is simply tried again.
    m_authTimer = m_environment.timers.after(kAuthTimeoutMs, [this] { authAnswered(AuthAnswer::Assumed, {}); });
    if (!m_publisher)
        m_readers.front()->authSent();
    sendFrame(writeAuth(answer));
}

void Connection::authAnswered(AuthAnswer answer, const std::string &words)
{
    m_authId.reset();
    m_authTimer.cancel();
    m_authRefused = answer == AuthAnswer::Refused;
    m_authRefusedForDate = m_mayBeMisdated = false;
    const AuthRefusal refusal = m_authRefused ? meaningOfRefusal(words) : AuthRefusal::Judgement;
    const bool isOpen = refusal != AuthRefusal::Judgement && (refusal != AuthRefusal::Trouble || ++m_authTroubles < kMaximumAuthTroubles);
    if (!isOpen)
        m_authSettledFor = m_answeredAs;
    if (m_authRefused)
        m_words = words;
    m_owner.connectionChanged(*this);
    if (m_publisher) {
        if (m_authRefused)
            m_publisher->authRefused(refusal, words);
        else
            m_publisher->authAccepted();
    }
    const auto readers = m_readers;
    for (MailboxReader *reader : readers) {
        if (reader->mailbox().publicKey() != m_answeredAs)
            continue;
        if (m_authRefused)
            reader->authRefused(isOpen);
        else
            reader->authAccepted(answer == AuthAnswer::Accepted);
    }
    if (!m_served)
        noteServed();
    endHeldPasses();
}

AuthRefusal Connection::meaningOfRefusal(const std::string &words)
{
    const AuthRefusal said = authRefusalOf(words);
    m_authRefusedForDate = said == AuthRefusal::Date;
    if (said == AuthRefusal::Date || said == AuthRefusal::Busy || !m_owner.connectionMayBeMisdated(*this))
        return said;
    m_mayBeMisdated = said == AuthRefusal::Judgement;
    return AuthRefusal::Date;
}

void Connection::settleRefusal()
{
    if (m_authId || !std::exchange(m_mayBeMisdated, false))
        return; // or it is being tried again: its answer settles it
    m_authSettledFor = m_answeredAs;
    endHeldPasses();
}

// --- relays that leave envelopes out until AUTH, without a word ---

bool Connection::servesAll() const
{
    if (m_challenge.empty() || m_served)
        return true;
    return m_readers.size() == 1 && m_authSettledFor == m_readers.front()->mailbox().publicKey();
}

void Connection::noteServed()
{
    m_served = std::any_of(m_readers.begin(), m_readers.end(), [](const MailboxReader *reader) { return reader->cameWithoutAuth(); });
    if (m_served)
        endHeldPasses();
}

void Connection::endHeldPasses()
{
    const auto readers = m_readers;
    for (MailboxReader *reader : readers) {
        if (servesAll())
            reader->endHeldPass();
    }
}

void Connection::passHeld()
{
    if (m_readers.empty() || servesAll())
        return;
    if (hasOneKey())
        return answerAgainIfRefused();
    const bool isOver = std::none_of(m_readers.begin(), m_readers.end(), [](const MailboxReader *reader) { return reader->isReading(); });
    if (isOver)
        m_owner.connectionMustSplit(*this);
}

void Connection::passGivenUp()
{
    if (std::any_of(m_readers.begin(), m_readers.end(), [](const MailboxReader *reader) { return reader->isHeld(); }))
        passHeld();
}

} // namespace tacet::relay
