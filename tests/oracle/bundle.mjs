// Bundles and tombstones (PROTOCOL §3.5 to §3.7) and the sealed form that both travel in.
import { AE, AEopen, H, agreementPublic, identityPublic, isCanonicalAgreementKey, isKemKey, kKemKey, kKemSeed,
    kemPublic, sign, verify, identityAgreementPublic } from './primitives.mjs';
import { belongsTo } from './link.mjs';
import { isRelayUrl } from './relay_url.mjs';
import { Refusal, outcomeOf } from './refusal.mjs';
import { LP, Reader, be64, byte, joined, utf8, zeros } from './bytes.mjs';

const kSealedSize = 3072, kTombstone = 3;
export const kDay = 86_400_000, kClockTolerance = 10 * kDay;
const kVersion = 1, kLongestName = 128;

export const bundleId = body => H('Tacet1 bundle id', body).slice(0, 8);

/** Any field can be replaced by one that is wrong: `fields` holds the inner bytes of each LP. */
export const bodyOf = fields => joined(...fields.map(LP));
export const bundleFields = ({ type, identity, SPK, KPK, name, mailbox, relays, validFrom, validUntil }) =>
    [byte(kVersion), byte(type), identity, SPK, KPK, utf8(name), mailbox, joined(...relays.map(url => LP(utf8(url)))),
        be64(validFrom), be64(validUntil)];
export const tombstoneFields = ({ identity, spent, time }) => [byte(kVersion), byte(kTombstone), identity, spent, be64(time)];
/** What is signed names the link, so that it stands behind no other. */
export const signedText = (link, body) => joined('Tacet1 bundle', link.mailbox.key, body);
export const signatureOf = (seed, link, body) => sign(seed, signedText(link, body));

export function seal(link, plain, random, version = kVersion) {
    const nonce = random.bytes(24);
    return joined(byte(version), nonce, AE(link.bundleKey, nonce, joined('Tacet1 bundle seal', byte(version)), plain));
}
export const sealBody = (link, body, signature, random) => {
    const plain = joined(LP(body), signature);
    return seal(link, joined(plain, zeros(kSealedSize - 41 - plain.length)), random);
};

/** Fresh prekeys behind a link: { body, sealed, prekeys }. `card`: name, mailbox, relays, validFrom, validUntil. */
export function makeBundle(seed, link, card, random) {
    const spk = random.bytes(32), kpk = random.bytes(kKemSeed);
    const body = bodyOf(bundleFields({ type: link.type, identity: identityPublic(seed), SPK: agreementPublic(spk),
        KPK: kemPublic(kpk), ...card }));
    return { body, sealed: sealBody(link, body, signatureOf(seed, link, body), random), prekeys: { body, spk, kpk, psk: link.psk } };
}
export function makeTombstone(seed, link, spent, time, random) {
    const body = bodyOf(tombstoneFields({ identity: identityPublic(seed), spent, time }));
    return sealBody(link, body, signatureOf(seed, link, body), random);
}

/** What a holder of the link learns: the prekeys for the handshake, and the card. */
export function openBundle(sealed, link, now) {
    if (sealed.length !== kSealedSize)
        throw new Refusal('not-this-link');
    const ad = joined('Tacet1 bundle seal', sealed.subarray(0, 1));
    const plain = AEopen(link.bundleKey, sealed.slice(1, 25), ad, sealed.slice(25));
    if (!plain)
        throw new Refusal('not-this-link');
    if (sealed[0] !== kVersion)
        throw new Refusal(sealed[0] > kVersion ? 'newer' : 'altered');
    const outer = new Reader(plain, 'altered');
    const body = outer.lp(), signature = outer.take(64);
    if (outer.rest().some(b => b !== 0))
        outer.refuse();
    const fields = new Reader(body, 'altered');
    const version = fields.lp(1)[0], type = fields.lp(1)[0], identity = fields.lp(32);
    if (!belongsTo(link, identity) || !verify(identity, signedText(link, body), signature))
        fields.refuse();
    if (version > kVersion)
        throw new Refusal('newer');
    if (version !== kVersion || (type !== link.type && type !== kTombstone))
        fields.refuse();
    if (type === kTombstone) {
        fields.lp(8);
        fields.time();
        fields.end();
        throw new Refusal('used');
    }
    const SPK = fields.lp(32), KPK = fields.lp(kKemKey), name = displayName(fields), mailbox = fields.lp(32);
    const relays = relaysOf(fields), validFrom = fields.time(), validUntil = fields.time();
    fields.end();
    const torsion = outcomeOf(() => identityAgreementPublic(identity)).refused;
    if (torsion || !isCanonicalAgreementKey(SPK) || !isKemKey(KPK) || validFrom >= validUntil)
        fields.refuse();
    if (now > validUntil + kClockTolerance)
        throw new Refusal('expired');
    if (now < validFrom - kClockTolerance)
        throw new Refusal('not-yet-valid');
    return { body, type, name, mailbox, relays, validFrom, validUntil,
        prekeys: { body, identity, SPK, KPK, psk: link.psk } };
}

function displayName(fields) {
    const bytes = fields.lp();
    if (bytes.length > kLongestName)
        fields.refuse();
    try {
        const name = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
        if (!/\p{Cc}/u.test(name))
            return name;
    } catch {
        // falls through: not UTF-8
    }
    return fields.refuse();
}

function relaysOf(fields) {
    const inner = new Reader(fields.lp(), 'altered');
    const relays = [];
    while (inner.left() > 0)
        relays.push(Buffer.from(inner.lp()).toString('latin1'));
    if (relays.length < 1 || relays.length > 3 || !relays.every(isRelayUrl))
        fields.refuse();
    return relays;
}
