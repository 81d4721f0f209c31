// What the oracle makes of a scenario: its outcome, and on success the values that must come out with it.
import { readLink } from './link.mjs';
import { bundleId, openBundle } from './bundle.mjs';
import { accept, decrypt } from './session.mjs';
import { readState, writeState } from './state.mjs';
import { readRecord } from './rendezvous.mjs';
import { nip44Decrypt } from './nip44.mjs';
import { unwrap } from './envelope.mjs';
import { safetyNumber, scan } from './safety_number.mjs';
import { readBackup } from './backup.mjs';
import { rangesText, readPayload, writePayload } from './payload.mjs';
import { H } from './primitives.mjs';
import { outcomeOf } from './refusal.mjs';
import { equal, joined, unhex, utf8 } from './bytes.mjs';

const text = bytes => Buffer.from(bytes).toString();

const kKinds = {
    link(s) {
        const link = readLink(text(s.bytes('pasted')));
        return { link: link.text, type: link.type, relay: link.relays, 'bundle-key': link.bundleKey, psk: link.psk,
            mailbox: link.mailbox.key };
    },
    bundle(s) {
        const bundle = openBundle(s.bytes('sealed'), readLink(s.text('link')), s.number('now'));
        return { 'bundle-id': bundleId(bundle.body), name: utf8(bundle.name), mailbox: bundle.mailbox, relay: bundle.relays,
            'valid-from': bundle.validFrom, 'valid-until': bundle.validUntil };
    },
    handshake(s) {
        const own = { body: s.bytes('body'), spk: s.bytes('spk'), kpk: s.bytes('kpk'), psk: s.bytes('psk') };
        const { payload, session } = accept(s.bytes('own-seed'), own, s.bytes('message'), s.number('now'));
        return { payload, identity: session.identity, th0: session.th0, th: session.ratchet.th, 'prefix-id': session.prefixId,
            kept: session.ratchet.skipped.list.length };
    },
    message(s) {
        let session = readState(s.bytes('state'));
        for (const message of s.allBytes('before'))
            ({ session } = decrypt(session, message, s.number('before-now')));
        const { payload, session: after } = decrypt(session, s.bytes('message'), s.number('now'));
        return { payload, kept: after.ratchet.skipped.list.length, 'state-after': H(writeState(after)) };
    },
    state(s) {
        const state = s.bytes('state');
        return { same: equal(writeState(readState(state)), state) };
    },
    rendezvous(s) {
        const { mailbox, created, prekeys } = readRecord(s.bytes('record'), s.bytes('identity'));
        return { mailbox, created, 'bundle-id': bundleId(prekeys.body) };
    },
    nip44: s => ({ text: nip44Decrypt(s.bytes('key'), text(s.bytes('sealed'))) }),
    envelope: s => ({ inner: H(unwrap(JSON.parse(s.text('event')), s.bytes('secret'))) }),
    'safety-number': s => ({ number: safetyNumber(s.bytes('own'), s.bytes('peer')) }),
    'safety-code': s => scan(text(s.bytes('code')), s.bytes('own'), s.bytes('peer')),
    backup(s) {
        return { content: H(readBackup(editedFile(s), utf8(s.text('passphrase')))) };
    },
    payload(s) {
        const read = readPayload(s.bytes('bytes')), ifAny = (value, shown = value) => value && value.length !== 0 ? shown : [];
        return { 'payload-kind': read.kind, device: read.device, epoch: ifAny(read.epoch), sequence: ifAny(read.sequence),
            'session-number': ifAny(read.sessionNumber), 'session-basis': ifAny(read.sessionBasis), sent: ifAny(read.sent),
            'message-id': ifAny(read.text, read.messageId), text: ifAny(read.text, H(utf8(read.text))), name: ifAny(utf8(read.name)),
            mailbox: ifAny(read.mailbox), 'mailbox-number': ifAny(read.mailboxNumber), relay: read.relays, restored: ifAny(read.restored),
            'highest-session': ifAny(read.highestSession), 'start-above': ifAny(read.startAbove), ranges: read.ranges.map(rangesText),
            unopened: read.unopened, record: ifAny(read.record), typing: ifAny(read.typing),
            same: equal(writePayload(read), s.bytes('bytes')) };
    },
};

/** Backups are long: a scenario names a file and changes it. "edit: OFFSET HEX",
 * "copy: FROM SIZE TO", "cut: SIZE", "add: HEX", in this order. */
function editedFile(s) {
    let file = s.file('file');
    for (const edit of s.all('edit')) {
        const [offset, bytes] = edit.split(' ');
        file.set(unhex(bytes), Number(offset));
    }
    for (const move of s.all('copy')) {
        const [from, size, to] = move.split(' ').map(Number);
        file.set(file.slice(from, from + size), to);
    }
    for (const size of s.all('cut'))
        file = file.slice(0, Number(size));
    for (const bytes of s.all('add'))
        file = joined(file, unhex(bytes));
    return file;
}

/** { expect, …values } */
export function runScenario(s) {
    const { value, refused } = outcomeOf(() => kKinds[s.text('kind')](s));
    if (refused)
        return { expect: refused };
    return typeof value === 'string' ? { expect: value } : { expect: 'ok', ...value };
}
