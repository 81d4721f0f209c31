"""packaging/bench relay: tacet-relay beside relays from npm, with one and the same client, in one run."""

import contextlib
import os
import pathlib
import resource
import shutil
import statistics
import subprocess

import programs

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SIZES = {"1.4 KB": 1_400, "5.9 KB": 5_900}
RUNS = 3
EVENTS = 5_000  # a tenth of it for those that take far longer
WARMING = 200  # opens caches, and warms a just-in-time compiler
IDLE = 1_000


class Foreign:
    """A script of tests/interop/relays on a free port."""

    def __init__(self, modules, script, *arguments):
        self.command = ["node", f"relays/{script}"]
        self.modules, self.arguments = modules, arguments
        self.process, self.url = None, None

    def start(self):
        self.process = subprocess.Popen([*self.command, str(programs.free_port()), *self.arguments], cwd=self.modules,
                                        stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        if not self.url.startswith("ws://"):
            raise programs.Failed(f"{self.command[1]} does not start.")
        return self

    def stop(self):
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.process.kill()
        self.process.wait()


def npm_modules(binaries):
    """The pinned packages of tests/interop beside its scripts; None, with a sentence, when they cannot be had."""
    folder = binaries.parent / "npm" / "interop"
    if not shutil.which("npm"):
        print("npm is not installed: no other relay is measured beside")
        return None
    shutil.copytree(SOURCE / "tests" / "interop", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.cpp", "*.h", "*.txt"))
    if not (folder / "node_modules").exists():
        done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            print("npm could not install the packages of tests/interop: no other relay is measured beside")
            return None
    return folder


def candidates(binaries, folder):
    """name: (durable, a maker of a fresh relay)"""
    made = iter(range(1_000))
    own = lambda: programs.Relay(binaries, folder / f"tacet-relay-{next(made)}")
    found = {"tacet-relay": (True, own)}
    modules = npm_modules(binaries)
    if modules:
        # Its storage is ours: every event in a file, synced together, before OK.
        found["@nostr-relay/core"] = (True, lambda: Foreign(modules, "nostr-relay-core.mjs", str(folder / f"core-{next(made)}")))
        found["snstr"] = (False, lambda: Foreign(modules, "snstr.mjs"))
    return found


def figures(binaries, *arguments):
    run = subprocess.run([f"{binaries}/bench_relay", *map(str, arguments)], capture_output=True, text=True, check=False)
    if run.returncode:
        raise programs.Failed(run.stderr.strip())
    return {line.split("\t")[0]: float(line.split("\t")[1]) for line in run.stdout.splitlines()}


@contextlib.contextmanager
def running(make):
    relay = make().start()
    try:
        yield relay
    finally:
        relay.stop()


def publish_rates(binaries, found, size):
    """Events a second, median of the runs; the relays take turns, so that the machine's moods hit all of them."""
    rates = {name: [] for name in found}
    for _ in range(RUNS):
        for name, (_, make) in found.items():
            with running(make) as relay:
                figures(binaries, "publish", relay.url, size, WARMING)
                count = EVENTS if name == "tacet-relay" else EVENTS // 10
                rates[name].append(figures(binaries, "publish", relay.url, size, count)["publish"])
    return {name: statistics.median(each) for name, each in rates.items()}


def private_kb(pid):
    fields = dict(line.split(":") for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    return sum(int(fields[name].split()[0]) for name in ("Private_Clean", "Private_Dirty"))


def idle_kb(binaries, make):
    with running(make) as relay:
        figures(binaries, "publish", relay.url, 1_400, WARMING)  # what any work at all takes is not a connection's
        before = private_kb(relay.process.pid)
        holder = subprocess.Popen([f"{binaries}/bench_relay", "idle", relay.url, str(IDLE)], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        if holder.stdout.readline().strip() != "held":
            raise programs.Failed(f"{relay.url} does not hold {IDLE} connections.")
        after = private_kb(relay.process.pid)
        holder.communicate("end\n")
    return (after - before) / IDLE


def measure(binaries, folder, table, sync):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8_192), hard))
    found = candidates(binaries, folder)
    load = os.getloadavg()[0]
    for title, size in SIZES.items():
        rates = publish_rates(binaries, found, size)
        own = rates["tacet-relay"]
        durable = max((rate for name, rate in rates.items() if found[name][0] and name != "tacet-relay"), default=None)
        table(f"publish, events of {title}, from the first byte to the last OK, 200 under way; median of {RUNS}"
              f" (aim: 7,000/s, or twice the fastest durable one beside)",
              [(name, f"{rate:,.0f} /s", f"{'durable' if found[name][0] else 'in memory'}"
                + ("" if name == "tacet-relay" else f"; tacet-relay makes {own / rate:.1f} × of it")) for name, rate in rates.items()])
        if durable:
            print(f"  {'met' if own >= 7_000 or own >= 2 * durable else 'missed'}: {own:,.0f} /s, {own / durable:.1f} × the fastest durable one")
    rows = []
    for name, (durable, make) in found.items():
        with running(make) as relay:
            delay = figures(binaries, "delay", relay.url, 300)
        rows += [(f"{name} {key[6:]}", f"{value:.2f} ms", f"{value / sync:.1f} × one fsync ({sync:.2f} ms)" if durable else "in memory")
                 for key, value in delay.items()]
    table("live: publish → at a subscriber, one at a time (aim: p99 ≤ 5 ms)", rows)
    table(f"memory of a relay for each of {IDLE:,} idle connections with one subscription (aim: ≤ 40 KB)",
          [(name, f"{idle_kb(binaries, make):.1f} KB", None) for name, (_, make) in found.items()])
    print(f"  load of the machine: {load:.1f} at the start, {os.getloadavg()[0]:.1f} at the end, {os.cpu_count()} cores")
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
