#pragma once
// Somebody who was away while another wrote more than there are keys kept of one gap.
#include "tests/chat/world.h"

#include "app/chat/limits.h"
#include "crypto/limits.h"

#include <filesystem>
#include <vector>

namespace tacet::test {

inline const QString kOne = QStringLiteral("wss://one.example");
inline const QString kTwo = QStringLiteral("wss://two.example");
/// More than the keys that are kept of one gap.
inline constexpr int kMany = int(crypto::kMaxSkippedPerGap) * 5 / 4;

/// Bob wrote to Alice while she was away. Writing takes longest, so every test begins from the same absence.
struct Absence {
    Absence()
    {
        world.relay("wss://one.example").behaviour().newestFirst = true;
        world.relay("wss://two.example").behaviour().newestFirst = true;
        alice.create({kOne, kTwo});
        bob.create({kOne, kTwo});
        pair = meet(world, alice, bob);
        world.run(10 * chat::kMinuteMs);
        alice.close();
        std::filesystem::copy_file(alice.file, before(alice));
        for (int i = 0; i < kMany; ++i) {
            said << QString::number(i);
            must(bob->sendText(pair.bobToAlice, said.last()));
            if (i % 100 == 0)
                world.settle();
        }
        world.settle();
        bob.close();
        std::filesystem::copy_file(bob.file, before(bob));
        for (ScriptedRelay *relay : {&one(), &two()})
            stored.push_back(relay->stored());
    }
    /// Alice as she left, and Bob who has heard nothing since. What one test did to the relays is undone.
    void rewind()
    {
        world.onCommit = nullptr;
        alice.close();
        bob.close();
        for (const Person *person : {&alice, &bob})
            std::filesystem::copy_file(before(*person), person->file, std::filesystem::copy_options::overwrite_existing);
        std::size_t at = 0;
        for (ScriptedRelay *relay : {&one(), &two()}) {
            relay->behaviour() = RelayBehaviour{};
            relay->behaviour().newestFirst = true;
            relay->loseHistory();
            for (const crypto::NostrEvent &event : stored[at++])
                world.network.inject(relay->url(), event);
        }
    }
    /// What a relay delays is looked for at each of these instants.
    void wait(int times, qint64 ms)
    {
        for (int i = 0; i < times; ++i)
            world.run(ms);
    }
    ScriptedRelay &relay(const QString &url) { return world.network.relay(*relay::RelayUrl::parse(url.toStdString())); }
    ScriptedRelay &one() { return relay(kOne); }
    ScriptedRelay &two() { return relay(kTwo); }
    static std::filesystem::path before(const Person &person) { return person.file.string() + ".before"; }
    QStringList history() { return alice.history(pair.aliceToBob); }
    bool hasGap() { return alice.hasLine(pair.aliceToBob, chat::SystemLine::Gap); }

    World world;
    Person &alice = world.person("alice");
    Person &bob = world.person("bob");
    Pair pair;
    QStringList said;
    std::vector<std::vector<crypto::NostrEvent>> stored;
};

} // namespace tacet::test
