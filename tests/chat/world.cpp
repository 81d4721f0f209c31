#include "tests/chat/world.h"

namespace tacet::test {

using namespace chat;

namespace {

crypto::FixedBytes<32> vaultKey()
{
    crypto::FixedBytes<32> key{};
    key.fill(0x42);
    return key;
}

QString folderTemplate()
{
    // Every test commits thousands of times: memory, where the machine has it, spares the disk.
    const QFileInfo shm(QStringLiteral("/dev/shm"));
    return (shm.isDir() && shm.isWritable() ? shm.filePath() : QDir::tempPath()) + QStringLiteral("/tacet-chat-XXXXXX");
}

} // namespace

// --- Person ---

Person::Person(World &w, std::string n, std::uint64_t seed)
    : world(w), name(std::move(n)),
      file(std::filesystem::path(w.folder.path().toStdString()) / (name + ".db")), random(seed)
{
    options.commitHook = [this](vault::CommitPoint point) {
        commits += point == vault::CommitPoint::After ? 1 : 0;
        if (world.onCommit)
            world.onCommit(*this, point);
    };
}

Person::~Person()
{
    close();
}

void Person::create(const QStringList &relays, const QString &displayName)
{
    auto opened = vault::Database::open(file, vault::OpenMode::Create, vaultKey(), options);
    if (!opened)
        qFatal("cannot make a vault: %s", vault::nameOf(opened.error()));
    if (!vault::bringToDate(**opened, vault::currentSchema()))
        qFatal("cannot make the schema");
    NewProfile profile;
    profile.name = displayName.isEmpty() ? QString::fromStdString(name) : displayName;
    profile.relays = relays;
    must(ChatEngine::createProfile(**opened, profile, world.clock, random));
    opened->reset();
    open();
}

void Person::open()
{
    auto opened = vault::Database::open(file, vault::OpenMode::Writer, vaultKey(), options);
    if (!opened)
        qFatal("cannot open a vault: %s", vault::nameOf(opened.error()));
    db = std::move(*opened);
    port = world.network.makePort();
    facts.clear();
    relay::RelayPort &line = world.wrapPort ? world.wrapPort(*this) : *port;
    engine = std::make_unique<ChatEngine>(*db, line, world.clock, world.timers, random,
                                          [this](const Fact &fact) { facts.push_back(fact); });
    must(engine->start());
}

void Person::close()
{
    engine.reset();
    port.reset();
    db.reset();
}

void Person::verify(const ContactId &chat)
{
    must(engine->setVerified(chat, must(engine->safetyNumber(chat)).groups.join(u' ')));
}

ChatSummary Person::summary(const QString &wanted)
{
    const auto chats = must(engine->chats());
    for (const ChatSummary &chat : chats) {
        if (wanted.isEmpty() || chat.givenName == wanted || chat.name == wanted)
            return chat;
    }
    qFatal("%s has no such chat", name.c_str());
}

ContactId Person::chatWith(const QString &wanted)
{
    return summary(wanted).id;
}

QList<Message> Person::messages(const ContactId &chat)
{
    QList<Message> all;
    Anchor anchor;
    for (;;) {
        const Page page = must(engine->page(chat, anchor, PageDirection::Older, 200));
        all = page.messages + all;
        if (page.reachesStart || page.messages.isEmpty())
            return all;
        anchor = Anchor::of(page.messages.first());
    }
}

QStringList Person::history(const ContactId &chat)
{
    QStringList texts;
    for (const Message &message : messages(chat)) {
        if (message.system == SystemLine::None)
            texts.append(message.own ? QStringLiteral("> ") + message.text : message.text);
    }
    return texts;
}

int Person::countLines(const ContactId &chat, SystemLine line)
{
    int count = 0;
    for (const Message &message : messages(chat))
        count += message.system == line ? 1 : 0;
    return count;
}

bool Person::hasLine(const ContactId &chat, SystemLine line)
{
    return countLines(chat, line) > 0;
}

bool Person::noticed(TroubleCode code) const
{
    for (const Fact &fact : facts) {
        if (const auto *notice = std::get_if<Noticed>(&fact); notice && notice->code == int(code))
            return true;
    }
    return false;
}

// --- World ---

World::World(std::uint64_t seed) : folder(folderTemplate()), timers(clock), network(clock, seed), m_seed(seed)
{
    if (!folder.isValid())
        qFatal("no folder to work in");
}

World::~World()
{
    onCommit = nullptr;
    m_people.clear();
}

Person &World::person(const std::string &name)
{
    m_people.push_back(std::make_unique<Person>(*this, name, m_seed * 1000 + m_people.size() + 1));
    return *m_people.back();
}

void World::run(qint64 ms)
{
    settle();
    while (ms > 0) {
        const qint64 next = timers.nextDelay();
        const qint64 step = std::min(ms, next < 0 ? ms : std::max<qint64>(next, 1));
        timers.advance(step);
        ms -= step;
        settle();
    }
}

void World::kill(Person &person)
{
    m_killed = &person;
    throw Killed();
}

bool World::survive(const std::function<void()> &act)
{
    bool killed = false;
    std::function<void()> next = act;
    for (;;) {
        try {
            next();
            return killed;
        } catch (const Killed &) {
            killed = true;
            next = [this] {
                Person *person = m_killed;
                person->close();
                person->open();
            };
        }
    }
}

Pair meet(World &world, Person &alice, Person &bob, InvitationKind kind)
{
    const Invitation invitation = must(alice->createInvitation(kind, QStringLiteral("Bob")));
    world.settle();
    const StartedChat started = must(bob->startChat(invitation.link, std::nullopt));
    world.run(5000);
    for (const ChatSummary &chat : must(alice->chats())) {
        if (chat.request)
            must(alice->acceptRequest(chat.id));
    }
    world.run(1000);
    return {alice.chatWith(), started.chat};
}

} // namespace tacet::test
