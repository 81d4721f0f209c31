#include "app/chat/silent_relays.h"

#include "app/chat/limits.h"
#include "app/relay/relay_url.h"
#include "app/vault/profile_rows.h"

#include <algorithm>
#include <sstream>

namespace tacet::chat {
namespace {

constexpr const char *kSetting = "silent_relays"; // a line for each: days, when they were counted, address

} // namespace

SilentRelays SilentRelays::read(vault::Database &db)
{
    SilentRelays silent;
    std::istringstream lines(vault::readSettingText(db, kSetting).value_or(""));
    Silence silence;
    std::string url;
    while (lines >> silence.days >> silence.countedMs && std::getline(lines >> std::ws, url)) {
        if (const auto parsed = relay::RelayUrl::parse(url))
            silent.m_relays[parsed->text()] = silence;
    }
    return silent;
}

void SilentRelays::write(vault::Database &db) const
{
    std::ostringstream lines;
    for (const auto &[url, silence] : m_relays)
        lines << silence.days << ' ' << silence.countedMs << ' ' << url << '\n';
    vault::writeSetting(db, kSetting, std::string_view(lines.str()));
}

bool SilentRelays::missed(const std::string &url, qint64 nowMs)
{
    const auto [at, isNew] = m_relays.try_emplace(url, Silence{0, nowMs});
    Silence &silence = at->second;
    if (nowMs < silence.countedMs)
        silence.countedMs = nowMs; // the clock went back
    if (isNew || nowMs - silence.countedMs < kSilentDayMs)
        return false;
    ++silence.days;
    silence.countedMs = nowMs;
    return silence.days == kRelayGiveUpDays;
}

bool SilentRelays::forget(const std::string &url)
{
    const bool was = isGivenUp(url);
    m_relays.erase(url);
    return was;
}

void SilentRelays::keepOnly(const std::set<std::string> &urls)
{
    std::erase_if(m_relays, [&](const auto &each) { return !urls.contains(each.first); });
}

bool SilentRelays::isGivenUp(const std::string &url) const
{
    return daysOf(url) >= kRelayGiveUpDays;
}

bool SilentRelays::isForgotten(const std::string &url) const
{
    return daysOf(url) >= kRelayForgetDays;
}

int SilentRelays::daysOf(const std::string &url) const
{
    const auto at = m_relays.find(url);
    return at == m_relays.end() ? 0 : at->second.days;
}

std::vector<std::string> SilentRelays::living(const std::vector<std::string> &urls) const
{
    std::vector<std::string> out;
    std::copy_if(urls.begin(), urls.end(), std::back_inserter(out),
                 [this](const std::string &url) { return !isGivenUp(url); });
    return out;
}

std::vector<std::string> SilentRelays::listed(const std::vector<std::string> &urls) const
{
    auto out = living(urls);
    return out.empty() ? urls : out;
}

} // namespace tacet::chat
