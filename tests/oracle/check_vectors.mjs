// Reads the known answers of tests/vectors (tacet1.json, backup1.tacet):  node check_vectors.mjs [FOLDER]
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { belongsTo, readLink } from './link.mjs';
import { bundleId, openBundle } from './bundle.mjs';
import { answerHandshake, cutPrefix } from './handshake.mjs';
import { accept, decrypt } from './session.mjs';
import { readState, writeState } from './state.mjs';
import { readRecord } from './rendezvous.mjs';
import { fingerprint, qrText, safetyNumber, scan } from './safety_number.mjs';
import { readBackup } from './backup.mjs';
import { H, agreementPublic, identityPublic, kemPublic } from './primitives.mjs';
import { outcomeOf } from './refusal.mjs';
import { Reader, fromBase64url, hex, unhex, utf8 } from './bytes.mjs';

const folder = process.argv[2] ? pathToFileURL(process.argv[2] + '/') : new URL('../vectors/', import.meta.url);
const values = JSON.parse(readFileSync(new URL('tacet1.json', folder)));
const long = name => fromBase64url(values[name]);
const is = (actual, name) => assert.equal(typeof actual === 'string' ? actual : hex(actual), values[name], name);
const text = bytes => Buffer.from(bytes).toString();
const alice = unhex(values.alice_identity_seed), bob = unhex(values.bob_identity_seed), now = values.now;

const link = readLink(values.link);
assert(belongsTo(link, identityPublic(bob)));
assert.deepEqual(link.relays, ['wss://relay.example']);
is(link.bundleKey, 'link_bundle_key');
is(link.psk, 'link_psk');
is(link.mailbox.key, 'link_mailbox');

const bundle = openBundle(long('bundle_sealed'), link, now);
assert.equal(bundle.name, 'Bob');
is(bundleId(bundle.body), 'bundle_id');
assert.equal(outcomeOf(() => openBundle(long('tombstone'), link, now)).refused, 'used');

/** §5.8: a version byte, LP(body), SPK, KPK, PSK, all private. */
function prekeysOf(state) {
    const reader = new Reader(state, 'damaged');
    reader.take(1);
    return { body: reader.lp(), spk: reader.take(32), kpk: reader.take(64), psk: reader.rest() };
}
const prekeys = prekeysOf(long('prekeys_state'));
assert.deepEqual(prekeys.body, bundle.body);
assert.deepEqual(agreementPublic(prekeys.spk), bundle.prekeys.SPK);
assert.deepEqual(kemPublic(prekeys.kpk), bundle.prekeys.KPK);

const talk = values.conversation.map(row => ({ text: row.text, message: fromBase64url(row.message) }));
const { keys, identity } = answerHandshake(bob, prekeys, cutPrefix(talk[0].message));
assert.deepEqual(identity, identityPublic(alice));
for (const [name, value] of Object.entries({ th0: keys.th0, th: keys.th, rk0: keys.RK0, hka: keys.HKa, nhkb: keys.NHKb,
    prefix_id: H(talk[0].message.slice(0, 1178)) }))
    is(value, name);
let { payload, session } = accept(bob, prekeys, talk[0].message, now);
assert.equal(text(payload), talk[0].text);
({ payload, session } = decrypt(session, talk[1].message, now));
assert.equal(text(payload), talk[1].text);
for (const [index, name] of [[2, 'alice_state_1'], [3, 'bob_state_2'], [4, 'alice_state_3']]) {
    const state = readState(long(name));
    assert.deepEqual(writeState(state), long(name));
    assert.equal(text(decrypt(state, talk[index].message, now).payload), talk[index].text);
}

const record = readRecord(long('rendezvous_record'), identityPublic(bob));
const stored = new Reader(long('own_rendezvous_state'), 'damaged'); // version, time, mailbox, LP(prekeys)
stored.take(1 + 8 + 32);
const own = prekeysOf(stored.lp());
assert.deepEqual(own.body, record.prekeys.body);
assert.equal(text(accept(bob, own, long('rendezvous_message'), now).payload), 'restored');

is(safetyNumber(identityPublic(alice), identityPublic(bob)), 'safety_number');
is(qrText(1, ...[alice, bob].map(seed => fingerprint(identityPublic(seed)))), 'safety_qr_of_alice');
assert.equal(scan(values.safety_qr_of_alice, identityPublic(bob), identityPublic(alice)), 'same');

const file = new Uint8Array(readFileSync(new URL('backup1.tacet', folder)));
assert.equal(text(readBackup(file, utf8('twelve words would be better'))), 'what a backup of the first version holds');

console.log('link, bundle, tombstone, handshake, 5 messages, 3 states, rendezvous, safety number and backup read as specified');
