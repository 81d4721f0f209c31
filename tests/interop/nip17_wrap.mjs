// An ordinary private message of another client (NIP-17 by nostr-tools) to a mailbox:  node nip17_wrap.mjs MAILBOX
// Tacet must see a valid event with nothing for it inside.
import { generateSecretKey, nip17 } from "nostr-tools";

const [mailbox] = process.argv.slice(2);
const sender = generateSecretKey();
console.log(JSON.stringify(nip17.wrapEvent(sender, { publicKey: mailbox }, "hello from elsewhere")));
