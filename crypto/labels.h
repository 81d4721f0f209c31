#pragma once
// Every label that separates one use of a hash or key from another (PROTOCOL §2.3), in one place so that no two
// can be equal by accident. Internal to crypto/. "Tacet1" is the protocol's version: another schedule has other labels.
#include <string_view>

namespace tacet::crypto::label {

inline constexpr std::string_view kLinkChecksum = "Tacet link checksum"; // of every version: read before it
inline constexpr std::string_view kLinkMask = "Tacet1 link mask";
inline constexpr std::string_view kLinkBundleKey = "Tacet1 link bundle";
inline constexpr std::string_view kLinkMailbox = "Tacet1 link mailbox";
inline constexpr std::string_view kLinkPsk = "Tacet1 link psk";

inline constexpr std::string_view kBundleSignature = "Tacet1 bundle";
inline constexpr std::string_view kBundleSeal = "Tacet1 bundle seal";
inline constexpr std::string_view kBundleId = "Tacet1 bundle id";

inline constexpr std::string_view kTranscript0 = "Tacet1 th0";
inline constexpr std::string_view kTranscript = "Tacet1 th";
inline constexpr std::string_view kIdentitySeal = "Tacet1 id";
inline constexpr std::string_view kSessionKeys = "Tacet1 sk";

inline constexpr std::string_view kRootStep = "Tacet1 rk";
inline constexpr std::string_view kHeader = "Tacet1 h";

inline constexpr std::string_view kBackupKey = "Tacet1 backup key";
inline constexpr std::string_view kBackupCommitment = "Tacet1 backup commitment";
inline constexpr std::string_view kBackupChecksum = "Tacet backup header"; // of every version

} // namespace tacet::crypto::label
