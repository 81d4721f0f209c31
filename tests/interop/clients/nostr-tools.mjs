// nostr-tools at tacet-relay:  node nostr-tools.mjs URL
import { finalizeEvent, nip11, nip59, nip77, Relay } from "nostr-tools";
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

function reconcile(relay, filter, events) {
  return new Promise((resolve, reject) => {
    const storage = new nip77.NegentropyStorageVector();
    for (const event of events) storage.insert(event.created_at, event.id);
    storage.seal();
    const found = { have: [], need: [] };
    let refused;
    const sync = new nip77.NegentropySync(relay, storage, filter, {
      onhave: (id) => found.have.push(id),
      onneed: (id) => found.need.push(id),
      onclose: (reason) => (refused ?? reason ? reject(new Error(refused ?? reason)) : resolve(found)),
    });
    // It does not pass on the words of NEG-ERR.
    const { oncustom } = sync.subscription;
    sync.subscription.oncustom = (data) => {
      if (data[0] === "NEG-ERR") refused = data[2];
      oncustom(data);
    };
    sync.start();
  });
}

await run(
  {
    information: (url) => nip11.fetchRelayInformation(url),
    opened: async (event, person) => nip59.unwrapEvent(event, person.secret).content,
    async open(url, person) {
      const relay = await Relay.connect(url);
      const publish = (event) => relay.publish(event);
      const prove = (prover) => relay.auth(async (template) => finalizeEvent(template, prover.secret));
      return {
        publish,
        publishRaw: publish,
        read: (filter) => read(relay, filter),
        live: (filter, onEvent) => void relay.subscribe([filter], { onevent: onEvent }),
        async readAfterAuth(filter) {
          await prove(person);
          return read(relay, filter);
        },
        async reconcile(filter, events, owner) {
          await prove(owner);
          return reconcile(relay, filter, events);
        },
        count: (filter) => relay.count([filter], {}),
        close: () => relay.close(),
      };
    },
  },
  process.argv[2],
);
