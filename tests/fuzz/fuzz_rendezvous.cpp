// A rendezvous record (PROTOCOL §10.3) as a contact sent it: damaged by a script, or any bytes.
#include "crypto/rendezvous.h"
#include "tests/fuzz/edits.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/seeded_random.h"

TACET_FUZZ_TARGET(rendezvous, input)
{
    using namespace tacet::crypto;
    static tacet::test::SeededRandom random(6);
    static const OwnIdentity peer = OwnIdentity::generate(random);
    static const OwnRendezvous own = OwnRendezvous::generate(peer.publicKey(), 1'800'000'000'000, random);
    const auto record = own.forPeer();
    const auto state = own.serialise();
    const Bytes fromPeer = tacet::test::edited(Bytes(record.view().begin(), record.view().end()), input);
    const Bytes fromVault = tacet::test::edited(Bytes(state.view().begin(), state.view().end()), input);
    for (const ByteView bytes : {ByteView(input), ByteView(fromPeer)}) {
        if (const auto read = PeerRendezvous::parse(bytes, peer.publicKey())) {
            FUZZ_DEMAND(read->prekeys().identity == peer.publicKey());
            FUZZ_DEMAND(isValid(read->prekeys().kemPrekey));
            const auto again = read->serialise();
            FUZZ_DEMAND(std::equal(again.view().begin(), again.view().end(), bytes.begin(), bytes.end()));
        }
    }
    if (const auto read = OwnRendezvous::parse(fromVault)) {
        const auto again = read->serialise();
        FUZZ_DEMAND(std::equal(again.view().begin(), again.view().end(), fromVault.begin(), fromVault.end()));
    }
}
