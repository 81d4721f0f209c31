// The client of snstr at tacet-relay:  node snstr.mjs URL
import { createSignedAuthEvent, fetchRelayInformation, Relay, RelayEvent } from "snstr";
import { bytesToHex } from "nostr-tools/utils";
import { expect, run, within } from "./checks.mjs";

function read(relay, filter) {
  return new Promise((resolve, reject) => {
    const events = [];
    const closed = (id, words) => {
      if (id === subscription) reject(new Error(words));
    };
    relay.on(RelayEvent.Closed, closed);
    const subscription = relay.subscribe(
      [filter],
      (event) => events.push(event),
      () => {
        relay.off(RelayEvent.Closed, closed);
        relay.unsubscribe(subscription);
        resolve(events);
      },
    );
  });
}

await run(
  {
    information: (url) => fetchRelayInformation(url),
    async open(url, person) {
      const relay = new Relay(url, { bufferFlushDelay: 5, autoReconnect: false, inboundValidation: { maxPastTimestampDrift: 0 } });
      const challenge = new Promise((resolve) => relay.on(RelayEvent.Auth, resolve));
      expect(await relay.connect(), "no connection");
      const publish = async (event) => {
        const { success, reason } = await relay.publish(event, { timeout: 20_000 });
        if (!success) throw new Error(reason);
      };
      return {
        publish,
        publishRaw: publish,
        read: (filter) => read(relay, filter),
        live: (filter, onEvent) => void relay.subscribe([filter], onEvent),
        async readAfterAuth(filter) {
          const answer = await createSignedAuthEvent(await within("the challenge", challenge), url, bytesToHex(person.secret));
          const { success, reason } = await relay.authenticate(answer);
          expect(success, reason);
          return read(relay, filter);
        },
        close: () => relay.disconnect(),
      };
    },
  },
  process.argv[2],
);
