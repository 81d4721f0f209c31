// NIP-44 payloads and gift wraps (PROTOCOL §6.1, §6.2).
import { conversationKey, nip44Encrypt, padText, paddedSize, sealPadded } from '../nip44.mjs';
import { kGiftWrap, eventId, secretKey, signed, verifyEvent, wrap, wrapText } from '../envelope.mjs';
import { xOnly, isPoint } from '../curve.mjs';
import { base64, be16, byte, fromBase64, hex, joined, utf8, zeros } from '../bytes.mjs';
import { kNow } from './cast.mjs';

export function nip44Scenarios(book, { random }) {
    const key = random.bytes(32), nonce = random.bytes(32);
    const put = (name, expect, comment, sealed) => book.add(`nip44_${name}`, expect, comment, { key, sealed: utf8(sealed) });
    const seal = size => nip44Encrypt(key, random.bytes(32), utf8('x'.repeat(size)));
    const good = nip44Encrypt(key, nonce, utf8('a text of some length')), bytes = fromBase64(good);
    const at = (offset, value) => base64(joined(bytes.slice(0, offset), byte(value), bytes.slice(offset + 1)));
    put('good', 'ok', 'a short text', good);
    put('good_shortest', 'ok', 'one byte', seal(1));
    put('good_32', 'ok', '32 bytes: the first step of the padding', seal(32));
    put('good_33', 'ok', '33 bytes: the second', seal(33));
    put('good_257', 'ok', '257 bytes: steps of 64 begin', seal(257));
    put('version_1', 'bad-version', 'version 1', at(0, 1));
    put('version_text', 'bad-version', 'a later form announces itself by #', `#${good.slice(1)}`);
    put('short', 'bad-length', 'too short for any text', good.slice(0, 128));
    put('not_base64', 'bad-encoding', 'a letter of another alphabet', `${good.slice(0, 60)}-${good.slice(61)}`);
    put('line_feed', 'bad-encoding', 'a line feed at the end', `${good}\n`);
    put('nonce_turned', 'bad-mac', 'one bit of the nonce', at(1, bytes[1] ^ 1));
    put('text_turned', 'bad-mac', 'one bit of the ciphertext', at(40, bytes[40] ^ 1));
    put('mac_turned', 'bad-mac', 'one bit of the MAC', at(bytes.length - 1, bytes.at(-1) ^ 1));
    put('other_key', 'bad-mac', 'for somebody else', nip44Encrypt(random.bytes(32), nonce, utf8('hello')));
    const forged = (name, comment, padded) => put(name, 'bad-padding', comment, sealPadded(key, nonce, padded));
    forged('padding_length_0', 'a text of no bytes', joined(be16(0), zeros(32)));
    forged('padding_length_past_the_end', 'the length is greater than what follows', joined(be16(33), utf8('x'.repeat(32))));
    forged('padding_one_step_too_long', 'padded to the step after its own', joined(padText(utf8('x')), zeros(32)));
    forged('padding_of_another_size', 'not a step at all', joined(padText(utf8('x')), zeros(1)));
    put('short_not_base64', 'bad-encoding', 'three letters are no base64, however short they are', 'aaa');
    put('version_3_short', 'bad-length', 'another version, one byte too short for any', base64(joined(byte(3), zeros(97))));
    put('version_3_shortest', 'bad-version', 'another version, of the shortest length', base64(joined(byte(3), zeros(98))));
    if (paddedSize(257) !== 320)
        throw new Error('padding');
}

export function envelopeScenarios(book, { random }) {
    const secret = secretKey(random), mailbox = xOnly(secret), now = kNow / 1000;
    const put = (name, expect, comment, event) => book.add(`envelope_${name}`, expect, comment, { secret, event: JSON.stringify(event) });
    const inner = random.bytes(3072), text = base64(inner);
    const good = wrap(inner, mailbox, now, random);
    const again = change => {
        const author = secretKey(random);
        return signed({ ...good, content: nip44Encrypt(conversationKey(author, mailbox), random.bytes(32), utf8(text)), ...change }, author, random);
    };
    put('good', 'ok', 'a message of the smallest size', good);
    put('good_second_size', 'ok', '6,144 bytes', wrap(random.bytes(6144), mailbox, now, random));
    put('good_other_tags', 'ok', 'tags that mean nothing here', again({ tags: [['expiration', '1790000000'], ['p', hex(mailbox), 'wss://relay.example']] }));
    put('good_strange_tag', 'ok', 'every escape of NIP-01, and letters that have none', again({ tags: [['p', hex(mailbox)], ['x', '"\\\n\r\t\b\f\u0001\u007f/é🦊\u2028']] }));
    put('kind_1058', 'not-a-wrap', 'another kind', again({ kind: 1058 }));
    put('kind_1', 'not-a-wrap', 'a public note', again({ kind: 1 }));
    put('other_mailbox', 'not-for-us', 'another mailbox', wrap(inner, xOnly(secretKey(random)), now, random));
    put('no_mailbox', 'not-for-us', 'no p tag', again({ tags: [] }));
    put('two_mailboxes', 'not-for-us', 'two p tags', again({ tags: [['p', hex(mailbox)], ['p', hex(xOnly(secretKey(random)))]] }));
    put('mailbox_twice', 'not-for-us', 'the same p tag twice', again({ tags: [['p', hex(mailbox)], ['p', hex(mailbox)]] }));
    put('mailbox_upper_case', 'not-for-us', 'a key has one spelling', again({ tags: [['p', hex(mailbox).toUpperCase()]] }));
    put('id_turned', 'bad-signature', 'another id', { ...good, id: hex(random.bytes(32)) });
    put('date_changed', 'bad-signature', 'dated again on the way', { ...good, created_at: good.created_at + 1 });
    put('date_changed_new_id', 'bad-signature', 'dated again, with the id that fits', renamed({ ...good, created_at: good.created_at + 1 }));
    put('author_changed', 'bad-signature', 'the work of another author', renamed({ ...good, pubkey: hex(xOnly(secretKey(random))) }));
    put('author_no_point', 'bad-signature', 'an author that is no point', renamed({ ...good, pubkey: noPoint() }));
    put('signature_turned', 'bad-signature', 'one bit of the signature', { ...good, sig: good.sig.slice(0, -1) + (good.sig.endsWith('0') ? '1' : '0') });
    put('content_not_nip44', 'bad-envelope', 'content that is nothing', again({ content: 'hello' }));
    put('content_for_another', 'bad-envelope', 'named to us, encrypted for somebody else', again({ content: nip44Encrypt(random.bytes(32), random.bytes(32), utf8(text)) }));
    put('inner_not_base64', 'bad-envelope', 'a text that is no base64', wrapText('hello, this is an ordinary message', mailbox, now, random));
    put('inner_base64url', 'bad-envelope', 'the other alphabet', wrapText(base64(zeros(3072).fill(0xff)).replaceAll('/', '_'), mailbox, now, random));
    put('inner_3071_bytes', 'bad-envelope', 'no size of ours', wrap(inner.slice(1), mailbox, now, random));
    put('inner_3073_bytes', 'bad-envelope', 'no size of ours', wrap(joined(inner, zeros(1)), mailbox, now, random));
    put('inner_line_feed', 'bad-envelope', 'base64 with a line feed', wrapText(`${text}\n`, mailbox, now, random));
    if (!verifyEvent(good) || good.kind !== kGiftWrap)
        throw new Error('envelope');
}

const renamed = event => ({ ...event, id: eventId(event) });
function noPoint() {
    for (let x = 1; ; ++x) {
        const key = joined(zeros(31), byte(x));
        if (!isPoint(key))
            return hex(key);
    }
}
