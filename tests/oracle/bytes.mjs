// Byte strings: joining, integers, LP (PROTOCOL §1.2), a cursor over foreign bytes, the text forms.
import { Refusal } from './refusal.mjs';

export const none = new Uint8Array(0);
export const zeros = count => new Uint8Array(count);
export const utf8 = text => new TextEncoder().encode(text);
/** Texts stand for their UTF-8. */
export const joined = (...parts) => Uint8Array.from(Buffer.concat(parts.map(p => typeof p === 'string' ? utf8(p) : p)));
export const equal = (one, other) => Buffer.compare(one, other) === 0;

const big = (size, value) => {
    const out = new Uint8Array(size);
    for (let left = BigInt(value), at = size - 1; at >= 0; --at, left >>= 8n)
        out[at] = Number(left & 255n);
    return out;
};
export const byte = value => Uint8Array.of(value);
export const be16 = value => big(2, value);
export const be32 = value => big(4, value);
export const be64 = value => big(8, value);
export const LP = x => joined(be32(x.length), x);
/** Big-endian; of any length. */
export const numberOf = bytes => bytes.length ? BigInt('0x' + hex(bytes)) : 0n;

export const hex = bytes => Buffer.from(bytes).toString('hex');
export const unhex = text => Uint8Array.from(Buffer.from(text, 'hex'));
export const base64 = bytes => Buffer.from(bytes).toString('base64');
export const base64url = bytes => Buffer.from(bytes).toString('base64url');
/** Only the one canonical form; null otherwise. */
const canonical = form => text => {
    const bytes = Uint8Array.from(Buffer.from(text, form));
    return Buffer.from(bytes).toString(form) === text ? bytes : null;
};
export const fromBase64 = canonical('base64');
export const fromBase64url = canonical('base64url');

/** Reads foreign bytes from the front; past the end it refuses with `word`. */
export class Reader {
    constructor(bytes, word) {
        this.bytes = bytes;
        this.word = word;
        this.at = 0;
    }
    refuse() { throw new Refusal(this.word); }
    take(count) {
        if (this.at + count > this.bytes.length)
            this.refuse();
        this.at += count;
        return this.bytes.slice(this.at - count, this.at);
    }
    number(size) { return Number(numberOf(this.take(size))); }
    /** `size`: the only length that is allowed, where there is one. */
    lp(size) {
        const length = this.number(4);
        if (size !== undefined && length !== size)
            this.refuse();
        return this.take(length);
    }
    /** A time of §1.2. */
    time() {
        const value = numberOf(this.lp(8));
        if (value >= 2n ** 52n)
            this.refuse();
        return Number(value);
    }
    left() { return this.bytes.length - this.at; }
    rest() { return this.take(this.left()); }
    end() {
        if (this.left() > 0)
            this.refuse();
    }
}
