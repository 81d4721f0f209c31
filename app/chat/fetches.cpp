#include "app/chat/fetches.h"

#include "app/chat/limits.h"
#include "app/chat/text.h"
#include "crypto/gift_wrap.h"

#include <utility>

namespace tacet::chat {

using crypto::BundleError;
using crypto::VerifiedBundle;

struct Fetches::Gathering {
    crypto::Link link;
    BundleThen then;
    int waiting = 0;
    int complete = 0;
    int unreachable = 0;
    std::optional<QString> proxyDown = std::nullopt; ///< in its words
    bool done = false;
    bool used = false;
    std::optional<VerifiedBundle> best = std::nullopt;
    std::optional<TroubleCode> trouble = std::nullopt; ///< of an event that is the link's, but not valid
    TimerHandle grace = {};
};

void Fetches::fetch(const relay::RelayUrl &url, const crypto::NostrKeyPair &mailbox, Then then)
{
    const std::uint64_t id = m_context.port.nextRequest();
    m_waiting[id] = std::move(then);
    m_context.port.fetch(relay::FetchId{id}, url, mailbox);
}

void Fetches::fetched(relay::FetchId id, const relay::FetchOutcome &outcome)
{
    auto node = m_waiting.extract(std::uint64_t(id));
    if (!node.empty())
        node.mapped()(outcome);
}

void Fetches::stop()
{
    m_waiting.clear();
    for (const auto &gathering : std::exchange(m_gatherings, {}))
        gathering->done = true; // its timer goes with it
}

void Fetches::fetchBundle(const crypto::Link &link, const std::vector<relay::RelayUrl> &relays, BundleThen then)
{
    auto gathering = std::make_shared<Gathering>(Gathering{link.clone(), std::move(then)});
    gathering->waiting = int(relays.size());
    m_gatherings.insert(gathering);
    if (relays.empty())
        return finishLater(gathering, 0);
    const auto mailbox = link.bundleMailbox();
    for (const relay::RelayUrl &url : relays)
        fetch(url, mailbox, [this, gathering](const relay::FetchOutcome &outcome) { take(gathering, outcome); });
}

void Fetches::take(const std::shared_ptr<Gathering> &gathering, const relay::FetchOutcome &outcome)
{
    --gathering->waiting;
    if (gathering->done)
        return;
    if (outcome.kind == relay::FetchOutcome::Kind::Complete && !outcome.truncated) // else rubbish may hide it
        ++gathering->complete;
    else
        ++gathering->unreachable;
    if (outcome.proxyDown)
        gathering->proxyDown = fromUtf8(outcome.reason);
    const auto mailbox = gathering->link.bundleMailbox();
    for (const crypto::NostrEvent &event : outcome.events) {
        const auto inner = crypto::unwrap(event, mailbox);
        if (!inner)
            continue; // anybody can send rubbish to a `p` key
        auto bundle = crypto::openBundle(*inner, gathering->link, m_context.now());
        if (bundle) {
            if (!gathering->best || bundle->card.validFrom > gathering->best->card.validFrom)
                gathering->best = std::move(*bundle);
            continue;
        }
        switch (bundle.error()) {
        case BundleError::Used:
            gathering->used = true;
            break;
        case BundleError::Altered:
            gathering->trouble = TroubleCode::InviteAltered;
            break;
        case BundleError::Expired:
            gathering->trouble = gathering->trouble.value_or(TroubleCode::InviteExpired);
            break;
        case BundleError::NotYetValid:
            gathering->trouble = gathering->trouble.value_or(TroubleCode::InviteNotYetValid);
            break;
        case BundleError::NewerVersion:
            gathering->trouble = gathering->trouble.value_or(TroubleCode::LinkNewer);
            break;
        case BundleError::NotThisLink:
            break;
        }
    }
    if (gathering->waiting == 0 || gathering->used)
        return finish(gathering);
    if (gathering->best && !gathering->grace.isSet())
        finishLater(gathering, kBundleGraceMs);
}

void Fetches::finishLater(const std::shared_ptr<Gathering> &gathering, qint64 ms)
{
    // The gathering owns its timer: a timer that owned the gathering would fire after the engine is gone.
    gathering->grace = m_context.timers.after(ms, [this, weak = std::weak_ptr(gathering)] {
        if (const auto alive = weak.lock())
            finish(alive);
    });
}

void Fetches::finish(const std::shared_ptr<Gathering> &gathering)
{
    if (gathering->done)
        return;
    gathering->done = true;
    m_gatherings.erase(gathering);
    const BundleThen then = std::move(gathering->then);
    const auto keepAlive = std::move(gathering->grace); // the timer may be running this very call
    if (gathering->used)
        then(trouble(TroubleCode::InviteUsed));
    else if (gathering->best)
        then(std::move(*gathering->best));
    else if (gathering->trouble)
        then(trouble(*gathering->trouble));
    else if (gathering->complete > 0 && gathering->unreachable == 0)
        then(trouble(TroubleCode::InviteNotFound));
    else if (gathering->proxyDown)
        then(trouble(TroubleCode::ProxyDown, *gathering->proxyDown));
    else
        then(trouble(TroubleCode::NoRelayReachable));
}

} // namespace tacet::chat
