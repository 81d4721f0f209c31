#include "app/relay/auth_refusal.h"

#include "app/relay/date_refusal.h"
#include "app/relay/frames.h"

namespace tacet::relay {

AuthRefusal authRefusalOf(std::string_view words)
{
    const Prefix prefix = prefixOf(words);
    if (prefix == Prefix::RateLimited)
        return AuthRefusal::Busy;
    if (authDateRefusalOf(words))
        return AuthRefusal::Date;
    return prefix == Prefix::Error || prefix == Prefix::None ? AuthRefusal::Trouble : AuthRefusal::Judgement;
}

} // namespace tacet::relay
