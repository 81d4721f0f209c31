// bench_page PROFILE PASSPHRASE-FILE: the newest 50 messages of the largest chat and pages back from there, through the
// read-only connection, as the window asks for them.
#include "app/vault/contact_rows.h"
#include "app/vault/key_slots.h"
#include "app/vault/message_rows.h"
#include "app/vault/transaction.h"
#include "app/vault/vault_file.h"
#include "tests/bench/stopwatch.h"

#include <fstream>

using namespace tacet;
using namespace tacet::vault;

int main(int argc, char **argv)
{
    if (argc != 3 || !crypto::initialise())
        return 2;
    const ProfilePaths paths{argv[1]};
    std::string passphrase;
    std::getline(std::ifstream(argv[2]), passphrase);
    const auto slots = KeySlots::load(paths.keySlots());
    const auto key = slots ? slots->unlockWithPassphrase(crypto::asBytes(passphrase)) : fail(SlotError::Missing);
    if (!key)
        return 1;
    const auto database = openReader(paths, key->view());
    if (!database)
        return 1;
    std::vector<double> newest;
    std::vector<double> back;
    for (int round = 0; round < 200; ++round) {
        Snapshot snapshot(**database);
        const auto contacts = readContacts(**database);
        const double begun = bench::wallMs();
        auto rows = readOlder(**database, contacts.front().id, std::nullopt, 50);
        newest.push_back(bench::wallMs() - begun);
        for (int page = 0; page < 5 && !rows.empty(); ++page) {
            const MessageRow &edge = rows.back();
            const double turned = bench::wallMs();
            rows = readOlder(**database, contacts.front().id, HistoryPlace{edge.sortMs, edge.own, edge.sequence, edge.id}, 50);
            back.push_back(bench::wallMs() - turned);
        }
        if (!snapshot.finish())
            return 1;
    }
    bench::report("newest 50, p50", bench::quantile(newest, 0.5), "ms");
    bench::report("newest 50, p99", bench::quantile(newest, 0.99), "ms");
    bench::report("a page back, p50", bench::quantile(back, 0.5), "ms");
    bench::report("a page back, p99", bench::quantile(back, 0.99), "ms");
    return 0;
}
