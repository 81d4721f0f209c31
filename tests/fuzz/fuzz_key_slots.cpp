// The file `keyslots`, as it may lie on a disk that failed or that somebody wrote to: read whole or refused.
#include "app/vault/key_slots.h"
#include "tests/fuzz/edits.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/seeded_random.h"

#include <fstream>

#include <unistd.h>

namespace {

using namespace tacet;
using namespace tacet::vault;

std::filesystem::path scratchFile()
{
    static const auto file = std::filesystem::temp_directory_path() / ("tacet-fuzz-" + std::to_string(getpid()));
    return file;
}

crypto::Bytes makeFile(const VaultKey &key, crypto::Random &random)
{
    KeySlots slots = KeySlots::fresh(scratchFile(), random);
    FUZZ_DEMAND(slots.setPassphrase(key, crypto::asBytes("a passphrase"), {.passes = 1, .memoryKib = 8}, random));
    slots.setKeychain(key, random.bytes<32>(), random);
    FUZZ_DEMAND(slots.save(key));
    std::ifstream file(scratchFile(), std::ios::binary);
    return crypto::Bytes(std::istreambuf_iterator<char>(file), {});
}

} // namespace

TACET_FUZZ_TARGET(key_slots, input)
{
    static test::SeededRandom random(11);
    static const VaultKey key(random.bytes<32>());
    static const crypto::Bytes whole = makeFile(key, random);
    const crypto::Bytes bytes = test::edited(whole, input);
    {
        std::ofstream file(scratchFile(), std::ios::binary);
        file.write(reinterpret_cast<const char *>(bytes.data()), std::streamsize(bytes.size()));
    }
    const auto slots = KeySlots::load(scratchFile());
    std::filesystem::remove(scratchFile());
    FUZZ_DEMAND(slots || bytes != whole);
    // With the right secret the key comes out of the file as it was written, and of no other.
    if (slots && slots->has(SlotKind::Passphrase) && bytes == whole)
        FUZZ_DEMAND(slots->unlockWithPassphrase(crypto::asBytes("a passphrase")));
}
