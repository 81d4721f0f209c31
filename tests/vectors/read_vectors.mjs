// Reads tacet1.json and backup1.tacet by crypto/PROTOCOL.md alone, in another language on other libraries: what
// this opens does not depend on the C++ code being right. How to run it: README.md in this folder.
import { readFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { schnorr } from '@noble/curves/secp256k1.js';
import { xchacha20poly1305, chacha20, hchacha } from '@noble/ciphers/chacha.js';
import { poly1305 } from '@noble/ciphers/_poly1305.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { hmac } from '@noble/hashes/hmac.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { argon2id } from '@noble/hashes/argon2.js';

const here = new URL('.', import.meta.url);
const values = JSON.parse(readFileSync(new URL('tacet1.json', here)));

// --- §1.2 ---
const utf8 = text => new TextEncoder().encode(text);
const joined = (...parts) => new Uint8Array(Buffer.concat(parts.map(p => typeof p === 'string' ? utf8(p) : p)));
const be32 = n => { const b = Buffer.alloc(4); b.writeUInt32BE(n); return b; };
const LP = x => joined(be32(x.length), x);
const KDF = (salt, ikm, info, length) => hkdf(sha256, ikm, salt, info, length);
const HMAC = (key, byte) => hmac(sha256, key, Uint8Array.of(byte));
const open = (key, nonce, ad, sealed) => xchacha20poly1305(key, nonce, ad).decrypt(sealed);
const none = new Uint8Array(0);
const hex = bytes => Buffer.from(bytes).toString('hex');
const unhex = name => new Uint8Array(Buffer.from(values[name], 'hex'));
const unbase = text => new Uint8Array(Buffer.from(text, 'base64url'));
const long = name => unbase(values[name]);
const ascii = bytes => Buffer.from(bytes).toString('utf8');

function reader(bytes) {
    let at = 0;
    const take = n => { assert(at + n <= bytes.length); at += n; return bytes.subarray(at - n, at); };
    const number = () => Buffer.from(take(4)).readUInt32BE();
    return { take, number, lp: () => take(number()), flag: () => take(1)[0] === 1, rest: () => take(bytes.length - at) };
}

// --- §3.2 to §3.4: the link ---
const text = values.link.slice('tacet:'.length);
assert.match(text, /^[A-Za-z0-9]+$/);
const payload = unbase(text);
const body = payload.subarray(0, -4);
assert.equal(hex(sha256(joined('Tacet link checksum', body)).subarray(0, 4)), hex(payload.subarray(-4)));
assert.equal(body[0], 0x11);
const linkKey = body.subarray(1, 33);
const mask = KDF(none, linkKey, utf8('Tacet1 link mask'), body.length - 33);
const unmasked = body.subarray(33).map((b, i) => b ^ mask[i]);
assert.equal(ascii(unmasked.subarray(17, 17 + unmasked[16])), 'relay.example');
const bundleKey = KDF(none, linkKey, utf8('Tacet1 link bundle'), 32);
const psk = KDF(none, linkKey, utf8('Tacet1 link psk'), 32);
assert.equal(hex(bundleKey), values.link_bundle_key);
assert.equal(hex(psk), values.link_psk);
const mailbox = KDF(none, linkKey, joined('Tacet1 link mailbox', Uint8Array.of(0)), 32);
assert.equal(hex(schnorr.getPublicKey(mailbox)), values.link_mailbox);

// --- §3.5 to §3.7: bundle and tombstone ---
function openSealed(sealed) {
    assert.equal(sealed.length, 3072);
    const plain = open(bundleKey, sealed.subarray(1, 25), joined('Tacet1 bundle seal', Uint8Array.of(1)), sealed.subarray(25));
    const outer = reader(plain);
    const inner = outer.lp();
    const signature = outer.take(64);
    assert(outer.rest().every(b => b === 0));
    const fields = reader(inner);
    assert.equal(fields.lp()[0], 1);
    const type = fields.lp()[0];
    const identity = fields.lp();
    assert.equal(hex(sha256(identity).subarray(0, 16)), hex(unmasked.subarray(0, 16)));
    assert(ed25519.verify(signature, joined('Tacet1 bundle', inner), identity));
    return { inner, type, identity, fields };
}
const bundle = openSealed(long('bundle_sealed'));
assert.equal(bundle.type, 1);
const SPK = bundle.fields.lp();
const KPK = bundle.fields.lp();
assert.equal(ascii(bundle.fields.lp()), 'Bob');
const bundleId = inner => sha256(joined('Tacet1 bundle id', inner)).subarray(0, 8);
assert.equal(hex(bundleId(bundle.inner)), values.bundle_id);
const tombstone = openSealed(long('tombstone'));
assert.equal(tombstone.type, 3);
assert.equal(hex(tombstone.fields.lp()), values.bundle_id);

// --- §4: the handshake, from the responder's side ---
const seedOf = name => unhex(name);
const agreementSecret = seed => sha512(seed).subarray(0, 32); // RFC 8032 §5.1.5; X25519 clamps it
const DH = (secret, key) => x25519.scalarMult(secret, key);
const identityOf = name => ed25519.getPublicKey(seedOf(name));
const toMontgomery = key => ed25519.utils.toMontgomery(key);

function answer(message, inner, spkSecret, kpkSeed, presharedKey) {
    const r = reader(message);
    assert.deepEqual([...r.take(2)], [1, 1]);
    assert.equal(hex(r.take(8)), hex(bundleId(inner)));
    const EK = r.take(32), ct = r.take(1088), cid = r.take(48);
    const kem = ml_kem768.keygen(kpkSeed);
    const ss = ml_kem768.decapsulate(ct, kem.secretKey);
    const th0 = sha256(joined('Tacet1 th0', LP(inner), LP(EK), LP(ct)));
    const d3 = DH(spkSecret, EK);
    const Kid = KDF(presharedKey, joined(d3, ss), joined('Tacet1 id', th0), 32);
    const IKa = open(Kid, new Uint8Array(24), th0, cid);
    const IKb = identityOf('bob_identity_seed');
    const th = sha256(joined('Tacet1 th', th0, LP(IKa), LP(IKb), LP(cid)));
    const d1 = DH(spkSecret, toMontgomery(IKa));
    const d2 = DH(agreementSecret(seedOf('bob_identity_seed')), EK);
    const keys = KDF(presharedKey, joined(new Uint8Array(32).fill(0xff), d1, d2, d3, ss), joined('Tacet1 sk', th), 96);
    return { IKa, th0, th, RK: keys.subarray(0, 32), HKa: keys.subarray(32, 64), NHKb: keys.subarray(64) };
}

// --- §5: messages ---
const root = (RK, dh, ss, th, D, K, ct) => {
    const keys = KDF(RK, joined(dh, ss), joined('Tacet1 rk', th, sha256(joined(LP(D), LP(K), LP(ct)))), 96);
    return { RK: keys.subarray(0, 32), CK: keys.subarray(32, 64), NHK: keys.subarray(64) };
};
function cut(message) {
    const first = message[0] === 1;
    const start = first ? 1178 : 2, header = 24 + (first ? 1224 : 2312) + 16;
    return { first, EH: message.subarray(start, start + header), nonce: message.subarray(start + header, start + header + 24), sealed: message.subarray(start + header + 24) };
}
function openHeader(parts, HK, th) {
    const r = reader(open(HK, parts.EH.subarray(0, 24), joined('Tacet1 h', th), parts.EH.subarray(24)));
    return { D: r.take(32), K: r.take(1184), ct: r.take(parts.first ? 0 : 1088), PN: r.number(), N: r.number() };
}
function openBody(parts, CK, steps, th) {
    for (; steps > 0; --steps)
        CK = HMAC(CK, 2);
    const padded = reader(open(HMAC(CK, 1), parts.nonce, joined(th, parts.EH), parts.sealed));
    const length = padded.take(2);
    const content = padded.take(length[0] << 8 | length[1]);
    assert(padded.rest().every(b => b === 0));
    return ascii(content);
}
function privateHalves(name) { // of §5.8: what the owner of a state needs to read the next turn
    const r = reader(long(name));
    r.take(2 + 96);
    if (r.flag())
        r.take(1178);
    const th = r.take(32), RK = r.take(32);
    assert(r.flag());
    const D = r.take(32);
    assert(r.flag());
    const K = r.take(64);
    if (r.flag())
        r.take(1088);
    r.take(32 + 32 + 4 + 32 + 4);
    if (r.flag())
        r.take(32 + 32 + 32 + 1184 + 1 + 4 + 4);
    return { th, RK, D, K, NHKr: r.take(32) };
}

const prekeys = reader(long('prekeys_state'));
prekeys.take(1);
assert.equal(hex(prekeys.lp()), hex(bundle.inner));
const spkSecret = prekeys.take(32), kpkSeed = prekeys.take(64);
assert.equal(hex(prekeys.rest()), values.link_psk);
assert.equal(hex(x25519.getPublicKey(spkSecret)), hex(SPK));
assert.equal(hex(ml_kem768.keygen(kpkSeed).publicKey), hex(KPK));

const talk = values.conversation.map(row => ({ ...row, bytes: unbase(row.message) }));
const shake = answer(talk[0].bytes, bundle.inner, spkSecret, kpkSeed, psk);
assert.equal(hex(shake.IKa), hex(identityOf('alice_identity_seed')));
for (const [name, value] of Object.entries({ th0: shake.th0, th: shake.th, rk0: shake.RK, hka: shake.HKa, nhkb: shake.NHKb,
    prefix_id: sha256(talk[0].bytes.subarray(0, 1178)) }))
    assert.equal(hex(value), values[name], name);

const firstHeader = openHeader(cut(talk[0].bytes), shake.HKa, shake.th);
const firstStep = root(shake.RK, DH(spkSecret, firstHeader.D), none, shake.th, firstHeader.D, firstHeader.K, none);
for (const row of [talk[0], talk[1]]) {
    const parts = cut(row.bytes);
    assert.equal(openBody(parts, firstStep.CK, openHeader(parts, shake.HKa, shake.th).N, shake.th), row.text);
}
for (const [row, state] of [[talk[2], 'alice_state_1'], [talk[3], 'bob_state_2'], [talk[4], 'alice_state_3']]) {
    const own = privateHalves(state);
    assert.equal(hex(own.th), values.th);
    const parts = cut(row.bytes);
    const header = openHeader(parts, own.NHKr, own.th);
    const ss = ml_kem768.decapsulate(header.ct, ml_kem768.keygen(own.K).secretKey);
    const step = root(own.RK, DH(own.D, header.D), ss, own.th, header.D, header.K, header.ct);
    assert.equal(openBody(parts, step.CK, header.N, own.th), row.text);
}

// --- §10.3: rendezvous ---
const record = reader(long('rendezvous_record'));
const R = record.lp(), recordPsk = record.rest();
const ownRecord = reader(long('own_rendezvous_state'));
ownRecord.take(1 + 8 + 32);
const ownPrekeys = reader(ownRecord.lp());
ownPrekeys.take(1);
assert.equal(hex(ownPrekeys.lp()), hex(R));
const recordSecret = ownPrekeys.take(32);
const again = answer(long('rendezvous_message'), R, recordSecret, ownPrekeys.take(64), recordPsk);
const parts = cut(long('rendezvous_message'));
const header = openHeader(parts, again.HKa, again.th);
const step = root(again.RK, DH(recordSecret, header.D), none, again.th, header.D, header.K, none);
assert.equal(openBody(parts, step.CK, 0, again.th), 'restored');

// --- §3.9: safety number ---
function fingerprint(IK) {
    let h = sha512(joined(Uint8Array.of(0, 0), IK, IK, IK));
    for (let i = 1; i < 5200; ++i)
        h = sha512(joined(h, IK));
    return h.subarray(0, 32);
}
const digits = f => Array.from({ length: 6 }, (_, g) =>
    String(BigInt('0x' + hex(f.subarray(g * 5, g * 5 + 5))) % 100000n).padStart(5, '0')).join('');
const prints = ['alice_identity_seed', 'bob_identity_seed'].map(name => fingerprint(identityOf(name)));
assert.equal(prints.map(digits).sort().join(''), values.safety_number.replaceAll(' ', ''));
assert.equal(values.safety_qr_of_alice, 'tacet-number:' + Buffer.from(joined(Uint8Array.of(1), ...prints)).toString('base64url'));

// --- §10.1: the backup ---
const file = new Uint8Array(readFileSync(new URL('backup1.tacet', here)));
assert.equal(file.length, 109 + 65553);
const P = file.subarray(0, 37);
assert.equal(ascii(P.subarray(0, 12)), 'TacetBackup\n');
assert.equal(hex(sha256(joined('Tacet backup header', file.subarray(0, 93))).subarray(0, 16)), hex(file.subarray(93, 109)));
const cost = reader(P.subarray(13));
const master = argon2id('twelve words would be better', P.subarray(21), { t: cost.number(), m: cost.number(), p: 1, dkLen: 32 });
assert.equal(hex(KDF(none, master, joined('Tacet1 backup commitment', P), 32)), hex(file.subarray(37, 69)));

// secretstream, first chunk (libsodium's construction; its padding of the second part is as odd as written)
const words = bytes => { const copy = Uint8Array.from(bytes); return new Uint32Array(copy.buffer); };
const streamKey = KDF(none, master, joined('Tacet1 backup key', P), 32);
const streamHeader = file.subarray(69, 93);
const sub = new Uint32Array(8);
hchacha(words(utf8('expand 32-byte k')), words(streamKey), words(streamHeader.subarray(0, 16)), sub);
const subKey = new Uint8Array(sub.buffer);
const nonce = joined(Uint8Array.of(1, 0, 0, 0), streamHeader.subarray(16));
const chunk = file.subarray(109), sealed = chunk.subarray(1, -16);
const zeros = n => new Uint8Array(n);
const block = zeros(64);
block[0] = chunk[0];
const tagBlock = chacha20(subKey, nonce, block, undefined, 1);
const tag = tagBlock[0];
tagBlock[0] = chunk[0];
const ad = file.subarray(0, 109);
const le64 = n => { const b = Buffer.alloc(8); b.writeBigUInt64LE(BigInt(n)); return b; };
const mac = poly1305(joined(ad, zeros((16 - ad.length % 16) % 16), tagBlock, sealed, zeros(sealed.length % 16),
    le64(ad.length), le64(64 + sealed.length)), chacha20(subKey, nonce, zeros(64), undefined, 0).subarray(0, 32));
assert.equal(hex(mac), hex(chunk.subarray(-16)));
assert.equal(tag, 3);
const plain = chacha20(subKey, nonce, sealed, undefined, 2);
const end = plain.findLastIndex(b => b !== 0);
assert.equal(plain[end], 0x80);
assert.equal(ascii(plain.subarray(0, end)), 'what a backup of the first version holds');

console.log('link, bundle, tombstone, handshake, 5 messages, rendezvous, safety number and backup read as specified');
