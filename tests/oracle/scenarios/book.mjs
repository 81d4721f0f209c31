// Where scenarios are written down: each is checked by the oracle at once, so that a file never says what its maker
// only meant. `include` names a setup that was written before.
import { mkdirSync, writeFileSync } from 'node:fs';
import { Scenario, writeScenario } from '../scenario_file.mjs';
import { runScenario } from '../run_scenario.mjs';

/** A scenario's name begins with its kind. */
const kKinds = ['link', 'bundle', 'handshake', 'message', 'state', 'rendezvous', 'nip44', 'envelope', 'safety-number',
    'safety-code', 'backup', 'payload'];

export class Book {
    constructor(folder) {
        this.folder = folder;
        this.count = 0;
        this.trouble = [];
        mkdirSync(new URL('setup/', folder), { recursive: true });
    }
    setup(name, lines) { writeFileSync(new URL(`setup/${name}.txt`, this.folder), writeScenario(Object.entries(lines))); }
    bytes(name, bytes) { writeFileSync(new URL(name, this.folder), bytes); }

    /** `inputs`: { name: value or [values] }. What comes out is added to the file. */
    add(name, expect, comment, inputs) {
        const kind = kKinds.find(kind => name.startsWith(kind.replace('-', '_') + '_'));
        const lines = [['kind', kind], ['expect', expect], ['comment', comment]];
        const put = (key, value) => [value].flat().forEach(one => lines.push([key, one]));
        for (const [key, value] of Object.entries(inputs))
            put(key, value);
        const url = new URL(`${name}.txt`, this.folder);
        writeFileSync(url, writeScenario(lines));
        const { expect: actual, ...values } = runScenario(new Scenario(this.folder, `${name}.txt`));
        if (actual !== expect)
            this.trouble.push(`${name}: ${actual} instead of ${expect}`);
        for (const [key, value] of Object.entries(values))
            put(key, value);
        writeFileSync(url, writeScenario(lines));
        ++this.count;
    }
}
