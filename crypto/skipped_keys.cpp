#include "crypto/skipped_keys.h"

#include "crypto/state_codec.h"

namespace tacet::crypto {
namespace {

bool isExpired(const SkippedKey &key, UnixMs now)
{
    return now - key.storedAt > kSkippedKeyLifetime; // a clock that went back expires nothing
}

} // namespace

Gap walk(ChainKey &chain, std::uint32_t from, std::uint32_t to, UnixMs now)
{
    assert(from <= to);
    const std::uint32_t missing = to - from;
    const std::uint32_t forgotten = missing - std::min(missing, std::uint32_t(kMaxSkippedPerGap));
    Gap gap;
    gap.reserve(missing - forgotten);
    for (std::uint32_t i = 0; i < missing; ++i) {
        if (i < forgotten)
            chain.skip();
        else
            gap.push_back({from + i, std::max<UnixMs>(now, 0), chain.next()}); // before 1970 is not written
    }
    return gap;
}

const SkippedKey *SkippedKeys::find(FixedView<32> headerKey, std::uint32_t number, UnixMs now) const
{
    for (const Chain &chain : m_chains) {
        if (!chain.headerKey.equals(headerKey))
            continue;
        for (const SkippedKey &key : chain.keys) {
            if (key.number == number)
                return isExpired(key, now) ? nullptr : &key;
        }
    }
    return nullptr;
}

void SkippedKeys::remove(FixedView<32> headerKey, std::uint32_t number)
{
    for (Chain &chain : m_chains) {
        if (chain.headerKey.equals(headerKey))
            m_count -= std::erase_if(chain.keys, [&](const SkippedKey &key) { return key.number == number; });
    }
    dropEmptyChains();
}

void SkippedKeys::add(FixedView<32> headerKey, Gap gap)
{
    if (gap.empty())
        return;
    if (m_chains.empty() || !m_chains.back().headerKey.equals(headerKey))
        m_chains.push_back({SecretBytes<32>(headerKey), {}});
    for (SkippedKey &key : gap)
        m_chains.back().keys.push_back(std::move(key));
    m_count += gap.size();

    while (m_chains.size() > kMaxSkippedHeaderKeys) {
        m_count -= m_chains.front().keys.size();
        m_chains.pop_front();
    }
    while (m_count > kMaxSkippedPerSession) {
        m_chains.front().keys.pop_front();
        --m_count;
        dropEmptyChains();
    }
}

void SkippedKeys::expire(UnixMs now)
{
    for (Chain &chain : m_chains)
        m_count -= std::erase_if(chain.keys, [&](const SkippedKey &key) { return isExpired(key, now); });
    dropEmptyChains();
}

void SkippedKeys::dropEmptyChains()
{
    std::erase_if(m_chains, [](const Chain &chain) { return chain.keys.empty(); });
}

SkippedKeys SkippedKeys::clone() const
{
    SkippedKeys copy;
    copy.m_count = m_count;
    for (const Chain &chain : m_chains) {
        copy.m_chains.push_back({chain.headerKey.clone(), {}});
        for (const SkippedKey &key : chain.keys)
            copy.m_chains.back().keys.push_back({key.number, key.storedAt, key.key.clone()});
    }
    return copy;
}

void SkippedKeys::write(StateWriter &out) const
{
    out.be32(static_cast<std::uint32_t>(m_chains.size()));
    for (const Chain &chain : m_chains) {
        out.bytes(chain.headerKey.view());
        out.be32(static_cast<std::uint32_t>(chain.keys.size()));
        for (const SkippedKey &key : chain.keys) {
            out.be32(key.number);
            out.be64(static_cast<std::uint64_t>(key.storedAt));
            out.bytes(key.key.view());
        }
    }
}

std::optional<SkippedKeys> SkippedKeys::read(ByteReader &in)
{
    const auto chains = in.be32();
    if (!chains || *chains > kMaxSkippedHeaderKeys)
        return std::nullopt;
    SkippedKeys out;
    for (std::uint32_t i = 0; i < *chains; ++i) {
        auto headerKey = takeSecret<32>(in);
        const auto keys = in.be32();
        if (!headerKey || !keys || *keys == 0 || *keys > kMaxSkippedPerSession)
            return std::nullopt;
        Chain chain{std::move(*headerKey), {}};
        for (std::uint32_t k = 0; k < *keys; ++k) {
            const auto number = in.be32();
            const auto storedAt = in.be64();
            auto key = takeSecret<32>(in);
            if (!number || !storedAt || !key || *storedAt >= std::uint64_t(kEndOfTime))
                return std::nullopt;
            chain.keys.push_back({*number, static_cast<UnixMs>(*storedAt), MessageKey(std::move(*key))});
        }
        out.m_count += chain.keys.size();
        out.m_chains.push_back(std::move(chain));
    }
    if (out.m_count > kMaxSkippedPerSession)
        return std::nullopt;
    return out;
}

} // namespace tacet::crypto
