// The file of envelopes that came while the vault was closed, as it may lie on a disk that failed or that somebody wrote
// to: records that were changed are counted and left out, the others are read.
#include "app/chat/spool.h"
#include "tests/fuzz/edits.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/scratch_file.h"

namespace {

using namespace tacet;
using namespace tacet::chat;

struct Filled {
    test::ScratchFile file{"spool"};
    SpoolKeyPair keys;
    crypto::Bytes bytes;

    Filled()
    {
        FUZZ_DEMAND(crypto_box_keypair(keys.publicKey.bytes.data(), keys.secret.writable().data()) == 0);
        Spool spool(file.path());
        for (std::uint8_t i = 0; i < 3; ++i) {
            SpoolRecord record{{}, 1000 + i, crypto::Bytes(crypto::kMessageSizes.front(), i)};
            record.mailbox.bytes.fill(i);
            FUZZ_DEMAND(spool.append(record, keys.publicKey) == Spool::Written::Yes);
        }
        bytes = file.read();
    }
};

} // namespace

TACET_FUZZ_TARGET(spool, input)
{
    static const Filled filled;
    const crypto::Bytes bytes = test::edited(filled.bytes, input);
    filled.file.write(bytes);
    int unreadable = 0;
    const auto records = Spool(filled.file.path()).readAll(filled.keys, unreadable);
    FUZZ_DEMAND(bool(records));
    FUZZ_DEMAND(records->size() + std::size_t(unreadable) == bytes.size() / Spool::kRecordSize);
    for (const SpoolRecord &record : *records) {
        FUZZ_DEMAND(record.mailbox.bytes[0] < 3 && record.createdAtSeconds == 1000 + record.mailbox.bytes[0]);
        FUZZ_DEMAND(record.inner == crypto::Bytes(crypto::kMessageSizes.front(), record.mailbox.bytes[0]));
    }
    if (bytes == filled.bytes)
        FUZZ_DEMAND(records->size() == 3 && unreadable == 0);
}
