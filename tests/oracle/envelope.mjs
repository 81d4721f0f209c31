// The gift wrap (PROTOCOL §6.1, §6.2; NIP-01, NIP-59) around the inner bytes of a message or bundle.
import { H } from './primitives.mjs';
import { isScalar, schnorrSign, schnorrVerify, xOnly } from './curve.mjs';
import { conversationKey, nip44Decrypt, nip44Encrypt } from './nip44.mjs';
import { kSizes } from './ratchet.mjs';
import { Refusal, refusingAs } from './refusal.mjs';
import { base64, fromBase64, hex, unhex, utf8 } from './bytes.mjs';

export const kGiftWrap = 1059, kSpread = 2 * 86_400;

/** NIP-01: seven escapes of its own, everything else verbatim. */
const quoted = text => '"' + text.replace(/[\n"\\\r\t\b\f]/g, c => (
    { '\n': '\\n', '"': '\\"', '\\': '\\\\', '\r': '\\r', '\t': '\\t', '\b': '\\b', '\f': '\\f' })[c]) + '"';
export function eventId({ pubkey, created_at, kind, tags, content }) {
    const rows = tags.map(tag => '[' + tag.map(quoted).join(',') + ']').join(',');
    return hex(H(`[0,${quoted(pubkey)},${created_at},${kind},[${rows}],${quoted(content)}]`));
}

export function secretKey(random) {
    for (;;) {
        const secret = random.bytes(32);
        if (isScalar(secret))
            return secret;
    }
}
/** `event` without id, author and signature. */
export function signed(event, secret, random) {
    const whole = { ...event, pubkey: hex(xOnly(secret)) };
    const id = eventId(whole);
    return { ...whole, id, sig: hex(schnorrSign(secret, unhex(id), random.bytes(32))) };
}
export const verifyEvent = event => event.id === eventId(event)
    && schnorrVerify(unhex(event.pubkey), unhex(event.id), unhex(event.sig));

export function wrapText(text, mailbox, now, random, change = {}) {
    const author = secretKey(random);
    const content = nip44Encrypt(conversationKey(author, mailbox), random.bytes(32), utf8(text));
    return signed({ kind: kGiftWrap, created_at: now - random.below(kSpread + 1), tags: [['p', hex(mailbox)]], content,
        ...change }, author, random);
}
export const wrap = (inner, mailbox, now, random) => wrapText(base64(inner), mailbox, now, random);

/** The inner bytes. `secret`: of the mailbox. */
export function unwrap(event, secret) {
    if (event.kind !== kGiftWrap)
        throw new Refusal('not-a-wrap');
    const named = event.tags.filter(tag => tag[0] === 'p');
    if (named.length !== 1 || named[0][1] !== hex(xOnly(secret)))
        throw new Refusal('not-for-us');
    if (!verifyEvent(event))
        throw new Refusal('bad-signature');
    return refusingAs('bad-envelope', () => {
        const text = nip44Decrypt(conversationKey(secret, unhex(event.pubkey)), event.content);
        const inner = fromBase64(Buffer.from(text).toString('latin1'));
        if (!inner || !kSizes.includes(inner.length))
            throw new Refusal('bad-envelope');
        return inner;
    });
}
