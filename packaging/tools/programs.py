"""The programs as processes, for the scripts beside: a relay, and people with a profile folder each.

Knows the command line of Tacet and nothing behind it. Standard library only.
"""

import contextlib
import json
import os
import pathlib
import queue
import signal
import socket
import subprocess
import tempfile
import threading
import time


class Failed(Exception):
    """Something did not do what it should; the text is for people."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment_of(home, **more):
    """Nothing of this machine's own desktop or profile reaches a program under test."""
    env = {k: v for k, v in os.environ.items() if k not in ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY")}
    runtime = pathlib.Path(home) / "runtime"
    runtime.mkdir(parents=True, exist_ok=True)
    runtime.chmod(0o700)
    env.update(
        HOME=str(home),
        XDG_DATA_HOME=f"{home}/data",
        XDG_CONFIG_HOME=f"{home}/config",
        XDG_CACHE_HOME=f"{home}/cache",
        XDG_RUNTIME_DIR=str(runtime),
        LC_ALL="C.UTF-8",
    )
    env.update(more)
    return env


@contextlib.contextmanager
def scratch(prefix):
    """A folder that goes away, kept when the block fails, so that it can be looked into."""
    folder = tempfile.mkdtemp(prefix=prefix)
    try:
        yield pathlib.Path(folder)
    except BaseException:
        print(f"What was left lies in {folder}")
        raise
    subprocess.run(["rm", "-rf", folder], check=True)


class Relay:
    def __init__(self, binaries, folder, port=None):
        self.program = f"{binaries}/tacet-relay"
        self.folder = pathlib.Path(folder)
        self.port = port or free_port()
        self.url = f"ws://127.0.0.1:{self.port}"
        self.process = None

    def start(self):
        self.launch()
        return self.wait_until_ready()

    def launch(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.process = subprocess.Popen(
            [self.program, "--listen", f"127.0.0.1:{self.port}", "--data", str(self.folder)],
            env=environment_of(self.folder), stdout=subprocess.DEVNULL)

    def wait_until_ready(self):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise Failed(f"The relay did not start on port {self.port}.")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)


class Person:
    def __init__(self, binaries, home, name):
        self.program = f"{binaries}/tacet-cli"
        self.home = pathlib.Path(home)
        self.name = name
        self.profile = self.home / "profile"
        self.env = environment_of(self.home)
        self.secret = self.home / "passphrase"
        self.secret.write_text(f"a walk along the harbour wall with {name}\n")
        self.secret.chmod(0o600)

    def arguments(self, *words):
        return [self.program, "--profile", str(self.profile), "--passphrase-file", str(self.secret), *words]

    def run(self, *words, accept=(0,), stdin=""):
        done = subprocess.run(self.arguments(*words), env=self.env, input=stdin, capture_output=True, text=True, timeout=180)
        if done.returncode not in accept:
            raise Failed(f"{self.name}: tacet-cli {' '.join(words)} answered {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def json(self, *words, **more):
        return [json.loads(line) for line in self.run("--json", *words, **more).splitlines()]

    def history(self, contact):
        return [row for row in self.json("history", contact, "--limit", "1000000") if "system" not in row]

    def popen(self, *words, **more):
        return subprocess.Popen(self.arguments(*words), env=self.env, text=True, bufsize=1, stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, **more)


class Listener:
    """`tacet-cli listen`, its events in a queue."""

    def __init__(self, person):
        self.process = person.popen("--json", "listen")
        self.events = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.events.put(json.loads(line))

    def wait_for(self, wanted, seconds=60):
        deadline = time.monotonic() + seconds
        while True:
            try:
                event = self.events.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise Failed("An event that should have come did not.") from None
            if wanted(event):
                return event

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


class Rpc:
    """`tacet-cli rpc`: a request a line, answers by id, events on the side. Dies when it is killed."""

    def __init__(self, person, on_event=lambda event: None, stderr=subprocess.DEVNULL):
        self.process = person.popen("rpc", stderr=stderr)
        self.on_event = on_event
        self.answers = queue.Queue()
        self.number = 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        with contextlib.suppress(ValueError):
            for line in self.process.stdout:
                try:
                    message = json.loads(line)
                except json.JSONDecodeError:
                    break  # cut by a kill in the middle of a line
                if "id" in message:
                    self.answers.put(message)
                elif message.get("method") == "event":
                    self.on_event(message["params"])
        self.answers.put(None)

    def write(self, method, **params):
        self.number += 1
        request = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            return None
        return self.number

    def answer(self, seconds=120):
        """The next answer; None when the process is gone."""
        try:
            return self.answers.get(timeout=seconds)
        except queue.Empty:
            raise Failed("A request to tacet-cli rpc had no answer.") from None

    def call(self, method, **params):
        if self.write(method, **params) is None:
            return None
        message = self.answer()
        if message is not None and "error" in message:
            raise Failed(f"{method}: {message['error']}")
        return message and message["result"]

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end(self):
        with contextlib.suppress(BrokenPipeError, ValueError):
            self.process.stdin.close()
        return self.process.wait(120)


def acquaint(inviter, opener):
    """Answers (opener's id at the inviter, inviter's id at the opener)."""
    link = inviter.run("invite").strip()
    inviter_at_opener = opener.run("contact", "add", link).split()[0]
    listeners = [Listener(inviter), Listener(opener)]
    for listener in listeners:
        listener.wait_for(lambda event: event.get("link") == "live")
    for listener in listeners:
        if listener.end() != 0:
            raise Failed("listen did not end cleanly.")
    contacts = inviter.json("contact", "list")
    if len(contacts) != 1:
        raise Failed(f"{inviter.name} should have one contact and has {len(contacts)}.")
    return contacts[0]["contact"], inviter_at_opener
