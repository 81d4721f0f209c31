// PROTOCOL §1.2 and §2: the notation of the specification as functions, and the checks on foreign keys.
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { hmac } from '@noble/hashes/hmac.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { Refusal } from './refusal.mjs';
import { joined, equal, numberOf } from './bytes.mjs';

export { sha512 };
export const H = (...parts) => sha256(joined(...parts));
export const HMAC = (key, message) => hmac(sha256, key, message);
export const KDF = (salt, ikm, info, length) => hkdf(sha256, ikm, salt, info, length);

export const AE = (key, nonce, ad, plain) => xchacha20poly1305(key, nonce, ad).encrypt(plain);
/** The plaintext, or null when the tag does not fit. */
export function AEopen(key, nonce, ad, sealed) {
    try {
        return xchacha20poly1305(key, nonce, ad).decrypt(sealed);
    } catch {
        return null;
    }
}

// --- X25519 ---

const kFieldPrime = 2n ** 255n - 19n;
export const agreementPublic = secret => x25519.getPublicKey(secret);

/** DH(a, B) of §1.2 with the checks of §2.2. */
export function DH(secret, key) {
    if (numberOf(Uint8Array.from(key).reverse()) >= kFieldPrime) // a set top bit makes it at least 2^255
        throw new Refusal('bad-key');
    let shared;
    try {
        shared = x25519.scalarMult(secret, key);
    } catch {
        throw new Refusal('bad-key'); // noble refuses the all-zero result
    }
    if (shared.every(byte => byte === 0))
        throw new Refusal('bad-key');
    return shared;
}
export const isCanonicalAgreementKey = key => numberOf(Uint8Array.from(key).reverse()) < kFieldPrime;

// --- Ed25519 ---

const { Point } = ed25519;
export const identityPublic = seed => ed25519.getPublicKey(seed);
export const sign = (seed, message) => ed25519.sign(message, seed);
/** RFC 8032 §5.1.5; X25519 clamps it again. */
export const identityAgreementSecret = seed => sha512(seed).slice(0, 32);

/** A point that is canonical, on the curve, not of small order; null otherwise. */
function strictPoint(bytes) {
    try {
        const point = Point.fromBytes(bytes, false);
        return point.isSmallOrder() ? null : point;
    } catch {
        return null;
    }
}

/** The X25519 form of a foreign identity. */
export function identityAgreementPublic(key) {
    const point = strictPoint(key);
    if (!point || !point.isTorsionFree())
        throw new Refusal('bad-key');
    return ed25519.utils.toMontgomery(key);
}

/** §2.2: S below the order, no small orders, and the equation without a cofactor. */
export function verify(key, message, signature) {
    const A = strictPoint(key), R = strictPoint(signature.subarray(0, 32));
    const order = Point.Fn.ORDER;
    const S = numberOf(Uint8Array.from(signature.subarray(32)).reverse());
    if (!A || !R || S >= order)
        return false;
    const k = numberOf(Uint8Array.from(sha512(joined(signature.subarray(0, 32), key, message))).reverse()) % order;
    const right = Point.BASE.multiplyUnsafe(S).subtract(k === 0n ? Point.ZERO : A.multiplyUnsafe(k));
    return equal(right.toBytes(), signature.subarray(0, 32));
}

// --- ML-KEM-768 ---

export const kKemKey = 1184, kKemText = 1088, kKemSeed = 64;
export const kemPublic = seed => ml_kem768.keygen(seed).publicKey;
export const Decaps = (seed, text) => ml_kem768.decapsulate(text, ml_kem768.keygen(seed).secretKey);

/** FIPS 203 §7.2: 768 coefficients of 12 bits, each below q; the last 32 bytes are free. */
export function isKemKey(key) {
    if (key.length !== kKemKey)
        return false;
    for (let i = 0; i < 1152; i += 3) {
        const low = key[i] | (key[i + 1] & 15) << 8, high = key[i + 1] >> 4 | key[i + 2] << 4;
        if (low >= 3329 || high >= 3329)
            return false;
    }
    return true;
}
/** `coins`: the 32 random bytes of FIPS 203 §7.2. */
export function Encaps(key, coins) {
    if (!isKemKey(key))
        throw new Refusal('bad-key');
    const { sharedSecret, cipherText } = ml_kem768.encapsulate(key, coins);
    return { ss: sharedSecret, ct: cipherText };
}
