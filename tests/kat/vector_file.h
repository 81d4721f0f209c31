#pragma once
// Published test vectors, each in the format of its source:
//   Wycheproof JSON   AEAD, HMAC, HKDF, X25519, ECDH on secp256k1, ML-KEM key generation
//   NIST JSON         ML-KEM-768, known answers by hashes, and ACVP (internalProjection.json)
//   BIP-340 CSV       Schnorr signatures
//   NIP-44 JSON       conversation keys, padding, encryption
//   Nostr events      JSON, every object in it that has an id
//   Signal JSON       numeric fingerprint, chain key
//   tables            `name = hex` lines as RFCs print them, blocks apart by blank lines (table.h)
#include "tests/kat/report.h"

#include <QByteArray>

namespace tacet::kat {

/// Runs every case of one file. `name` stands in messages only; the content says what it is.
void runVectors(const QString &name, const QByteArray &content, Report &report);

} // namespace tacet::kat
