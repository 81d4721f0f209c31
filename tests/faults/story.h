#pragma once
// One life with everything in it that writes: a profile is made, a chat opened by link, texts go and come, are receipted, a
// contact is renamed and blocked, mail comes while locked, key slots change, a backup is written and restored, a relay stores.
// Bob lives it on a disk whose n-th write fails; Alice's disk is well.
//
// What is demanded of each step that could not be done: it says so with a code that has a sentence; after a new start everything
// that had been confirmed is there; done again it works. A step that does not notice (what arrives is read again later) makes
// up for it by the end.
#include "app/relayd/store.h"
#include "app/session/backup_jobs.h"
#include "tests/chat/world.h"
#include "tests/support/fault_vfs.h"

namespace tacet::test {

struct StoryOptions {
    int nth = 0; ///< 0: nothing fails, only counts
    int error = 0;
    bool sticky = false; ///< until someone makes room, which happens when a step said so, or after it
    bool shortWrite = false;
    bool passphrase = false; ///< change it, too: Argon2id takes its time
    vault::FaultPlan *instead = nullptr; ///< who is asked before each write
};

class Story {
public:
    explicit Story(const StoryOptions &options);
    ~Story();

    /// Answers what went wrong; empty: nothing.
    QString live();
    /// Writes that can fail: those after the last one are of making sure.
    int steps() const { return m_steps; }
    /// The writes of changing the passphrase: after the first number, up to the second.
    std::pair<int, int> passphraseSteps() const { return m_passphraseSteps; }
    bool hasFailed() const { return m_plan.failures() > 0; }
    const std::filesystem::path &folder() const { return m_folder; }
    /// What had been confirmed to Bob so far.
    struct Confirmed {
        bool profile = false;
        QStringList said;
        QString name;
        bool backup = false;
        int stored = 0; ///< as a relay
    };
    const Confirmed &confirmed() const { return m_confirmed; }
    /// Goes on from what a power cut left in `image`; answers what is wrong with it.
    QString resume(const std::filesystem::path &image, const Confirmed &confirmed);
    /// Steps that said so, by their sentence.
    QStringList told() const { return m_told; }

private:
    using Act = std::function<chat::Outcome<Done>()>;
    void act(const char *name, const Act &what);
    chat::Outcome<Done> open();
    void close();
    void reopen(const char *after);
    void verify(const char *after);
    void wrong(const QString &what);

    void meet();
    void talk();
    void changeContact();
    void receiveLocked();
    void changeKeys();
    void backUp();
    void storeAsRelay();

    chat::Outcome<Done> say(const QString &text);
    QStringList own();
    QStringList received();
    bool isOpen() const { return m_engine != nullptr; }

    World m_world;
    Person *m_alice = nullptr;
    StoryOptions m_options;
    FailNth m_plan;
    SeededRandom m_random;
    std::filesystem::path m_folder;
    session::ProfileGate m_gate;
    std::optional<vault::VaultKey> m_key;
    std::unique_ptr<vault::Database> m_db;
    std::unique_ptr<ScriptedPort> m_port;
    std::unique_ptr<chat::ChatEngine> m_engine;
    bool m_hasPassphrase = false;
    int m_steps = 0;
    std::pair<int, int> m_passphraseSteps;

    QStringList m_saidByBob; ///< confirmed
    Confirmed m_confirmed;
    QStringList m_saidByAlice;
    QString m_nameConfirmed;
    QStringList m_told;
    QString m_wrong;
};

} // namespace tacet::test
