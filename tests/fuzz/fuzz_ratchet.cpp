// Two people and a network by script (PROTOCOL §5): each byte is one act, writing, delivering in any order, again or
// damaged, storing and reloading. What was sent opens once and unchanged, as long as the limits allow; whatever does not
// open changes nothing; in the end both are in step.
#include "tests/fuzz/conversation.h"
#include "tests/fuzz/fuzz_target.h"

#include <array>
#include <optional>

namespace {

using namespace tacet::crypto;
using tacet::test::Conversation;

struct Sent {
    Bytes message;
    std::uint32_t number;
    bool opened = false;
};

/// One direction. Late messages within these many acts lie inside every limit (8 chains, 1,000 keys).
constexpr std::size_t kKept = 6;

struct Side {
    Session session;
    std::vector<Sent> coming; ///< from the other side
    std::uint32_t written = 0;
};

Bytes textOf(std::uint32_t number)
{
    Bytes text;
    appendBe32(text, number);
    return text;
}

void write(Side &from, Side &to, tacet::test::SeededRandom &random)
{
    const std::uint32_t number = from.written++;
    auto message = from.session.encrypt(textOf(number), random);
    FUZZ_DEMAND(bool(message));
    to.coming.push_back({std::move(*message), number});
    if (to.coming.size() > kKept)
        to.coming.erase(to.coming.begin());
}

Bytes stateOf(const Session &session)
{
    const auto state = session.serialise();
    return Bytes(state.view().begin(), state.view().end());
}

void deliver(Side &to, std::size_t index)
{
    if (to.coming.empty())
        return;
    Sent &sent = to.coming[index % to.coming.size()];
    const Bytes before = stateOf(to.session);
    const auto opened = to.session.decrypt(sent.message, Conversation::kNow);
    FUZZ_DEMAND(bool(opened) == !sent.opened);
    if (opened) {
        const Bytes text = textOf(sent.number);
        FUZZ_DEMAND(std::equal(text.begin(), text.end(), opened->view().begin(), opened->view().end()));
        sent.opened = true;
    } else {
        FUZZ_DEMAND(stateOf(to.session) == before);
    }
}

void damage(Side &to, std::size_t index, std::size_t place, std::uint8_t value)
{
    if (to.coming.empty() || value == 0)
        return;
    Bytes message = to.coming[index % to.coming.size()].message;
    message[place % message.size()] ^= value;
    const Bytes before = stateOf(to.session);
    FUZZ_DEMAND(!to.session.decrypt(message, Conversation::kNow));
    FUZZ_DEMAND(stateOf(to.session) == before);
}

void reload(Side &side)
{
    auto stored = Session::parse(side.session.serialise().view());
    FUZZ_DEMAND(bool(stored));
    side.session = std::move(*stored);
}

} // namespace

TACET_FUZZ_TARGET(ratchet, input)
{
    const Conversation &talk = Conversation::the();
    tacet::test::SeededRandom random(42);
    std::array<Side, 2> sides{Side{talk.atAlice.clone(), {}, 0}, Side{talk.atBob.clone(), {}, 0}};
    constexpr std::size_t kActs = 96; // a ratchet step costs far more than the rest: many short scripts find more
    for (std::size_t at = 0; at < std::min(input.size(), kActs); ++at) {
        const std::uint8_t act = input[at];
        Side &one = sides[act & 1];
        Side &other = sides[(act & 1) ^ 1];
        const std::size_t index = (act >> 4) & 7;
        switch ((act >> 1) & 7) {
        case 0:
        case 1:
            write(one, other, random);
            break;
        case 5:
            reload(one);
            break;
        case 6:
            if (at + 2 < input.size())
                damage(one, index, std::size_t(input[at + 1]) * 13, input[at + 2]);
            break;
        case 7:
            one.session.expireSkippedKeys(Conversation::kNow);
            break;
        default:
            deliver(one, index);
        }
    }
    for (int turn = 0; turn < 2; ++turn) {
        for (std::size_t from = 0; from < 2; ++from) {
            Side &reader = sides[from ^ 1];
            write(sides[from], reader, random);
            deliver(reader, reader.coming.size() - 1);
            FUZZ_DEMAND(reader.coming.back().opened);
        }
    }
}
