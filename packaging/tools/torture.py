"""Two people write to each other while both are killed at random instants. Called by packaging/torture.

What is demanded: what `send` acknowledged, or what the sender's own history shows after a kill, arrives once, in the
order of writing, under the same id on both sides. A text whose `send` was cut by a kill and that the history does not
have was never promised; it is sent again, as a person would.
"""

import argparse
import math
import random
import sys
import threading
import time

import programs


class Side(threading.Thread):
    """Keeps one person running: sends in bursts, one burst between two kills, and starts again after each."""

    def __init__(self, person, contact, messages, kills, seed):
        super().__init__(name=person.name, daemon=True)
        self.person = person
        self.contact = contact
        self.messages = messages
        self.kills = kills
        self.random = random.Random(seed)
        self.killed = 0
        self.acknowledged = {}  # number -> id
        self.in_history = 0
        self.stop = threading.Event()
        self.trouble = None

    def run(self):
        try:
            while not self.stop.is_set():
                self.one_life()
        except Exception as trouble:  # shown by the main thread
            self.trouble = trouble

    def text(self, number):
        return f"{self.person.name} {number} of {self.messages}"

    def one_life(self):
        last_life = self.killed == self.kills
        rpc = programs.Rpc(self.person)
        if not last_life and self.random.random() < 0.4:
            # While it unlocks, repairs, connects, catches up.
            self.kill_after(rpc, self.random.uniform(0, 2.0))
        while not self.stop.is_set():
            answer = rpc.call("history", id=self.contact, limit=1_000_000)
            if answer is None:
                return
            rows = [row for row in answer["answers"] if "system" not in row]
            own = [row for row in rows if row["own"]]
            self.in_history = len(rows)
            for number, row in enumerate(own, 1):
                if row["text"] != self.text(number):
                    raise programs.Failed(f"{self.person.name}: own message {number} reads {row['text']!r}")
                if self.acknowledged.get(number, row["id"]) != row["id"]:
                    raise programs.Failed(f"{self.person.name}: message {number} was acknowledged under another id")
            missing = [n for n in self.acknowledged if n > len(own)]
            if missing:
                raise programs.Failed(f"{self.person.name}: acknowledged and gone after a kill: {missing}")
            if not self.burst(rpc, len(own)):
                return
            if not last_life:
                self.kill_after(rpc, self.random.uniform(0, 1.0))
            else:
                self.stop.wait(0.5)
        if rpc.end() != 0:
            raise programs.Failed(f"{self.person.name}: tacet-cli rpc did not end cleanly")

    def burst(self, rpc, sent):
        """Sends up to this life's share; False when it was killed on the way."""
        share = math.ceil(self.messages * (self.killed + 1) / (self.kills + 1))
        fatal = self.random.randint(sent + 1, share) if share > sent and self.killed < self.kills else None
        for number in range(sent + 1, share + 1):
            if rpc.write("send", id=self.contact, text=self.text(number)) is None:
                return False
            if number == fatal:
                self.kill_after(rpc, self.random.uniform(0, 0.03))
            answer = rpc.answer()
            if answer is None:
                return False
            if "error" in answer:
                raise programs.Failed(f"{self.person.name}: send: {answer['error']}")
            self.acknowledged[number] = answer["result"]["answers"][0]["id"]
        return True

    def kill_after(self, rpc, seconds):
        if self.stop.wait(seconds) or rpc.process.poll() is not None:
            return
        rpc.kill()
        self.killed += 1


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


def one_round(arguments, seed):
    begun = time.monotonic()
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
            sides = [Side(person, contact, arguments.messages, arguments.kills, f"{seed} {person.name}")
                     for person, contact in zip(people, ids)]
            for side in sides:
                side.start()
            deadline = time.monotonic() + arguments.seconds
            while any(side.killed < side.kills or side.in_history < 2 * side.messages for side in sides):
                for side in sides:
                    if side.trouble:
                        raise side.trouble
                if time.monotonic() > deadline:
                    state = ", ".join(f"{s.person.name} killed {s.killed} times, {s.in_history} messages" for s in sides)
                    raise programs.Failed(f"Not done after {arguments.seconds} s: {state}.")
                time.sleep(0.2)
            for side in sides:
                side.stop.set()
            for side in sides:
                side.join(60)
                if side.trouble:
                    raise side.trouble
            check(*sides)
        finally:
            relay.stop()
    print(f"{2 * arguments.messages} messages, {sum(side.killed for side in sides)} kills in "
          f"{time.monotonic() - begun:.0f} s: none lost, none doubled, in order (seed {seed})", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="packaging/torture")
    parser.add_argument("rounds", nargs="?", type=int, default=1)
    parser.add_argument("--messages", type=int, default=200, help="each way")
    parser.add_argument("--kills", type=int, default=20, help="of each side")
    parser.add_argument("--seconds", type=int, default=900, help="for one round")
    parser.add_argument("--seed", default=None, help="to repeat a round as far as processes can be repeated")
    parser.add_argument("--bin", required=True)
    arguments = parser.parse_args()
    seed = arguments.seed or str(random.SystemRandom().randrange(1_000_000))
    try:
        for number in range(arguments.rounds):
            one_round(arguments, seed if number == 0 else f"{seed}.{number}")
    except programs.Failed as failed:
        print(f"{failed}\n(seed {seed})", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
