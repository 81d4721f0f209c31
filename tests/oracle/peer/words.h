#pragma once
// Each outcome as PROTOCOL §13 calls it: what the oracle, the scenario files and a failing test show.
#include "crypto/backup_stream.h"
#include "crypto/bundle.h"
#include "crypto/gift_wrap.h"
#include "crypto/nip44.h"
#include "crypto/rendezvous.h"
#include "crypto/safety_number.h"
#include "crypto/session.h"

namespace tacet::test {

namespace words {
template<std::size_t N, typename Error>
std::string pick(const char *const (&names)[N], Error error)
{
    return names[std::size_t(error)]; // the order of the enumeration
}
} // namespace words

inline std::string word(crypto::LinkError error)
{
    static constexpr const char *kWords[] = {"not-a-link", "damaged", "newer"};
    return words::pick(kWords, error);
}
inline std::string word(crypto::BundleError error)
{
    static constexpr const char *kWords[] = {"not-this-link", "altered", "expired", "not-yet-valid", "newer", "used"};
    return words::pick(kWords, error);
}
inline std::string word(crypto::HandshakeError error)
{
    static constexpr const char *kWords[] = {"bad-peer-key", "own-identity", "other-prekeys", "undecryptable"};
    return words::pick(kWords, error);
}
inline std::string word(crypto::AcceptError error)
{
    static constexpr const char *kWords[] = {
        "not-a-handshake", "other-prekeys", "bad-peer-key", "own-identity", "undecryptable", "too-far-ahead"};
    return words::pick(kWords, error);
}
inline std::string word(crypto::EncryptError error)
{
    static constexpr const char *kWords[] = {"too-large", "chain-exhausted", "bad-peer-key"};
    return words::pick(kWords, error);
}
inline std::string word(crypto::DecryptError error)
{
    static constexpr const char *kWords[] = {
        "not-a-message", "newer", "not-this-session", "undecryptable", "duplicate", "too-far-ahead", "peer-broken"};
    return words::pick(kWords, error);
}
inline std::string word(crypto::RendezvousError error)
{
    static constexpr const char *kWords[] = {"damaged", "newer", "other-identity", "bad-peer-key"};
    return words::pick(kWords, error);
}
inline std::string word(crypto::WrapError error)
{
    static constexpr const char *kWords[] = {"not-for-us", "not-a-wrap", "bad-signature", "bad-envelope"};
    return words::pick(kWords, error);
}
inline std::string word(crypto::Nip44Error error)
{
    static constexpr const char *kWords[] = {
        "bad-key", "bad-length", "bad-version", "bad-encoding", "bad-mac", "bad-padding"};
    return words::pick(kWords, error);
}
inline std::string word(crypto::BackupError error)
{
    static constexpr const char *kWords[] = {
        "not-a-backup", "newer", "wrong-passphrase", "damaged", "cut-short", "too-costly", "out-of-memory"};
    return words::pick(kWords, error);
}
inline std::string word(crypto::StateError error)
{
    static constexpr const char *kWords[] = {"damaged", "newer"};
    return words::pick(kWords, error);
}
inline std::string word(crypto::ScanResult result)
{
    static constexpr const char *kWords[] = {"same", "different", "newer", "not-a-code"};
    return words::pick(kWords, result);
}

} // namespace tacet::test
