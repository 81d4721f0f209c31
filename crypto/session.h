#pragma once
// A session: one handshake and the double ratchet that grows from it (PROTOCOL §4 to §6). This is the API of
// crypto/ for conversations. A Session is a value: the caller loads it, does one step, and stores the new
// state in the transaction that stores what the step made. Nothing here touches disk, clock or network.
//
// How the engine receives a message `m` (PROTOCOL §4.4):
//   1. peekPrefix(m) gives a prefix p?  no: try decrypt() on each session of this mailbox, the one that is sent on first,
//      then the newest first.
//   2. a session with prefixId() == p.id()?  decrypt() there, and nowhere else.
//   3. else find prekeys by p.bundle; handshakeId(prekeys.body(), p) known?  a replay or forgery: drop.
//   4. else Session::accept(); on success store {session, handshake id, deletion of one-time prekeys} together.
// Refusals that anybody can cause (see DecryptError) may change, show and answer nothing: everyone who knows a mailbox
// can send rubbish to it.
#include "crypto/handshake.h"

#include <memory>

namespace tacet::crypto {

enum class Role : std::uint8_t { Initiator = 1, Responder = 2 };

enum class AcceptError {
    NotAHandshake, ///< peekPrefix() answers nothing
    OtherPrekeys,  ///< the prefix names another bundle
    BadPeerKey,    ///< a key that the checks of PROTOCOL §2.2 refuse, or what decrypt() calls PeerBroken
    OwnIdentity,   ///< our own handshake came back
    Undecryptable, ///< not made for these prekeys, or altered
    TooFarAhead,   ///< more than kMaxForwardJump messages before it are missing
};

enum class EncryptError {
    TooLarge,       ///< more than payloadCapacity() of the largest size
    ChainExhausted, ///< kMaxChainLength messages without an answer: start a new session
    PeerKeyRefused, ///< cannot happen with keys that decrypt() took; checked all the same
};

/// PROTOCOL §5.5. The first four can be caused by anybody who knows the mailbox. The last three have an authentic
/// header; TooFarAhead and PeerBroken ask for a new session, once a day for a contact at most (a relay can repeat them).
enum class DecryptError {
    NotAMessage,    ///< no size or type of PROTOCOL §6.2
    NewerVersion,   ///< says that a later program made it
    NotThisSession, ///< the prefix belongs to another handshake
    Undecryptable,  ///< not from this session, altered, or its chain is long gone
    Duplicate,      ///< its key was used, passed over, evicted or expired: says nothing about what is missing (§7.6)
    TooFarAhead,    ///< jump over kMaxForwardJump; every later message of that chain says so
    PeerBroken,     ///< against the rules: a refused key, a turn out of turn, wrong padding, or a state that was copied
};

/// Bytes of payload that fit a message of kMessageSizes[index]; `first` while the prefix is attached.
std::size_t payloadCapacity(std::size_t index, bool first);
inline constexpr std::size_t kFirstMessageOverhead = 2484; ///< PROTOCOL §5.4; 588 bytes are left of 3,072
inline constexpr std::size_t kLaterMessageOverhead = 2396; ///< PROTOCOL §5.4; 676 bytes are left of 3,072

struct MessageParts;

class Session {
public:
    struct Accepted;

    /// Ready to send at once; no answer is needed first. Errors: BadPeerKey, OwnIdentity.
    static Result<Session, HandshakeError> initiate(const OwnIdentity &own, const PeerPrekeys &peer, Random &random);

    /// Works on nothing but its arguments; the caller commits only on success.
    static Result<Accepted, AcceptError> accept(const OwnIdentity &own, const OwnPrekeys &prekeys, ByteView message,
                                                UnixMs now);

    Session(Session &&) noexcept;
    Session &operator=(Session &&) noexcept;
    ~Session();
    /// A second holder of the same state must be asked for in words.
    Session clone() const;

    /// One sealed message in the smallest of kMessageSizes that takes the payload. The bytes are made once for
    /// a message and stored before they are sent; making them again makes another message.
    Result<Bytes, EncryptError> encrypt(ByteView payload, Random &random);

    /// The payload; on any error the session is unchanged, bit for bit (PROTOCOL §5.6).
    Result<SecretBuffer, DecryptError> decrypt(ByteView message, UnixMs now);

    /// How many messages of the peer's come before this one and after the newest that was opened (PROTOCOL §5.9): what
    /// lines up a backlog that relays bring newest first. 0: the one expected next. Nothing for a late one, and for one
    /// whose header opens under neither the current chain nor the next. Changes nothing and promises nothing: what the
    /// header says may be against the rules, and the body is not looked at.
    std::optional<std::uint64_t> missingBefore(ByteView message) const;

    /// Wipes message keys older than kSkippedKeyLifetime. decrypt() does so too when it succeeds.
    void expireSkippedKeys(UnixMs now);

    SessionId id() const;               ///< th
    HandshakeId handshake() const;      ///< th0
    PrefixId prefixId() const;          ///< what first messages of this session carry
    Role role() const;
    IdentityKey peerIdentity() const;
    /// False for an initiator whose peer has not answered yet: the prefix is still attached.
    bool answered() const;
    /// Payload bytes that the next message takes in kMessageSizes[index].
    std::size_t capacity(std::size_t index) const { return payloadCapacity(index, !answered()); }
    std::size_t skippedKeyCount() const;

    /// Deterministic: equal states give equal bytes. For the vault only, never for a backup (PROTOCOL §10.2).
    SecretBuffer serialise() const;
    static Result<Session, StateError> parse(ByteView state);

private:
    struct State;
    explicit Session(std::unique_ptr<State> state);
    Result<MessageParts, DecryptError> partsOf(ByteView message) const;
    std::unique_ptr<State> m_state;
};

struct Session::Accepted {
    Session session;
    SecretBuffer payload;
};

/// Both sides initiated at once: both use the session for which this is true against the other (smaller th).
inline bool winsOver(const SessionId &one, const SessionId &other)
{
    return one < other;
}

} // namespace tacet::crypto
