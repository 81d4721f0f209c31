"""packaging/bench delivery and classifier: what two messengers and a relay cost, and what the relay's log gives away."""

import os
import subprocess

import programs

DELAY = 300
WAITING = int(os.environ.get("TACET_BENCH_WAITING", "10000"))
MISSED = int(os.environ.get("TACET_BENCH_MISSED", "50000"))
PEOPLE, DAYS = 8, 2


def rows_of(*command):
    run = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if run.returncode:
        raise programs.Failed(run.stderr.strip() or f"{command[0]} failed")
    return {name: float(value) for name, value, _ in (line.split("\t") for line in run.stdout.splitlines())}


def between_two(binaries, folder, what, count):
    """A fresh relay, two fresh profiles."""
    home = folder / f"delivery-{what}"
    home.mkdir()
    relay = programs.Relay(binaries, home / "relay").start()
    try:
        return rows_of(f"{binaries}/bench_delivery", home, relay.url, what, count)
    finally:
        relay.stop()


def delivery(binaries, folder, table):
    load = os.getloadavg()[0]
    shown = between_two(binaries, folder, "delay", DELAY)
    floor = shown["commits"] * shown["fsync"] + shown["echo"]
    made_of = f"{shown['commits']:.0f} commits × one fsync of {shown['fsync']:.2f} ms + an echo of {shown['echo']:.2f} ms"
    table(f"send → shown at the other, every commit durable; median and p99 of {DELAY}", [
        ("p50", f"{shown['shown p50']:.1f} ms", f"{shown['shown p50'] / floor:.1f} × {made_of}"),
        ("p99", f"{shown['shown p99']:.1f} ms", f"{shown['shown p99'] / floor:.1f} × the same"),
    ])
    drained = between_two(binaries, folder, "drain", WAITING)
    table(f"{WAITING:,} texts written without network, then sent, received and shown in order", [
        ("written", f"{drained['written']:,.0f} /s", None),
        ("sent, received, stored, shown", f"{drained['drained']:,.0f} /s", f"all in {WAITING / drained['drained']:.0f} s"),
    ])
    missed = between_two(binaries, folder, "catchup", MISSED)
    rate = missed["caught up"]
    table(f"catching up with {MISSED:,} texts that wait on the relay: read, verified, opened, stored (aim: 3,000/s)", [
        ("caught up", f"{rate:,.0f} /s", "met" if rate >= 3_000 else "missed"),
        ("processor", f"{missed['processor']:,.0f} µs a message", f"{missed['processor'] * rate / 10_000:.0f} % of the time"),
        ("commits", f"{missed['commits']:.2f} a message", f"{missed['commits'] * shown['fsync'] * rate / 10:.0f} % of the time, one fsync each"),
    ])
    print(f"  load of the machine: {load:.1f} at the start, {os.getloadavg()[0]:.1f} at the end, {os.cpu_count()} cores")


def classifier(binaries, table):
    found = rows_of(f"{binaries}/bench_classifier", PEOPLE, DAYS)
    rows = []
    for what in ("pairs", "handshakes", "receipts"):
        for how in ("direct", "Tor"):
            precision, recall = (found[f"{how}: {what} {score}"] for score in ("precision", "recall"))
            rows.append((f"{what}, {how}", f"{precision:.2f} / {recall:.2f}", None))
    table(f"guessed from the log of one relay: precision / recall; {PEOPLE} people, {found['conversations']:.0f} conversations, "
          f"{found['texts']:.0f} texts in {DAYS} days", rows)
