// nostr-tools at tacet-relay:  node nostr-tools.mjs URL
import { finalizeEvent, nip11, nip59, Relay } from "nostr-tools";
import { run } from "./checks.mjs";

function read(relay, filter) {
  return new Promise((resolve, reject) => {
    const events = [];
    const subscription = relay.subscribe([filter], {
      onevent: (event) => events.push(event),
      oneose: () => {
        resolve(events);
        subscription.close();
      },
      onclose: (reason) => reject(new Error(reason)),
      eoseTimeout: 60_000,
    });
  });
}

await run(
  {
    information: (url) => nip11.fetchRelayInformation(url),
    opened: async (event, person) => nip59.unwrapEvent(event, person.secret).content,
    async open(url, person) {
      const relay = await Relay.connect(url);
      const publish = (event) => relay.publish(event);
      return {
        publish,
        publishRaw: publish,
        read: (filter) => read(relay, filter),
        live: (filter, onEvent) => void relay.subscribe([filter], { onevent: onEvent }),
        async readAfterAuth(filter) {
          await relay.auth(async (template) => finalizeEvent(template, person.secret));
          return read(relay, filter);
        },
        count: (filter) => relay.count([filter], {}),
        close: () => relay.close(),
      };
    },
  },
  process.argv[2],
);
