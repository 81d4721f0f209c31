"""Someone who writes to a relay, remembers what it said OK to, and asks for it back.

The messenger would hide a relay that forgets: it sends again until the other side has answered. So the promise "OK means
on the disk" is checked by a client that sends once. It speaks NIP-01, 42 and BIP-340 by itself, in Python's standard library,
and shares no code with what it judges.
"""

import base64
import contextlib
import hashlib
import json
import os
import random
import socket
import struct
import threading
import time

from programs import Failed

# --- BIP-340 over secp256k1 (SEC 2 §2.4.1). Slow and not constant-time: its keys are worth nothing. ---

P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
     0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8)


def _double(point):
    x, y, z = point
    s = 4 * x * y * y % P
    m = 3 * x * x % P
    x3 = (m * m - 2 * s) % P
    return x3, (m * (s - x3) - 8 * pow(y, 4, P)) % P, 2 * y * z % P


def _add(point, affine):
    if point is None:
        return affine[0], affine[1], 1
    x1, y1, z1 = point
    zz = z1 * z1 % P
    h = (affine[0] * zz - x1) % P
    r = (affine[1] * z1 * zz - y1) % P
    if h == 0:
        return _double(point) if r == 0 else None
    h2, h3 = h * h % P, h * h * h % P
    x3 = (r * r - h3 - 2 * x1 * h2) % P
    return x3, (r * (x1 * h2 - x3) - y1 * h3) % P, h * z1 % P


def _times_generator(scalar):
    result = None
    for bit in bin(scalar)[2:]:
        result = _double(result) if result else None
        if bit == "1":
            result = _add(result, G)
    x, y, z = result
    inverse = pow(z, -1, P)
    return x * inverse * inverse % P, y * pow(inverse, 3, P) % P


def _tagged(tag, data):
    prefix = hashlib.sha256(tag.encode()).digest() * 2
    return hashlib.sha256(prefix + data).digest()


class Key:
    def __init__(self, secret):
        x, y = _times_generator(secret)
        self._secret = secret if y % 2 == 0 else N - secret
        self._public = x.to_bytes(32, "big")
        self.hex = self._public.hex()

    def sign(self, message):
        nonce = int.from_bytes(_tagged("BIP0340/nonce", os.urandom(32) + self._public + message), "big") % N
        x, y = _times_generator(nonce)
        nonce = nonce if y % 2 == 0 else N - nonce
        start = x.to_bytes(32, "big")
        challenge = int.from_bytes(_tagged("BIP0340/challenge", start + self._public + message), "big") % N
        return start + ((nonce + challenge * self._secret) % N).to_bytes(32, "big")

    def event(self, kind, tags, content):
        """Content and tags are ASCII without anything that JSON escapes, so that NIP-01's form is Python's."""
        created = int(time.time())
        plain = json.dumps([0, self.hex, created, kind, tags, content], separators=(",", ":"))
        name = hashlib.sha256(plain.encode()).digest()
        return {"id": name.hex(), "pubkey": self.hex, "created_at": created, "kind": kind, "tags": tags,
                "content": content, "sig": self.sign(name).hex()}


# --- RFC 6455, as much as a client needs ---

class Line:
    """One WebSocket; OSError when it is gone."""

    def __init__(self, port, seconds):
        self._socket = socket.create_connection(("127.0.0.1", port), seconds)
        self._socket.settimeout(seconds)
        self._rest = b""
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall((f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        while b"\r\n\r\n" not in self._rest:
            self._more()
        head, self._rest = self._rest.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise OSError("no WebSocket")

    def close(self):
        self._socket.close()

    def say(self, *words, opcode=1):
        data = json.dumps(words, separators=(",", ":")).encode() if opcode == 1 else words[0]
        if len(data) < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | len(data))
        else:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, len(data))
        mask = os.urandom(4)
        stream = (mask * (len(data) // 4 + 1))[:len(data)]
        masked = (int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(data), "big")
        self._socket.sendall(head + mask + masked)

    def hear(self):
        while True:
            first, second = self._take(2)
            size = second & 0x7F
            if size == 126:
                size = struct.unpack("!H", self._take(2))[0]
            elif size == 127:
                size = struct.unpack("!Q", self._take(8))[0]
            data = self._take(size)
            if first & 0x0F == 1:
                return json.loads(data)
            if first & 0x0F == 8:
                raise OSError("closed")
            if first & 0x0F == 9:
                self.say(data, opcode=10)

    def _more(self):
        more = self._socket.recv(65536)
        if not more:
            raise OSError("gone")
        self._rest += more

    def _take(self, size):
        while len(self._rest) < size:
            self._more()
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken


# --- the witness ---

class Witness(threading.Thread):
    """Publishes to its own mailbox until `stop`; reads back, at each new connection, what was acknowledged since the last."""

    def __init__(self, relay, seed):
        super().__init__(name="witness", daemon=True)
        self.relay = relay
        self.random = random.Random(seed)
        self.key = Key(self.random.randrange(1, N))
        self.promised = []
        self.checked = 0
        self.stop = threading.Event()
        self.trouble = None

    def run(self):
        while not self.stop.is_set():
            try:
                self._one_connection()
            except (OSError, ValueError):
                self.stop.wait(0.05)  # the relay was killed
            except Exception as trouble:  # shown by the main thread
                self.trouble = trouble
                return

    def _one_connection(self):
        with contextlib.closing(self._authenticated()) as line:
            self._read_back(line, self.promised[self.checked:])
            self.checked = len(self.promised)
            while not self.stop.is_set():
                burst = [self.key.event(1059, [["p", self.key.hex]], base64.b64encode(os.urandom(1050)).decode())
                         for _ in range(self.random.randint(1, 4))]
                for event in burst:
                    line.say("EVENT", event)
                waiting = {event["id"] for event in burst}
                while waiting:
                    words = line.hear()
                    if words[0] == "OK" and words[1] in waiting:
                        waiting.remove(words[1])
                        if words[2] is not True:
                            raise Failed(f"The relay refused an event of the witness: {words[3]}")
                        self.promised.append(words[1])
                self.stop.wait(self.random.uniform(0, 0.8))

    def _authenticated(self):
        line = Line(self.relay.port, 20)
        while True:
            words = line.hear()
            if words[0] == "AUTH":
                answer = self.key.event(22242, [["relay", self.relay.url], ["challenge", words[1]]], "")
                line.say("AUTH", answer)
            elif words[0] == "OK":
                if words[2] is not True:
                    raise Failed(f"The relay refused the key of the witness: {words[3]}")
                return line

    def _read_back(self, line, ids):
        for begin in range(0, len(ids), 400):  # a filter of the small relay takes 500 values
            wanted = set(ids[begin:begin + 400])
            line.say("REQ", "back", {"ids": sorted(wanted), "kinds": [1059], "#p": [self.key.hex]})
            came = []
            while (words := line.hear())[0] != "EOSE":
                if words[0] == "EVENT":
                    came.append(words[2]["id"])
                elif words[0] == "CLOSED":
                    raise Failed(f"The relay would not give back: {words[2]}")
            line.say("CLOSE", "back")
            if len(came) != len(set(came)):
                raise Failed("The relay gave an event twice to one question.")
            if lost := wanted - set(came):
                raise Failed(f"The relay said OK to {len(lost)} of {len(wanted)} events and does not have them: {sorted(lost)[:3]}")

    def check_everything(self):
        with contextlib.closing(self._authenticated()) as line:
            self._read_back(line, self.promised)
