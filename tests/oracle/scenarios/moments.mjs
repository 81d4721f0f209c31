// One conversation of Alice and Bob, kept at each moment: sessions are values, so that a moment serves many scenarios.
import { accept, decrypt, encrypt, initiate } from '../session.mjs';
import { ROOT, afterSending, headerOf, pad, readyToSend, sealParts } from '../ratchet.mjs';
import { DH, kKemKey, kKemText } from '../primitives.mjs';
import { kNow } from './cast.mjs';
import { none, utf8 } from '../bytes.mjs';

export const kLaterStart = Uint8Array.of(2, 1);

export class Moments {
    constructor({ alice, bob, made, peer, random }) {
        this.random = random;
        this.begun = initiate(alice, peer, random);
        ({ message: this.hello, session: this.alice1 } = this.says(this.begun, 'hello'));
        this.bob1 = accept(bob, made.prekeys, this.hello, kNow).session;
        ({ message: this.answer, session: this.bob2 } = this.says(this.bob1, 'answer'));
        this.alice2 = decrypt(this.alice1, this.answer, kNow).session;
        ({ message: this.turn, session: this.alice3 } = this.says(this.alice2, 'turn'));
        this.bob3 = decrypt(this.bob2, this.turn, kNow).session;
        const reply = this.says(this.bob3, 'answer to the turn');
        this.bob4 = reply.session;
        this.alice4 = decrypt(this.alice3, reply.message, kNow).session;
    }
    says(session, text, forge) { return encrypt(session, utf8(text), this.random, forge); }

    /** The message that this side writes as number `n` of its chain; the ones before it are lost. */
    sayAt(session, n, text = `number ${n}`, forge) {
        let ratchet = readyToSend(session.ratchet, this.random);
        while (ratchet.Ns < n)
            ratchet = afterSending(ratchet);
        return this.says({ ...session, ratchet }, text, forge).message;
    }
    /** A first step whose root leaves ss out. */
    withoutSecret({ ratchet, ...session }) {
        const ready = readyToSend(ratchet, this.random), { D, K, ct, d } = ready.send;
        const { CK } = ROOT(ratchet.th, ratchet.RK, DH(d, ratchet.receive.D), none, D, K, ct);
        return this.says({ ...session, ratchet: { ...ready, send: { ...ready.send, CK } } }, 'x').message;
    }
    /** A step although the other side did not answer. */
    outOfTurn({ ratchet, ...session }) { return this.says({ ...session, ratchet: { ...ratchet, send: null } }, 'x').message; }

    /** A late message of a chain of which header key and message key are known. */
    late(session, { HK, mk }, n) {
        const header = headerOf({ D: this.random.bytes(32), K: this.random.bytes(kKemKey), ct: this.random.bytes(kKemText), PN: 0, n });
        return sealParts(kLaterStart, { HK, mk, th: session.ratchet.th, header, padded: pad(utf8(`late ${n}`), 678), random: this.random });
    }
}
