// A ratchet message from a relay (PROTOCOL §5): opens exactly when nothing was changed, and a message that does not open
// changes nothing. The first byte chooses the message, the rest is a script of damage.
#include "tests/fuzz/conversation.h"
#include "tests/fuzz/edits.h"
#include "tests/fuzz/fuzz_target.h"

TACET_FUZZ_TARGET(message, input)
{
    using namespace tacet::crypto;
    auto &talk = tacet::test::Conversation::the();
    if (input.empty())
        return;
    const unsigned which = input[0] % 4;
    const Bytes &whole = which == 0 ? talk.first : which == 1 ? talk.second : talk.reply;
    const Bytes message = which == 3 ? Bytes(input.begin() + 1, input.end()) : tacet::test::edited(whole, input.subspan(1));
    const bool intact = message == whole;

    if (const auto prefix = peekPrefix(message)) {
        const Bytes bytes = prefix->bytes();
        FUZZ_DEMAND(bytes.size() <= message.size() && std::equal(bytes.begin(), bytes.end(), message.begin()));
    }
    const auto accepted = Session::accept(talk.bob, talk.made.prekeys, message, talk.kNow);
    // Without Alice's key nobody makes a handshake: only her two own messages are one.
    FUZZ_DEMAND(bool(accepted) == (message == talk.first || message == talk.second));

    Session session = which >= 2 ? talk.atAlice.clone() : talk.atBob.clone();
    const auto before = session.serialise();
    const auto opened = session.decrypt(message, talk.kNow);
    const auto after = session.serialise();
    if (which == 1 || which == 2)
        FUZZ_DEMAND(bool(opened) == intact);
    else
        FUZZ_DEMAND(!opened || message == talk.second || message == talk.reply); // `first` was received before
    if (!opened)
        FUZZ_DEMAND(std::equal(before.view().begin(), before.view().end(), after.view().begin(), after.view().end()));
}
