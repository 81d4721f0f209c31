// What a person pasted (PROTOCOL §3.2): one link has one text, and it fits its QR code.
#include "crypto/link.h"
#include "tests/fuzz/fuzz_target.h"

TACET_FUZZ_TARGET(link, input)
{
    using namespace tacet::crypto;
    const auto link = Link::parse({reinterpret_cast<const char *>(input.data()), input.size()});
    if (!link)
        return;
    const std::string uri = link->uri();
    FUZZ_DEMAND(uri.size() <= kMaxLinkLength);
    FUZZ_DEMAND(!link->relays().empty() && link->relays().size() <= kMaxLinkRelays);
    for (const std::string &relay : link->relays())
        FUZZ_DEMAND(isRelayUrl(relay));
    const auto again = Link::parse(uri);
    FUZZ_DEMAND(again && again->uri() == uri && again->relays() == link->relays() && again->type() == link->type());
    const auto web = Link::parse(link->webAddress("https://example.org/"));
    FUZZ_DEMAND(web && web->uri() == uri);
}
