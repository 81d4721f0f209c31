// A scenario is a text file of "name: value" lines (tests/vectors/scenarios/README.md). Values are texts, numbers or
// base64; a name may come several times; "include" takes over the lines of a file in setup/.
import { readFileSync } from 'node:fs';
import { base64, fromBase64, none } from './bytes.mjs';

const written = value => value instanceof Uint8Array ? base64(value) : String(value);
/** `lines`: [[name, value], …] */
export const writeScenario = lines => lines.map(([name, value]) => `${name}: ${written(value)}`.trimEnd() + '\n').join('');

export class Scenario {
    constructor(folder, file) {
        this.folder = folder;
        this.fields = new Map();
        this.read(file);
    }
    read(file) {
        for (const line of readFileSync(new URL(file, this.folder), 'utf8').split('\n').filter(Boolean)) {
            const [, name, value] = /^([a-z0-9-]+): ?([^]*)$/.exec(line);
            if (name === 'include')
                this.read(`setup/${value}.txt`);
            else
                this.fields.set(name, [...this.fields.get(name) ?? [], value]);
        }
    }
    has(name) { return this.fields.has(name); }
    all(name) { return this.fields.get(name) ?? []; }
    text(name) {
        if (this.all(name).length !== 1)
            throw new Error(`one line "${name}" is wanted`);
        return this.all(name)[0];
    }
    number(name) { return Number(this.text(name)); }
    bytes(name) { return bytesOf(this.text(name)); }
    allBytes(name) { return this.all(name).map(bytesOf); }
    /** A file beside the scenario, or above. */
    file(name) { return new Uint8Array(readFileSync(new URL(this.text(name), this.folder))); }
}
const bytesOf = text => text ? fromBase64(text) : none;
