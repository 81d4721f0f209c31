// Invitation links (PROTOCOL §3.2 to §3.4).
import { H, KDF } from './primitives.mjs';
import { isScalar, xOnly } from './curve.mjs';
import { isRelayUrl } from './relay_url.mjs';
import { Refusal } from './refusal.mjs';
import { Reader, base64url, byte, equal, fromBase64url, joined, none, utf8 } from './bytes.mjs';

export const kOneTime = 1, kReusable = 2;
const kLongest = 213, kLongestPaste = 4096, kShortestFragment = 24, kVersion = 1;

const identityHash = identity => H(identity).slice(0, 16);
const checksum = bytes => H('Tacet link checksum', bytes).slice(0, 4);
const masked = (key, bytes) => {
    const mask = KDF(none, key, utf8('Tacet1 link mask'), bytes.length);
    return bytes.map((b, i) => b ^ mask[i]);
};

/** A payload with its checksum, of any content: an attacker can make these too. */
export const withChecksum = bytes => joined(bytes, checksum(bytes));
export function payloadOf(head, key, hash, relays) {
    const written = relays.map(url => {
        const plain = url.startsWith('ws://'), rest = utf8(url.slice(url.indexOf('//') + 2));
        return joined(byte((plain ? 128 : 0) | rest.length), rest);
    });
    return joined(byte(head), key, masked(key, joined(hash, ...written)));
}
export const textOf = payload => 'tacet:' + base64url(payload);

export function makeLink(type, identity, relays, random) {
    for (;;) {
        const key = random.bytes(32);
        const text = textOf(withChecksum(payloadOf(kVersion << 4 | type, key, identityHash(identity), relays)));
        if (/^tacet:[A-Za-z0-9]+$/.test(text))
            return readLink(text);
    }
}

export function readLink(pasted) {
    for (const words of payloadWords(pasted)) {
        const payload = fromBase64url(words);
        if (payload && payload.length >= 5 && equal(checksum(payload.slice(0, -4)), payload.slice(-4)))
            return readPayload(payload.slice(0, -4), 'tacet:' + words);
    }
    throw new Refusal('damaged');
}

/** What stands behind every `tacet:`, and then behind every # after the first https://, as far as a payload could reach. */
function payloadStarts(pasted) {
    const run = at => /^[A-Za-z0-9_ \t\n\v\f\r-]*/.exec(pasted.slice(at))[0];
    const schemes = [...pasted.matchAll(/tacet:/gi)].map(found => run(found.index + found[0].length));
    const web = pasted.indexOf('https://');
    const hashes = [...pasted.matchAll(/#/g)].filter(found => web >= 0 && found.index > web).map(found => run(found.index + 1));
    return [...schemes, ...hashes.filter(text => text.replace(/\s/g, '').length >= kShortestFragment)];
}

/** What the payload may be: the first word after a start, the first two joined, and so on. */
function* payloadWords(pasted) {
    const starts = utf8(pasted).length > kLongestPaste ? [] : payloadStarts(pasted);
    if (!starts.length)
        throw new Refusal('not-a-link');
    for (const run of starts) {
        let sofar = '';
        for (const word of run.split(/\s+/).filter(Boolean))
            yield sofar += word;
    }
}

function readPayload(bytes, text) {
    const reader = new Reader(bytes, 'damaged');
    const head = reader.take(1)[0];
    const version = head >> 4, type = head & 15;
    if (version > kVersion)
        throw new Refusal('newer');
    if (version !== kVersion || (type !== kOneTime && type !== kReusable) || text.length > kLongest)
        reader.refuse();
    const key = reader.take(32);
    const inner = new Reader(masked(key, reader.rest()), 'damaged');
    const hash = inner.take(16);
    const relays = [];
    while (inner.left() > 0) {
        const length = inner.take(1)[0];
        relays.push((length & 128 ? 'ws://' : 'wss://') + Buffer.from(inner.take(length & 127)).toString('latin1'));
    }
    if (relays.length < 1 || relays.length > 3 || !relays.every(isRelayUrl))
        inner.refuse();
    return { type, key, hash, relays, text, ...keysOf(key) };
}

export const belongsTo = (link, identity) => equal(link.hash, identityHash(identity));

/** §3.4 */
function keysOf(key) {
    let mailbox;
    for (let c = 0; !mailbox; ++c) {
        const scalar = KDF(none, key, joined('Tacet1 link mailbox', byte(c)), 32);
        if (isScalar(scalar))
            mailbox = { secret: scalar, key: xOnly(scalar) };
    }
    return {
        bundleKey: KDF(none, key, utf8('Tacet1 link bundle'), 32),
        psk: KDF(none, key, utf8('Tacet1 link psk'), 32),
        mailbox,
    };
}
