// The hybrid double ratchet with encrypted headers (PROTOCOL §5). States are values: receive() answers the state that
// follows and leaves the old one alone, so §5.6 holds by construction.
import { AE, AEopen, DH, Decaps, Encaps, H, HMAC, KDF, agreementPublic, isKemKey, kKemKey, kKemSeed, kKemText,
    kemPublic } from './primitives.mjs';
import { Refusal, refusingAs } from './refusal.mjs';
import { SkippedKeys, kKeptPerGap } from './skipped_keys.mjs';
import { LP, Reader, be16, be32, byte, equal, joined, none, zeros } from './bytes.mjs';

export const kSizes = [3072, 6144, 12288, 24576, 30720];
export const kJump = 25_000, kLongestChain = 2 ** 31 - 1;
const headerSize = first => 32 + kKemKey + (first ? 0 : kKemText) + 8;
export const startSize = first => first ? 1178 : 2;
export const overhead = first => startSize(first) + 24 + headerSize(first) + 16 + 24 + 2 + 16;

/** §5.2 */
export function ROOT(th, RK, dh, ss, D, K, ct) {
    const keys = KDF(RK, joined(dh, ss), joined('Tacet1 rk', th, H(LP(D), LP(K), LP(ct))), 96);
    return { RK: keys.slice(0, 32), CK: keys.slice(32, 64), NHK: keys.slice(64) };
}
const messageKey = CK => HMAC(CK, byte(1));
const nextChainKey = CK => HMAC(CK, byte(2));

/** §5.1. `send` is null exactly while the side must step; `receive` is null until the first message came. */
export function initiatorState({ th, RK0, HKa, NHKb }, SPK, random) {
    const d = random.bytes(32), k = random.bytes(kKemSeed);
    const D = agreementPublic(d), K = kemPublic(k);
    const root = ROOT(th, RK0, refusingAs('bad-peer-key', () => DH(d, SPK)), none, D, K, none);
    return { th, RK: root.RK, send: { d, k, D, K, ct: none, CK: root.CK, HK: HKa, PN: 0 }, Ns: 0, NHKs: root.NHK,
        receive: null, NHKr: NHKb, skipped: new SkippedKeys() };
}
export const responderState = ({ th, RK0, HKa, NHKb }, spk) => (
    { th, RK: RK0, send: { d: spk, k: null, CK: null }, Ns: 0, NHKs: NHKb, receive: null, NHKr: HKa, skipped: new SkippedKeys() });

// --- §5.3 ---

export function pad(payload, size) {
    return joined(be16(payload.length), payload, zeros(size - 2 - payload.length));
}
export function headerOf({ D, K, ct, PN, n }) {
    return joined(D, K, ct, be32(PN), be32(n));
}
/** The last two parts of a message. Everything in it is given, so that an attacker can give something else. */
export function sealParts(start, { HK, mk, th, header, padded, random }) {
    const headerNonce = random.bytes(24);
    const EH = joined(headerNonce, AE(HK, headerNonce, joined('Tacet1 h', th), header));
    const bodyNonce = random.bytes(24);
    return joined(start, EH, bodyNonce, AE(mk, bodyNonce, joined(th, EH), padded));
}

/** Turns the ratchet where §5.3 asks for it; answers the state that is ready to send. */
export function readyToSend(state, random) {
    if (state.send)
        return state;
    const d = random.bytes(32), k = random.bytes(kKemSeed);
    const D = agreementPublic(d), K = kemPublic(k);
    const { ss, ct } = Encaps(state.receive.K, random.bytes(32));
    const root = ROOT(state.th, state.RK, DH(d, state.receive.D), ss, D, K, ct);
    return { ...state, RK: root.RK, NHKs: root.NHK, Ns: 0, send: { d, k, D, K, ct, CK: root.CK, HK: state.NHKs, PN: state.Ns } };
}
/** What the next message of a state that is ready consists of. */
export const partsToSend = state => ({ HK: state.send.HK, mk: messageKey(state.send.CK), th: state.th,
    header: { ...state.send, n: state.Ns } });
export const afterSending = state => ({ ...state, Ns: state.Ns + 1, send: { ...state.send, CK: nextChainKey(state.send.CK) } });

// --- §5.5 ---

function cutMessage(message, first) {
    const header = startSize(first), nonce = header + 24 + headerSize(first) + 16;
    return { first, EH: message.slice(header, nonce), nonce: message.slice(nonce, nonce + 24), sealed: message.slice(nonce + 24) };
}
function openHeader(parts, HK, th) {
    const plain = AEopen(HK, parts.EH.slice(0, 24), joined('Tacet1 h', th), parts.EH.slice(24));
    if (!plain)
        return null;
    const reader = new Reader(plain, 'undecryptable');
    return { D: reader.take(32), K: reader.take(kKemKey), ct: reader.take(parts.first ? 0 : kKemText), PN: reader.number(4),
        n: reader.number(4) };
}
function openBody(parts, mk, th) {
    const padded = AEopen(mk, parts.nonce, joined(th, parts.EH), parts.sealed);
    if (!padded)
        throw new Refusal('undecryptable');
    const reader = new Reader(padded, 'peer-broken');
    const payload = reader.take(reader.number(2));
    if (reader.rest().some(b => b !== 0))
        reader.refuse();
    return payload;
}

/** Walks a chain from message `from` to message `to`; the newest keys passed over are kept. */
function skip(CK, from, to) {
    const kept = [];
    for (let n = from; n < to; ++n) {
        if (n >= to - kKeptPerGap)
            kept.push({ n, mk: messageKey(CK) });
        CK = nextChainKey(CK);
    }
    return { CK, kept };
}
const checkNumbers = (...numbers) => {
    if (numbers.some(number => number > kLongestChain))
        throw new Refusal('peer-broken');
};
const checkJump = steps => {
    if (steps > kJump)
        throw new Refusal('too-far-ahead');
};

/** { payload, state } */
export function receive(state, message, first, now) {
    const parts = cutMessage(message, first);
    const { th, receive: chain } = state;
    let header;
    if (chain && (header = openHeader(parts, chain.HK, th)))
        return receiveCurrent(state, parts, header, now);
    if ((header = openHeader(parts, state.NHKr, th)))
        return receiveNext(state, parts, header, now);
    for (const HK of state.skipped.headerKeys()) {
        if ((header = openHeader(parts, HK, th)))
            return receiveSkipped(state, parts, HK, header.n, now);
    }
    throw new Refusal('undecryptable');
}

function committed(state, changes, now, change) {
    const skipped = state.skipped.clone();
    skipped.expire(now);
    change(skipped);
    return { ...state, ...changes, skipped };
}

function receiveSkipped(state, parts, HK, n, now) {
    const kept = state.skipped.find(HK, n, now);
    if (!kept)
        throw new Refusal('duplicate');
    const payload = openBody(parts, kept.mk, state.th);
    return { payload, state: committed(state, {}, now, skipped => skipped.remove(kept)) };
}

function receiveCurrent(state, parts, header, now) {
    const chain = state.receive;
    const same = equal(header.D, chain.D) && equal(header.K, chain.K) && header.PN === chain.PN && parts.first === chain.first;
    if (!same)
        throw new Refusal('peer-broken');
    if (header.n < chain.Nr)
        return receiveSkipped(state, parts, chain.HK, header.n, now);
    checkNumbers(header.n);
    checkJump(header.n - chain.Nr);
    const { CK, kept } = skip(chain.CK, chain.Nr, header.n);
    const payload = openBody(parts, messageKey(CK), state.th);
    const next = { receive: { ...chain, CK: nextChainKey(CK), Nr: header.n + 1 } };
    return { payload, state: committed(state, next, now, skipped => skipped.add(chain.HK, kept, now)) };
}

function receiveNext(state, parts, header, now) {
    const { th, send, receive: old } = state;
    if (!send || parts.first !== (send.k === null) || !isKemKey(header.K))
        throw new Refusal('peer-broken');
    checkNumbers(header.n, header.PN);
    const missing = old ? Math.max(0, header.PN - old.Nr) : 0;
    checkJump(missing + header.n);
    const oldGap = missing ? skip(old.CK, old.Nr, header.PN).kept : [];
    const { D, K, ct, PN } = header;
    const dh = refusingAs('peer-broken', () => DH(send.d, D));
    const root = ROOT(th, state.RK, dh, send.k ? Decaps(send.k, ct) : none, D, K, ct);
    const { CK, kept } = skip(root.CK, 0, header.n);
    const payload = openBody(parts, messageKey(CK), th);
    const HK = state.NHKr;
    const next = { RK: root.RK, NHKr: root.NHK, send: null,
        receive: { CK: nextChainKey(CK), HK, D, K, PN, first: parts.first, Nr: header.n + 1 } };
    return { payload, state: committed(state, next, now, skipped => {
        if (old)
            skipped.add(old.HK, oldGap, now);
        skipped.add(HK, kept, now);
    }) };
}
