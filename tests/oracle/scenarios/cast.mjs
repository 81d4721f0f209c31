// Who appears in the scenarios: Alice opens Bob's link, Mallory knows whatever a scenario gives her.
import { SeededRandom } from '../random.mjs';
import { identityPublic } from '../primitives.mjs';
import { kOneTime, makeLink } from '../link.mjs';
import { makeBundle, openBundle } from '../bundle.mjs';
import { xOnly } from '../curve.mjs';
import { secretKey } from '../envelope.mjs';

export const kNow = 1_790_000_000_000, kDay = 86_400_000; // some day in 2026

export function makeCast(seed) {
    const random = new SeededRandom(seed);
    const alice = random.bytes(32), bob = random.bytes(32), mallory = random.bytes(32);
    const link = makeLink(kOneTime, identityPublic(bob), ['wss://relay.example'], random);
    const card = { name: 'Bob', mailbox: xOnly(secretKey(random)), relays: ['wss://relay.example'], validFrom: kNow,
        validUntil: kNow + 7 * kDay };
    const made = makeBundle(bob, link, card, random);
    const peer = openBundle(made.sealed, link, kNow).prekeys;
    return { random, alice, bob, mallory, link, card, made, peer };
}
