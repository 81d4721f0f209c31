#include "tests/chat/restoring.h"

#include "app/backup/backup_restore.h"
#include "app/backup/backup_writer.h"

#include <QRegularExpression>

namespace tacet::test {

using namespace chat;
using namespace Qt::StringLiterals;

namespace {

const QString kOne = u"wss://one.example"_s;
constexpr std::string_view kPassphrase = "correct horse battery staple";

crypto::FixedBytes<32> vaultKey()
{
    crypto::FixedBytes<32> key{};
    key.fill(0x42);
    return key;
}

} // namespace

std::filesystem::path backUp(Person &person, const std::string &name)
{
    const auto target = person.file.parent_path() / (name + ".tacet-backup");
    auto reader = vault::Database::open(person.file, vault::OpenMode::Reader, vaultKey());
    if (!reader)
        qFatal("no reader");
    const auto written = backup::writeBackup(**reader, {target, crypto::asBytes(kPassphrase), person.world.clock.wallMs(),
                                                        crypto::BackupCost{1, 8}},
                                             person.random);
    if (!written)
        qFatal("no backup");
    return target;
}

Person &restored(World &world, const std::filesystem::path &file, const std::string &name, const char *vfs)
{
    Person &person = world.person(name);
    person.options.vfs = vfs;
    auto opened = vault::Database::open(person.file, vault::OpenMode::Create, vaultKey(), person.options);
    if (!opened || !vault::bringToDate(**opened, vault::currentSchema()))
        qFatal("no vault");
    const qint64 now = world.clock.wallMs();
    const auto result = backup::restoreBackup(
        **opened,
        {file, crypto::asBytes(kPassphrase), now,
         [&](vault::Database &db) { ChatEngine::markRestored(db, now, person.random); }},
        person.random);
    if (!result)
        qFatal("no restore");
    opened->reset();
    person.open();
    return person;
}

Person &restoredAhead(World &world, const std::filesystem::path &file, const std::string &name, qint64 ahead)
{
    world.clock.jumpWall(ahead);
    Person &person = restored(world, file, name);
    world.clock.jumpWall(-ahead);
    return person;
}

std::optional<vault::Bytes32> activeOf(Person &person)
{
    const ContactId chat = person.chatWith();
    vault::Snapshot snapshot(*person.db);
    const auto session = vault::readActiveSession(*person.db, chat.bytes);
    return session ? std::optional(session->id) : std::nullopt;
}

void execute(Person &person, vault::Sql sql)
{
    const bool was = person.isOpen();
    if (!was)
        person.open();
    vault::Transaction transaction(*person.db);
    person.db->exec(sql);
    if (!transaction.commit())
        qFatal("not committed");
    if (!was)
        person.close();
}

Two::Two(std::uint64_t seed)
    : world(seed), one(world.relay("wss://one.example")), alice(world.person("alice")), bob(world.person("bob"))
{
    alice.create({kOne}, u"Alice"_s);
    bob.create({kOne}, u"Bob"_s);
    pair = meet(world, alice, bob);
    alice.verify(pair.aliceToBob);
    say(bob, u"b0"_s);
    say(alice, u"a0"_s);
    world.run(kHour);
}

void Two::say(Person &who, const QString &text)
{
    must(who->sendText(who.chatWith(), text));
    world.run(1000);
}

QStringList Two::received(Person &who)
{
    return who.history(who.chatWith()).filter(QRegularExpression(u"^[^>]"_s));
}

} // namespace tacet::test
