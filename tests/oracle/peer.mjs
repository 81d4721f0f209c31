// tacet-oracle-peer as a party of a conversation: the same verbs as OracleParty (party.mjs).
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { base64, fromBase64, none, utf8 } from './bytes.mjs';

const word = value => value instanceof Uint8Array ? (value.length ? base64(value) : '-') : String(value);
const bytesOf = text => text === '-' ? none : fromBase64(text);

export class PeerProgram {
    constructor(path) {
        this.process = spawn(path, [], { stdio: ['pipe', 'pipe', 'inherit'] });
        this.waiting = [];
        createInterface({ input: this.process.stdout }).on('line', line => this.waiting.shift().resolve(line));
        this.process.on('exit', code => this.waiting.forEach(({ reject }) => reject(new Error(`the peer ended: ${code}`))));
    }
    /** { value } or { refused }, as outcomeOf() has it; `value` is text. */
    async ask(...words) {
        const line = await new Promise((resolve, reject) => {
            this.waiting.push({ resolve, reject });
            this.process.stdin.write(words.map(word).join(' ') + '\n');
        });
        const [verdict, ...rest] = line.split(' ');
        return verdict === 'ok' ? { value: rest.join(' ') } : { refused: rest.join(' ') };
    }
    async bytes(...words) {
        const { value, refused } = await this.ask(...words);
        return refused ? { refused } : { value: bytesOf(value) };
    }
    end() { this.process.stdin.end(); }
}

export class PeerParty {
    constructor(program) { this.program = program; }
    async must(...words) {
        const { value, refused } = await this.program.bytes(...words);
        if (refused)
            throw new Error(`${words[0]}: ${refused}`);
        return value;
    }
    async begin(random) {
        this.identity = await this.must('identity', 'me', random.bytes(32), random.below(2 ** 40));
        return this.identity;
    }
    async invite(type, card) {
        const { value: link } = await this.program.ask('link', 'mine', 'me', type, card.relays[0]);
        const sealed = await this.must('bundle', 'prekeys', 'me', 'mine', utf8(card.name), card.mailbox, card.relays[0],
            card.validFrom, card.validUntil);
        return { link, sealed };
    }
    async open({ link, sealed }, now) {
        await this.program.ask('read-link', 'theirs', utf8(link));
        await this.must('open-bundle', 'peer', 'theirs', sealed, now);
    }
    record(created) { return this.must('record', 'prekeys', 'me', created); }
    readRecord(record, identity) { return this.must('read-record', 'peer', record, identity); }
    initiate(session) { return this.must('initiate', session, 'me', 'peer'); }
    accept(session, message, now) { return this.program.bytes('accept', session, 'me', 'prekeys', message, now); }
    encrypt(session, payload) { return this.must('encrypt', session, payload); }
    decrypt(session, message, now) { return this.program.bytes('decrypt', session, message, now); }
    state(session) { return this.must('state', session); }
    load(session, state) { return this.must('load', session, state); }
    async facts(session) {
        const { value } = await this.program.ask('session', session);
        const [th, prefixId, kept] = value.split(' ');
        return { th: bytesOf(th), prefixId: bytesOf(prefixId), kept: Number(kept) };
    }
}
