// Rendezvous records (PROTOCOL §10.3) and safety numbers (§3.9).
import { makeRecord, recordOf } from '../rendezvous.mjs';
import { identityPublic } from '../primitives.mjs';
import { fingerprint, qrText } from '../safety_number.mjs';
import { Reader, LP, base64url, be64, byte, joined, utf8, zeros } from '../bytes.mjs';
import { kNow } from './cast.mjs';
import { notCanonical, withTopBit } from './points.mjs';

export function rendezvousScenarios(book, { bob, mallory, random }) {
    const identity = identityPublic(bob);
    const put = (name, expect, comment, record) => book.add(`rendezvous_${name}`, expect, comment, { identity, record });
    const { record } = makeRecord(identity, kNow, random);
    const outer = new Reader(record, 'damaged'), inner = new Reader(outer.lp(), 'damaged'), psk = outer.rest();
    const fields = [];
    while (inner.left())
        fields.push(inner.lp());
    const with_ = changes => recordOf(joined(...Object.assign([...fields], changes).map(LP)), psk);
    put('good', 'ok', 'as Bob made it', record);
    put('byte_too_many', 'damaged', 'a byte behind the PSK', joined(record, zeros(1)));
    put('cut', 'damaged', 'the PSK has 31 bytes', record.slice(0, -1));
    put('empty', 'damaged', 'nothing', zeros(0));
    put('version_2', 'newer', 'of a later program', with_({ 0: byte(2) }));
    put('version_0', 'damaged', 'of no program', with_({ 0: byte(0) }));
    put('type_1', 'damaged', 'a bundle’s type', with_({ 1: byte(1) }));
    put('other_identity', 'other-identity', 'it names Mallory', with_({ 2: identityPublic(mallory) }));
    put('agreement_key_not_canonical', 'bad-peer-key', 'u = 2^255 − 19', with_({ 3: notCanonical }));
    put('agreement_key_top_bit', 'bad-peer-key', 'the top bit is set', with_({ 3: withTopBit(fields[3]) }));
    put('kem_key_modulus', 'bad-peer-key', 'a coefficient equal to q', with_({ 4: joined(Uint8Array.of(0x01, 0x0d), fields[4].slice(2)) }));
    put('kem_key_short', 'damaged', '1,183 bytes', with_({ 4: fields[4].slice(1) }));
    put('mailbox_short', 'damaged', '31 bytes', with_({ 5: fields[5].slice(1) }));
    put('time_2_52', 'damaged', 'a time that is none', with_({ 6: be64(2n ** 52n) }));
    put('field_too_many', 'damaged', 'an eighth field', recordOf(joined(...[...fields, byte(0)].map(LP)), psk));
    put('field_too_few', 'damaged', 'no time', recordOf(joined(...fields.slice(0, -1).map(LP)), psk));
    const later = joined(...Object.assign([...fields], { 0: byte(2) }).map(LP));
    const ofSize = size => recordOf(joined(later, LP(zeros(size - later.length - 4))), psk);
    put('newer_of_2048_bytes', 'newer', 'a later program’s, as long as a record may be', ofSize(2048));
    put('newer_of_2049_bytes', 'damaged', 'one byte longer', ofSize(2049));
}

export function safetyScenarios(book, { alice, bob, mallory }) {
    const own = identityPublic(alice), peer = identityPublic(bob), other = identityPublic(mallory);
    book.add('safety_number_good', 'ok', 'Alice and Bob', { own, peer });
    book.add('safety_number_good_other_side', 'ok', 'Bob and Alice see the same', { own: peer, peer: own });
    const prints = [own, peer, other].map(fingerprint), [a, b, m] = prints;
    const put = (name, expect, comment, code) => book.add(`safety_code_${name}`, expect, comment, { own, peer, code: utf8(code) });
    const text = bytes => 'tacet-number:' + base64url(bytes);
    put('same', 'same', 'what Bob’s screen shows', qrText(1, b, a));
    put('own_code', 'different', 'Alice scans her own code: the fingerprints are compared crosswise', qrText(1, a, b));
    put('other_peer', 'different', 'shown by somebody else', qrText(1, m, a));
    put('other_own', 'different', 'Bob has another key for Alice', qrText(1, b, m));
    put('one_bit', 'different', 'one bit', text(joined(byte(1), b, a.slice(0, -1), byte(a[31] ^ 1))));
    put('newer', 'newer', 'of a later program', qrText(2, b, a));
    put('version_0', 'not-a-code', 'of no program', qrText(0, b, a));
    put('short', 'not-a-code', '64 bytes', text(joined(byte(1), b, a.slice(1))));
    put('long', 'not-a-code', '66 bytes', text(joined(byte(1), b, a, zeros(1))));
    put('other_text', 'not-a-code', 'some other code', 'https://example.org/');
    put('link', 'not-a-code', 'an invitation link', 'tacet:' + base64url(joined(byte(1), b, a)));
    put('not_base64url', 'not-a-code', 'a letter of another alphabet', qrText(1, b, a).slice(0, -1) + '+');
    put('padded', 'not-a-code', 'base64url with padding', qrText(1, b, a) + '=');
    put('newer_and_longer', 'newer', 'of a later program that says more', text(joined(byte(2), b, a, zeros(9))));
    put('version_alone', 'not-a-code', 'version 1 and nothing else', text(byte(1)));
    put('empty', 'not-a-code', 'nothing at all', '');
}
