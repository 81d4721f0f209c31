// Random schedules between the oracle and tacet-oracle-peer, each in both roles:
//   node schedules.mjs [COUNT] [SEED] [PROGRAM]
// A schedule is named by its seed, which a failure prints; `node schedules.mjs 1 THAT-SEED` runs it alone.
import { PeerParty, PeerProgram } from './peer.mjs';
import { OracleParty } from './party.mjs';
import { RatchetModel } from './model.mjs';
import { SeededRandom } from './random.mjs';
import { cutPrefix } from './handshake.mjs';
import { startSize } from './ratchet.mjs';
import { readState, writeState } from './state.mjs';
import { H } from './primitives.mjs';
import { xOnly } from './curve.mjs';
import { secretKey } from './envelope.mjs';
import { equal, hex, joined, utf8 } from './bytes.mjs';

const kDay = 86_400_000, kStart = 1_790_000_000_000;
const kPayloads = [0, 1, 5, 40, 588, 589, 676, 677, 3660, 9804, 22092, 28236];

class Side {
    constructor(name, party) {
        this.name = name;
        this.party = party;
        this.models = {}; // by session: 'a' was begun by side 0, 'b' by side 1
        this.facts = {};
    }
}

class Schedule {
    constructor(seed, program) {
        this.seed = seed;
        this.random = new SeededRandom(seed);
        const ours = new Side('peer', new PeerParty(program)), theirs = new Side('oracle', new OracleParty());
        this.sides = this.random.below(2) ? [ours, theirs] : [theirs, ours]; // side 0 initiates
        this.now = kStart;
        this.flight = [];
        this.figures = { messages: 0, delivered: 0, refused: 0 };
    }
    fail(what) { throw new Error(`schedule ${this.seed}: ${what}`); }
    mustBe(actual, wanted, what) {
        if (actual !== wanted)
            this.fail(`${what}: ${actual} instead of ${wanted}`);
    }

    async run() {
        for (const side of this.sides)
            await side.party.begin(this.random);
        const kind = this.random.below(4); // both begin, a rendezvous, or an invitation
        this.both = kind === 0;
        await this.meet(kind === 1, 0);
        if (this.both)
            await this.meet(false, 1);
        const steps = 10 + this.random.below(this.random.chance(10) ? 150 : 50);
        for (let step = 0; step < steps; ++step)
            await this.step();
        while (this.flight.length && this.random.chance(97)) // what is still under way arrives, or most of it
            await this.deliver(this.random.below(this.flight.length), true);
        await this.compare();
        return this.figures;
    }

    /** Side `who` learns the other's prekeys and initiates. */
    async meet(byRecord, who) {
        const initiator = this.sides[who], owner = this.sides[1 - who];
        if (byRecord) {
            await initiator.party.readRecord(await owner.party.record(this.now), owner.party.identity);
        } else {
            const card = { name: this.random.below(2) ? 'Bob' : 'Zoë 🦊', mailbox: xOnly(secretKey(this.random)),
                relays: ['wss://relay.example'], validFrom: this.now, validUntil: this.now + 7 * kDay };
            await initiator.party.open(await owner.party.invite(1 + this.random.below(2), card), this.now);
        }
        const name = who ? 'b' : 'a';
        await initiator.party.initiate(name);
        initiator.models[name] = new RatchetModel(true);
        initiator.facts[name] = await initiator.party.facts(name);
    }

    async step() {
        const choice = this.random.below(100);
        if (choice < 45)
            await this.send();
        else if (choice < 85)
            await this.deliver(this.random.below(this.flight.length + 1), this.random.chance(85));
        else if (choice < 89)
            this.flight.splice(this.random.below(this.flight.length + 1), 1); // lost
        else if (choice < 91 && this.random.chance(8))
            await this.send(900 + this.random.below(300)); // a long silence on the other side
        else if (choice < 92 && this.random.chance(50))
            await this.rally();
        else if (choice < 94)
            await this.restart();
        else if (choice < 95)
            await this.swap();
        else
            this.now += this.random.chance(50) ? this.random.below(kDay) : 15 * kDay; // two of these are exactly 30 days
    }

    /** Turn after turn, each with a message that is late: what fills the store of skipped keys (§5.7). */
    async rally() {
        for (let turns = 4 + this.random.below(22); turns > 0; --turns) {
            const who = turns % 2;
            await this.send(this.random.chance(4) ? 700 + this.random.below(700) : 0, who);
            await this.send(0, who);
            await this.deliver(this.flight.length - 1, true);
        }
    }

    /** §4.5: the session with the smaller th, once both are there. */
    sendingSession(side) {
        const names = Object.keys(side.models).filter(name => side.models[name].canSend());
        const order = (one, other) => Buffer.compare(side.facts[one].th, side.facts[other].th);
        return names.sort(order)[0];
    }

    /** `lost`: so many messages before it never arrive. */
    async send(lost = 0, who = this.random.below(2)) {
        const side = this.sides[who], name = this.sendingSession(side);
        if (!name)
            return;
        for (; lost >= 0; --lost) {
            const place = side.models[name].send();
            const size = lost ? 0 : kPayloads[this.random.below(this.random.chance(20) ? kPayloads.length : 4)];
            const payload = joined(utf8(`${who}${name}${place.chain}.${place.n} `), this.random.bytes(size)).slice(0, size);
            const message = await side.party.encrypt(name, payload);
            ++this.figures.messages;
            this.mustBe(message[0], place.first ? 1 : 2, 'type of a message');
            if (!lost)
                this.flight.push({ to: 1 - who, name, place, payload, message });
        }
    }

    async deliver(index, last) {
        const letter = this.flight[index];
        if (!letter)
            return;
        const damage = this.random.chance(8) ? this.damaged(letter) : null;
        if (last && !damage)
            this.flight.splice(index, 1);
        const side = this.sides[letter.to], model = side.models[letter.name];
        const accepts = !model;
        if (accepts && !letter.place.first) // a responder cannot have been answered to
            this.fail('a later message before the session');
        const fresh = model ?? new RatchetModel(false);
        const wanted = damage?.headerToo ? 'undecryptable' : fresh.receive(letter.place, this.now, !damage);
        const actual = await this.arrive(side, letter.name, damage?.message ?? letter.message);
        const where = `${letter.name}${letter.place.chain}.${letter.place.n} at the ${side.name}`;
        this.mustBe(actual.refused ?? 'ok', wanted, where);
        ++this.figures[actual.refused ? 'refused' : 'delivered'];
        if (actual.refused)
            return;
        if (!equal(actual.value, letter.payload))
            this.fail(`another payload: ${where}`);
        if (accepts) {
            side.models[letter.name] = fresh;
            side.facts[letter.name] = await side.party.facts(letter.name);
        }
    }

    /** One byte behind the start of the message is changed. */
    damaged({ message, place }) {
        const start = startSize(place.first), at = start + this.random.below(message.length - start);
        const copy = Uint8Array.from(message);
        copy[at] ^= 1 << this.random.below(8);
        const header = 24 + (place.first ? 1224 : 2312) + 16;
        return { message: copy, headerToo: at < start + header };
    }

    /** §4.4: a prefix leads to its session or to the prekeys; what has none is tried on each session. */
    async arrive(side, name, message) {
        const { party } = side;
        const prefix = cutPrefix(message);
        if (prefix) {
            const known = Object.keys(side.facts).find(key => equal(side.facts[key].prefixId, H(prefix.bytes)));
            return known ? party.decrypt(known, message, this.now) : party.accept(name, message, this.now);
        }
        const refusals = [];
        for (const key of Object.keys(side.models)) {
            const outcome = await party.decrypt(key, message, this.now);
            if (!outcome.refused)
                return outcome;
            refusals.push(outcome);
        }
        return refusals.find(({ refused }) => refused !== 'undecryptable') ?? refusals[0];
    }

    /** Every session through its stored form; the oracle writes what the peer wrote, byte for byte (§5.8). */
    async restart() {
        for (const side of this.sides) {
            for (const name of Object.keys(side.models)) {
                const state = await side.party.state(name);
                this.mustBe(hex(writeState(readState(state))), hex(state), `stored form of ${name} at the ${side.name}`);
                await side.party.load(name, state);
            }
        }
    }

    /** The programs change places: each goes on with the sessions that the other stored. */
    async swap() {
        const [one, other] = this.sides;
        if (!one.models.a || !other.models.a || (this.both && !(one.models.b && other.models.b)))
            return; // somebody's prekeys are still needed, and those stay where they are
        for (const name of Object.keys(one.models)) {
            const states = [await one.party.state(name), await other.party.state(name)];
            await one.party.load(name, states[1]);
            await other.party.load(name, states[0]);
        }
        [one.party, other.party, one.name, other.name] = [other.party, one.party, other.name, one.name];
    }

    async compare() {
        for (const name of ['a', 'b']) {
            const known = this.sides.filter(side => side.models[name]);
            for (const side of known) {
                const { th, kept, prefixId } = await side.party.facts(name);
                this.mustBe(kept, side.models[name].skipped.list.length, `keys kept in ${name} at the ${side.name}`);
                this.mustBe(hex(th), hex(known[0].facts[name].th), 'th');
                this.mustBe(hex(prefixId), hex(known[0].facts[name].prefixId), 'prefix id');
            }
        }
    }
}

const count = Number(process.argv[2] ?? 40), seed = Number(process.argv[3] ?? 1);
const path = process.argv[4] ?? process.env.TACET_ORACLE_PEER;
if (!path)
    throw new Error('the path of tacet-oracle-peer is the third argument, or TACET_ORACLE_PEER');
const program = new PeerProgram(path);
const total = { messages: 0, delivered: 0, refused: 0 };
const roles = { peer: 0, oracle: 0 };
let failures = 0;
for (let i = 0; i < count; ++i) {
    const schedule = new Schedule(seed + i, program);
    ++roles[schedule.sides[0].name];
    try {
        const figures = await schedule.run();
        for (const key of Object.keys(total))
            total[key] += figures[key];
    } catch (error) {
        console.error(error.message);
        if (++failures === 10)
            break;
    }
}
program.end();
console.log(`${count} schedules from seed ${seed} (initiator: peer ${roles.peer}, oracle ${roles.oracle}): `
    + `${total.messages} messages made, ${total.delivered} opened, ${total.refused} refused as they must, ${failures} schedules failed`);
process.exitCode = failures ? 1 : 0;
