// What every foreign client is asked to do at tacet-relay. A client is an object of the functions that are called here, each
// written with that client's own library; what it cannot do, it leaves out. Prints a line for each check: "ok NAME",
// "not ok NAME: why", "without NAME".
import { finalizeEvent, generateSecretKey, getPublicKey, nip59 } from "nostr-tools";
import { WebSocket } from "ws";

globalThis.WebSocket ??= WebSocket; // Node has its own from 22 on

const kPatience = 20_000;

export function within(what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited too long for ${what}`)), kPatience);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export function expect(holds, words) {
  if (!holds) throw new Error(words);
}

export const now = () => Math.floor(Date.now() / 1000);

export class Person {
  secret = generateSecretKey();
  key = getPublicKey(this.secret);
  written = 0;
  note(content, tags = []) {
    return finalizeEvent({ kind: 1, created_at: now(), tags, content }, this.secret);
  }
  deletionOf(event) {
    return finalizeEvent({ kind: 5, created_at: now(), tags: [["e", event.id]], content: "" }, this.secret);
  }
  /** An event of the shape of a letter with exactly this date. */
  datedFor(reader, created_at) {
    const content = String(++this.written);
    return finalizeEvent({ kind: 1059, created_at, tags: [["p", reader.key]], content }, this.secret);
  }
  /** An ordinary sealed message of another program. */
  letterFor(reader, content) {
    return nip59.wrapEvent({ kind: 14, content, tags: [["p", reader.key]] }, this.secret, reader.key);
  }
}

async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    return String(error?.message ?? error);
  }
  throw new Error("it was not refused");
}

/**
 * client.open(url, person) answers a connection: publish(event) and publishRaw(event) fail with the relay's words,
 * read(filter) gives what is there once EOSE came, readAfterAuth(filter, seconds) the same with the person's key proved,
 * live(filter, onEvent), count(filter), close(), reconcile(filter, events, person): { have, need } of ids, with the person's
 * key proved. client.information(url) and client.opened(letter, person) beside it.
 */
export async function run(client, url) {
  const someone = new Person();
  const friend = new Person();
  const reconciler = new Person();
  const checks = {
    async information() {
      const { name, software, supported_nips: nips, limitation } = await client.information(url);
      expect(name && software === "tacet-relay", "no name");
      for (const nip of [1, 9, 11, 40, 42, 77]) expect(nips.includes(nip), `NIP ${nip} is not named`);
      expect(limitation.max_message_length > 100_000, "no limits");
    },
    async publish(line) {
      const note = someone.note("first");
      await line.publish(note);
      await line.publish(note); // again is no fault
    },
    async stored(line) {
      const author = new Person();
      const notes = ["one", "two", "three"].map((text) => author.note(text));
      for (const note of notes) await line.publish(note);
      const found = await line.read({ authors: [author.key], kinds: [1] });
      expect(found.length === 3, `${found.length} of 3`);
      const one = await line.read({ ids: [notes[1].id] });
      expect(one.length === 1 && one[0].content === "two", "not by its id");
      expect((await line.read({ authors: [friend.key], kinds: [7] })).length === 0, "what nobody wrote");
    },
    async live(line) {
      const author = new Person();
      const came = new Promise((resolve) => line.live({ authors: [author.key], kinds: [1] }, resolve));
      await line.read({ ids: [author.key] }); // the subscription stands when a later question is answered
      const other = await client.open(url, friend);
      await other.publish(author.note("hello there"));
      const event = await within("the live event", came);
      expect(event.content === "hello there", "another event");
      await other.close();
    },
    async deletion(line) {
      const note = someone.note("to be gone");
      await line.publish(note);
      await line.publish(friend.deletionOf(note)); // not theirs to delete
      expect((await line.read({ ids: [note.id] })).length === 1, "deleted by a stranger");
      await line.publish(someone.deletionOf(note));
      expect((await line.read({ ids: [note.id] })).length === 0, "it is still there");
      await refusal(line.publish(note)); // and does not come back
    },
    async envelopes(line) {
      const letter = friend.letterFor(someone, "for you alone");
      await line.publish(letter);
      const found = await line.readAfterAuth({ kinds: [1059], "#p": [someone.key] });
      expect(found.length === 1 && found[0].id === letter.id, `${found.length} envelopes`);
      expect(client.opened ? await client.opened(found[0], someone) === "for you alone" : true, "it does not open");
    },
    async othersEnvelopes(line) {
      const stranger = new Person();
      await line.publish(someone.letterFor(stranger, "for the stranger"));
      const why = await refusal(line.readAfterAuth({ kinds: [1059], "#p": [stranger.key] }, 2));
      expect(/auth-required|restricted|\b0 events/.test(why), why);
    },
    async reconciliation(line) {
      // Of 150 letters, some in the same second, the client has two thirds; and one that the relay never saw.
      const letters = [];
      for (let i = 0; i < 150; i++) {
        const letter = friend.datedFor(reconciler, now() - 1000 - (i >> 2));
        await line.publish(letter);
        letters.push(letter);
      }
      const own = friend.datedFor(reconciler, now() - 1010);
      const known = [...letters.filter((_, i) => i % 3 !== 0), own];
      const filter = { kinds: [1059], "#p": [reconciler.key] };
      const { have, need } = await line.reconcile(filter, known, reconciler);
      const ids = (events) => events.map((event) => event.id).sort().join();
      expect([...need].sort().join() === ids(letters.filter((_, i) => i % 3 === 0)), `${need.length} needed`);
      expect(have.join() === own.id, `${have.length} had`);
      const again = await line.reconcile(filter, letters, reconciler);
      expect(again.need.length === 0 && again.have.length === 0, "a difference where there is none");
    },
    async othersReconciliation(line) {
      const stranger = new Person();
      await line.publish(someone.letterFor(stranger, "for the stranger"));
      const why = await refusal(line.reconcile({ kinds: [1059], "#p": [stranger.key] }, [], someone));
      expect(/auth-required|closed/.test(why), why);
    },
    async badSignature(line) {
      const note = { ...someone.note("altered"), content: "Altered" };
      expect(/invalid/.test(await refusal(line.publishRaw(note))), "no reason");
    },
    async expired(line) {
      const note = someone.note("of yesterday", [["expiration", String(now() - 60)]]);
      expect(/invalid/.test(await refusal(line.publish(note))), "no reason");
    },
    async tooLarge(line) {
      expect(/invalid/.test(await refusal(line.publish(someone.note("x".repeat(70_000))))), "no reason");
    },
    async count(line) {
      expect(/unsupported/.test(await refusal(line.count({ kinds: [1] }))), "no reason");
    },
  };
  for (const [name, check] of Object.entries(checks)) {
    let line;
    try {
      line = await within("a connection", client.open(url, someone));
      const source = String(check);
      const needs = [...source.matchAll(/line\.(\w+)\(/g)].map((match) => match[1]).filter((each) => !line[each]);
      if (needs.length > 0 || (name === "information" && !client.information)) {
        console.log(`without ${name}`);
        continue;
      }
      await within(name, check(line));
      console.log(`ok ${name}`);
    } catch (error) {
      console.log(`not ok ${name}: ${error?.message ?? error}`);
    } finally {
      await line?.close();
    }
  }
  process.exit(0);
}
