// bench_fill PROFILE PASSPHRASE-FILE COUNT: puts messages into the only chat of a profile that no process holds, as they
// would stand there after years: both directions, ordinary lengths, minutes to days apart.
#include "app/vault/contact_rows.h"
#include "app/vault/key_slots.h"
#include "app/vault/message_rows.h"
#include "app/vault/profile_lock.h"
#include "app/vault/schema.h"
#include "app/vault/transaction.h"
#include "app/vault/vault_file.h"

#include <QString>

#include <cstdio>
#include <cstdlib>
#include <fstream>

using namespace tacet;
using namespace tacet::vault;

namespace {

constexpr const char *kWords[] = {"harbour", "recipe", "Thursday", "the", "a", "we", "later", "bring", "small", "boat",
    "café", "Привет", "because", "nothing", "umbrella", "at nine", "yes", "and then", "🙂", "train"};
constexpr std::int64_t kStart = 1'600'000'000'000;
constexpr int kAMinute = 60'000;

int fail(const char *what)
{
    std::fprintf(stderr, "bench_fill: %s\n", what);
    return 1;
}

/// The same texts every time: xorshift, seeded with the number of the message.
std::string text(std::uint64_t number)
{
    std::uint64_t state = number * 0x9E3779B97F4A7C15 + 1;
    const auto next = [&](std::uint64_t bound) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return state % bound;
    };
    std::string out;
    for (std::uint64_t left = 1 + next(next(10) == 0 ? 80 : 14); left > 0; --left) {
        out += kWords[next(std::size(kWords))];
        out += left > 1 ? " " : "";
    }
    return out;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 4 || !crypto::initialise())
        return fail("PROFILE PASSPHRASE-FILE COUNT");
    const ProfilePaths paths{argv[1]};
    std::string passphrase;
    std::getline(std::ifstream(argv[2]), passphrase);
    passphrase = QString::fromStdString(passphrase).normalized(QString::NormalizationForm_C).toStdString();
    const long count = std::atol(argv[3]);

    const auto lock = ProfileLock::take(paths.lock());
    if (!lock)
        return fail("the profile is in use");
    const auto slots = KeySlots::load(paths.keySlots());
    if (!slots)
        return fail("no key slots");
    const auto key = slots->unlockWithPassphrase(crypto::asBytes(passphrase));
    if (!key)
        return fail("the passphrase does not open it");
    const auto database = openVault(paths, key->view(), currentSchema());
    if (!database)
        return fail("the vault does not open");

    std::vector<ContactRow> contacts;
    {
        Snapshot snapshot(**database);
        contacts = readContacts(**database);
        if (!snapshot.finish() || contacts.size() != 1)
            return fail("the profile wants exactly one contact");
    }
    for (long done = 0; done < count;) {
        Transaction transaction(**database);
        for (const long until = std::min(count, done + 1000); done < until; ++done) {
            MessageRow row;
            row.contact = contacts.front().id;
            row.own = done % 3 == 0;
            row.body = text(std::uint64_t(done));
            row.sentMs = row.arrivedMs = row.sortMs = kStart + done * 7 * kAMinute;
            for (int i = 0; i < 6; ++i) // 48 bits of time, then the number: ids in the order of time
                row.id[std::size_t(i)] = std::uint8_t(std::uint64_t(row.sentMs) >> (40 - 8 * i));
            for (int i = 0; i < 8; ++i)
                row.id[std::size_t(8 + i)] = std::uint8_t(std::uint64_t(done) >> (56 - 8 * i));
            row.epoch = 1; // before any real one
            row.sequence = done + 1;
            row.state = row.own ? 4 : 0; // read, received
            insertMessage(**database, row);
        }
        if (!transaction.commit())
            return fail("a commit did not work");
    }
    std::printf("%ld messages\n", count);
    return 0;
}
