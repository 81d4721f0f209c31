// The handshake from both sides (PROTOCOL §4.1 to §4.3): one schedule, two ways to the same five secrets.
import { AE, AEopen, DH, Decaps, Encaps, H, KDF, agreementPublic, identityAgreementPublic, identityAgreementSecret,
    identityPublic, kKemText } from './primitives.mjs';
import { bundleId } from './bundle.mjs';
import { Refusal, refusingAs } from './refusal.mjs';
import { LP, Reader, equal, joined, zeros, byte } from './bytes.mjs';

export const kPrefixSize = 1178;
export const kFirst = 1, kLater = 2, kVersion = 1;

const handshakeId = (body, EK, ct) => H('Tacet1 th0', LP(body), LP(EK), LP(ct));
const identityKey = (psk, d3, ss, th0) => KDF(psk, joined(d3, ss), joined('Tacet1 id', th0), 32);
const badKey = work => refusingAs('bad-peer-key', work);

function sessionKeys(psk, th0, IKa, IKb, cid, d1, d2, d3, ss) {
    const th = H('Tacet1 th', th0, LP(IKa), LP(IKb), LP(cid));
    const keys = KDF(psk, joined(new Uint8Array(32).fill(0xff), d1, d2, d3, ss), joined('Tacet1 sk', th), 96);
    return { th0, th, RK0: keys.slice(0, 32), HKa: keys.slice(32, 64), NHKb: keys.slice(64) };
}

/** `peer`: body, identity, SPK, KPK, psk. `forge` replaces inner values, for attackers who know everything. */
export function initiateHandshake(seed, peer, random, forge = {}) {
    const IKa = forge.IKa ?? identityPublic(seed);
    if (equal(IKa, peer.identity) && !forge.IKa)
        throw new Refusal('own-identity');
    return badKey(() => {
        const ek = random.bytes(32), EK = forge.EK ?? agreementPublic(ek);
        const { ss, ct } = Encaps(peer.KPK, random.bytes(32));
        const th0 = handshakeId(peer.body, EK, ct);
        const d3 = forge.d3 ?? DH(ek, peer.SPK);
        const cid = AE(identityKey(peer.psk, d3, ss, th0), zeros(24), th0, IKa);
        const d1 = DH(identityAgreementSecret(seed), peer.SPK);
        const d2 = DH(ek, identityAgreementPublic(peer.identity));
        const keys = sessionKeys(peer.psk, th0, IKa, peer.identity, cid, d1, d2, d3, ss);
        const prefix = joined(byte(kFirst), byte(kVersion), bundleId(peer.body), EK, ct, cid);
        return { keys, prefix };
    });
}

/** The prefix of a first message of this version, or null. */
export function cutPrefix(message) {
    if (message.length < kPrefixSize || message[0] !== kFirst || message[1] !== kVersion)
        return null;
    const reader = new Reader(message.slice(2), 'damaged');
    return { bytes: message.slice(0, kPrefixSize), bundle: reader.take(8), EK: reader.take(32), ct: reader.take(kKemText),
        cid: reader.take(48) };
}

/** `own`: body, spk, kpk, psk (private halves). Proves nothing until a body opens (§4.4). */
export function answerHandshake(seed, own, prefix) {
    if (!equal(prefix.bundle, bundleId(own.body)))
        throw new Refusal('other-prekeys');
    const IKb = identityPublic(seed);
    const th0 = handshakeId(own.body, prefix.EK, prefix.ct);
    const d3 = badKey(() => DH(own.spk, prefix.EK));
    const ss = Decaps(own.kpk, prefix.ct);
    const IKa = AEopen(identityKey(own.psk, d3, ss, th0), zeros(24), th0, prefix.cid);
    if (!IKa)
        throw new Refusal('undecryptable');
    if (equal(IKa, IKb))
        throw new Refusal('own-identity');
    return badKey(() => {
        const d1 = DH(own.spk, identityAgreementPublic(IKa));
        const d2 = DH(identityAgreementSecret(seed), prefix.EK);
        return { keys: sessionKeys(own.psk, th0, IKa, IKb, prefix.cid, d1, d2, d3, ss), identity: IKa };
    });
}
