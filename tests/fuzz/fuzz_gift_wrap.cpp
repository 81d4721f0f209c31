// An envelope from a relay (PROTOCOL §6): opens exactly when nothing was changed that the id covers.
#include "crypto/gift_wrap.h"
#include "tests/fuzz/edits.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/seeded_random.h"

namespace {

using namespace tacet::crypto;

struct Mail {
    tacet::test::SeededRandom random{8};
    NostrKeyPair mailbox = NostrKeyPair::generate(random);
    Bytes inner = Bytes(kMessageSizes.front(), 0x5A);
    NostrEvent event = *wrap(inner, mailbox.publicKey(), 1'800'000'000, random);
};

} // namespace

TACET_FUZZ_TARGET(gift_wrap, input)
{
    static const Mail mail;
    if (input.empty())
        return;
    const auto script = input.subspan(1);
    NostrEvent event = mail.event;
    const auto edit = [&](auto &bytes) {
        const auto changed = tacet::test::edited({bytes.begin(), bytes.end()}, script);
        if constexpr (requires { bytes.resize(1); }) {
            bytes.assign(changed.begin(), changed.end());
        } else {
            for (std::size_t i = 0; i < std::min(changed.size(), bytes.size()); ++i)
                bytes[i] = changed[i];
        }
    };
    const bool sealedAgain = (input[0] & 0x80) != 0; // the id is made to fit, as a relay could
    switch (input[0] % 6) {
    case 0: edit(event.content); break;
    case 1: edit(event.id.bytes); break;
    case 2: edit(event.author.bytes); break;
    case 3: edit(event.signature.bytes); break;
    case 4: event.createdAt = std::int64_t(script.size()) * 7919; break;
    case 5:
        for (auto &tag : event.tags) {
            for (std::string &word : tag)
                edit(word);
        }
        break;
    }
    if (sealedAgain)
        event.id = computeId(event);
    const auto opened = unwrap(event, mail.mailbox);
    FUZZ_DEMAND(bool(opened) == (event == mail.event));
    if (opened)
        FUZZ_DEMAND(*opened == mail.inner);
}
