// @nostr-relay/core on loopback:  node nostr-relay-core.mjs PORT [FILE]
// Prints the ws:// address when it listens; ends on SIGTERM. Its storage is ours, in memory: the SQLite one of its
// author needs a compiler at install time. With FILE an event is on the disk, too, before it is answered.
import { open } from "node:fs/promises";
import { createRequire } from "node:module";
import { WebSocketServer } from "ws";

const require = createRequire(import.meta.url);
const { NostrRelay } = require("@nostr-relay/core");
const { EventRepository } = require("@nostr-relay/common");

/** Lines in a file; what comes while the disk works is written and synced together. */
class Journal {
  waiting = [];
  isBusy = false;
  constructor(file) {
    this.file = file;
  }
  append(line) {
    return new Promise((resolve, reject) => {
      this.waiting.push({ line, resolve, reject });
      if (!this.isBusy) this.work();
    });
  }
  async work() {
    this.isBusy = true;
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0);
      try {
        await this.file.write(group.map(({ line }) => `${line}\n`).join(""));
        await this.file.datasync();
        group.forEach(({ resolve }) => resolve());
      } catch (error) {
        group.forEach(({ reject }) => reject(error));
      }
    }
    this.isBusy = false;
  }
}

class Memory extends EventRepository {
  events = new Map();
  constructor(journal) {
    super();
    this.journal = journal;
  }
  isSearchSupported() {
    return false;
  }
  async upsert(event) {
    const isDuplicate = this.events.has(event.id);
    if (!isDuplicate) await this.journal?.append(JSON.stringify(event));
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
const journal = process.argv[3] ? new Journal(await open(process.argv[3], "a")) : undefined;
const relay = new NostrRelay(new Memory(journal), { filterResultCacheTtl: 0 });
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
