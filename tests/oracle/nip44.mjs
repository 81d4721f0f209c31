// NIP-44 version 2, as its own document has it.
import { chacha20 } from '@noble/ciphers/chacha.js';
import { extract, expand } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { HMAC } from './primitives.mjs';
import { sharedX } from './curve.mjs';
import { Refusal } from './refusal.mjs';
import { base64, be16, byte, equal, fromBase64, joined, numberOf, utf8, zeros } from './bytes.mjs';

const kVersion = 2;

export const conversationKey = (secret, peer) => extract(sha256, sharedX(secret, peer), utf8('nip44-v2'));

function messageKeys(key, nonce) {
    const keys = expand(sha256, key, nonce, 76);
    return { cipherKey: keys.slice(0, 32), cipherNonce: keys.slice(32, 44), macKey: keys.slice(44) };
}

export function paddedSize(length) {
    if (length <= 32)
        return 32;
    const nextPower = 2 ** (Math.floor(Math.log2(length - 1)) + 1);
    const chunk = nextPower <= 256 ? 32 : nextPower / 8;
    return chunk * (Math.floor((length - 1) / chunk) + 1);
}

export const padText = text => joined(be16(text.length), text, zeros(paddedSize(text.length) - text.length));

/** Any padded bytes, so that an attacker who has the key can pad falsely. */
export function sealPadded(key, nonce, padded, version = kVersion) {
    const { cipherKey, cipherNonce, macKey } = messageKeys(key, nonce);
    const sealed = chacha20(cipherKey, cipherNonce, padded);
    return base64(joined(byte(version), nonce, sealed, HMAC(macKey, joined(nonce, sealed))));
}

export function nip44Encrypt(key, nonce, text) {
    if (text.length < 1 || text.length > 65535)
        throw new Refusal('bad-length');
    return sealPadded(key, nonce, padText(text));
}

export function nip44Decrypt(key, payload) {
    if (payload.startsWith('#'))
        throw new Refusal('bad-version');
    if (payload.length > 87472)
        throw new Refusal('bad-length');
    const bytes = fromBase64(payload);
    if (!bytes)
        throw new Refusal('bad-encoding');
    if (bytes.length < 99 || bytes.length > 65603)
        throw new Refusal('bad-length');
    if (bytes[0] !== kVersion)
        throw new Refusal('bad-version');
    const nonce = bytes.slice(1, 33), sealed = bytes.slice(33, -32);
    const { cipherKey, cipherNonce, macKey } = messageKeys(key, nonce);
    if (!equal(HMAC(macKey, joined(nonce, sealed)), bytes.slice(-32)))
        throw new Refusal('bad-mac');
    const padded = chacha20(cipherKey, cipherNonce, sealed);
    const length = Number(numberOf(padded.slice(0, 2)));
    const text = padded.slice(2, 2 + length);
    if (length === 0 || text.length !== length || !equal(padText(text), padded))
        throw new Refusal('bad-padding');
    return text;
}
