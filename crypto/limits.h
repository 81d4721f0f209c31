#pragma once
// Every limit of the protocol, each with its reason (PROTOCOL §5.7). A limit on foreign input is checked before
// the input costs anything; none of them is a setting.
#include <array>
#include <cstddef>
#include <cstdint>

namespace tacet::crypto {

/// Milliseconds since 1970 UTC. Always passed in: crypto/ has no clock.
using UnixMs = std::int64_t;
inline constexpr UnixMs kDayMs = 24LL * 60 * 60 * 1000;
/// Times on the wire and in stored forms are below this (142,000 years): sums with tolerances stay far from overflow.
inline constexpr UnixMs kEndOfTime = UnixMs(1) << 52;

// --- Sizes on the wire (PROTOCOL §6.2) ---

/// A sealed message has one of these sizes in bytes, so that a relay sees five buckets and no more. Their
/// base64 has 4,096, 8,192, 16,384, 32,768 and 40,960 characters, each exactly a padding step of NIP-44;
/// the step after the last would make an event of more than 64 KiB, which many relays refuse.
inline constexpr std::array<std::size_t, 5> kMessageSizes{3072, 6144, 12288, 24576, 30720};

// --- Invitation links (PROTOCOL §3.2) ---

/// A `tacet:` link fits a QR code of version 10 at level M, which a phone or a picture of a screen still reads.
inline constexpr std::size_t kMaxLinkLength = 213;
/// Two relays survive the death of one; a third still fits the code.
inline constexpr std::size_t kMaxLinkRelays = 3;
/// Longer than any host name with port and path in use; three of them never fit the link anyway.
inline constexpr std::size_t kMaxRelayUrlLength = 100;
/// What is pasted into the link field is cut off here before it is looked at: a 4 MB paste costs nothing.
inline constexpr std::size_t kMaxPastedLinkLength = 4096;

// --- Bundles (PROTOCOL §3.5) ---

/// UTF-8 bytes of a display name: 32 characters of any script, and room in the smallest envelope.
inline constexpr std::size_t kMaxNameLength = 128;
/// Dates of a bundle are read with this tolerance on both ends: a computer whose clock is nine days off can
/// still open a link. The owner keeps the private halves for longer (PROTOCOL §3.8).
inline constexpr UnixMs kClockTolerance = 10 * kDayMs;

// --- Ratchet (PROTOCOL §5.7) ---

/// Chain steps that one message may ask for, both chains together. 25,000 are about 50 ms of HMAC, so an
/// authenticated but hostile peer cannot stall us; no honest outage of 30 days reaches it. More than this is
/// answered by a new handshake: the same jump would be asked for by every later message of that chain.
inline constexpr std::uint32_t kMaxForwardJump = 25'000;
/// Message keys kept of one gap, the newest: what a relay lost long ago will not come any more.
inline constexpr std::size_t kMaxSkippedPerGap = 1'000;
/// Message keys kept in one session, oldest evicted: bounds a stored state to about 100 KB.
inline constexpr std::size_t kMaxSkippedPerSession = 2'000;
/// Receive chains whose header keys are kept for late messages. Each costs one trial per message received.
inline constexpr std::size_t kMaxSkippedHeaderKeys = 8;
/// Sessions kept for one contact, so that a storm of handshakes cannot grow the vault or the trials.
inline constexpr std::size_t kMaxSessionsPerContact = 5;
/// A message key that was not used by then is wiped: a later thief of the state cannot open what relays kept.
inline constexpr UnixMs kSkippedKeyLifetime = 30 * kDayMs;
/// Messages of one sending chain. The counter on the wire has 32 bits; a chain ends well before it wraps.
inline constexpr std::uint32_t kMaxChainLength = 0x7FFF'FFFF;

// --- Rendezvous (PROTOCOL §10.3) ---

/// A fresh record is sent to each contact this often.
inline constexpr UnixMs kRendezvousRenewal = 30 * kDayMs;
/// Private halves of replaced records are kept this long: the age of a backup that can still be restored
/// into a living conversation by the other side.
inline constexpr UnixMs kRendezvousLifetime = 365 * kDayMs;

// --- Backups (PROTOCOL §10.1) ---

/// Bounds for Argon2id parameters that stand in a file, checked before they are used: a hostile file can ask
/// for no more than 1 GiB and about ten seconds.
inline constexpr std::uint32_t kMaxBackupPasses = 10;
inline constexpr std::uint32_t kMinBackupMemoryKib = 8;
inline constexpr std::uint32_t kMaxBackupMemoryKib = 1024 * 1024;

} // namespace tacet::crypto
