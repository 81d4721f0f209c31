#include "tests/hostile/storm.h"

#include "app/vault/schema.h"
#include "app/vault/transaction.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace tacet::test {

using namespace chat;

namespace {

constexpr std::int64_t kMinute = 60'000;

QString folderTemplate()
{
    const QFileInfo shm(QStringLiteral("/dev/shm"));
    return (shm.isDir() && shm.isWritable() ? shm.filePath() : QDir::tempPath()) + QStringLiteral("/tacet-hostile-XXXXXX");
}

template<typename T>
T must(Outcome<T> outcome)
{
    if (!outcome)
        qFatal("trouble %d %s", int(outcome.error().code), qPrintable(outcome.error().detail));
    return std::move(outcome).value();
}

} // namespace

qint64 residentBytes()
{
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    return file.readAll().split(' ').value(1).toLongLong() * ::sysconf(_SC_PAGESIZE);
}

class Storm::Person {
public:
    Person(Storm &storm, const char *name, std::uint64_t seed)
        : m_storm(storm), m_file(std::filesystem::path(storm.m_folder.path().toStdString()) / name), m_random(seed)
    {
        m_key.fill(0x42);
        auto made = vault::Database::open(m_file, vault::OpenMode::Create, m_key, {});
        if (!made || !vault::bringToDate(**made, vault::currentSchema()))
            qFatal("cannot make a vault");
        NewProfile profile;
        profile.name = QString::fromLatin1(name);
        profile.relays = {storm.m_weather.hostileUrl(), storm.m_weather.honestUrl()};
        must(ChatEngine::createProfile(**made, profile, storm.m_clock, m_random));
        made->reset();
        open();
    }
    ~Person() { close(); }

    void open()
    {
        auto opened = vault::Database::open(m_file, vault::OpenMode::Writer, m_key, {});
        if (!opened)
            qFatal("cannot open a vault");
        m_db = std::move(*opened);
        m_pool = std::make_unique<relay::Pool>(
            relay::Environment{m_storm.m_clock, m_storm.m_timers, m_random, m_storm.m_weather.transports()},
            m_storm.m_weather.infoSource());
        m_engine = std::make_unique<ChatEngine>(*m_db, *m_pool, m_storm.m_clock, m_storm.m_timers, m_random, [](const Fact &) {});
        must(m_engine->start());
    }
    void close()
    {
        m_engine.reset();
        m_pool.reset();
        m_db.reset();
    }
    void restart()
    {
        close();
        open();
    }

    ChatEngine &engine() { return *m_engine; }
    void say(const QString &text)
    {
        must(m_engine->sendText(chat(), text));
        said.append(text);
    }
    ContactId chat() { return must(m_engine->chats()).first().id; }
    bool isLive() { return must(m_engine->chat(chat())).link == Link::Live; }
    int chats() { return int(must(m_engine->chats()).size()); }
    QStringList received()
    {
        QStringList texts;
        Anchor anchor;
        for (;;) {
            const Page page = must(m_engine->page(chat(), anchor, PageDirection::Older, 200));
            QStringList older;
            for (const Message &message : page.messages) {
                if (message.system == SystemLine::None && !message.own)
                    older.append(message.text);
            }
            texts = older + texts;
            if (page.reachesStart || page.messages.isEmpty())
                return texts;
            anchor = Anchor::of(page.messages.first());
        }
    }
    qint64 vaultBytes() const { return qint64(std::filesystem::file_size(m_file)); }

    QStringList said;

private:
    Storm &m_storm;
    std::filesystem::path m_file;
    SeededRandom m_random;
    crypto::FixedBytes<32> m_key{};
    std::unique_ptr<vault::Database> m_db;
    std::unique_ptr<relay::Pool> m_pool;
    std::unique_ptr<ChatEngine> m_engine;
};

Storm::Storm(ManualClock &clock, ManualTimers &timers, StormWeather &weather, std::uint64_t seed)
    : m_clock(clock), m_timers(timers), m_weather(weather), m_random(seed), m_folder(folderTemplate())
{
    m_alice = std::make_unique<Person>(*this, "alice", seed * 10 + 1);
    m_bob = std::make_unique<Person>(*this, "bob", seed * 10 + 2);
}

Storm::~Storm() = default;

void Storm::wave(int stirs)
{
    for (int i = 0; i < stirs; ++i)
        m_weather.hostile().stir();
    // Mostly seconds; now and then long enough for every back-off to end.
    m_weather.run(m_random.below(12) == 0 ? 6 * kMinute : std::int64_t(m_random.below(4'000)));
}

bool Storm::meet()
{
    const Invitation invitation = must(m_alice->engine().createInvitation(InvitationKind::OneTime, QStringLiteral("Bob")));
    m_weather.run(1000);
    must(m_bob->engine().startChat(invitation.link, std::nullopt));
    for (int i = 0; i < 600; ++i) {
        wave(5);
        if (m_alice->chats() == 1 && m_alice->isLive() && m_bob->isLive())
            return true;
    }
    return false;
}

StormFigures Storm::rage(std::uint64_t deeds, std::uint64_t deedsPerText)
{
    StormFigures figures;
    HostileRelay &hostile = m_weather.hostile();
    if (!meet()) {
        figures.trouble = QStringLiteral("they did not meet");
        return figures;
    }
    std::uint64_t nextText = 0;
    while (hostile.deeds() < deeds) {
        wave(20);
        while (hostile.deeds() >= nextText) {
            nextText += deedsPerText;
            m_alice->say(QStringLiteral("a%1").arg(m_alice->said.size()));
            m_bob->say(QStringLiteral("b%1").arg(m_bob->said.size()));
        }
        if (m_random.below(200) == 0)
            (m_random.below(2) ? m_alice : m_bob)->restart();
        const qint64 resident = residentBytes();
        figures.residentPeak = std::max(figures.residentPeak, resident);
        if (figures.residentAtStart == 0 && hostile.deeds() >= deeds / 10)
            figures.residentAtStart = resident;
    }
    // It goes on answering as it likes; by itself it says no more.
    for (int i = 0; i < 60; ++i)
        m_weather.run(5 * kMinute);
    figures.deeds = hostile.deeds();
    figures.residentAtEnd = residentBytes();
    figures.trouble = check(figures);
    return figures;
}

QString Storm::check(StormFigures &figures)
{
    QString trouble;
    for (auto [writer, reader] : {std::pair(m_alice.get(), m_bob.get()), std::pair(m_bob.get(), m_alice.get())}) {
        const QStringList received = reader->received();
        figures.texts += int(writer->said.size());
        figures.vaultBytes += reader->vaultBytes();
        figures.chats += reader->chats();
        for (const QString &text : writer->said) {
            const auto count = int(received.count(text));
            figures.lost += count == 0 ? 1 : 0;
            figures.doubled += count > 1 ? 1 : 0;
        }
        if (received != writer->said) {
            figures.inOrder = false;
            trouble = QStringLiteral("%1 of %2 texts arrived: %3").arg(received.size()).arg(writer->said.size()).arg(received.join(u' ').right(400));
        }
    }
    if (figures.chats != 2)
        trouble = QStringLiteral("%1 chats where two should be").arg(figures.chats);
    return trouble;
}

} // namespace tacet::test
