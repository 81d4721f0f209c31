// A backup file (PROTOCOL §10.1): read to the end exactly when not a byte was changed, cut or added; what was read
// before the damage is what was written.
#include "crypto/backup_stream.h"
#include "tests/fuzz/edits.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/support/seeded_random.h"

namespace {

using namespace tacet::crypto;

constexpr std::string_view kPassphrase = "a passphrase";

Bytes makeFile(ByteView plain)
{
    tacet::test::SeededRandom random(8);
    Bytes file;
    auto writer = BackupWriter::begin(asBytes(kPassphrase), {.passes = 1, .memoryKib = kMinBackupMemoryKib}, random, file);
    writer->write(plain, file);
    writer->finish(file);
    return file;
}

} // namespace

TACET_FUZZ_TARGET(backup, input)
{
    static const Bytes plain(kBackupChunkSize + 1000, 0x5A);
    static const Bytes whole = makeFile(plain);
    const Bytes file = tacet::test::edited(whole, input);

    const ByteView header = ByteView(file).first(std::min(file.size(), kBackupHeaderSize));
    const auto cost = BackupReader::inspect(header);
    if (cost && (cost->passes > 1 || cost->memoryKib > 64))
        return; // allowed, but a fuzzer has no patience for it
    auto reader = BackupReader::begin(header, asBytes(kPassphrase));
    if (!reader) {
        FUZZ_DEMAND(file != whole);
        return;
    }
    SecretBuffer out;
    bool good = true;
    // Pieces of a size that shifts against the chunks.
    for (std::size_t at = header.size(); good && at < file.size(); at += 4099)
        good = bool(reader->read(ByteView(file).subspan(at, std::min<std::size_t>(4099, file.size() - at)), out));
    good = good && reader->finish();
    FUZZ_DEMAND(good == (file == whole));
    FUZZ_DEMAND(out.size() <= plain.size());
    FUZZ_DEMAND(std::equal(out.view().begin(), out.view().end(), plain.begin()));
    FUZZ_DEMAND(!good || out.size() == plain.size());
}
