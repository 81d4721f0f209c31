// Addresses come from links of strangers: what is accepted is normalised once and for all, and has a host.
#include "app/relay/relay_url.h"
#include "tests/fuzz/fuzz_target.h"

TACET_FUZZ_TARGET(relay_url, input)
{
    using tacet::relay::RelayUrl;
    const std::string_view text(reinterpret_cast<const char *>(input.data()), input.size());
    const auto url = RelayUrl::parse(text);
    if (!url)
        return;
    FUZZ_DEMAND(!url->host().empty());
    FUZZ_DEMAND(url->port() != 0);
    FUZZ_DEMAND(url->text().size() <= RelayUrl::kMaximumLength);
    FUZZ_DEMAND(url->text().find('@') == std::string::npos || url->text().find('@') > url->text().find('/', 6));
    for (const char c : url->text())
        FUZZ_DEMAND(c > 0x20 && c < 0x7F);
    const auto again = RelayUrl::parse(url->text());
    FUZZ_DEMAND(again && *again == *url && again->hostKind() == url->hostKind());
}
