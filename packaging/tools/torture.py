"""Two people write to each other while they and the relay are killed at random instants. Called by packaging/torture.

A round is one kill: of the relay in half of them, of either person in the others (they pay Argon2id at each start, the relay
does not). What is demanded:
- what `send` acknowledged, or what the sender's own history shows after a kill, arrives once, in the order of writing, under the
  same id on both sides. A text whose `send` was cut by a kill and that the history does not have was never promised; it is sent
  again, as a person would;
- what the relay said OK to is there after its kill: witness.py asks for it, because the messenger would hide a loss;
- nobody ends who was not killed.
"""

import argparse
import faulthandler
import math
import random
import signal
import sys
import threading
import time

import programs
import witness


class Mortal(threading.Thread):
    """Keeps one program running, kills it, starts it again."""

    def __init__(self, name, rounds, seed):
        super().__init__(name=name, daemon=True)
        self.rounds = rounds
        self.random = random.Random(f"{seed} {name}")
        self.killed = 0
        self.peace = threading.Event()  # no more kills
        self.stop = threading.Event()
        self.trouble = None

    def run(self):
        try:
            while not self.stop.is_set():
                self.one_life()
        except Exception as trouble:  # shown by the main thread
            self.trouble = trouble


class Side(Mortal):
    """One person: sends in bursts, one burst between two kills."""

    def __init__(self, person, contact, messages, rounds, seed, sending):
        super().__init__(person.name, rounds, seed)
        self.person = person
        self.contact = contact
        self.messages = messages
        self.sending = sending
        self.acknowledged = {}  # number -> id
        self.in_history = 0
        self.fell = False  # by our hand
        self.killer = None

    def text(self, number):
        return f"{self.person.name} {number} of {self.messages}"

    def one_life(self):
        self.fell = False
        self.killer = None
        with open(self.person.home / "stderr", "w", encoding="utf-8") as words:
            rpc = programs.Rpc(self.person, stderr=words)
            ended = self.live(rpc)
            if self.killer:
                self.killer.join()
        if not ended and not self.fell:
            raise programs.Failed(f"{self.person.name}: tacet-cli rpc ended with {rpc.process.wait(20)}, and nobody had killed it:\n"
                                  + (self.person.home / "stderr").read_text(encoding="utf-8"))

    def live(self, rpc):
        """True when it ended in peace."""
        if not self.peace.is_set() and self.random.random() < 0.3:
            self.kill_after(rpc, self.random.uniform(0, 1.2))  # while it unlocks, repairs, connects, catches up
        while not self.stop.is_set():
            answer = rpc.call("history", id=self.contact, limit=1_000_000)
            if answer is None:
                return False
            own = self.look(answer["answers"])
            self.kill_after(rpc, self.random.uniform(0, 1.2))
            if not self.burst(rpc, own):
                return False
            self.stop.wait(0.4)
        code = rpc.end()
        if code != 0 and not self.fell:  # its killer may come while it ends
            raise programs.Failed(f"{self.person.name}: tacet-cli rpc ended with {code}, and nobody had killed it")
        return code == 0

    def look(self, answers):
        """How many of one's own the history has; it has what was promised."""
        rows = [row for row in answers if "system" not in row]
        own = [row for row in rows if row["own"]]
        self.in_history = len(rows)
        for number, row in enumerate(own, 1):
            if row["text"] != self.text(number):
                raise programs.Failed(f"{self.person.name}: own message {number} reads {row['text']!r}")
            if self.acknowledged.get(number, row["id"]) != row["id"]:
                raise programs.Failed(f"{self.person.name}: message {number} was acknowledged under another id")
        missing = [number for number in self.acknowledged if number > len(own)]
        if missing:
            raise programs.Failed(f"{self.person.name}: acknowledged and gone after a kill: {missing}")
        return len(own)

    def burst(self, rpc, sent):
        """Sends up to this life's share; False when it was killed on the way."""
        share = self.messages if self.peace.is_set() else min(
            self.messages, math.ceil(self.messages * (self.killed + 1) / (self.rounds / 4 + 1)))
        numbers = range(sent + 1, share + 1)
        for number in numbers:
            if rpc.write("send", id=self.contact, text=self.text(number)) is None:
                return False
            self.sending.set()
        for number in numbers:
            answer = rpc.answer()
            if answer is None:
                return False
            if "error" in answer:
                raise programs.Failed(f"{self.person.name}: send: {answer['error']}")
            self.acknowledged[number] = answer["result"]["answers"][0]["id"]
        return True

    def kill_after(self, rpc, seconds):
        """Once a life; whatever it does then."""
        if self.killer or self.peace.is_set():
            return

        def kill():
            if rpc.process.poll() is None:
                self.fell = True
                rpc.kill()
                self.killed += 1

        self.killer = threading.Timer(seconds, kill)
        self.killer.start()


class RelayLives(Mortal):
    def __init__(self, relay, sides, rounds, seed, sending):
        super().__init__("relay", rounds, seed)
        self.relay = relay
        self.sides = sides
        self.sending = sending

    def one_life(self):
        moment = self.random.random()
        if moment < 0.1 and not self.peace.is_set():
            self.stop.wait(self.random.uniform(0, 0.1))  # while it opens its file again
        else:
            self.relay.wait_until_ready()
            if moment < 0.5:  # just when something is on its way
                self.sending.clear()
                self.sending.wait(2)
                self.stop.wait(self.random.uniform(0, 0.03))
            else:
                self.stop.wait(self.random.uniform(0, 1.5))
        # A send waits some seconds for a relay that is gone: one that died all the time would only idle them.
        while (self.peace.is_set() or self.killed > sum(side.killed for side in self.sides)) and not self.stop.wait(0.02):
            pass
        if self.stop.is_set():
            return
        if self.relay.process.poll() is not None:
            raise programs.Failed(f"tacet-relay ended with {self.relay.process.returncode}, and nobody had killed it.")
        self.relay.kill()
        self.killed += 1
        self.stop.wait(self.random.uniform(0, 0.2))
        self.relay.launch()


def check(one, other):
    """Both histories, from the vaults: equal, complete, in order."""
    histories = [side.person.history(side.contact) for side in (one, other)]
    for side, peer, rows in ((one, other, histories[0]), (other, one, histories[1])):
        for writer, own in ((side, True), (peer, False)):
            texts = [row["text"] for row in rows if row["own"] == own]
            wanted = [writer.text(number) for number in range(1, writer.messages + 1)]
            if texts != wanted:
                lost = [text for text in wanted if text not in texts]
                doubled = sorted({text for text in texts if texts.count(text) > 1})
                raise programs.Failed(f"At {side.person.name}, {writer.person.name}'s messages are wrong. "
                                      f"Lost: {lost}. Doubled: {doubled}. "
                                      f"Order alone: {not lost and not doubled}.")
        for number, message in side.acknowledged.items():
            if [row for row in rows if row["own"]][number - 1]["id"] != message:
                raise programs.Failed(f"{side.person.name}: message {number} is under another id than acknowledged")
    ids = [{row["id"] for row in rows} for rows in histories]
    if ids[0] != ids[1]:
        raise programs.Failed("The two histories hold different ids.")


def wait_for(everyone, done, seconds, state):
    deadline = time.monotonic() + seconds
    while not done():
        for one in everyone:
            if one.trouble:
                raise one.trouble
        if time.monotonic() > deadline:
            raise programs.Failed(f"Not done after {seconds} s: {state()}.")
        time.sleep(0.1)


def one_world(arguments, rounds, seed):
    """A relay, two people, `rounds` rounds, then peace until all has arrived. Answers kills of (Alice, Bob, the relay),
    messages, events acknowledged to the witness."""
    begun = time.monotonic()
    messages = math.ceil(arguments.messages * rounds)
    with programs.scratch("tacet-torture-") as folder:
        relay = programs.Relay(arguments.bin, folder / "relay").start()
        try:
            people = []
            for name in ("Alice", "Bob"):
                (folder / name).mkdir()
                person = programs.Person(arguments.bin, folder / name, name)
                person.run("init", "--name", name, "--relay", relay.url)
                people.append(person)
            ids = programs.acquaint(*people)
            sending = threading.Event()
            sides = [Side(person, contact, messages, rounds, seed, sending) for person, contact in zip(people, ids)]
            mortals = [*sides, RelayLives(relay, sides, rounds, seed, sending)]
            watching = witness.Witness(relay, f"{seed} witness")
            everyone = [*mortals, watching]

            def state():
                return ", ".join(f"{m.name} killed {m.killed} times" for m in mortals) + ", histories of " + " and ".join(
                    str(side.in_history) for side in sides)

            for one in everyone:
                one.start()
            wait_for(everyone, lambda: sum(m.killed for m in mortals) >= rounds, 120 + 20 * rounds, state)
            for mortal in mortals:
                mortal.peace.set()
            wait_for(everyone, lambda: all(side.in_history >= 2 * messages for side in sides), 900, state)
            for one in (watching, *sides, mortals[2]):
                one.stop.set()
                one.join(120)
                if one.trouble:
                    raise one.trouble
            check(*sides)
            watching.check_everything()
        finally:
            relay.stop()
    kills = [mortal.killed for mortal in mortals]
    print(f"{rounds} rounds in {time.monotonic() - begun:.0f} s: Alice killed {kills[0]}, Bob {kills[1]}, the relay {kills[2]} times; "
          f"{2 * messages} messages, {len(watching.promised)} events of the witness: none lost, none doubled, in order "
          f"(seed {seed})", flush=True)
    return [*kills, 2 * messages, len(watching.promised)]


def main():
    parser = argparse.ArgumentParser(prog="packaging/torture")
    parser.add_argument("rounds", nargs="?", type=int, default=100)
    parser.add_argument("--messages", type=float, default=2, help="each way and round")
    parser.add_argument("--world", type=int, default=100, help="rounds before two new people meet")
    parser.add_argument("--seed", default=None, help="to repeat a run as far as processes can be repeated")
    parser.add_argument("--bin", required=True)
    arguments = parser.parse_args()
    seed = arguments.seed or str(random.SystemRandom().randrange(1_000_000))
    faulthandler.register(signal.SIGUSR1)  # where it hangs, if it does
    begun = time.monotonic()
    sums = [0] * 5
    print(f"seed {seed}", flush=True)
    try:
        for first in range(0, arguments.rounds, arguments.world):
            rounds = min(arguments.world, arguments.rounds - first)
            sums = [a + b for a, b in zip(sums, one_world(arguments, rounds, f"{seed}.{first}"))]
    except programs.Failed as failed:
        print(f"{failed}\n(seed {seed})", file=sys.stderr)
        return 1
    print(f"{arguments.rounds} rounds in {(time.monotonic() - begun) / 60:.1f} minutes: {sum(sums[:3])} kills (Alice {sums[0]}, "
          f"Bob {sums[1]}, the relay {sums[2]}), {sums[3]} messages, {sums[4]} events that the relay had acknowledged. "
          f"0 lost, 0 doubled.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
