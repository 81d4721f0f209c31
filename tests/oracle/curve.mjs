// secp256k1 for the envelope (PROTOCOL §2.2, §6.3): keys, BIP-340, the ECDH of NIP-44.
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { numberOf, joined, byte } from './bytes.mjs';
import { Refusal } from './refusal.mjs';

export const isScalar = bytes => {
    const n = numberOf(bytes);
    return n > 0n && n < secp256k1.Point.Fn.ORDER;
};
export const xOnly = secret => schnorr.getPublicKey(secret);
export const schnorrSign = (secret, message, aux) => schnorr.sign(message, secret, aux);
export const schnorrVerify = (key, message, signature) => schnorr.verify(signature, message, key);

export function isPoint(key) {
    try {
        schnorr.utils.lift_x(numberOf(key));
        return true;
    } catch {
        return false;
    }
}
/** The x coordinate, unhashed. */
export function sharedX(secret, key) {
    if (!isPoint(key))
        throw new Refusal('bad-key');
    return secp256k1.getSharedSecret(secret, joined(byte(2), key)).slice(1, 33);
}
