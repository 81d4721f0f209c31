// What must come of a message, worked out without a key: chains by number, messages by chain and place. Both real
// sides are held against this (PROTOCOL §5.5, §5.7), so that they cannot agree on a mistake.
import { SkippedKeys } from './skipped_keys.mjs';
import { kJump } from './ratchet.mjs';
import { be32 } from './bytes.mjs';

export class RatchetModel {
    constructor(initiator) {
        this.initiator = initiator;
        this.sendChain = initiator ? 0 : -1; // one's own chains are numbered from 0
        this.mustStep = !initiator;
        this.Ns = this.PN = 0;
        this.receiveChain = -1;
        this.Nr = 0;
        this.skipped = new SkippedKeys(); // a chain's number stands for its header key
    }
    canSend() { return this.initiator || this.receiveChain >= 0; }
    send() {
        if (this.mustStep) {
            ++this.sendChain;
            this.PN = this.Ns;
            this.Ns = 0;
            this.mustStep = false;
        }
        return { chain: this.sendChain, n: this.Ns++, PN: this.PN, first: this.initiator && this.receiveChain < 0 };
    }
    /** 'ok' or the name of a refusal; changes nothing unless 'ok'. `whole`: the body was not damaged. */
    receive({ chain, n, PN }, now, whole = true) {
        const name = be32(chain);
        const late = () => {
            const kept = this.skipped.find(name, n, now);
            return !kept ? 'duplicate' : !whole ? 'undecryptable' : this.commit(now, () => this.skipped.remove(kept));
        };
        if (chain === this.receiveChain) {
            if (n < this.Nr)
                return late();
            return this.walk(n - this.Nr, whole, now, () => this.keep(name, this.Nr, n, now), n);
        }
        if (chain === this.receiveChain + 1) {
            const missing = this.receiveChain < 0 ? 0 : Math.max(0, PN - this.Nr);
            return this.walk(missing + n, whole, now, () => {
                this.keep(be32(this.receiveChain), PN - missing, PN, now);
                this.keep(name, 0, n, now);
                this.receiveChain = chain;
                this.mustStep = true;
            }, n);
        }
        return this.skipped.headerKeys().some(kept => Buffer.compare(kept, name) === 0) ? late() : 'undecryptable';
    }
    walk(steps, whole, now, change, n) {
        if (steps > kJump)
            return 'too-far-ahead';
        return whole ? this.commit(now, () => { change(); this.Nr = n + 1; }) : 'undecryptable';
    }
    commit(now, change) {
        this.skipped.expire(now);
        change();
        return 'ok';
    }
    keep(name, from, to, now) {
        const keys = [];
        for (let n = Math.max(from, to - 1000); n < to; ++n)
            keys.push({ n });
        this.skipped.add(name, keys, now);
    }
}
