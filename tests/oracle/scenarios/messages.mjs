// Ratchet messages (PROTOCOL §5): each scenario begins with a stored state, so that it needs no conversation first.
import { kJump, pad } from '../ratchet.mjs';
import { encrypt, initiate } from '../session.mjs';
import { writeState } from '../state.mjs';
import { Moments, kLaterStart } from './moments.mjs';
import { kDay, kNow } from './cast.mjs';
import { notCanonical, withTopBit, zeroPoint } from './points.mjs';
import { be16, byte, joined, none, utf8, zeros } from '../bytes.mjs';

const turned = (message, at) => {
    const copy = Uint8Array.from(message);
    copy[at] ^= 1;
    return copy;
};
const header = change => parts => ({ ...parts, header: { ...parts.header, ...change(parts.header) } });
const padded = change => parts => ({ ...parts, padded: change(parts.padded) });

export function messageScenarios(book, cast) {
    const talk = new Moments(cast);
    const states = { bob_not_answered: talk.bob1, alice_not_answered: talk.alice1, bob_answered: talk.bob2, bob_must_step: talk.bob3,
        bob_keeps_eight_chains: withEightChains(talk, cast) };
    for (const [name, session] of Object.entries(states))
        book.setup(name, { state: writeState(session) });
    /** Scenarios that begin with one state. */
    const from = (setup, prefix) => (name, expect, comment, message, { before = [], now = kNow, beforeNow = kNow } = {}) =>
        book.add(`message_${prefix}${name}`, expect, comment, { include: setup, ...(before.length && { before, 'before-now': beforeNow }), now, message });
    unanswered(from('bob_not_answered', 'unanswered_'), talk, cast);
    firstAnswer(from('alice_not_answered', 'first_answer_'), talk);
    turns(from('bob_answered', 'turn_'), talk);
    hostileTurns(from('bob_answered', 'turn_'), talk, cast);
    chains(from('bob_must_step', 'chain_'), talk);
    eightChains(from('bob_keeps_eight_chains', 'eight_chains_'), talk, states.bob_keeps_eight_chains);
}

/** Bob has Alice's first message and did not answer: her first chain goes on, under the prefix. */
function unanswered(put, talk, { alice, peer, random }) {
    const second = talk.sayAt(talk.begun, 1);
    put('good', 'ok', 'her second message, prefix and all', second);
    put('again', 'duplicate', 'the message that began the session', talk.hello);
    put('other_prefix', 'not-this-session', 'one bit of the bundle id: the prefix names the session', turned(second, 2));
    put('prefix_of_another_handshake', 'not-this-session', 'Alice began twice', encrypt(initiate(alice, peer, random), utf8('x'), random).message);
    put('type_2', 'undecryptable', 'called a later message', joined(byte(2), second.slice(1)));
    put('type_3', 'not-a-message', 'of no type', joined(byte(3), second.slice(1)));
    put('version_2', 'newer', 'of a later program', joined(second.slice(0, 1), byte(2), second.slice(2)));
    put('version_0', 'not-a-message', 'of no program', joined(second.slice(0, 1), byte(0), second.slice(2)));
    put('chain_gets_kem_text', 'peer-broken', 'the same chain, now with a ct', talk.sayAt(talk.begun, 1, '', parts => (
        { ...parts, start: kLaterStart, header: { ...parts.header, ct: random.bytes(1088) }, padded: pad(none, 678) })));
}

/** Alice waits for the first authenticated reply. */
function firstAnswer(put, talk) {
    put('good', 'ok', 'Bob answers', talk.answer);
    put('own_message', 'not-this-session', 'her own first message, reflected', talk.hello);
    put('header_turned', 'undecryptable', 'one bit', turned(talk.answer, 30));
    put('third_arrives_first', 'ok', 'two answers before it are late', talk.sayAt(talk.bob1, 2));
    put('without_kem_secret', 'undecryptable', 'a root step that leaves ss out', talk.withoutSecret(talk.bob1));
}

/** Bob has answered: Alice may turn the ratchet. */
function turns(put, talk) {
    const { turn, alice2, alice3 } = talk;
    const next = talk.sayAt(alice3, 1);
    put('good', 'ok', 'Alice turns the ratchet', turn);
    put('good_empty_payload', 'ok', 'nothing said', talk.sayAt(alice2, 0, ''));
    put('good_full', 'ok', '676 bytes: all that 3,072 take', talk.sayAt(alice2, 0, 'x'.repeat(676)));
    put('good_second_size', 'ok', '677 bytes', talk.sayAt(alice2, 0, 'x'.repeat(677)));
    put('good_larger_than_needed', 'ok', 'a short text in 6,144 bytes: the writer chooses the size', talk.sayAt(alice2, 0, 'short', padded(p => joined(p, zeros(3072)))));
    put('again', 'duplicate', 'twice', turn, { before: [turn] });
    put('second_first', 'ok', 'n = 1 arrives before n = 0', next);
    put('late', 'ok', 'and then n = 0', turn, { before: [next] });
    put('late_again', 'duplicate', 'and n = 0 again', turn, { before: [next, turn] });
    put('late_first_chain', 'ok', 'a message of the chain before it', talk.sayAt(talk.begun, 1));
    put('late_first_chain_after_the_turn', 'undecryptable', 'the turn said that nothing was missing in the chain before', talk.sayAt(talk.begun, 1), { before: [turn] });
    put('not_a_size', 'not-a-message', '3,000 bytes', turn.slice(0, 3000));
    put('empty', 'not-a-message', 'nothing', zeros(0));
    put('larger_by_zeros', 'undecryptable', 'filled up to the next size', joined(turn, zeros(3072)));
    put('header_turned', 'undecryptable', 'one bit of the header', turned(turn, 100));
    put('header_nonce_turned', 'undecryptable', 'one bit of the nonce before it', turned(turn, 2));
    put('body_nonce_turned', 'undecryptable', 'one bit of the nonce of the body', turned(turn, 2 + 2352));
    put('body_turned', 'undecryptable', 'the last bit', turned(turn, 3071));
    put('type_1', 'not-this-session', 'called a first message', joined(byte(1), turn.slice(1)));
    put('own_message', 'undecryptable', 'his own answer, reflected', talk.answer);
    put('of_a_copied_state', 'ok', 'Alice’s state was copied and turned twice: one of the two turns', talk.sayAt(alice2, 0));
    put('of_a_copied_state_after_the_other', 'peer-broken', 'and the second: another D under the same header key', talk.sayAt(alice2, 0), { before: [turn] });
}

/** By a contact whose program is broken or hostile: everything fits but one value. */
function hostileTurns(put, talk, { random }) {
    const { alice2 } = talk;
    const forged = (name, expect, comment, forge) => put(name, expect, comment, talk.sayAt(alice2, 0, 'x', forge));
    forged('ratchet_key_top_bit', 'peer-broken', 'D in another form', header(h => ({ D: withTopBit(h.D) })));
    forged('ratchet_key_not_canonical', 'peer-broken', 'u = 2^255 − 19', header(() => ({ D: notCanonical })));
    forged('ratchet_key_zero', 'peer-broken', 'the all-zero agreement', header(() => ({ D: zeroPoint })));
    forged('kem_key_modulus', 'peer-broken', 'a coefficient of K equal to q', header(h => ({ K: joined(Uint8Array.of(0x01, 0x0d), h.K.slice(2)) })));
    forged('kem_key_altered', 'undecryptable', 'another K: it is hashed into the root step', header(h => ({ K: turned(h.K, 1183) })));
    forged('kem_text_altered', 'undecryptable', 'another ct', header(h => ({ ct: turned(h.ct, 0) })));
    forged('without_kem_text', 'peer-broken', 'a first message’s form, which has no ct, although Bob has a K', parts => (
        { ...parts, start: alice2.prefix, header: { ...parts.header, ct: none }, padded: pad(none, 590) }));
    forged('number_raised', 'undecryptable', 'n says 1, the body has the key of 0', header(() => ({ n: 1 })));
    forged('number_at_the_jump_limit', 'undecryptable', 'n = 25,000 under the key of 0: walked, and nothing kept', header(() => ({ n: kJump, PN: 0 })));
    forged('number_beyond_the_limit', 'too-far-ahead', 'n = 25,001', header(() => ({ n: kJump + 1, PN: 0 })));
    forged('number_longest_chain', 'too-far-ahead', 'n = 2^31 − 1', header(() => ({ n: 2 ** 31 - 1 })));
    forged('number_beyond_the_longest_chain', 'peer-broken', 'n = 2^32 − 1: no chain is that long', header(() => ({ n: 2 ** 32 - 1 })));
    forged('previous_raised', 'ok', 'PN says 5, one message came: four keys are kept for nothing', header(() => ({ PN: 5 })));
    forged('previous_at_the_limit', 'ok', 'PN asks for exactly 25,000 steps', header(() => ({ PN: kJump + 1 })));
    forged('previous_beyond_the_limit', 'too-far-ahead', 'PN asks for 25,001', header(() => ({ PN: kJump + 2 })));
    forged('previous_longest_chain', 'too-far-ahead', 'PN = 2^31 − 1', header(() => ({ PN: 2 ** 31 - 1 })));
    forged('previous_beyond_the_longest_chain', 'peer-broken', 'PN = 2^32 − 1', header(() => ({ PN: 2 ** 32 - 1 })));
    forged('both_longest_chain', 'too-far-ahead', 'PN and n = 2^31 − 1: their sum must not wrap', header(() => ({ PN: 2 ** 31 - 1, n: 2 ** 31 - 1 })));
    forged('both_gaps_beyond_the_limit', 'too-far-ahead', '12,501 steps in the old chain and 12,500 in the new', header(() => ({ PN: 12_502, n: 12_500 })));
    forged('previous_lowered', 'ok', 'PN says 0, though a message came: a copied state writes so', header(() => ({ PN: 0 })));
    forged('padding_length_past_the_end', 'peer-broken', 'a length longer than the body', padded(p => joined(be16(p.length - 1), p.slice(2))));
    forged('padding_not_zero', 'peer-broken', 'a one among the zeros', padded(p => joined(p.slice(0, -1), byte(1))));
    forged('padding_length_lowered', 'peer-broken', 'the length leaves a letter among the zeros', padded(p => joined(be16(0), p.slice(2))));
    forged('wrong_associated_data', 'undecryptable', 'th of another session', parts => ({ ...parts, th: random.bytes(32) }));
    forged('wrong_header_key', 'undecryptable', 'a header key of nobody', parts => ({ ...parts, HK: random.bytes(32) }));
}

/** Bob has the turn, must step before he writes, and Alice's chain goes on. */
function chains(put, talk) {
    const { alice3, turn } = talk;
    const at = n => talk.sayAt(alice3, n);
    const changed = (name, comment, change) => put(name, 'peer-broken', comment, talk.sayAt(alice3, 1, 'x', header(change)));
    put('good', 'ok', 'n = 1', at(1));
    put('again', 'duplicate', 'n = 0', turn);
    put('at_the_jump_limit', 'ok', '25,000 messages are missing', at(kJump + 1));
    put('beyond_the_jump_limit', 'too-far-ahead', '25,001 are missing', at(kJump + 2));
    changed('changes_ratchet_key', 'another D under the header key of this chain', h => ({ D: turned(h.D, 0) }));
    changed('changes_kem_key', 'another K', h => ({ K: turned(h.K, 1183) }));
    changed('changes_previous', 'another PN', h => ({ PN: h.PN + 1 }));
    put('loses_kem_text', 'peer-broken', 'a first message’s form in a later chain', talk.sayAt(alice3, 1, '', parts => (
        { ...parts, start: alice3.prefix, header: { ...parts.header, ct: none }, padded: pad(none, 590) })));
    put('turn_out_of_turn', 'peer-broken', 'Alice turns although Bob did not answer', talk.outOfTurn(alice3));
    put('gap_of_1500', 'ok', 'the newest 1,000 keys of the gap are kept', at(1501));
    put('gap_of_1500_oldest_kept', 'ok', 'the oldest key that is kept', at(501), { before: [at(1501)] });
    put('gap_of_1500_passed_over', 'duplicate', 'one older counts as used', at(500), { before: [at(1501)] });
    const full = [at(1501), at(2802), at(2813)]; // 1,000 keys, 1,000 more, ten more
    put('session_full_oldest_kept', 'ok', '2,000 keys are kept, and ten more drove out the oldest ten', at(511), { before: full });
    put('session_full_driven_out', 'duplicate', 'the last of those ten', at(510), { before: full });
    put('late_at_30_days', 'ok', 'a key of exactly 30 days', at(1), { before: [at(2)], now: kNow + 30 * kDay });
    put('late_after_30_days', 'duplicate', 'a millisecond later', at(1), { before: [at(2)], now: kNow + 30 * kDay + 1 });
    put('late_body_turned', 'undecryptable', 'a late message whose body was changed: its key stays', turned(at(1), 3071), { before: [at(2)] });
}

const kChains = 8, kKeysOfChain = 3;

function withEightChains({ bob4 }, { random }) {
    const skipped = bob4.ratchet.skipped.clone();
    for (let i = 0; i < kChains; ++i) {
        const HK = random.bytes(32);
        for (let n = 0; n < kKeysOfChain; ++n)
            skipped.list.push({ HK, n, mk: random.bytes(32), at: kNow });
    }
    return { ...bob4, ratchet: { ...bob4.ratchet, skipped } };
}

/** Bob keeps keys of eight chains, the most there are; his own chain is open, and Alice's next has a gap. */
function eightChains(put, talk, session) {
    const keys = session.ratchet.skipped.list;
    const late = (chain, n) => talk.late(session, keys[chain * kKeysOfChain + n], n);
    const next = talk.sayAt(talk.alice4, 2);
    put('oldest', 'ok', 'a late message of the oldest', late(0, 1));
    put('number_not_kept', 'duplicate', 'the chain is known, the key is not', talk.late(session, keys[0], 3));
    put('a_ninth', 'ok', 'a chain with a gap of its own: the oldest goes, with its keys', next);
    put('a_ninth_drives_out_the_oldest', 'undecryptable', 'what its header key opened is rubbish now', late(0, 1), { before: [next] });
    put('a_ninth_leaves_the_second', 'ok', 'the second oldest is the oldest', late(1, 1), { before: [next] });
    put('last_key_of_one', 'undecryptable', 'with its last key a header key goes: no duplicate any more', late(2, 0), { before: [0, 1, 2].map(n => late(2, n)) });
    put('expired', 'duplicate', 'older than 30 days, not wiped yet', late(7, 0), { now: kNow + 31 * kDay });
    put('expired_and_wiped', 'undecryptable', 'the message before it wiped what was old', late(7, 0), { before: [next], beforeNow: kNow + 31 * kDay });
}
