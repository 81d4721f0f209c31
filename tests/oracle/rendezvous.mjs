// Rendezvous records (PROTOCOL §10.3): a body of another type for the same handshake.
import { agreementPublic, isCanonicalAgreementKey, isKemKey, kKemKey, kKemSeed, kemPublic } from './primitives.mjs';
import { isScalar, xOnly } from './curve.mjs';
import { Refusal } from './refusal.mjs';
import { LP, Reader, be64, byte, equal, joined } from './bytes.mjs';

const kVersion = 1, kType = 4, kMaxBody = 2048;

export const recordFields = ({ identity, SPK, KPK, mailbox, created }) =>
    [byte(kVersion), byte(kType), identity, SPK, KPK, mailbox, be64(created)];
export const recordOf = (R, psk) => joined(LP(R), psk);

export function makeRecord(identity, created, random) {
    const spk = random.bytes(32), kpk = random.bytes(kKemSeed), psk = random.bytes(32);
    let mailbox;
    do
        mailbox = random.bytes(32);
    while (!isScalar(mailbox));
    const body = joined(...recordFields({ identity, SPK: agreementPublic(spk), KPK: kemPublic(kpk), mailbox: xOnly(mailbox),
        created }).map(LP));
    return { record: recordOf(body, psk), prekeys: { body, spk, kpk, psk }, mailbox };
}

/** `identity`: the contact's, known from the session that the record came by. */
export function readRecord(record, identity) {
    const outer = new Reader(record, 'damaged');
    const body = outer.lp(), psk = outer.take(32);
    outer.end();
    if (body.length > kMaxBody)
        outer.refuse();
    const fields = new Reader(body, 'damaged');
    const version = fields.lp(1)[0];
    if (version > kVersion)
        throw new Refusal('newer');
    if (version !== kVersion || fields.lp(1)[0] !== kType)
        fields.refuse();
    const named = fields.lp(32), SPK = fields.lp(32), KPK = fields.lp(kKemKey), mailbox = fields.lp(32), created = fields.time();
    fields.end();
    if (!equal(named, identity))
        throw new Refusal('other-identity');
    if (!isCanonicalAgreementKey(SPK) || !isKemKey(KPK))
        throw new Refusal('bad-peer-key');
    return { mailbox, created, prekeys: { body, identity, SPK, KPK, psk } };
}
