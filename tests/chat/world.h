#pragma once
// A small world for the engine's tests: people with vaults on disk, relays made of memory, one clock that stands still
// until it is moved. No threads, no waiting. A person can be killed at any commit (crash()) and comes back from its
// rows alone.
#include "app/chat/chat_engine.h"
#include "app/vault/schema.h"
#include "app/vault/transaction.h"
#include "tests/support/manual_clock.h"
#include "tests/support/scripted_relay.h"

#include <QTemporaryDir>
#include <QTest>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tacet::test {

/// Thrown from inside a commit: what it unwinds is a killed process.
struct Killed { };

class World;

class Person {
public:
    Person(World &world, std::string name, std::uint64_t seed);
    ~Person();

    /// Makes the profile and starts.
    void create(const QStringList &relays, const QString &name = {});
    void open();  ///< the vault, then an engine, then start()
    void close(); ///< as a process that ends: nothing is said to anybody
    void restart()
    {
        close();
        open();
    }
    bool isOpen() const { return engine != nullptr; }

    chat::ChatEngine &operator*() { return *engine; }
    chat::ChatEngine *operator->() { return engine.get(); }

    /// The chat with the given display name, or the only one.
    chat::ContactId chatWith(const QString &name = {});
    chat::ChatSummary summary(const QString &name = {});
    /// Marks the contact with the number of its present key.
    void verify(const chat::ContactId &chat);
    /// Texts, oldest first; own ones begin with "> ".
    QStringList history(const chat::ContactId &chat);
    QList<chat::Message> messages(const chat::ContactId &chat);
    bool hasLine(const chat::ContactId &chat, chat::SystemLine line);
    int countLines(const chat::ContactId &chat, chat::SystemLine line);
    bool noticed(chat::TroubleCode code) const;

    World &world;
    std::string name;
    std::filesystem::path file;
    SeededRandom random;
    std::unique_ptr<vault::Database> db;
    std::unique_ptr<ScriptedPort> port;
    std::unique_ptr<chat::ChatEngine> engine;
    std::vector<chat::Fact> facts; ///< of the running engine
    vault::DatabaseOptions options;
    int commits = 0;
};

class World {
public:
    explicit World(std::uint64_t seed = 1);
    ~World();

    ScriptedRelay &relay(const char *url) { return network.addRelay(url); }
    Person &person(const std::string &name);

    /// Everything that is due now; timers do not fire.
    void settle() { network.runUntilIdle(); }
    /// Moves time on, doing what falls due on the way.
    void run(qint64 ms);

    /// Called around every commit of every person; throws Killed to kill it there.
    std::function<void(Person &, vault::CommitPoint)> onCommit;
    /// What a person's engine is given instead of its port (which stays below it): for whoever listens on the line.
    std::function<relay::RelayPort &(Person &)> wrapPort;
    /// Runs `act`; whoever is killed in it is reopened from its rows. True when somebody was.
    bool survive(const std::function<void()> &act);
    void kill(Person &person); ///< from inside onCommit

    QTemporaryDir folder;
    ManualClock clock;
    ManualTimers timers;
    ScriptedNetwork network;

private:
    std::uint64_t m_seed;
    std::vector<std::unique_ptr<Person>> m_people;
    Person *m_killed = nullptr;
};

/// Alice invites, Bob opens the link; both are live afterwards. Answers the two chats.
struct Pair {
    chat::ContactId aliceToBob;
    chat::ContactId bobToAlice;
};
Pair meet(World &world, Person &alice, Person &bob, chat::InvitationKind kind = chat::InvitationKind::OneTime);

/// Three people at one relay.
struct Three {
    static constexpr const char *kAddress = "wss://one.example";

    explicit Three(std::uint64_t seed = 1)
        : world(seed), one(world.relay(kAddress)), alice(world.person("alice")), bob(world.person("bob")),
          carol(world.person("carol"))
    {
        alice.create({QString::fromLatin1(kAddress)}, QStringLiteral("Alice"));
        bob.create({QString::fromLatin1(kAddress)}, QStringLiteral("Bob"));
        carol.create({QString::fromLatin1(kAddress)}, QStringLiteral("Carol"));
    }
    World world;
    ScriptedRelay &one;
    Person &alice;
    Person &bob;
    Person &carol;
};

/// The value, or a failed test with the trouble's number.
template<typename T>
T must(chat::Outcome<T> outcome)
{
    if (!outcome)
        qFatal("trouble %d %s", int(outcome.error().code), qPrintable(outcome.error().detail));
    return std::move(outcome).value();
}

} // namespace tacet::test
