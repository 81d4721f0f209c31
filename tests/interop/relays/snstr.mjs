// The relay of snstr on loopback:  node snstr.mjs PORT
// Prints the ws:// address when it listens; ends on SIGTERM. Keeps everything in memory.
import { NostrRelay } from "snstr/utils/ephemeral-relay";

const port = Number(process.argv[2]);
const relay = new NostrRelay(port);
await relay.start();
console.log(`ws://127.0.0.1:${port}`);

const end = async () => {
  await relay.close();
  process.exit(0);
};
process.on("SIGTERM", end);
process.on("SIGINT", end);
