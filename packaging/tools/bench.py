"""Figures for the README. Called by packaging/bench."""

import contextlib
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

import bench_delivery
import bench_relays
import programs

MESSAGES = 100_000
LIBRARIES = {"olm:": "libolm", "signal:": "libsignal-protocol-c", "openssl:": "OpenSSL"}
PEERS = {"nheko": ["nheko"], "telegram-desktop": ["telegram-desktop"]}


def table(title, rows):
    """rows: (what, text of the figure, ratio or None)."""
    print(f"\n{title}")
    width = max(len(what) for what, _, _ in rows)
    for what, figure, ratio in rows:
        print(f"  {what:<{width}}  {figure:>14}" + (f"   {ratio}" if ratio else ""), flush=True)


def figures(*command):
    """Runs a program that prints name, value, unit a line."""
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = [line.split("\t") for line in out.splitlines()]
    return {name: (float(value), unit) for name, value, unit in rows}


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def crypto(binaries, _folder):
    found = figures(f"{binaries}/bench_crypto")
    rows = []
    for name, (value, unit) in found.items():
        beside = []
        if name.startswith("tacet:"):
            for prefix, library in LIBRARIES.items():
                peer = found.get(name.replace("tacet:", prefix))
                if peer:  # a rate, or a time
                    beside.append(f"{value / peer[0]:.2f} × {'' if unit == '/s' else 'the time of '}{library}")
        rows.append((name, f"{number(value)} {unit}", ", ".join(beside) or None))
    table("crypto, one core (Tacet: hybrid post-quantum with encrypted headers, 3 KB on the wire; the others: classical)", rows)


def two_people(binaries, folder):
    folder.mkdir(parents=True)
    relay = programs.Relay(binaries, folder / "relay").start()
    people = []
    for name in ("Alice", "Bob"):
        (folder / name).mkdir()
        person = programs.Person(binaries, folder / name, name)
        person.run("init", "--name", name, "--relay", relay.url)
        people.append(person)
    return relay, people, programs.acquaint(*people)


def send(binaries, folder):
    relay, (alice, bob), (bob_at_alice, _) = two_people(binaries, folder / "send")
    receiver = programs.Listener(bob)
    sender = programs.Rpc(alice)
    samples = []
    for index in range(220):
        text = f"sample {index}"
        begun = time.perf_counter()
        sender.call("send", id=bob_at_alice, text=text)
        receiver.wait_for(lambda event, wanted=text: event.get("text") == wanted, seconds=20)
        samples.append((time.perf_counter() - begun) * 1000)
    samples = sorted(samples[20:])  # the first ones open connections
    sync = fsync_ms(folder)
    table("send → in the other process (two processes, a relay between them, every commit durable)", [
        ("p50", f"{samples[100]:.1f} ms", f"{samples[100] / sync:.0f} × one fsync of this disk ({sync:.2f} ms)"),
        ("p99", f"{samples[198]:.1f} ms", None),
    ])
    sender.end()
    receiver.end()
    relay.stop()


def fsync_ms(folder):
    with open(folder / "sync", "wb") as file:
        spent = []
        for _ in range(50):
            file.write(b"x" * 4096)
            file.flush()
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            spent.append((time.perf_counter() - begun) * 1000)
    return statistics.median(spent)


def relay(binaries, folder):
    bench_relays.measure(binaries, folder, table, fsync_ms(folder))


def delivery(binaries, folder):
    bench_delivery.delivery(binaries, folder, table)


def classifier(binaries, _folder):
    bench_delivery.classifier(binaries, table)


def filled(binaries, folder):
    """A profile with one chat of MESSAGES messages; made once a run."""
    home = folder / "filled"
    if not home.exists():
        relay, (alice, _), _ = two_people(binaries, home)
        relay.stop()
        begun = time.monotonic()
        subprocess.run([f"{binaries}/bench_fill", alice.profile, alice.secret, str(MESSAGES)], check=True,
                       stdout=subprocess.DEVNULL)
        print(f"{MESSAGES:,} messages written in {time.monotonic() - begun:.1f} s")
    person = programs.Person(binaries, home / "Alice", "Alice")
    return person


def open_chat(binaries, folder):
    person = filled(binaries, folder)
    found = figures(f"{binaries}/bench_page", person.profile, person.secret)
    table(f"a chat of {MESSAGES:,}, read-only connection, SQLCipher",
          [(name, f"{value:.2f} {unit}", None) for name, (value, unit) in found.items()])


# --- Windows ---

def window_of(pid):
    """Ids of ordinary windows that show, of a process and its children."""
    pids = {str(pid)} | set(subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True,
                                           check=False).stdout.split())
    for each in pids:
        found = subprocess.run(["xdotool", "search", "--all", "--onlyvisible", "--pid", each, ""], capture_output=True, text=True,
                               check=False).stdout.split()
        if found:
            return found[0]
    return None


def candidates(binaries, folder):
    person = filled(binaries, folder)
    found = {"tacet": ([f"{binaries}/tacet", "--profile", str(person.profile)], person.home)}
    for name, command in PEERS.items():
        if shutil.which(command[0]):
            home = folder / name
            home.mkdir(exist_ok=True)
            found[name] = (command, home)
        else:
            print(f"{name} is not installed here: not measured beside")
    return found


def launch(desk, command, home):
    begun = time.perf_counter()
    # Software drawing for all, as the virtual display has no graphics card.
    process = subprocess.Popen(command, env=desk.environment(home, LIBGL_ALWAYS_SOFTWARE="1"), stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True)
    while not window_of(process.pid):
        if process.poll() is not None:
            raise programs.Failed(f"{command[0]} ended by itself.")
        if time.perf_counter() - begun > 60:
            raise programs.Failed(f"{command[0]} showed no window in a minute.")
        time.sleep(0.002)
    return process, (time.perf_counter() - begun) * 1000


def quit_of(process):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, 15)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


def start(binaries, folder):
    import desk as desks
    results = {}
    with desks.Desk() as desk:
        for name, (command, home) in candidates(binaries, folder).items():
            samples = []
            for _ in range(6):  # the first warms the file cache
                process, spent = launch(desk, command, home)
                samples.append(spent)
                quit_of(process)
            results[name] = statistics.median(samples[1:])
    show_beside("start to first window, median of 5", results, "ms")


def memory(binaries, folder):
    import desk as desks
    pss, busy = {}, {}
    with desks.Desk() as desk:
        for name, (command, home) in candidates(binaries, folder).items():
            process, _ = launch(desk, command, home)
            if name == "tacet":  # locked until here; then the chats, with the one of 100,000 open
                time.sleep(2)
                desks.xdotool("type", "--clearmodifiers", (home / "passphrase").read_text().strip())
                desks.xdotool("key", "Return")
                time.sleep(4)
                desks.xdotool("key", "alt+Down")
            time.sleep(8)
            before = ticks(process.pid)
            time.sleep(20)
            busy[name] = (ticks(process.pid) - before) / os.sysconf("SC_CLK_TCK") / 20 * 100
            lines = pathlib.Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
            pss[name] = next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
            quit_of(process)
    show_beside("memory at rest (PSS)", pss, "MB")
    table("processor at rest, over 20 s", [(name, f"{value:.2f} %", None) for name, value in busy.items()])


def ticks(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def show_beside(title, results, unit):
    own = results["tacet"]
    table(title, [(name, f"{value:,.0f} {unit}", None if name == "tacet" else f"Tacet takes {own / value:.2f} × of it")
                  for name, value in results.items()])


def main():
    binaries = pathlib.Path(sys.argv[1]).resolve()
    steps = {"crypto": crypto, "open": open_chat, "send": send, "relay": relay, "delivery": delivery,
             "classifier": classifier, "start": start, "memory": memory}
    try:
        with programs.scratch("tacet-bench-") as folder:
            for what in sys.argv[2:]:
                steps[what](binaries, folder)
    except programs.Failed as failed:
        print(failed, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
