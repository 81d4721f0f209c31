#include "tests/faults/story.h"

#include "app/chat/locked_receiver.h"
#include "app/session/trouble_text.h"
#include "app/vault/contact_rows.h"
#include "app/vault/message_rows.h"
#include "tests/faults/fault_syscalls.h"
#include "tests/support/envelopes.h"

namespace tacet::test {

using namespace chat;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kMinute = 60'000;
const QString kRelay = u"wss://one.example"_s;

crypto::SecretBuffer secret(std::string_view text)
{
    return crypto::SecretBuffer(crypto::asBytes(text));
}

} // namespace

Story::Story(const StoryOptions &options)
    : m_world(77), m_options(options), m_plan(options.nth, options.error, options.sticky, options.shortWrite), m_random(5),
      m_folder(std::filesystem::path(m_world.folder.path().toStdString()) / "bob"), m_gate(vault::ProfilePaths{m_folder / "profile"}, m_random)
{
    m_world.relay("wss://one.example");
    m_alice = &m_world.person("alice");
    m_alice->create({kRelay});
    std::filesystem::create_directories(m_folder);
}

Story::~Story()
{
    close();
}

void Story::wrong(const QString &what)
{
    if (m_wrong.isEmpty())
        m_wrong = u"write %1, errno %2: "_s.arg(m_options.nth).arg(m_options.error) + what;
}

/// Does one step; when it could not be done: its sentence, room, a new start, what was confirmed, once more.
void Story::act(const char *name, const Act &what)
{
    if (!m_wrong.isEmpty())
        return;
    const int before = m_plan.failures();
    const auto done = what();
    if (!done) {
        const QString sentence = session::troubleText(done.error());
        if (sentence.isEmpty() || done.error().code == TroubleCode::Internal)
            return wrong(u"%1 answers code %2, which has no sentence"_s.arg(QLatin1StringView(name)).arg(int(done.error().code)));
        if (m_plan.failures() == before)
            return wrong(u"%1 could not be done, and no write had failed: %2"_s.arg(QLatin1StringView(name), sentence));
        m_told.append(QLatin1StringView(name) + u": "_s + sentence);
        m_plan.heal();
        reopen(name);
        if (const auto again = what(); !again)
            return wrong(u"%1 does not work the second time: %2"_s.arg(QLatin1StringView(name), session::troubleText(again.error())));
    } else if (m_plan.failures() > before) {
        m_plan.heal(); // nobody noticed: by the end nothing may be missing
        if (m_options.nth % 2)
            reopen(name);
    }
}

Outcome<Done> Story::open()
{
    if (const auto locked = m_gate.takeLock(); !locked)
        return locked;
    auto key = m_hasPassphrase ? m_gate.unlock(secret("another walk by the sea")) : m_gate.unlockWithoutLock();
    if (!key)
        return fail(key.error());
    auto db = m_gate.openWriter(*key);
    if (!db)
        return fail(db.error());
    m_key = std::move(*key);
    m_db = std::move(*db);
    m_port = m_world.network.makePort();
    m_engine = std::make_unique<ChatEngine>(*m_db, *m_port, m_world.clock, m_world.timers, m_random, [](const Fact &) {});
    auto started = m_engine->start();
    if (!started) {
        close();
        return started;
    }
    const auto drained = m_engine->drainSpool(m_gate.paths().spool());
    return drained ? Outcome<Done>(Done{}) : fail(drained.error());
}

void Story::close()
{
    m_engine.reset();
    m_port.reset();
    m_db.reset();
    m_key.reset();
}

void Story::reopen(const char *after)
{
    if (!isOpen())
        return;
    close();
    if (const auto opened = open(); !opened)
        return wrong(u"after %1 the profile does not open: %2"_s.arg(QLatin1StringView(after), session::troubleText(opened.error())));
    verify(after);
}

void Story::verify(const char *after)
{
    const QStringList mine = own();
    for (const QString &text : m_saidByBob) {
        if (mine.count(text) != 1)
            wrong(u"after %1, \"%2\" was confirmed and is there %3 times"_s.arg(QLatin1StringView(after), text).arg(mine.count(text)));
    }
    if (!m_nameConfirmed.isEmpty() && must(m_engine->chats()).first().name != m_nameConfirmed)
        wrong(u"after %1 the name is gone"_s.arg(QLatin1StringView(after)));
}

QStringList Story::own()
{
    QStringList texts;
    const auto chats = must(m_engine->chats());
    if (chats.isEmpty())
        return texts;
    for (const Message &message : must(m_engine->page(chats.first().id, {}, PageDirection::Older, 200)).messages) {
        if (message.own && message.system == SystemLine::None)
            texts.append(message.text);
    }
    return texts;
}

QStringList Story::received()
{
    QStringList texts;
    for (const Message &message : must(m_engine->page(must(m_engine->chats()).first().id, {}, PageDirection::Older, 200)).messages) {
        if (!message.own && message.system == SystemLine::None)
            texts.append(message.text);
    }
    return texts;
}

/// As a person does it: looks first whether it is there.
Outcome<Done> Story::say(const QString &text)
{
    if (!own().contains(text)) {
        const auto sent = m_engine->sendText(must(m_engine->chats()).first().id, text);
        if (!sent)
            return fail(sent.error());
    }
    m_saidByBob.append(text);
    m_confirmed.said = m_saidByBob;
    return Done{};
}

QString Story::live()
{
    const FaultSyscalls faults(m_options.instead ? *m_options.instead : m_plan, m_folder.string());
    act("making the profile", [&]() -> Outcome<Done> {
        if (const auto locked = m_gate.takeLock(); !locked)
            return locked;
        if (m_gate.status().exists)
            return Done{}; // the last step had failed, and everything was there
        session::LockChoice choice;
        choice.withoutLock = true;
        const auto made = m_gate.create(choice, [&](vault::Database &db) {
            return ChatEngine::createProfile(db, {u"Bob"_s, {kRelay}, {}}, m_world.clock, m_random);
        });
        return made ? Outcome<Done>(Done{}) : fail(made.error());
    });
    m_confirmed.profile = true;
    act("opening it", [&] { return isOpen() ? Outcome<Done>(Done{}) : open(); });
    const auto next = [this](void (Story::*part)()) {
        if (m_wrong.isEmpty())
            (this->*part)();
    };
    next(&Story::meet);
    next(&Story::talk);
    next(&Story::changeContact);
    next(&Story::receiveLocked);
    next(&Story::changeKeys);
    next(&Story::backUp);
    next(&Story::storeAsRelay);
    if (!m_wrong.isEmpty())
        return m_wrong;
    m_plan.heal();
    m_world.run(4 * 60 * kMinute);
    reopen("all");
    m_world.run(kMinute);
    QStringList atAlice = m_alice->history(m_alice->chatWith()).filter(QRegularExpression(u"^[^>]"_s));
    if (atAlice != m_saidByBob)
        wrong(u"at Alice: "_s + atAlice.join(u" | "_s) + u" and not "_s + m_saidByBob.join(u" | "_s));
    if (received() != m_saidByAlice)
        wrong(u"at Bob: "_s + received().join(u" | "_s) + u" and not "_s + m_saidByAlice.join(u" | "_s));
    return m_wrong;
}

QString Story::resume(const std::filesystem::path &image, const Confirmed &confirmed)
{
    session::ProfileGate gate(vault::ProfilePaths{image / "profile"}, m_random);
    const auto status = gate.status();
    if (!confirmed.profile && !status.exists)
        return {}; // nobody was told that there is one
    if (!confirmed.profile && status.trouble.code != TroubleCode::None)
        return u"a half-made profile is in the way: "_s + session::troubleText(status.trouble);
    if (const auto locked = gate.takeLock(); !locked)
        return u"the lock: "_s + session::troubleText(locked.error());
    const auto key = gate.unlockWithoutLock();
    if (!key)
        return u"the key slots: "_s + session::troubleText(key.error());
    const auto db = gate.openWriter(*key);
    if (!db)
        return u"the vault: "_s + session::troubleText(db.error());
    if (!(*db)->check())
        return u"the vault is damaged"_s;
    const auto port = m_world.network.makePort();
    ChatEngine engine(**db, *port, m_world.clock, m_world.timers, m_random, [](const Fact &) {});
    if (const auto started = engine.start(); !started)
        return u"the engine: "_s + session::troubleText(started.error());
    if (const auto drained = engine.drainSpool(gate.paths().spool()); !drained)
        return u"the spool: "_s + session::troubleText(drained.error());
    const auto chats = must(engine.chats());
    if (!confirmed.said.isEmpty()) {
        if (chats.size() != 1)
            return u"the chat is gone"_s;
        QStringList mine;
        for (const Message &message : must(engine.page(chats.first().id, {}, PageDirection::Older, 200)).messages) {
            if (message.own && message.system == SystemLine::None)
                mine.append(message.text);
        }
        for (const QString &text : confirmed.said) {
            if (mine.count(text) != 1)
                return u"\"%1\" was confirmed and is there %2 times"_s.arg(text.left(20)).arg(mine.count(text));
        }
        if (!confirmed.name.isEmpty() && chats.first().name != confirmed.name)
            return u"the name is gone"_s;
        if (!chats.first().blocked) {
            if (const auto sent = engine.sendText(chats.first().id, u"after the cut"_s); !sent)
                return u"it cannot go on: "_s + session::troubleText(sent.error());
        }
    }
    if (confirmed.backup && !backup::verifyBackup(image / "backup.tacet", crypto::asBytes(std::string_view("for the backup"))))
        return u"the backup is not whole"_s;
    if (confirmed.stored > 0) {
        const auto store = relayd::Store::open(image / "relay", relayd::Store::Mode::Serve);
        if (!store)
            return u"the relay's store does not open"_s;
        relay::Filter all;
        all.kinds = {crypto::kKindGiftWrap};
        const auto rows = (*store)->find(all, 100, m_world.clock.wallSeconds(), nullptr);
        if (!rows || int(rows->size()) < confirmed.stored)
            return u"the relay said OK to %1 and has %2"_s.arg(confirmed.stored).arg(rows ? rows->size() : 0);
    }
    return {};
}

void Story::meet()
{
    const Invitation invitation = must((*m_alice)->createInvitation(InvitationKind::OneTime, u"Bob"_s));
    m_world.settle();
    act("opening the chat", [&]() -> Outcome<Done> {
        if (!must(m_engine->chats()).isEmpty())
            return Done{};
        const auto started = m_engine->startChat(invitation.link, std::nullopt);
        return started ? Outcome<Done>(Done{}) : fail(started.error());
    });
    act("the first answer", [&]() -> Outcome<Done> {
        m_world.run(kMinute);
        return Done{};
    });
    for (int i = 0; i < 60 && must((*m_alice)->chats()).isEmpty(); ++i)
        m_world.run(kMinute);
    if (must((*m_alice)->chats()).isEmpty())
        wrong(u"the first message never came to Alice"_s);
}

void Story::talk()
{
    for (int i = 0; i < 2; ++i)
        act("sending", [&] { return say(u"b%1"_s.arg(i)); });
    act("sending much", [&] { return say(QString(5000, u'b')); });
    act("receiving", [&]() -> Outcome<Done> {
        for (int i = 0; m_wrong.isEmpty() && m_saidByAlice.size() < 3; ++i) {
            m_saidByAlice.append(i == 1 ? QString(5000, u'a') : u"a%1"_s.arg(i));
            must((*m_alice)->sendText(m_alice->chatWith(), m_saidByAlice.last()));
        }
        m_world.run(1000);
        return Done{};
    });
    act("receipts", [&]() -> Outcome<Done> {
        m_world.run(3 * kMinute);
        return Done{};
    });
    act("reading", [&] { return m_engine->setOpenChat(must(m_engine->chats()).first().id, true); });
}

void Story::changeContact()
{
    const auto chat = [this] { return must(m_engine->chats()).first().id; };
    act("renaming", [&]() -> Outcome<Done> {
        auto renamed = m_engine->renameContact(chat(), u"Alice of the harbour"_s);
        if (renamed)
            m_confirmed.name = m_nameConfirmed = u"Alice of the harbour"_s;
        return renamed;
    });
    act("blocking", [&] { return m_engine->block(chat(), true); });
    act("unblocking", [&] { return m_engine->block(chat(), false); });
    act("a setting", [&]() -> Outcome<Done> {
        auto settings = m_engine->settings();
        if (!settings)
            return fail(settings.error());
        settings->typing = !settings->typing;
        return m_engine->changeSettings(*settings);
    });
    m_world.run(kMinute);
}

void Story::receiveLocked()
{
    m_world.run(kMinute);
    auto state = m_engine->lockedState();
    if (!state)
        return wrong(u"locking: "_s + session::troubleText(state.error()));
    close();
    {
        auto port = m_world.network.makePort();
        LockedReceiver locked(std::move(*state), m_gate.paths().spool(), *port, m_world.clock, m_world.timers, m_random, [] {});
        locked.start();
        for (int i = 0; i < 2; ++i) {
            m_saidByAlice.append(u"sealed %1"_s.arg(i));
            must((*m_alice)->sendText(m_alice->chatWith(), m_saidByAlice.last()));
        }
        m_world.run(2 * kMinute);
    }
    act("unlocking", [&] { return isOpen() ? Outcome<Done>(Done{}) : open(); });
    m_world.run(kMinute);
}

void Story::changeKeys()
{
    act("the keychain", [&] {
        std::optional<crypto::SecretBytes<32>> kept(std::in_place);
        m_random.fill(kept->writable());
        return m_gate.setKeychain(*m_key, kept);
    });
    act("a new recovery code", [&]() -> Outcome<Done> {
        const auto code = m_gate.renewRecoveryCode(*m_key);
        if (!code)
            return fail(code.error());
        const auto opens = m_gate.unlockWithRecoveryCode(*code); // the one that was shown
        return opens ? Outcome<Done>(Done{}) : fail(opens.error());
    });
    if (!m_options.passphrase)
        return;
    m_passphraseSteps.first = m_plan.steps();
    act("changing the passphrase", [&]() -> Outcome<Done> {
        auto changed = m_gate.changePassphrase(secret(""), secret("another walk by the sea"));
        // Whatever it answered, one of the two opens: the folder's sync may fail when the file has its new name.
        m_hasPassphrase = m_gate.unlock(secret("another walk by the sea")).ok();
        if (m_hasPassphrase && !changed && !m_gate.status().hasPassphrase)
            wrong(u"neither passphrase opens"_s);
        return m_hasPassphrase ? Outcome<Done>(Done{}) : changed;
    });
    m_passphraseSteps.second = m_plan.steps();
}

void Story::backUp()
{
    const auto file = m_folder / "backup.tacet";
    act("writing a backup", [&]() -> Outcome<Done> {
        auto reader = m_gate.openReader(*m_key);
        if (!reader)
            return fail(reader.error());
        backup::WriteRequest request;
        request.target = file;
        request.passphrase = crypto::asBytes(std::string_view("for the backup"));
        request.nowMs = m_world.clock.wallMs();
        request.cost = {1, 8 * 1024};
        const auto written = backup::writeBackup(**reader, request, m_random);
        return written ? Outcome<Done>(Done{}) : fail(session::troubleFrom(written.error(), QString::fromStdString(file.string())));
    });
    m_confirmed.backup = m_wrong.isEmpty();
    session::ProfileGate other(vault::ProfilePaths{m_folder / "restored"}, m_random);
    backup::Summary summary;
    const crypto::SecretBuffer word = secret("for the backup");
    act("restoring", [&]() -> Outcome<Done> {
        if (const auto locked = other.takeLock(); !locked)
            return locked;
        if (other.status().exists)
            return Done{};
        session::LockChoice choice;
        choice.withoutLock = true;
        const auto made = other.create(choice, session::fillFromBackup(QString::fromStdString(file.string()), word, {}, m_world.clock,
                                                                       m_random, summary));
        return made ? Outcome<Done>(Done{}) : fail(made.error());
    });
    act("looking into the restored profile", [&]() -> Outcome<Done> {
        const auto key = other.unlockWithoutLock();
        if (!key)
            return fail(key.error());
        const auto db = other.openWriter(*key); // finishes what the failed write left to do
        if (!db)
            return fail(db.error());
        vault::Snapshot snapshot(**db);
        if (vault::countContacts(**db) != 1 || vault::countMessages(**db) == 0)
            wrong(u"the restored profile is not whole"_s);
        static_cast<void>(snapshot.finish());
        return Done{};
    });
}

void Story::storeAsRelay()
{
    std::unique_ptr<relayd::Store> store;
    std::set<crypto::NostrEventId> promised;
    const auto mailbox = crypto::NostrKeyPair::generate(m_random).publicKey();
    const auto trouble = [](relayd::StoreError error) {
        return chat::trouble(error == relayd::StoreError::DiskFull ? TroubleCode::DiskFull : TroubleCode::DiskError);
    };
    const Act serve = [&]() -> Outcome<Done> {
        store.reset();
        auto opened = relayd::Store::open(m_folder / "relay", relayd::Store::Mode::Serve);
        if (!opened)
            return trouble(opened.error());
        store = std::move(*opened);
        return Done{};
    };
    act("opening the relay's store", serve);
    for (int i = 0; i < 3 && m_wrong.isEmpty(); ++i) {
        const auto event = envelopeFor(mailbox, m_world.clock.wallSeconds(), m_random);
        act("storing as a relay", [&]() -> Outcome<Done> {
            if (!store) {
                if (const auto opened = serve(); !opened)
                    return opened;
            }
            const auto added = store->add(event);
            const auto committed = store->commit();
            if (!added)
                return trouble(added.error());
            if (!committed)
                return trouble(committed.error());
            promised.insert(event.id);
            ++m_confirmed.stored;
            return Done{};
        });
    }
    m_plan.heal();
    m_steps = m_plan.steps();
    if (!m_wrong.isEmpty() || !serve())
        return wrong(u"the relay's store does not open again"_s);
    relay::Filter filter;
    filter.ids.assign(promised.begin(), promised.end());
    const auto rows = store->find(filter, 100, m_world.clock.wallSeconds(), nullptr);
    if (!rows || rows->size() != 3)
        wrong(u"the relay said OK to 3 and has %1"_s.arg(rows ? rows->size() : 0));
}

} // namespace tacet::test
