// Randomness that repeats: SHA-256 of seed and counter. Everything random in the oracle is passed in, as in §2.1.
import { sha256 } from '@noble/hashes/sha2.js';
import { joined, utf8, be32, numberOf } from './bytes.mjs';

export class SeededRandom {
    constructor(seed) {
        this.key = sha256(utf8(`oracle ${seed}`));
        this.count = 0;
    }
    bytes(size) {
        const out = new Uint8Array(size);
        for (let at = 0; at < size; at += 32)
            out.set(sha256(joined(this.key, be32(this.count++))).subarray(0, Math.min(32, size - at)), at);
        return out;
    }
    /** Evenly in [0, bound), up to what 48 bits make uneven. */
    below(bound) { return Number(numberOf(this.bytes(6)) % BigInt(bound)); }
    chance(percent) { return this.below(100) < percent; }
}
