// nostr-tools opens envelopes of ours:  node open_wrap.mjs < lines
// Each line: {"secret": mailbox key, hexadecimal, "event": the event as the relay gave it}. Prints a line each:
// {"ok":true,"plaintext":…} with what NIP-44 gives, or {"ok":false,"why":…}.
import { createInterface } from "node:readline";
import { nip44, verifyEvent } from "nostr-tools";
import { hexToBytes } from "nostr-tools/utils";

for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  try {
    const { secret, event } = JSON.parse(line);
    if (!verifyEvent(event)) throw new Error("id or signature does not fit");
    const key = nip44.getConversationKey(hexToBytes(secret), event.pubkey);
    console.log(JSON.stringify({ ok: true, plaintext: nip44.decrypt(event.content, key) }));
  } catch (error) {
    console.log(JSON.stringify({ ok: false, why: String(error.message) }));
  }
}
