// The file `keyslots`, as it may lie on a disk that failed or that somebody wrote to: read whole or refused.
#include "app/vault/key_slots.h"
#include "tests/fuzz/edits.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/scratch_file.h"
#include "tests/support/seeded_random.h"

namespace {

using namespace tacet;
using namespace tacet::vault;

crypto::Bytes makeFile(const test::ScratchFile &file, const VaultKey &key, crypto::Random &random)
{
    KeySlots slots = KeySlots::fresh(file.path(), random);
    FUZZ_DEMAND(slots.setPassphrase(key, crypto::asBytes("a passphrase"), {.passes = 1, .memoryKib = 8}, random));
    slots.setKeychain(key, random.bytes<32>(), random);
    FUZZ_DEMAND(slots.save(key));
    return file.read();
}

} // namespace

TACET_FUZZ_TARGET(key_slots, input)
{
    static test::SeededRandom random(11);
    static const VaultKey key(random.bytes<32>());
    static const test::ScratchFile file("key-slots");
    static const crypto::Bytes whole = makeFile(file, key, random);
    const crypto::Bytes bytes = test::edited(whole, input);
    file.write(bytes);
    const auto slots = KeySlots::load(file.path());
    FUZZ_DEMAND(slots || bytes != whole);
    // With the right secret the key comes out of the file as it was written, and of no other.
    if (slots && slots->has(SlotKind::Passphrase) && bytes == whole)
        FUZZ_DEMAND(slots->unlockWithPassphrase(crypto::asBytes("a passphrase")));
}
