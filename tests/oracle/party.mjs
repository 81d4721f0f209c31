// The oracle as a party of a conversation, with the verbs that schedules.mjs uses.
import { identityPublic } from './primitives.mjs';
import { makeLink, readLink } from './link.mjs';
import { makeBundle, openBundle } from './bundle.mjs';
import { makeRecord, readRecord } from './rendezvous.mjs';
import { accept, decrypt, encrypt, initiate } from './session.mjs';
import { readState, writeState } from './state.mjs';
import { outcomeOf } from './refusal.mjs';
import { SeededRandom } from './random.mjs';

export class OracleParty {
    begin(random) {
        this.seed = random.bytes(32);
        this.random = new SeededRandom(random.below(2 ** 40));
        this.sessions = {};
        this.identity = identityPublic(this.seed);
        return this.identity;
    }
    invite(type, card) {
        const link = makeLink(type, this.identity, card.relays, this.random);
        const { sealed, prekeys } = makeBundle(this.seed, link, card, this.random);
        this.own = prekeys;
        return { link: link.text, sealed };
    }
    open({ link, sealed }, now) { this.peer = openBundle(sealed, readLink(link), now).prekeys; }
    record(created) {
        const { record, prekeys } = makeRecord(this.identity, created, this.random);
        this.own = prekeys;
        return record;
    }
    readRecord(record, identity) { this.peer = readRecord(record, identity).prekeys; }
    initiate(name) {
        this.sessions[name] = initiate(this.seed, this.peer, this.random);
        return this.sessions[name].ratchet.th;
    }
    accept(name, message, now) {
        return this.keep(name, () => accept(this.seed, this.own, message, now));
    }
    encrypt(name, payload) {
        const { message, session } = encrypt(this.sessions[name], payload, this.random);
        this.sessions[name] = session;
        return message;
    }
    decrypt(name, message, now) {
        return this.keep(name, () => decrypt(this.sessions[name], message, now));
    }
    /** Only what succeeded changes the session. */
    keep(name, work) {
        const { value, refused } = outcomeOf(work);
        if (refused)
            return { refused };
        this.sessions[name] = value.session;
        return { value: value.payload };
    }
    state(name) { return writeState(this.sessions[name]); }
    load(name, state) { this.sessions[name] = readState(state); }
    facts(name) {
        const { ratchet, prefixId } = this.sessions[name];
        return { th: ratchet.th, prefixId, kept: ratchet.skipped.list.length };
    }
}
