#pragma once
// What the oracle keeps on this side, by handles of its own choice: identities, links, prekeys, sessions.
#include "tests/oracle/peer/command.h"
#include "tests/support/seeded_random.h"

#include "crypto/bundle.h"
#include "crypto/rendezvous.h"
#include "crypto/session.h"

#include <map>

namespace tacet::test {

class Parties {
public:
    /// The answer to one line: "ok", "ok VALUE" or "no WORD".
    std::string answer(const Command &command);

private:
    std::string identity(const Command &command);
    std::string link(const Command &command);
    std::string readLink(const Command &command);
    std::string bundle(const Command &command);
    std::string tombstone(const Command &command);
    std::string openBundle(const Command &command);
    std::string record(const Command &command);
    std::string readRecord(const Command &command);
    std::string initiate(const Command &command);
    std::string accept(const Command &command);
    std::string encrypt(const Command &command);
    std::string decrypt(const Command &command);
    std::string state(const Command &command);
    std::string load(const Command &command);
    std::string session(const Command &command);

    template<typename Value>
    static Value &find(std::map<std::string, Value> &among, const Command &command, std::size_t index)
    {
        const auto found = among.find(command.word(index));
        if (found == among.end())
            command.refuse("no such handle");
        return found->second;
    }

    SeededRandom m_random{0};
    std::map<std::string, crypto::OwnIdentity> m_identities;
    std::map<std::string, crypto::Link> m_links;
    std::map<std::string, crypto::OwnPrekeys> m_own;
    std::map<std::string, crypto::PeerPrekeys> m_peers;
    std::map<std::string, crypto::Session> m_sessions;
};

} // namespace tacet::test
