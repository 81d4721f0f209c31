// The stored form of a session (PROTOCOL §5.8): written and read, so that either program can go on with what the other
// stored, and so that a scenario can begin in the middle of a conversation.
import { H, agreementPublic, isKemKey, kKemKey, kKemSeed, kKemText, kemPublic } from './primitives.mjs';
import { kPrefixSize } from './handshake.mjs';
import { SkippedKeys, kKeptHeaderKeys, kKeptPerSession } from './skipped_keys.mjs';
import { Refusal } from './refusal.mjs';
import { Reader, be32, be64, byte, equal, joined, none, numberOf } from './bytes.mjs';

const kVersion = 1, kRoles = { initiator: 1, responder: 2 };
const optional = (value, write) => value ? joined(byte(1), write(value)) : byte(0);

export function writeState({ role, th0, prefixId, identity, prefix, ratchet }) {
    return joined(byte(kVersion), byte(kRoles[role]), th0, prefixId, identity,
        optional(role === 'initiator' && !ratchet.receive && prefix, bytes => bytes), writeRatchet(ratchet));
}

function writeRatchet({ th, RK, send, NHKs, Ns, receive, NHKr, skipped }) {
    return joined(th, RK,
        optional(send, ({ d, k, ct, CK, HK, PN }) => joined(d,
            optional(CK, () => joined(k, optional(ct.length > 0 && ct, bytes => bytes), CK, HK, be32(PN))))),
        NHKs, be32(Ns),
        optional(receive, ({ CK, HK, D, K, first, PN, Nr }) => joined(CK, HK, D, K, byte(first ? 0 : 1), be32(PN), be32(Nr))),
        NHKr, writeSkipped(skipped));
}

function writeSkipped(skipped) {
    const headers = skipped.headerKeys();
    return joined(be32(headers.length), ...headers.map(HK => {
        const kept = skipped.list.filter(key => equal(key.HK, HK));
        return joined(HK, be32(kept.length), ...kept.map(({ n, at, mk }) => joined(be32(n), be64(at), mk)));
    }));
}

class StateReader extends Reader {
    constructor(bytes) { super(bytes, 'damaged'); }
    flag() {
        const value = this.take(1)[0];
        return value > 1 ? this.refuse() : value === 1;
    }
    optional(read) { return this.flag() ? read() : null; }
}

export function readState(bytes) {
    const reader = new StateReader(bytes);
    const version = reader.take(1)[0];
    if (version > kVersion)
        throw new Refusal('newer');
    const roleByte = reader.take(1)[0];
    const role = Object.keys(kRoles).find(name => kRoles[name] === roleByte);
    const th0 = reader.take(32), prefixId = reader.take(32), identity = reader.take(32);
    const prefix = reader.optional(() => reader.take(kPrefixSize));
    const ratchet = readRatchet(reader);
    reader.end();
    const attached = role === 'initiator' && !ratchet.receive;
    if (version !== kVersion || !role || attached !== (prefix !== null) || (role === 'responder' && !ratchet.receive)
        || (prefix && (prefix[0] !== 1 || prefix[1] !== 1 || !equal(H(prefix), prefixId))))
        reader.refuse();
    return { role, th0, prefixId, identity, prefix, ratchet };
}

function readRatchet(reader) {
    const th = reader.take(32), RK = reader.take(32);
    const send = reader.optional(() => {
        const d = reader.take(32);
        const chain = reader.optional(() => {
            const k = reader.take(kKemSeed), ct = reader.optional(() => reader.take(kKemText)) ?? none;
            return { k, K: kemPublic(k), ct, CK: reader.take(32), HK: reader.take(32), PN: reader.number(4) };
        });
        return { d, D: agreementPublic(d), k: null, CK: null, ...chain };
    });
    const NHKs = reader.take(32), Ns = reader.number(4);
    const receive = reader.optional(() => ({ CK: reader.take(32), HK: reader.take(32), D: reader.take(32),
        K: reader.take(kKemKey), first: !reader.flag(), PN: reader.number(4), Nr: reader.number(4) }));
    // Before the first message a side has the initiator's first chain; afterwards a chain with ct, or none.
    const whole = receive ? isKemKey(receive.K) && (!send || (send.CK && send.ct.length > 0)) : send?.CK && send.ct.length === 0;
    if (!whole)
        reader.refuse();
    return { th, RK, send, NHKs, Ns, receive, NHKr: reader.take(32), skipped: readSkipped(reader) };
}

function readSkipped(reader) {
    const list = [], chains = reader.number(4);
    if (chains > kKeptHeaderKeys)
        reader.refuse();
    for (let chain = 0; chain < chains; ++chain) {
        const HK = reader.take(32), keys = reader.number(4);
        if (keys === 0 || list.length + keys > kKeptPerSession)
            reader.refuse();
        for (let key = 0; key < keys; ++key) {
            const n = reader.number(4), at = numberOf(reader.take(8));
            if (at >= 2n ** 52n)
                reader.refuse();
            list.push({ HK, n, at: Number(at), mk: reader.take(32) });
        }
    }
    return new SkippedKeys(list);
}
