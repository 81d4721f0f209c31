#include "tests/hostile/hostile_relay.h"

#include "app/relay/transport.h"
#include "tests/support/envelopes.h"

#include <algorithm>

namespace tacet::test {

using namespace relay;
using crypto::NostrEvent;

namespace {

constexpr std::size_t kRemembered = 2'000;
constexpr std::size_t kNearlyTooLarge = kMaximumIncoming - 1024;

template<typename Container>
const auto &anyOf(const Container &container, SeededRandom &random)
{
    auto at = container.begin();
    std::advance(at, std::ptrdiff_t(random.below(container.size())));
    return *at;
}

} // namespace

const char *nameOf(Deed deed)
{
    static constexpr std::array<const char *, std::size_t(Deed::Last)> kNames{
        "replayed", "doubled", "wrong mailbox", "foreign subscription", "altered", "forged", "full second", "not UTF-8",
        "not JSON", "huge", "broken framing", "AUTH", "NOTICE", "CLOSED, COUNT, unknown words", "OK for nothing", "EOSE again",
        "lying or missing OK", "withheld", "reordered", "hung up", "deaf"};
    return kNames[std::size_t(deed)];
}

class HostileRelay::Half final : public RelayHalf {
public:
    Half(HostileRelay &relay, Mouth &mouth) : m_relay(relay), m_mouth(mouth) { relay.m_halves.push_back(this); }
    ~Half() override { std::erase(m_relay.m_halves, this); }

    void opened() override
    {
        if (m_relay.chance(30))
            challenge();
    }
    void heard(const std::string &text) override
    {
        const auto frame = readClientFrame(text);
        if (!frame)
            return;
        if (const auto *published = std::get_if<PublishFrame>(&*frame))
            publish(published->event);
        else if (const auto *request = std::get_if<RequestFrame>(&*frame))
            answer(*request);
        else if (const auto *closed = std::get_if<CloseFrame>(&*frame))
            m_open.erase(closed->subscription);
        else if (const auto *auth = std::get_if<AuthFrame>(&*frame))
            authenticate(auth->event);
    }
    void live(const NostrEvent &event)
    {
        for (const auto &[name, filter] : m_open) {
            if (!filter.matches(event))
                continue;
            if (m_relay.chance(30)) {
                m_relay.done(Deed::Withheld);
                continue;
            }
            const std::uint64_t times = m_relay.chance(30) ? 1 + m_relay.m_random.below(4) : 1;
            for (std::uint64_t i = 0; i < times; ++i)
                m_mouth.say(writeEvent(name, event));
            if (times > 1)
                m_relay.done(Deed::Duplicate, times - 1);
        }
    }
    void stir();

private:
    void publish(const NostrEvent &event);
    void answer(const RequestFrame &request);
    void authenticate(const NostrEvent &event)
    {
        if (m_relay.chance(60))
            return m_mouth.say(writeOk(event.id, true, ""));
        m_relay.done(Deed::LyingOk);
        if (m_relay.chance(50))
            m_mouth.say(writeOk(event.id, false, m_relay.words()));
        else
            challenge();
    }
    void challenge()
    {
        m_relay.done(Deed::Challenge);
        m_mouth.say(writeChallenge(crypto::toHex(m_relay.m_random.bytes<16>())));
    }
    std::string anySubscription()
    {
        return m_open.empty() ? crypto::toHex(m_relay.m_random.bytes<8>()) : anyOf(m_open, m_relay.m_random).first;
    }

    HostileRelay &m_relay;
    Mouth &m_mouth;
    std::map<std::string, Filter> m_open; ///< the first filter of each: our clients send one
};

void HostileRelay::Half::publish(const NostrEvent &event)
{
    HostileRelay &relay = m_relay;
    const auto keep = [&] {
        relay.remember(event);
        const auto halves = relay.m_halves;
        for (Half *half : halves)
            half->live(event);
    };
    switch (relay.m_random.below(10)) {
    case 0: // true, and gone
        relay.done(Deed::LyingOk);
        return m_mouth.say(writeOk(event.id, true, ""));
    case 1: // false, and kept
        keep();
        relay.done(Deed::LyingOk);
        return m_mouth.say(writeOk(event.id, false, relay.words()));
    case 2:
        relay.done(Deed::LyingOk);
        return keep();
    case 3: // both
        keep();
        relay.done(Deed::LyingOk, 3);
        for (const bool accepted : {false, true, false})
            m_mouth.say(writeOk(event.id, accepted, relay.words()));
        return;
    case 4:
        relay.done(Deed::HangUp);
        return m_mouth.hangUp();
    case 5: // as to another event
        relay.done(Deed::UnknownOk);
        m_mouth.say(writeOk(relay.altered(event).id, true, ""));
        [[fallthrough]];
    default:
        keep();
        return m_mouth.say(writeOk(event.id, true, ""));
    }
}

void HostileRelay::Half::answer(const RequestFrame &request)
{
    HostileRelay &relay = m_relay;
    if (request.filters.empty())
        return;
    const Filter &filter = request.filters.front();
    if (const auto p = filter.tags.find('p'); p != filter.tags.end()) {
        for (const std::string &hex : p->second) {
            const auto bytes = crypto::fromHex(hex);
            if (const auto key = bytes ? crypto::NostrPublicKey::from(*bytes) : std::nullopt)
                relay.m_mailboxes.insert(*key);
        }
    }
    if (relay.chance(5)) {
        relay.done(Deed::NonsenseClosed);
        return m_mouth.say(writeClosed(request.subscription, relay.words()));
    }
    m_open[request.subscription] = filter;
    std::vector<NostrEvent> events = answersTo(filter, relay.m_stored);
    if (events.size() > 100 && events.front().createdAt == events.back().createdAt)
        relay.done(Deed::FullSecond, events.size());
    if (relay.chance(30)) {
        relay.done(Deed::Reordered, events.size());
        for (std::size_t i = events.size(); i > 1; --i)
            std::swap(events[i - 1], events[relay.m_random.below(i)]);
    }
    for (const NostrEvent &event : events) {
        if (relay.chance(20)) {
            relay.done(Deed::Withheld);
            continue;
        }
        if (relay.chance(10)) {
            relay.done(Deed::Altered);
            m_mouth.say(writeEvent(request.subscription, relay.altered(event)));
        }
        m_mouth.say(writeEvent(request.subscription, event));
    }
    if (relay.chance(15)) {
        relay.done(Deed::Withheld); // no EOSE
        return;
    }
    m_mouth.say(writeEose(request.subscription));
}

void HostileRelay::Half::stir()
{
    HostileRelay &relay = m_relay;
    SeededRandom &random = relay.m_random;
    const std::string name = anySubscription();
    const auto say = [&](Deed deed, std::string text) {
        relay.done(deed);
        m_mouth.say(std::move(text));
    };
    const auto deed = Deed(random.below(std::uint64_t(Deed::Last)));
    switch (deed) {
    case Deed::Replay:
    case Deed::Reordered:
    case Deed::Withheld:
        if (!relay.m_stored.empty())
            say(Deed::Replay, writeEvent(name, anyOf(relay.m_stored, random)));
        break;
    case Deed::Duplicate:
        for (int i = 0; i < 5 && !relay.m_stored.empty(); ++i)
            say(deed, writeEvent(name, relay.m_stored.back()));
        break;
    case Deed::WrongMailbox:
        if (!relay.m_mailboxes.empty())
            say(deed, writeEvent(name, datedEnvelope(anyOf(relay.m_mailboxes, random), relay.m_now(), random)));
        break;
    case Deed::ForeignSubscription:
        if (!relay.m_stored.empty())
            say(deed, writeEvent(crypto::toHex(random.bytes<4>()), anyOf(relay.m_stored, random)));
        break;
    case Deed::Altered:
        if (!relay.m_stored.empty())
            say(deed, writeEvent(name, relay.altered(anyOf(relay.m_stored, random))));
        break;
    case Deed::Forged: {
        const auto open = m_open.find(name);
        const auto p = open == m_open.end() ? std::nullopt : std::optional(open->second.tags.find('p'));
        const auto bytes = p && *p != open->second.tags.end() ? crypto::fromHex((*p)->second.front()) : std::nullopt;
        if (const auto mailbox = bytes ? crypto::NostrPublicKey::from(*bytes) : std::nullopt)
            say(deed, writeEvent(name, envelopeFor(*mailbox, relay.m_now(), random)));
        break;
    }
    case Deed::FullSecond:
        if (!relay.m_mailboxes.empty() && relay.chance(4)) {
            const auto mailbox = anyOf(relay.m_mailboxes, random);
            const std::int64_t second = relay.m_now() - std::int64_t(random.below(100'000));
            for (int i = 0; i < 400; ++i) { // more than a page, each with a signature of its own
                relay.remember(datedEnvelope(mailbox, second, random));
                if (i % 8 == 0)
                    say(deed, writeEvent(name, relay.m_stored.back()));
            }
        }
        break;
    case Deed::NotUtf8:
        say(deed, "[\"NOTICE\",\"" + std::string(3, char(0x80 + random.below(0x7f))) + "\xed\xa0\x80\xf5\"]");
        break;
    case Deed::NotJson:
        say(deed, relay.rubbish());
        break;
    case Deed::Huge:
        say(deed, "[\"NOTICE\",\"" + std::string(kNearlyTooLarge, 'x') + "\"]");
        break;
    case Deed::BrokenFraming:
        if (relay.chance(20)) {
            relay.done(deed);
            m_mouth.breakFraming(random.below(1'000'000));
        }
        break;
    case Deed::Challenge:
        challenge();
        break;
    case Deed::Notices:
        for (int i = 0; i < 20; ++i)
            say(deed, writeNotice(relay.words()));
        break;
    case Deed::NonsenseClosed:
        say(deed, random.below(3) == 0 ? writeCount(name, -7)
                : random.below(2) == 0 ? std::string(R"(["EVNT",{"kinds":[1059]}])")
                                       : writeClosed(name, relay.words()));
        break;
    case Deed::UnknownOk:
    case Deed::LyingOk:
        say(Deed::UnknownOk, writeOk(crypto::NostrEventId{random.bytes<32>()}, relay.chance(50), relay.words()));
        break;
    case Deed::EndlessEose:
        for (int i = 0; i < 10; ++i)
            say(deed, writeEose(name));
        break;
    case Deed::HangUp:
        if (relay.chance(20)) {
            relay.done(deed);
            m_mouth.hangUp();
        }
        break;
    case Deed::Deaf:
        if (relay.chance(20)) {
            relay.done(deed);
            m_mouth.stopReading();
        }
        break;
    case Deed::Last:
        break;
    }
}

HostileRelay::HostileRelay(std::uint64_t seed, std::function<std::int64_t()> nowSeconds) : m_random(seed), m_now(std::move(nowSeconds)) { }
HostileRelay::~HostileRelay() = default;

std::unique_ptr<RelayHalf> HostileRelay::welcome(Mouth &mouth)
{
    return std::make_unique<Half>(*this, mouth);
}

void HostileRelay::stir()
{
    if (!m_halves.empty())
        m_halves[m_random.below(m_halves.size())]->stir();
}

void HostileRelay::done(Deed deed, std::uint64_t times)
{
    m_deeds += times;
    m_counts[std::size_t(deed)] += times;
}

void HostileRelay::remember(const NostrEvent &event)
{
    m_stored.push_back(event);
    if (m_stored.size() > kRemembered)
        m_stored.erase(m_stored.begin(), m_stored.begin() + kRemembered / 4);
}

NostrEvent HostileRelay::altered(NostrEvent event)
{
    const auto bit = std::uint8_t(1u << m_random.below(8));
    switch (m_random.below(6)) {
    case 0:
        event.id.bytes[m_random.below(32)] ^= bit;
        break;
    case 1:
        event.author.bytes[m_random.below(32)] ^= bit;
        break;
    case 2:
        event.signature.bytes[m_random.below(64)] ^= bit;
        break;
    case 3:
        event.createdAt += 1 - std::int64_t(m_random.below(2)) * 2;
        break;
    case 4:
        event.tags.push_back({"p", crypto::toHex(m_random.bytes<32>())});
        break;
    default:
        if (!event.content.empty())
            event.content[m_random.below(event.content.size())] = 'A';
        break;
    }
    return event;
}

std::string HostileRelay::rubbish()
{
    switch (m_random.below(8)) {
    case 0: {
        const auto bytes = m_random.bytes<64>();
        return std::string(bytes.begin(), bytes.end());
    }
    case 1:
        return std::string(50'000, '[');
    case 2:
        return "[\"OK\"," + std::string(400, '9') + "]";
    case 3:
        return std::string("[\"NOTICE\",\"a\0b\"]", 16);
    case 4:
        return R"(["EVENT","x",{"id":"00","id":"11"}])";
    case 5:
        return R"(["NOTICE","\ud800"])";
    case 6:
        return {};
    default: {
        const std::string whole = m_stored.empty() ? std::string(R"(["EOSE","x"])") : writeEvent("x", m_stored.back());
        return whole.substr(0, m_random.below(whole.size()));
    }
    }
}

std::string HostileRelay::words()
{
    static constexpr std::array kWords{"", "blocked: no", "rate-limited: slowly", "error: disk", "invalid: because", "auth-required: do",
                                       "restricted: not you", "pow: 40 bits", "duplicate: had it", "mute: hush", "unsupported: that",
                                       "ERROR: auth-required: so", "\u202eblocked:", "<img src=http://127.0.0.1:9/x>"};
    const std::size_t which = m_random.below(kWords.size() + 1);
    return which == kWords.size() ? std::string(60'000, 'w') : std::string(kWords[which]);
}

} // namespace tacet::test
