"""Real programs talk while every packet of their network namespace is read. Called by packaging/capture, inside the namespace.

Conversations, and what may be seen of each:
- directly: the relay's address, nothing else, no DNS;
- by a name that does not resolve: questions for that name, nothing else;
- through a proxy, up (names are its business), dying in the middle, and down: the proxy's address, nothing else, no DNS;
- an onion address without a proxy: nothing at all, not even a question for the name.
Then a stray packet is planted, and the check must find it.
"""

import argparse
import contextlib
import pathlib
import select
import socket
import struct
import sys
import threading
import time

import programs

EVERYTHING = 0x0003  # ETH_P_ALL
NAMESERVER = "192.0.2.53"  # in packaging/capture's resolv.conf; nobody is there, and asking is seen
NAME = "relay.capture.example"


class Capture:
    """What crosses any interface of this namespace, as (protocol, source, destination, DNS name or empty)."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(EVERYTHING))
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 20)
        self.seen = set()
        self.packets = 0
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        time.sleep(0.3)  # what was sent last
        self.stop.set()
        self.thread.join()
        _, dropped = struct.unpack("II", self.socket.getsockopt(263, 6, 8))  # SOL_PACKET, PACKET_STATISTICS
        self.socket.close()
        if dropped:
            raise programs.Failed(f"{dropped} packets were not seen: this capture proves nothing.")

    def _read(self):
        while not self.stop.is_set():
            if not select.select([self.socket], [], [], 0.05)[0]:
                continue
            data, address = self.socket.recvfrom(65536)
            self.packets += 1
            self.seen.add(self.describe(data, address[1]))

    @staticmethod
    def describe(data, kind):
        if kind != 0x0800:
            return (f"EtherType {kind:04x}", data[:14].hex(), "", "")
        ip = data[14:]
        start = (ip[0] & 15) * 4
        source, target = socket.inet_ntoa(ip[12:16]), socket.inet_ntoa(ip[16:20])
        if ip[9] not in (6, 17):
            return (f"IP protocol {ip[9]}", source, target, "")
        ports = struct.unpack("!HH", ip[start:start + 4])
        name = ""
        if ip[9] == 17 and 53 in ports:
            labels, at = [], start + 8 + 12
            while at < len(ip) and ip[at]:
                labels.append(ip[at + 1:at + 1 + ip[at]].decode("latin-1"))
                at += 1 + ip[at]
            name = ".".join(labels) or "?"
        return ({6: "TCP", 17: "UDP"}[ip[9]], f"{source}:{ports[0]}", f"{target}:{ports[1]}", name)


def strays(seen, endpoints, names=()):
    """What concerns neither one of `endpoints` nor a question for one of `names`."""
    return sorted(packet for packet in seen
                  if not (packet[0] == "TCP" and (packet[1] in endpoints or packet[2] in endpoints))
                  and not (packet[3] in names and f"{NAMESERVER}:53" in packet[1:3]))


def judge(what, capture, endpoints, names=(), silent=False):
    if not capture.packets and not silent:
        raise programs.Failed(f"{what}: nothing was captured, so nothing is proved.")
    found = strays(capture.seen, endpoints, names)
    if found:
        raise programs.Failed(f"{what}: {len(found)} kinds of packets that nobody was told of: {found[:10]}")
    told = ', '.join(sorted(endpoints) + list(names)) or 'nobody'
    print(f"{what}: {capture.packets} packets, all to or from {told}", flush=True)


class Proxy(threading.Thread):
    """SOCKS5 (RFC 1928 and 1929) that joins whatever was asked for to one port; notes what was asked."""

    def __init__(self, target):
        super().__init__(daemon=True)
        self.target = target
        self.asked = []
        self.alive = True
        self.joined = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]

    def die(self):
        """Takes nobody any more, and cuts what goes through."""
        self.alive = False
        socket.create_connection(("127.0.0.1", self.port)).close()  # wakes accept()
        self.join()
        self.server.close()
        for joined in self.joined:
            with contextlib.suppress(OSError):
                joined.shutdown(socket.SHUT_RDWR)

    def run(self):
        while True:
            client, _ = self.server.accept()
            if not self.alive:
                client.close()
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            take = lambda size: client.recv(size, socket.MSG_WAITALL)
            methods = take(take(2)[1])
            client.sendall(b"\5\2" if 2 in methods else b"\5\0")
            if 2 in methods:
                take(take(2)[1])
                take(take(1)[0])
                client.sendall(b"\1\0")
            kind = take(4)[3]
            host = take(take(1)[0]).decode() if kind == 3 else socket.inet_ntoa(take(4))
            take(2)
            self.asked.append(host)
            relay = socket.create_connection(("127.0.0.1", self.target))
            client.sendall(b"\5\0\0\1\0\0\0\0\0\0")
            self.joined += (client, relay)
            for one, other in ((client, relay), (relay, client)):
                threading.Thread(target=self._pump, args=(one, other), daemon=True).start()
        except (OSError, IndexError):
            client.close()

    @staticmethod
    def _pump(one, other):
        try:
            while data := one.recv(65536):
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def people(binaries, folder, *options):
    made = []
    for name in ("Alice", "Bob"):
        (folder / name).mkdir(parents=True)
        person = programs.Person(binaries, folder / name, name)
        person.run("init", "--name", name, *options)
        made.append(person)
    return made


def converse(alice, bob):
    bob_at_alice, alice_at_bob = programs.acquaint(alice, bob)
    alice.run("send", bob_at_alice, "hello by day")
    bob.run("send", alice_at_bob, "hello by night")
    listener = programs.Listener(alice)
    listener.wait_for(lambda event: event.get("text") == "hello by night")
    listener.end()
    return alice_at_bob


def directly(binaries, folder):
    relay = programs.Relay(binaries, folder / "relay").start()
    try:
        with Capture() as capture:
            converse(*people(binaries, folder, "--relay", relay.url))
        judge("a conversation", capture, {f"127.0.0.1:{relay.port}"})
    finally:
        relay.stop()


def try_everything(alice, url):
    """Each command that would go online, with nobody there."""
    anything = (0, 1, 2, 3, 4, 5)
    alice.run("invite", accept=anything)
    alice.run("relay", "test", url, accept=anything)
    alice.run("listen", "--for", "2", accept=anything)


def by_name(binaries, folder):
    url = f"wss://{NAME}"
    with Capture() as capture:
        alice, _ = people(binaries, folder, "--relay", url)
        try_everything(alice, url)
    judge("a name that does not resolve", capture, set(), (NAME,))


def onion(binaries, folder):
    url = f"ws://{'a' * 56}.onion"
    with Capture() as capture:
        alice, _ = people(binaries, folder, "--relay", url)
        try_everything(alice, url)
    judge("an onion address without a proxy", capture, set(), silent=True)


def through_proxy(binaries, folder):
    relay = programs.Relay(binaries, folder / "relay").start()
    proxy = Proxy(relay.port)
    proxy.start()
    try:
        with Capture() as capture:
            alice, bob = people(binaries, folder, "--relay", f"ws://{NAME}", "--proxy", f"socks5://127.0.0.1:{proxy.port}")
            alice_at_bob = converse(alice, bob)
            alice.run("relay", "test", f"ws://{NAME}")
            listener = programs.Listener(alice)
            bob.run("send", alice_at_bob, "before the cut")
            listener.wait_for(lambda event: event.get("text") == "before the cut")
            proxy.die()
            try_everything(bob, f"ws://{NAME}")
            listener.end()
        # The proxy's own way to the relay is not the messenger's.
        judge("a conversation through a proxy", capture, {f"127.0.0.1:{proxy.port}", f"127.0.0.1:{relay.port}"})
        if set(proxy.asked) != {NAME}:
            raise programs.Failed(f"The proxy was asked for {set(proxy.asked)}.")
    finally:
        relay.stop()


def proxy_down(binaries, folder, plant):
    port = programs.free_port()
    url = f"wss://{NAME}"
    with Capture() as capture:
        alice, _ = people(binaries, folder, "--relay", url, "--proxy", f"socks5://127.0.0.1:{port}")
        try_everything(alice, url)
        if plant:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stray:
                stray.sendto(b"\0\1\1\0\0\1\0\0\0\0\0\0\5stray\7example\0\0\1\0\1", (NAMESERVER, 53))
    judge("a proxy that is down", capture, {f"127.0.0.1:{port}"})


def main():
    parser = argparse.ArgumentParser(prog="packaging/capture")
    parser.add_argument("--bin", required=True)
    binaries = parser.parse_args().bin
    try:
        with programs.scratch("tacet-capture-") as folder:
            folder = pathlib.Path(folder)
            directly(binaries, folder / "direct")
            by_name(binaries, folder / "name")
            through_proxy(binaries, folder / "proxy")
            onion(binaries, folder / "onion")
            proxy_down(binaries, folder / "down", plant=False)
            try:
                proxy_down(binaries, folder / "planted", plant=True)
            except programs.Failed as found:
                if "stray.example" not in str(found):
                    raise
                print("a stray question planted beside it: found")
            else:
                raise programs.Failed("A stray packet was planted, and the check did not see it.")
    except programs.Failed as failed:
        print(failed, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
