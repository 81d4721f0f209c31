#include "tests/hostile/relay_half.h"

#include <algorithm>

namespace tacet::test {

using namespace relay;

std::vector<crypto::NostrEvent> answersTo(const Filter &filter, const std::vector<crypto::NostrEvent> &stored)
{
    constexpr std::size_t kPage = 300;
    std::vector<crypto::NostrEvent> page;
    for (const auto &event : stored) {
        if (filter.matches(event))
            page.push_back(event);
    }
    std::stable_sort(page.begin(), page.end(), [](const auto &a, const auto &b) { return a.createdAt > b.createdAt; });
    page.resize(std::min({page.size(), kPage, std::size_t(filter.limit.value_or(std::int64_t(kPage)))}));
    return page;
}

class HonestRelay::Half final : public RelayHalf {
public:
    Half(HonestRelay &relay, Mouth &mouth) : m_relay(relay), m_mouth(mouth) { relay.m_halves.push_back(this); }
    ~Half() override { std::erase(m_relay.m_halves, this); }

    void opened() override { }
    void heard(const std::string &text) override
    {
        const auto frame = readClientFrame(text);
        if (!frame)
            return m_mouth.say(writeNotice("invalid: unreadable"));
        if (const auto *published = std::get_if<PublishFrame>(&*frame)) {
            publish(published->event);
        } else if (const auto *request = std::get_if<RequestFrame>(&*frame)) {
            m_subscriptions[request->subscription] = request->filters;
            for (const Filter &filter : request->filters) {
                for (const auto &event : answersTo(filter, m_relay.m_stored))
                    m_mouth.say(writeEvent(request->subscription, event));
            }
            m_mouth.say(writeEose(request->subscription));
        } else if (const auto *closed = std::get_if<CloseFrame>(&*frame)) {
            m_subscriptions.erase(closed->subscription);
        }
    }

private:
    void publish(const crypto::NostrEvent &event)
    {
        if (!crypto::verify(event))
            return m_mouth.say(writeOk(event.id, false, "invalid: signature"));
        const bool known = std::any_of(m_relay.m_stored.begin(), m_relay.m_stored.end(),
                                       [&](const auto &stored) { return stored.id == event.id; });
        m_mouth.say(writeOk(event.id, true, known ? "duplicate: here already" : ""));
        if (known)
            return;
        m_relay.m_stored.push_back(event);
        for (Half *half : m_relay.m_halves) {
            for (const auto &[name, filters] : half->m_subscriptions) {
                if (std::any_of(filters.begin(), filters.end(), [&](const Filter &f) { return f.matches(event); }))
                    half->m_mouth.say(writeEvent(name, event));
            }
        }
    }

    HonestRelay &m_relay;
    Mouth &m_mouth;
    std::map<std::string, std::vector<Filter>> m_subscriptions;
};

std::unique_ptr<RelayHalf> HonestRelay::welcome(Mouth &mouth)
{
    return std::make_unique<Half>(*this, mouth);
}

} // namespace tacet::test
