// Bundles and tombstones: what a relay, a holder of the link, and the owner of a hostile program can make of them
// (PROTOCOL §3.5 to §3.7).
import { bodyOf, bundleFields, bundleId, kClockTolerance, makeBundle, makeTombstone, seal, sealBody, signatureOf,
    signedText, tombstoneFields } from '../bundle.mjs';
import { H, agreementPublic, identityPublic, kKemSeed, kemPublic, sha512 } from '../primitives.mjs';
import { textOf, withChecksum, payloadOf, readLink, kReusable } from '../link.mjs';
import { kDay, kNow } from './cast.mjs';
import { Point, kOrder, kSmallOrder, le32, notCanonical, smallPoint, withTopBit } from './points.mjs';
import { LP, be64, byte, joined, numberOf, utf8, zeros } from '../bytes.mjs';

export function bundleScenarios(book, cast) {
    const { link, bob, mallory, card, made, random } = cast;
    const keys = { type: 1, identity: identityPublic(bob), SPK: agreementPublic(random.bytes(32)), KPK: kemPublic(random.bytes(kKemSeed)) };
    const put = (name, expect, comment, sealed, now = kNow, where = link) =>
        book.add(`bundle_${name}`, expect, comment, { now, link: where.text, sealed });
    /** Fields 0 to 9 of §3.5, some replaced; signed by Bob. */
    const with_ = (changes, more = {}) => {
        const fields = bundleFields({ ...keys, ...card, ...more });
        for (const [index, value] of Object.entries(changes))
            fields[index] = value;
        return fields;
    };
    const signed = fields => sealBody(link, bodyOf(fields), signatureOf(bob, link, bodyOf(fields)), random);
    const forged = (name, comment, changes, more, expect = 'altered') => put(name, expect, comment, signed(with_(changes, more)));

    put('good', 'ok', 'as Bob made it', made.sealed);
    forged('good_no_name', 'an empty name is allowed', {}, { name: '' }, 'ok');
    forged('good_longest_name', '128 bytes of UTF-8', {}, { name: 'é'.repeat(64) }, 'ok');
    forged('good_three_relays', 'three relays', {}, { relays: ['wss://a.example', 'wss://b.example', 'ws://c.example:80'] }, 'ok');

    // Anybody who knows the mailbox can send these.
    put('other_link', 'not-this-link', 'sealed for the holders of another link', makeBundle(bob, readLink(textOf(withChecksum(payloadOf(0x11, random.bytes(32), H(identityPublic(bob)).slice(0, 16), card.relays)))), card, random).sealed);
    const turned = Uint8Array.from(made.sealed);
    turned[1500] ^= 1;
    put('bit_turned', 'not-this-link', 'one bit of the ciphertext', turned);
    put('version_turned', 'not-this-link', 'the outer version byte was changed on the way', joined(byte(2), made.sealed.slice(1)));
    put('short', 'not-this-link', 'a byte is missing', made.sealed.slice(0, -1));
    put('long', 'not-this-link', 'a byte too many', joined(made.sealed, byte(0)));
    put('empty', 'not-this-link', 'nothing at all', zeros(0));

    // A holder of the link can make these.
    const body = made.body, signature = signatureOf(bob, link, body);
    const whole = plain => joined(plain, zeros(3072 - 41 - plain.length));
    put('outer_version_2', 'newer', 'sealed under the link key as version 2', seal(link, whole(joined(LP(body), signature)), random, 2));
    put('outer_version_0', 'altered', 'sealed under the link key as version 0', seal(link, whole(joined(LP(body), signature)), random, 0));
    put('padding_not_zero', 'altered', 'a one among the zeros', seal(link, joined(whole(joined(LP(body), signature)).slice(0, -1), byte(1)), random));
    put('body_longer_than_all', 'altered', 'the length of B points past the end', seal(link, joined(new Uint8Array([0, 0, 12, 0]), whole(joined(LP(body), signature)).slice(4)), random));
    put('signed_by_another', 'altered', 'the body is the owner’s, the signature is not', sealBody(link, body, signatureOf(mallory, link, body), random));
    const hers = bodyOf(with_({ 2: identityPublic(mallory) }));
    put('of_another_identity', 'altered', 'whole and signed, by an identity that the link does not name', sealBody(link, hers, signatureOf(mallory, link, hers), random));
    put('changed_after_signing', 'altered', 'another name under the old signature', sealBody(link, bodyOf(with_({}, { name: 'Rob' })), signature, random));
    put('signature_s_plus_order', 'altered', 'S + L: the same signature in a second form', sealBody(link, body, joined(signature.slice(0, 32), le32(numberOf(signature.slice(32).reverse()) + kOrder)), random));
    put('signature_r_with_small_order_part', 'altered', 'fits the equation with a cofactor only', sealBody(link, body, torsionSignature(bob, link, body), random));

    // The owner's own program, broken or hostile.
    forged('version_2', 'a later version, signed', { 0: byte(2) }, {}, 'newer');
    forged('version_0', 'version 0', { 0: byte(0) });
    forged('version_two_bytes', 'a version of two bytes', { 0: zeros(2) });
    forged('type_of_other_link', 'a bundle of a reusable link behind a one-time link', {}, { type: kReusable });
    forged('type_3_with_fields_of_a_bundle', 'called a tombstone, but with the fields of a bundle', {}, { type: 3 });
    forged('type_4', 'a rendezvous record’s type', {}, { type: 4 });
    forged('spk_not_canonical', 'u = 2^255 − 19', { 3: notCanonical });
    forged('spk_top_bit', 'the top bit is set', { 3: withTopBit(keys.SPK) });
    forged('spk_short', '31 bytes', { 3: keys.SPK.slice(1) });
    forged('kpk_modulus', 'a coefficient equal to q', { 4: joined(new Uint8Array([0x01, 0x0d]), keys.KPK.slice(2)) });
    forged('kpk_short', '1,183 bytes', { 4: keys.KPK.slice(1) });
    forged('name_129_bytes', 'a byte too long', { 5: utf8('n'.repeat(129)) });
    forged('name_line_feed', 'a control character', { 5: utf8('Bob\nAdmin') });
    forged('name_delete', 'U+007F', { 5: utf8('Bob\u007f') });
    forged('name_c1_control', 'U+0085, a control character of two bytes', { 5: utf8('Bob\u0085') });
    forged('name_not_utf8', 'a lone continuation byte', { 5: Uint8Array.of(0x42, 0x80) });
    forged('name_overlong', 'a letter in two bytes', { 5: Uint8Array.of(0xc1, 0x82) });
    forged('name_surrogate', 'half of a pair, in UTF-8', { 5: Uint8Array.of(0xed, 0xa0, 0x80) });
    forged('good_mailbox_no_point', 'an x with no point on the curve: it shows when an envelope is made', { 6: le32(5n).reverse() }, {}, 'ok');
    forged('mailbox_short', '31 bytes', { 6: card.mailbox.slice(1) });
    forged('no_relay', 'none', { 7: zeros(0) });
    forged('four_relays', 'four', {}, { relays: ['wss://a.example', 'wss://b.example', 'wss://c.example', 'wss://d.example'] });
    forged('relay_with_fragment', 'no URL of a relay', {}, { relays: ['wss://relay.example#x'] });
    forged('relay_list_cut', 'the inner list ends within a URL', { 7: LP(utf8('wss://relay.example')).slice(0, -1) });
    forged('dates_equal', 'valid for no time', {}, { validUntil: kNow });
    forged('dates_reversed', 'ends before it begins', {}, { validUntil: kNow - 1 });
    forged('date_2_52', 'a date that is none', { 9: be64(2n ** 52n) });
    forged('date_7_bytes', 'seven bytes', { 9: be64(kNow + kDay).slice(1) });
    put('field_too_many', 'altered', 'an eleventh field', signed([...with_({}), byte(1)]));
    put('field_too_few', 'altered', 'the last field is missing', signed(with_({}).slice(0, -1)));
    put('prekeys_of_no_order', 'altered', 'an identity of small order, named by the link', ...smallIdentity(cast, kSmallOrder));
    put('identity_with_small_order_part', 'altered', 'outside the prime-order subgroup, with a signature that verifies', ...mixedIdentity(cast));

    // Dates, with ten days of tolerance at both ends.
    put('expired_at_the_edge', 'ok', 'the last millisecond of the tolerance', made.sealed, card.validUntil + kClockTolerance);
    put('expired', 'expired', 'a millisecond later', made.sealed, card.validUntil + kClockTolerance + 1);
    put('not_yet_valid_at_the_edge', 'ok', 'the first millisecond of the tolerance', made.sealed, card.validFrom - kClockTolerance);
    put('not_yet_valid', 'not-yet-valid', 'a millisecond earlier', made.sealed, card.validFrom - kClockTolerance - 1);

    tombstones(put, cast);
}

function tombstones(put, { link, bob, mallory, made, random }) {
    const spent = bundleId(made.body), identity = identityPublic(bob);
    const signed = (fields, seed = bob) => sealBody(link, bodyOf(fields), signatureOf(seed, link, bodyOf(fields)), random);
    const good = tombstoneFields({ identity, spent, time: kNow });
    put('tombstone_good', 'used', 'the link was used', makeTombstone(bob, link, spent, kNow, random));
    put('tombstone_of_another_bundle', 'used', 'one tombstone outweighs every bundle of the link', makeTombstone(bob, link, random.bytes(8), kNow, random));
    put('tombstone_of_the_future', 'used', 'its date is not compared', makeTombstone(bob, link, spent, kNow + 1000 * kDay, random));
    put('tombstone_signed_by_another', 'altered', 'a holder of the link cannot bury it', signed(good, mallory));
    put('tombstone_short_id', 'altered', 'a bundle id of seven bytes', signed([...good.slice(0, 3), spent.slice(1), good[4]]));
    put('tombstone_date_2_52', 'altered', 'a date that is none', signed([...good.slice(0, 4), be64(2n ** 52n)]));
    put('tombstone_field_too_many', 'altered', 'a sixth field', signed([...good, byte(1)]));
    put('tombstone_version_2', 'newer', 'a later version', signed([byte(2), ...good.slice(1)]));
    const other = linkTo(identity, random), buried = bodyOf(good);
    put('tombstone_of_another_link', 'altered', 'of another link of the same owner, sealed for this one by one who has both', sealBody(other, buried, signatureOf(bob, link, buried), random), kNow, other);
    put('of_another_link', 'altered', 'the bundle of another link of the same owner, sealed for this one by one who has both', sealBody(other, made.body, signatureOf(bob, link, made.body), random), kNow, other);
}

/** R + a point of order 8: the verifier that multiplies by the cofactor takes it. */
function torsionSignature(seed, link, body) {
    const message = signedText(link, body), A = identityPublic(seed);
    const a = numberOf(clamped(sha512(seed).slice(0, 32)).reverse()), r = 12345678901234567890n;
    const R = Point.BASE.multiply(r).add(smallPoint).toBytes();
    const k = numberOf(sha512(joined(R, A, message)).reverse()) % kOrder;
    return joined(R, le32((r + k * a) % kOrder));
}
const clamped = scalar => {
    scalar[0] &= 248;
    scalar[31] = scalar[31] & 127 | 64;
    return scalar;
};

const linkTo = (identity, random) => readLink(textOf(withChecksum(payloadOf(0x11, random.bytes(32), H(identity).slice(0, 16), ['wss://relay.example']))));

/** [sealed, now, link] whose identity is a point of small order; with R = identity and S = 0 some verifiers agree. */
function smallIdentity({ random, card }, identity) {
    const link = linkTo(identity, random);
    const body = bodyOf(bundleFields({ type: 1, identity, SPK: agreementPublic(random.bytes(32)), KPK: kemPublic(random.bytes(kKemSeed)), ...card }));
    return [sealBody(link, body, joined(identity, zeros(32)), random), kNow, link];
}

/** The identity is aB + T. The name is varied until k is a multiple of 8, so that kT vanishes and the signature fits. */
function mixedIdentity({ random, card }) {
    const a = 987654321n, identity = Point.BASE.multiply(a).add(smallPoint).toBytes(), link = linkTo(identity, random);
    const SPK = agreementPublic(random.bytes(32)), KPK = kemPublic(random.bytes(kKemSeed));
    const r = 1234567n, R = Point.BASE.multiply(r).toBytes();
    for (let i = 0; ; ++i) {
        const body = bodyOf(bundleFields({ type: 1, identity, SPK, KPK, ...card, name: `Bob ${i}` }));
        const k = numberOf(sha512(joined(R, identity, signedText(link, body))).reverse()) % kOrder;
        if (k % 8n === 0n)
            return [sealBody(link, body, joined(R, le32((r + k * a) % kOrder)), random), kNow, link];
    }
}
