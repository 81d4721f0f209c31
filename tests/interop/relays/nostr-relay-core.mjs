// @nostr-relay/core on loopback:  node nostr-relay-core.mjs PORT
// Prints the ws:// address when it listens; ends on SIGTERM. Its storage is ours, in memory: the SQLite one of its
// author needs a compiler at install time.
import { createRequire } from "node:module";
import { WebSocketServer } from "ws";

const require = createRequire(import.meta.url);
const { NostrRelay } = require("@nostr-relay/core");
const { EventRepository } = require("@nostr-relay/common");

class Memory extends EventRepository {
  events = new Map();
  isSearchSupported() {
    return false;
  }
  upsert(event) {
    const isDuplicate = this.events.has(event.id);
    this.events.set(event.id, event);
    return { isDuplicate };
  }
  find(filter) {
    const has = (list, value) => !list || list.includes(value);
    const tags = Object.entries(filter).filter(([key]) => key.startsWith("#"));
    return [...this.events.values()]
      .filter(
        (event) =>
          has(filter.ids, event.id) &&
          has(filter.authors, event.pubkey) &&
          has(filter.kinds, event.kind) &&
          (filter.since === undefined || event.created_at >= filter.since) &&
          (filter.until === undefined || event.created_at <= filter.until) &&
          tags.every(([key, values]) => event.tags.some(([name, value]) => `#${name}` === key && values.includes(value))),
      )
      .sort((a, b) => b.created_at - a.created_at || (a.id < b.id ? -1 : 1))
      .slice(0, filter.limit ?? 100);
  }
  async destroy() {}
}

const port = Number(process.argv[2]);
// Left alone it repeats the answer to an equal request for a second, new events or not.
const relay = new NostrRelay(new Memory(), { filterResultCacheTtl: 0 });
const server = new WebSocketServer({ host: "127.0.0.1", port });
server.on("connection", (client) => {
  relay.handleConnection(client);
  client.on("message", (data) => {
    let message;
    try {
      message = JSON.parse(String(data));
    } catch {
      client.send(JSON.stringify(["NOTICE", "invalid: not JSON"]));
      return;
    }
    Promise.resolve(relay.handleMessage(client, message)).catch((error) =>
      client.send(JSON.stringify(["NOTICE", `error: ${error.message}`])),
    );
  });
  client.on("close", () => relay.handleDisconnect(client));
});
server.on("listening", () => console.log(`ws://127.0.0.1:${port}`));

const end = () => {
  server.close();
  process.exit(0);
};
process.on("SIGTERM", end);
process.on("SIGINT", end);
