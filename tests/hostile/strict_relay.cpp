#include "tests/hostile/strict_relay.h"

#include "app/relay/frames.h"

#include <algorithm>

namespace tacet::test {

using namespace relay;
using crypto::NostrEvent;

namespace {

bool isPrivate(int kind)
{
    return kind == crypto::kKindGiftWrap || kind == 4;
}

std::string tagOf(const NostrEvent &event, std::string_view name)
{
    for (const auto &tag : event.tags) {
        if (tag.size() >= 2 && tag[0] == name)
            return tag[1];
    }
    return {};
}

} // namespace

class StrictRelay::Half final : public RelayHalf {
public:
    Half(StrictRelay &relay, Mouth &mouth) : m_relay(relay), m_mouth(mouth) { relay.m_halves.push_back(this); }
    ~Half() override { std::erase(m_relay.m_halves, this); }

    void opened() override { }

    void heard(const std::string &text) override
    {
        if (text.size() > kMaximumFrame)
            return m_mouth.hangUp();
        const auto frame = readClientFrame(text);
        if (!frame)
            return m_mouth.say(writeNotice("ERROR: bad msg: unparseable message"));
        if (const auto *published = std::get_if<PublishFrame>(&*frame))
            publish(published->event);
        else if (const auto *request = std::get_if<RequestFrame>(&*frame))
            subscribe(*request);
        else if (const auto *closed = std::get_if<CloseFrame>(&*frame))
            m_subscriptions.erase(closed->subscription);
        else if (const auto *auth = std::get_if<AuthFrame>(&*frame))
            authenticate(auth->event);
    }

    void tell(const std::vector<NostrEvent> &events)
    {
        for (const auto &[name, filters] : m_subscriptions) {
            for (const NostrEvent &event : events) {
                if (matches(filters, event))
                    m_mouth.say(writeEvent(name, event));
            }
        }
    }

private:
    static bool matches(const std::vector<Filter> &filters, const NostrEvent &event)
    {
        return std::any_of(filters.begin(), filters.end(), [&](const Filter &filter) { return filter.matches(event); });
    }

    void challenge()
    {
        m_challenge = "challenge-" + std::to_string(++m_relay.m_challenges);
        m_mouth.say(writeChallenge(m_challenge));
    }

    void authenticate(const NostrEvent &event)
    {
        const auto refuse = [&](std::string_view words) { m_mouth.say(writeOk(event.id, false, words)); };
        if (m_key && *m_key != event.author) {
            ++m_relay.secondKeys;
            return refuse("ERROR: this socket is authenticated as somebody else");
        }
        if (!crypto::verify(event) || event.kind != crypto::kKindAuth || tagOf(event, "relay") != m_relay.m_url.text())
            return refuse("ERROR: AUTH event is not for this relay");
        if (m_challenge.empty() || tagOf(event, "challenge") != m_challenge)
            return refuse("ERROR: AUTH challenge mismatch");
        if (std::abs(event.createdAt - m_relay.now()) > kAuthSeconds)
            return refuse("ERROR: created_at too far from the current time");
        ++m_relay.authed;
        m_key = event.author;
        m_mouth.say(writeOk(event.id, true, "successfully authenticated"));
    }

    void publish(const NostrEvent &event)
    {
        const auto refuse = [&](std::string_view words) { m_mouth.say(writeOk(event.id, false, words)); };
        if (crypto::toJson(event).size() > kMaximumEvent)
            return refuse("invalid: event too large: " + std::to_string(crypto::toJson(event).size()));
        if (!crypto::verify(event))
            return refuse("invalid: bad signature");
        if (event.createdAt > m_relay.now() + m_relay.newestSeconds)
            return refuse("invalid: created_at too late");
        if (event.createdAt < m_relay.now() - m_relay.oldestSeconds)
            return refuse("invalid: created_at too early");
        if (m_relay.authToPublish && !m_key) {
            refuse("auth-required: members and guests say who they are");
            return challenge();
        }
        const bool known = std::any_of(m_relay.m_stored.begin(), m_relay.m_stored.end(),
                                       [&](const NostrEvent &stored) { return stored.id == event.id; });
        m_mouth.say(writeOk(event.id, true, known ? "duplicate: have this event" : ""));
        if (known)
            return;
        m_relay.m_stored.push_back(event);
        m_relay.m_fresh.push_back(event);
        m_relay.tellLive();
    }

    bool mayRead(const Filter &filter) const
    {
        if (std::none_of(filter.kinds.begin(), filter.kinds.end(), isPrivate))
            return !filter.kinds.empty();
        const auto people = filter.tags.find('p');
        return m_key && people != filter.tags.end() && people->second == std::vector{crypto::toHex(m_key->bytes)};
    }

    void subscribe(const RequestFrame &request)
    {
        const auto refuse = [&](std::string_view words) { m_mouth.say(writeClosed(request.subscription, words)); };
        if (!m_subscriptions.contains(request.subscription) && m_subscriptions.size() >= kMaximumSubscriptions) {
            ++m_relay.tooMany;
            return m_mouth.say(writeNotice("ERROR: too many concurrent REQs"));
        }
        for (const Filter &filter : request.filters) {
            if (filter.limit.value_or(0) > kMaximumLimit)
                return refuse("ERROR: bad req: filter limit too large");
            if (!mayRead(filter)) {
                ++m_relay.refusedReads;
                refuse(m_key ? "ERROR: restricted: this is for its recipient" : "ERROR: auth-required: who are you?");
                if (!m_key)
                    challenge(); // late: nobody was asked when the socket opened
                return;
            }
        }
        m_subscriptions[request.subscription] = request.filters;
        for (const Filter &filter : request.filters) {
            for (const NostrEvent &event : answersTo(filter, m_relay.m_stored))
                m_mouth.say(writeEvent(request.subscription, event));
        }
        m_mouth.say(writeEose(request.subscription));
    }

    StrictRelay &m_relay;
    Mouth &m_mouth;
    std::string m_challenge;
    std::optional<crypto::NostrPublicKey> m_key;
    std::map<std::string, std::vector<Filter>> m_subscriptions;
};

std::unique_ptr<RelayHalf> StrictRelay::welcome(Mouth &mouth)
{
    return std::make_unique<Half>(*this, mouth);
}

void StrictRelay::tellLive()
{
    if (m_batch.isSet())
        return;
    m_batch = m_timers.after(kBatchMs, [this] {
        m_batch.cancel();
        const auto fresh = std::exchange(m_fresh, {});
        for (Half *half : m_halves)
            half->tell(fresh);
    });
}

} // namespace tacet::test
