// nostr-tools makes an envelope as ours are:  node make_wrap.mjs MAILBOX PLAINTEXT-FILE
// kind 1059, one-time author, one p tag, NIP-44 v2 of the file's text; prints the event.
import { readFileSync } from "node:fs";
import { finalizeEvent, generateSecretKey, nip44 } from "nostr-tools";

const [mailbox, file] = process.argv.slice(2);
const author = generateSecretKey();
const key = nip44.getConversationKey(author, mailbox);
const event = finalizeEvent(
  {
    kind: 1059,
    created_at: Math.floor(Date.now() / 1000) - 3600,
    tags: [["p", mailbox]],
    content: nip44.encrypt(readFileSync(file, "utf8"), key),
  },
  author,
);
console.log(JSON.stringify(event));
