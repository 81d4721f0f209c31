#include "tests/oracle/peer/parties.h"

#include "tests/oracle/peer/words.h"

namespace tacet::test {
using namespace tacet::crypto;
namespace {

template<typename Error>
std::string answerNo(Error error)
{
    return "no " + word(error);
}

bool isSame(ByteView one, ByteView other)
{
    return std::equal(one.begin(), one.end(), other.begin(), other.end());
}

} // namespace

std::string Parties::answer(const Command &command)
{
    using Method = std::string (Parties::*)(const Command &);
    static const std::map<std::string, Method> kMethods{
        {"identity", &Parties::identity},
        {"link", &Parties::link},
        {"read-link", &Parties::readLink},
        {"bundle", &Parties::bundle},
        {"tombstone", &Parties::tombstone},
        {"open-bundle", &Parties::openBundle},
        {"record", &Parties::record},
        {"read-record", &Parties::readRecord},
        {"initiate", &Parties::initiate},
        {"accept", &Parties::accept},
        {"encrypt", &Parties::encrypt},
        {"decrypt", &Parties::decrypt},
        {"state", &Parties::state},
        {"load", &Parties::load},
        {"session", &Parties::session},
    };
    const auto method = kMethods.find(command.word(0));
    if (method == kMethods.end())
        command.refuse("no such command");
    return (this->*method->second)(command);
}

/// identity HANDLE SEED NUMBER: also forgets everything of the schedule before; NUMBER seeds the randomness.
std::string Parties::identity(const Command &command)
{
    m_identities.clear();
    m_links.clear();
    m_own.clear();
    m_peers.clear();
    m_sessions.clear();
    m_random = SeededRandom(std::uint64_t(command.number(3)));
    const auto seed = command.fixed<32>(2);
    m_identities.insert_or_assign(command.word(1), OwnIdentity::fromSeed(seed));
    return answerBytes(m_identities.at(command.word(1)).publicKey().view());
}

/// link HANDLE IDENTITY TYPE RELAY
std::string Parties::link(const Command &command)
{
    auto made = Link::create(
        LinkType(command.number(3)), find(m_identities, command, 2).publicKey(), {command.word(4)}, m_random);
    if (!made)
        return "no link";
    const std::string text = made->uri();
    m_links.insert_or_assign(command.word(1), std::move(*made));
    return "ok " + text;
}

/// read-link HANDLE TEXT
std::string Parties::readLink(const Command &command)
{
    const Bytes text = command.bytes(2);
    auto read = Link::parse({reinterpret_cast<const char *>(text.data()), text.size()});
    if (!read)
        return answerNo(read.error());
    const std::string uri = read->uri();
    m_links.insert_or_assign(command.word(1), std::move(*read));
    return "ok " + uri;
}

/// bundle HANDLE IDENTITY LINK NAME MAILBOX RELAY FROM UNTIL
std::string Parties::bundle(const Command &command)
{
    BundleCard card;
    const Bytes name = command.bytes(4);
    card.name.assign(name.begin(), name.end());
    card.mailbox.bytes = command.fixed<32>(5);
    card.relays = {command.word(6)};
    card.validFrom = command.number(7);
    card.validUntil = command.number(8);
    auto made = makeBundle(find(m_identities, command, 2), find(m_links, command, 3), card, m_random);
    if (!made)
        return "no bundle";
    m_own.insert_or_assign(command.word(1), std::move(made->prekeys));
    return answerBytes(made->sealed);
}

/// tombstone IDENTITY LINK BUNDLE-ID TIME
std::string Parties::tombstone(const Command &command)
{
    return answerBytes(makeTombstone(
        find(m_identities, command, 1), find(m_links, command, 2), {command.fixed<8>(3)}, command.number(4), m_random));
}

/// open-bundle HANDLE LINK SEALED NOW: the body.
std::string Parties::openBundle(const Command &command)
{
    const Link &link = find(m_links, command, 2);
    const auto opened = crypto::openBundle(command.bytes(3), link, command.number(4));
    if (!opened)
        return answerNo(opened.error());
    m_peers.insert_or_assign(command.word(1), opened->prekeys(link));
    return answerBytes(opened->body);
}

/// record HANDLE IDENTITY CREATED
std::string Parties::record(const Command &command)
{
    const auto own = OwnRendezvous::generate(find(m_identities, command, 2).publicKey(), command.number(3), m_random);
    m_own.insert_or_assign(command.word(1), OwnPrekeys::parse(own.prekeys().serialise().view()).value());
    return answerBytes(own.forPeer().view());
}

/// read-record HANDLE RECORD PEER-IDENTITY
std::string Parties::readRecord(const Command &command)
{
    const auto read = PeerRendezvous::parse(command.bytes(2), {command.fixed<32>(3)});
    if (!read)
        return answerNo(read.error());
    const PeerPrekeys &keys = read->prekeys();
    m_peers.insert_or_assign(command.word(1),
        PeerPrekeys{keys.body, keys.identity, keys.signedPrekey, keys.kemPrekey, keys.presharedKey.clone()});
    return "ok -";
}

/// initiate SESSION IDENTITY PEER
std::string Parties::initiate(const Command &command)
{
    auto session = Session::initiate(find(m_identities, command, 2), find(m_peers, command, 3), m_random);
    if (!session)
        return answerNo(session.error());
    const SessionId id = session->id();
    m_sessions.insert_or_assign(command.word(1), std::move(*session));
    return answerBytes(id.view());
}

/// accept SESSION IDENTITY OWN MESSAGE NOW: the payload.
std::string Parties::accept(const Command &command)
{
    auto accepted =
        Session::accept(find(m_identities, command, 2), find(m_own, command, 3), command.bytes(4), command.number(5));
    if (!accepted)
        return answerNo(accepted.error());
    m_sessions.insert_or_assign(command.word(1), std::move(accepted->session));
    return answerBytes(accepted->payload.view());
}

/// encrypt SESSION PAYLOAD
std::string Parties::encrypt(const Command &command)
{
    const auto message = find(m_sessions, command, 1).encrypt(command.bytes(2), m_random);
    return message ? answerBytes(*message) : answerNo(message.error());
}

/// decrypt SESSION MESSAGE NOW. A refusal that changed the state is "changed": PROTOCOL §5.6.
std::string Parties::decrypt(const Command &command)
{
    Session &session = find(m_sessions, command, 1);
    const SecretBuffer before = session.serialise();
    const auto payload = session.decrypt(command.bytes(2), command.number(3));
    if (payload)
        return answerBytes(payload->view());
    const SecretBuffer after = session.serialise();
    return isSame(before.view(), after.view()) ? answerNo(payload.error()) : "no changed";
}

/// state SESSION: its stored form.
std::string Parties::state(const Command &command)
{
    return answerBytes(find(m_sessions, command, 1).serialise().view());
}

/// load SESSION STATE: goes on with what either program stored.
std::string Parties::load(const Command &command)
{
    auto read = Session::parse(command.bytes(2));
    if (!read)
        return answerNo(read.error());
    m_sessions.insert_or_assign(command.word(1), std::move(*read));
    return "ok -";
}

/// session SESSION: th, prefix id, number of keys kept.
std::string Parties::session(const Command &command)
{
    const Session &session = find(m_sessions, command, 1);
    return "ok " + toBase64(session.id().view()) + ' ' + toBase64(session.prefixId().view()) + ' '
        + std::to_string(session.skippedKeyCount());
}

} // namespace tacet::test
