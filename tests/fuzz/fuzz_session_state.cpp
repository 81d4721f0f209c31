// A stored session (PROTOCOL §5.8): one state has one form, and a damaged one is refused, never half read.
#include "tests/fuzz/conversation.h"
#include "tests/fuzz/edits.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

template<typename Stored>
void demandOneForm(tacet::crypto::ByteView bytes)
{
    if (const auto stored = Stored::parse(bytes)) {
        const auto again = stored->serialise();
        FUZZ_DEMAND(std::equal(again.view().begin(), again.view().end(), bytes.begin(), bytes.end()));
    }
}

} // namespace

TACET_FUZZ_TARGET(session_state, input)
{
    using namespace tacet::crypto;
    demandOneForm<Session>(input);
    demandOneForm<OwnPrekeys>(input);
    const auto &talk = tacet::test::Conversation::the();
    for (const Session *session : {&talk.atAlice, &talk.atBob}) {
        const auto whole = session->serialise();
        demandOneForm<Session>(tacet::test::edited(Bytes(whole.view().begin(), whole.view().end()), input));
    }
}
