// Holds the oracle against every scenario file:  node check_scenarios.mjs [FOLDER]
import { readdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Scenario } from './scenario_file.mjs';
import { runScenario } from './run_scenario.mjs';
import { base64 } from './bytes.mjs';

const folder = process.argv[2] ? pathToFileURL(process.argv[2] + '/') : new URL('../vectors/scenarios/', import.meta.url);
const shown = value => value instanceof Uint8Array ? base64(value) : String(value);
const kinds = {};
let wrong = 0;
for (const file of readdirSync(folder).filter(name => name.endsWith('.txt')).sort()) {
    const scenario = new Scenario(folder, file);
    for (const [name, value] of Object.entries(runScenario(scenario))) {
        const wanted = scenario.all(name).join('\n'), actual = [value].flat().map(shown).join('\n');
        if (wanted !== actual) {
            console.error(`${file}: ${name}: ${actual} instead of ${wanted}`);
            ++wrong;
        }
    }
    const kind = scenario.text('kind');
    kinds[kind] = (kinds[kind] ?? 0) + 1;
}
const count = Object.values(kinds).reduce((sum, n) => sum + n, 0);
console.log(`${count} scenarios (${Object.entries(kinds).map(([kind, n]) => `${kind} ${n}`).join(', ')}), ${wrong} values wrong`);
process.exitCode = wrong || !count ? 1 : 0;
