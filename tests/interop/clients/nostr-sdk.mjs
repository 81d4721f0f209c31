// @rust-nostr/nostr-sdk at tacet-relay:  node nostr-sdk.mjs URL
// Its COUNT hears no refusal, and it sends nothing that is wrong.
import { bytesToHex } from "nostr-tools/utils";
import { expect, run } from "./checks.mjs";
import sdk from "@rust-nostr/nostr-sdk";

sdk.loadWasmSync?.();
const { Client, Duration, Event, Filter, Keys, NostrSigner, UnwrappedGift } = sdk;
const wait = (seconds = 20) => Duration.fromSecs(seconds);
const keysOf = (person) => Keys.parse(bytesToHex(person.secret));
const asFilter = (filter) => Filter.fromJson(JSON.stringify(filter));
const asEvent = (event) => Event.fromJson(JSON.stringify(event));

await run(
  {
    async opened(event, person) {
      return (await UnwrappedGift.fromGiftWrap(NostrSigner.keys(keysOf(person)), asEvent(event))).rumor.content;
    },
    async open(url, person) {
      const client = new Client(NostrSigner.keys(keysOf(person)));
      client.automaticAuthentication(true);
      await client.addRelay(url);
      const tried = await client.tryConnect(wait());
      expect(tried.success.length === 1, "no connection");
      const read = async (filter, seconds) => {
        const events = await client.fetchEvents(asFilter(filter), wait(seconds));
        return events.toVec().map((event) => JSON.parse(event.asJson()));
      };
      return {
        async publish(event) {
          const { failed, success } = await client.sendEvent(asEvent(event));
          if (success.length !== 1) throw new Error(failed.map(({ error }) => error).join());
        },
        read,
        async live(filter, onEvent) {
          client.handleNotifications({
            handleEvent: async (_relay, _subscription, event) => onEvent(JSON.parse(event.asJson())) ?? false,
            handleMsg: async () => false,
          });
          await client.subscribe(asFilter(filter));
        },
        async readAfterAuth(filter, seconds) {
          // It proves its key by itself when a question is refused, and asks again until its time is over.
          const events = await read(filter, seconds);
          if (events.length === 0) throw new Error("0 events");
          return events;
        },
        close: () => client.shutdown(),
      };
    },
  },
  process.argv[2],
);
