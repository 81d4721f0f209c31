// First messages (PROTOCOL §4): honest ones, and what an attacker makes who knows the link, the bundle or even more.
import { initiateHandshake } from '../handshake.mjs';
import { headerOf, initiatorState, kJump, partsToSend, afterSending, overhead, pad, sealParts } from '../ratchet.mjs';
import { encrypt, initiate } from '../session.mjs';
import { makeRecord, readRecord } from '../rendezvous.mjs';
import { identityPublic } from '../primitives.mjs';
import { kNow } from './cast.mjs';
import { kSmallOrder, notCanonical, withSmallOrderPart, withTopBit, zeroPoint } from './points.mjs';
import { be16, byte, joined, utf8, zeros } from '../bytes.mjs';

export function handshakeScenarios(book, { alice, bob, mallory, made, peer, random }) {
    book.setup('bob_prekeys', { 'own-seed': bob, ...made.prekeys });
    const put = (name, expect, comment, message) =>
        book.add(`handshake_${name}`, expect, comment, { include: 'bob_prekeys', now: kNow, message });
    const text = utf8('hello');
    const changed = (message, at, value) => {
        const copy = Uint8Array.from(message);
        copy[at] = value ?? copy[at] ^ 1;
        return copy;
    };
    /** The n-th message of a fresh handshake, its parts changed by `forge`. */
    const first = (forge, n = 0, seed = alice, prekeys = peer) => {
        let session = initiate(seed, prekeys, random);
        for (let i = 0; i < n; ++i)
            session = { ...session, ratchet: afterSending(session.ratchet) };
        return encrypt(session, text, random, forge).message;
    };
    /** A handshake whose inner values are forged, and a message that is honest otherwise. */
    const handshake = (forge, seed = alice, prekeys = peer) => {
        const { keys, prefix } = initiateHandshake(seed, prekeys, random, forge);
        const state = initiatorState(keys, prekeys.SPK, random), parts = partsToSend(state);
        return sealParts(prefix, { ...parts, header: headerOf(parts.header), padded: pad(text, 3072 - overhead(true) + 2), random });
    };
    const header = change => parts => ({ ...parts, header: { ...parts.header, ...change } });
    const padded = change => parts => ({ ...parts, padded: change(parts.padded) });

    const good = first();
    put('good', 'ok', 'Alice says hello', good);
    put('good_empty_payload', 'ok', 'nothing said', encrypt(initiate(alice, peer, random), zeros(0), random).message);
    put('good_full', 'ok', '588 bytes: all that 3,072 take', encrypt(initiate(alice, peer, random), random.bytes(588), random).message);
    put('good_second_size', 'ok', '589 bytes: the next size', encrypt(initiate(alice, peer, random), random.bytes(589), random).message);
    put('good_fourth_arrives_first', 'ok', 'three messages before it are late: their keys are kept', first(undefined, 3));
    put('good_at_the_jump_limit', 'ok', '25,000 messages before it are missing: 1,000 keys are kept', first(undefined, kJump));
    put('jump_beyond_the_limit', 'too-far-ahead', '25,001 are missing', first(undefined, kJump + 1));

    // On the way.
    put('short', 'not-a-handshake', 'no size of a message', good.slice(0, 3000));
    put('prefix_only', 'not-a-handshake', 'the prefix and nothing more', good.slice(0, 1178));
    put('type_2', 'not-a-handshake', 'called a later message', changed(good, 0, 2));
    put('type_0', 'not-a-handshake', 'called nothing', changed(good, 0, 0));
    put('version_2', 'not-a-handshake', 'of a later program', changed(good, 1, 2));
    put('version_0', 'not-a-handshake', 'of no program', changed(good, 1, 0));
    put('bundle_id_turned', 'other-prekeys', 'one bit of the bundle id', changed(good, 2));
    put('ephemeral_turned', 'undecryptable', 'one bit of EK', changed(good, 10));
    put('ephemeral_top_bit', 'bad-peer-key', 'the same point in another form', joined(good.slice(0, 10), withTopBit(good.slice(10, 42)), good.slice(42)));
    put('ephemeral_not_canonical', 'bad-peer-key', 'u = 2^255 − 19', joined(good.slice(0, 10), notCanonical, good.slice(42)));
    put('ephemeral_zero', 'bad-peer-key', 'the all-zero agreement', joined(good.slice(0, 10), zeroPoint, good.slice(42)));
    put('ephemeral_one', 'bad-peer-key', 'u = 1, of order 4', joined(good.slice(0, 10), byte(1), zeros(31), good.slice(42)));
    put('kem_text_turned', 'undecryptable', 'one bit of ct: another secret, silently', changed(good, 42));
    put('sealed_identity_turned', 'undecryptable', 'one bit of cid', changed(good, 1130));
    put('header_turned', 'undecryptable', 'one bit of the header', changed(good, 1178 + 24));
    put('body_nonce_turned', 'undecryptable', 'one bit of the nonce of the body', changed(good, 1178 + 1264));
    put('body_turned', 'undecryptable', 'the last bit of all', changed(good, 3071));
    put('larger_by_zeros', 'undecryptable', 'filled up to the next size', joined(good, zeros(3072)));

    // By somebody who has no link, or all of it.
    put('without_psk', 'undecryptable', 'the bundle without the link', first(undefined, 0, mallory, { ...peer, psk: zeros(32) }));
    put('of_another_body', 'other-prekeys', 'the same keys under another body', first(undefined, 0, alice, { ...peer, body: joined(peer.body, byte(0)) }));
    put('own_identity', 'own-identity', 'Bob opens his own link', handshake({ IKa: identityPublic(bob) }, bob));
    put('identity_of_another', 'undecryptable', 'Mallory says that she is Alice', handshake({ IKa: identityPublic(alice) }, mallory));
    put('identity_not_canonical', 'bad-peer-key', 'y = 2^255 − 18', handshake({ IKa: joined(byte(0xee), new Uint8Array(30).fill(0xff), byte(0x7f)) }));
    put('identity_no_point', 'bad-peer-key', 'no point of the curve', handshake({ IKa: joined(byte(2), zeros(31)) }));
    put('identity_small_order', 'bad-peer-key', 'a point of order 8', handshake({ IKa: kSmallOrder }));
    put('identity_with_small_order_part', 'bad-peer-key', 'outside the prime-order subgroup', handshake({ IKa: withSmallOrderPart(identityPublic(alice)) }));

    // By a contact whose program is broken or hostile: everything fits but one value.
    put('ratchet_key_not_canonical', 'bad-peer-key', 'D with its top bit set', first(parts => header({ D: withTopBit(parts.header.D) })(parts)));
    put('ratchet_key_zero', 'bad-peer-key', 'D gives the all-zero agreement', first(header({ D: zeroPoint })));
    put('kem_key_modulus', 'bad-peer-key', 'a coefficient of K equal to q', first(parts => header({ K: joined(Uint8Array.of(0x01, 0x0d), parts.header.K.slice(2)) })(parts)));
    put('previous_chain_of_7', 'ok', 'PN says seven, but there was no chain before: nothing is missing', first(header({ PN: 7 })));
    put('number_raised', 'undecryptable', 'n says 1, the body has the key of 0', first(header({ n: 1 })));
    put('padding_length_past_the_end', 'bad-peer-key', 'a length longer than the body', first(padded(p => joined(be16(p.length - 1), p.slice(2)))));
    put('padding_not_zero', 'bad-peer-key', 'a one among the zeros', first(padded(p => joined(p.slice(0, -1), byte(1)))));
    put('wrong_header_key', 'undecryptable', 'the header under another key', first(parts => ({ ...parts, HK: random.bytes(32) })));
    put('wrong_associated_data', 'undecryptable', 'th of another session', first(parts => ({ ...parts, th: random.bytes(32) })));

    const own = makeRecord(identityPublic(bob), kNow, random), theirs = readRecord(own.record, identityPublic(bob));
    book.add('handshake_good_by_rendezvous', 'ok', 'a restored profile begins with R in the place of B', { 'own-seed': bob, ...own.prekeys, now: kNow,
        message: first(undefined, 0, alice, theirs.prekeys) });
    book.add('handshake_rendezvous_with_psk_of_link', 'undecryptable', 'R under the PSK of another body', { 'own-seed': bob, ...own.prekeys, now: kNow,
        message: first(undefined, 0, alice, { ...theirs.prekeys, psk: peer.psk }) });
}
