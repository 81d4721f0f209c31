// Stored sessions (PROTOCOL §5.8): one state has one form, and only that form is read back.
import { writeState } from '../state.mjs';
import { Moments } from './moments.mjs';
import { kNow } from './cast.mjs';
import { be32, byte, joined, zeros } from '../bytes.mjs';

export function stateScenarios(book, cast) {
    const talk = new Moments(cast);
    const put = (name, expect, comment, state) => book.add(`state_${name}`, expect, comment, { state });
    const waiting = writeState(talk.alice1), turned = writeState(talk.alice3), mustStep = writeState(talk.bob3);
    put('initiator_not_answered', 'ok', 'with its prefix', waiting);
    put('responder_must_step', 'ok', 'without a chain of its own', mustStep);
    put('initiator_turned', 'ok', 'with both chains', turned);
    put('with_skipped_keys', 'ok', 'two chains of kept keys', writeState(keeping(talk.bob2, [3, 2])));

    const at = (state, offset, value) => joined(state.slice(0, offset), byte(value), state.slice(offset + 1));
    put('version_2', 'newer', 'of a later program', at(turned, 0, 2));
    put('version_0', 'damaged', 'of no program', at(turned, 0, 0));
    put('role_3', 'damaged', 'a role that does not exist', at(turned, 1, 3));
    put('flag_2', 'damaged', 'neither there nor not there', at(turned, 98, 2));
    put('cut', 'damaged', 'a byte is missing', turned.slice(0, -1));
    put('byte_too_many', 'damaged', 'a byte too many', joined(turned, zeros(1)));
    put('prefix_of_a_responder', 'damaged', 'only initiators have one', at(waiting, 1, 2));
    put('prefix_id_of_another', 'damaged', 'the prefix has another SHA-256', at(waiting, 40, waiting[40] ^ 1));
    put('initiator_without_prefix', 'damaged', 'not answered, and nothing to attach', joined(waiting.slice(0, 98), byte(0), waiting.slice(99 + 1178)));
    const { ratchet } = talk.alice1;
    put('initiator_without_chain', 'damaged', 'not answered, and no chain to write in', writeState({ ...talk.alice1, ratchet: { ...ratchet, send: { d: ratchet.send.d, CK: null } } }));
    put('later_chain_without_kem_text', 'damaged', 'answered, but its chain has no ct', writeState({ ...talk.alice3, ratchet: { ...talk.alice3.ratchet, send: { ...talk.alice3.ratchet.send, ct: zeros(0) } } }));
    const spoilt = { ...talk.alice3.ratchet.receive, K: joined(Uint8Array.of(0x01, 0x0d), talk.alice3.ratchet.receive.K.slice(2)) };
    put('kem_key_modulus', 'damaged', 'the peer’s K with a coefficient equal to q', writeState({ ...talk.alice3, ratchet: { ...talk.alice3.ratchet, receive: spoilt } }));
    put('nine_chains_kept', 'damaged', 'one more than are kept', writeState(keeping(talk.bob2, Array(9).fill(1))));
    put('chain_without_keys', 'damaged', 'a header key that keeps nothing', joined(writeState(talk.bob2).slice(0, -4), be32(1), zeros(32), be32(0)));
    put('key_of_no_time', 'damaged', 'kept since 2^52 milliseconds', writeState(keeping(talk.bob2, [1], 2 ** 52)));
}

/** Random keys: `counts[i]` of the i-th chain. */
function keeping(session, counts, at = kNow) {
    const skipped = session.ratchet.skipped.clone();
    counts.forEach((count, chain) => {
        for (let n = 0; n < count; ++n)
            skipped.list.push({ HK: zeros(32).fill(chain + 1), n, mk: zeros(32).fill(n + 1), at });
    });
    return { ...session, ratchet: { ...session.ratchet, skipped } };
}
