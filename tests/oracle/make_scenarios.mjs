// Writes tests/vectors/scenarios anew, from a seed:  node make_scenarios.mjs FOLDER
// The same seed gives the same files. They are kept in the repository; a new kind of badness gets a new file.
import { mkdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Book } from './scenarios/book.mjs';
import { makeCast } from './scenarios/cast.mjs';
import { linkScenarios } from './scenarios/links.mjs';
import { bundleScenarios } from './scenarios/bundles.mjs';
import { handshakeScenarios } from './scenarios/handshakes.mjs';
import { messageScenarios } from './scenarios/messages.mjs';
import { stateScenarios } from './scenarios/states.mjs';
import { envelopeScenarios, nip44Scenarios } from './scenarios/envelopes.mjs';
import { backupScenarios } from './scenarios/backups.mjs';
import { rendezvousScenarios, safetyScenarios } from './scenarios/other.mjs';
import { payloadScenarios } from './scenarios/payloads.mjs';

if (!process.argv[2])
    throw new Error('the folder to write to is the first argument');
const folder = pathToFileURL(process.argv[2] + '/');
mkdirSync(folder, { recursive: true });
const book = new Book(folder);
// Each chapter has a cast of its own: a scenario more in one leaves the files of the others as they are.
const chapters = { linkScenarios, bundleScenarios, handshakeScenarios, messageScenarios, stateScenarios, rendezvousScenarios,
    safetyScenarios, nip44Scenarios, envelopeScenarios, backupScenarios, payloadScenarios };
for (const [name, write] of Object.entries(chapters))
    write(book, makeCast(`scenarios: ${name}`));
book.trouble.forEach(line => console.error(line));
console.log(`${book.count} scenarios`);
process.exitCode = book.trouble.length ? 1 : 0;
