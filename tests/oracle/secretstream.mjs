// secretstream of libsodium (XChaCha20-Poly1305), as its documentation describes it, on the parts that noble has.
import { chacha20, hchacha } from '@noble/ciphers/chacha.js';
import { poly1305 } from '@noble/ciphers/_poly1305.js';
import { byte, equal, joined, utf8, zeros } from './bytes.mjs';

export const kMessage = 0, kPush = 1, kRekey = 2, kFinal = 3;

const words = bytes => new Uint32Array(Uint8Array.from(bytes).buffer);
const le = (size, value) => {
    const out = new Uint8Array(size);
    for (let i = 0, left = BigInt(value); i < size; ++i, left >>= 8n)
        out[i] = Number(left & 255n);
    return out;
};
const padding = size => zeros((16 - size % 16) % 16);

export class SecretStream {
    /** `header`: 24 bytes. */
    constructor(key, header) {
        const sub = new Uint32Array(8);
        hchacha(words(utf8('expand 32-byte k')), words(key), words(header.slice(0, 16)), sub);
        this.key = new Uint8Array(sub.buffer);
        this.counter = 1;
        this.inner = header.slice(16);
    }
    nonce() { return joined(le(4, this.counter), this.inner); }

    tagOf(block, sealed, ad) {
        const macKey = chacha20(this.key, this.nonce(), zeros(64)).slice(0, 32);
        // The second padding depends on the length of the text alone, as if the block before it were not there.
        return poly1305(joined(ad, padding(ad.length), block, sealed, zeros((16 + sealed.length - 64) % 16),
            le(8, ad.length), le(8, 64 + sealed.length)), macKey);
    }
    step(tag, mac) {
        this.inner = this.inner.map((b, i) => b ^ mac[i]);
        ++this.counter;
        if (tag & kRekey) {
            const fresh = chacha20(this.key, this.nonce(), joined(this.key, this.inner));
            this.key = fresh.slice(0, 32);
            this.inner = fresh.slice(32);
            this.counter = 1;
        }
    }
    push(plain, ad, tag) {
        const block = chacha20(this.key, this.nonce(), joined(byte(tag), zeros(63)), undefined, 1);
        const sealed = chacha20(this.key, this.nonce(), plain, undefined, 2);
        const mac = this.tagOf(block, sealed, ad);
        this.step(tag, mac);
        return joined(block.subarray(0, 1), sealed, mac);
    }
    /** { plain, tag }, or null when the chunk does not open. */
    pull(chunk, ad) {
        const sealed = chunk.slice(1, -16);
        const block = chacha20(this.key, this.nonce(), joined(chunk.subarray(0, 1), zeros(63)), undefined, 1);
        const tag = block[0];
        block[0] = chunk[0];
        const mac = this.tagOf(block, sealed, ad);
        if (!equal(mac, chunk.slice(-16)))
            return null;
        const plain = chacha20(this.key, this.nonce(), sealed, undefined, 2);
        this.step(tag, mac);
        return { plain, tag };
    }
}
