// A session: one handshake and the ratchet that grows from it (PROTOCOL §4.3, §5.3 to §5.5). Values, as in ratchet.mjs.
import { H } from './primitives.mjs';
import { answerHandshake, cutPrefix, initiateHandshake, kFirst, kLater, kPrefixSize, kVersion } from './handshake.mjs';
import { afterSending, headerOf, initiatorState, kLongestChain, kSizes, overhead, pad, partsToSend, readyToSend, receive,
    responderState, sealParts } from './ratchet.mjs';
import { Refusal, outcomeOf } from './refusal.mjs';
import { byte, equal, joined } from './bytes.mjs';

export function initiate(seed, peer, random) {
    const { keys, prefix } = initiateHandshake(seed, peer, random);
    return { role: 'initiator', identity: peer.identity, th0: keys.th0, prefix, prefixId: H(prefix),
        ratchet: initiatorState(keys, peer.SPK, random) };
}

/** { session, payload }: the session exists only because the body opened. */
export function accept(seed, own, message, now) {
    const prefix = kSizes.includes(message.length) ? cutPrefix(message) : null;
    if (!prefix)
        throw new Refusal('not-a-handshake');
    const { keys, identity } = answerHandshake(seed, own, prefix);
    const fresh = responderState(keys, own.spk);
    const { value, refused } = outcomeOf(() => receive(fresh, message, true, now));
    if (refused) // there is no peer yet who could be broken
        throw new Refusal(refused === 'peer-broken' ? 'bad-peer-key' : refused);
    const { payload, state } = value;
    return { payload, session: { role: 'responder', identity, th0: keys.th0, prefixId: H(prefix.bytes), ratchet: state } };
}

/** The prefix is attached until the first authenticated reply. */
const isFirst = session => session.role === 'initiator' && !session.ratchet.receive;
const startOf = session => isFirst(session) ? session.prefix : joined(byte(kLater), byte(kVersion));
const sizeFor = (payload, first) => kSizes.find(size => overhead(first) + payload.length <= size);

/** { message, session }. `forge` changes the parts before they are sealed, for an attacker who has the keys. */
export function encrypt(session, payload, random, forge = parts => parts) {
    const first = isFirst(session), size = sizeFor(payload, first);
    if (!size)
        throw new Refusal('too-large');
    const ready = readyToSend(session.ratchet, random);
    if (ready.Ns >= kLongestChain)
        throw new Refusal('chain-exhausted');
    const honest = { start: startOf(session), ...partsToSend(ready), padded: pad(payload, size - overhead(first) + 2) };
    const parts = forge(honest);
    const header = parts.header instanceof Uint8Array ? parts.header : headerOf(parts.header);
    return { message: sealParts(parts.start, { ...parts, header, random }), session: { ...session, ratchet: afterSending(ready) } };
}

/** { payload, session } */
export function decrypt(session, message, now) {
    const type = message[0], version = message[1];
    if (!kSizes.includes(message.length) || (type !== kFirst && type !== kLater) || version === 0)
        throw new Refusal('not-a-message');
    if (version > kVersion)
        throw new Refusal('newer');
    const first = type === kFirst;
    if (first && (session.role !== 'responder' || !equal(H(message.slice(0, kPrefixSize)), session.prefixId)))
        throw new Refusal('not-this-session');
    const { payload, state } = receive(session.ratchet, message, first, now);
    return { payload, session: { ...session, ratchet: state } };
}
