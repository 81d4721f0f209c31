"""A virtual display with a window manager, and windows that are used as people use them.

Widgets are found in the accessibility tree by role and name, as a screen reader finds them; they are then clicked with
the mouse and typed into with the keyboard (xdotool). Nothing is called inside the program.
"""

import contextlib
import os
import pathlib
import re
import subprocess
import tempfile
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402  (the version comes first)

from programs import Failed, environment_of  # noqa: E402

PATIENCE = 60  # seconds until something that should appear is given up


def until(what, check, seconds=PATIENCE):
    """Polls until check() answers something; what: for the error, a noun phrase."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(Exception):  # the tree changes while it is read
            found = check()
            if found:
                return found
        if time.monotonic() > deadline:
            raise Failed(f"Waited {seconds} s for {what}.")
        time.sleep(0.05)


class NoDesk(Failed):
    """This machine gives no virtual display; nothing is said about the program under test."""


class Desk:
    """Xvfb and openbox. `with Desk() as desk:`"""

    def __init__(self, size="1680x1050"):
        self.size = size
        self.programs = []
        self.display = None
        self.rules = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        read, write = os.pipe()
        # -noreset: else the server starts over when its first client leaves, and takes a window manager that comes then with it.
        server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", f"{self.size}x24", "-nolisten", "tcp",
                                   "-noreset"], pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.programs.append(server)
        os.close(write)
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise NoDesk("Xvfb did not start.")
        self.display = f":{number}"
        os.environ["DISPLAY"] = self.display
        # No title bars: what is clicked, measured and pictured is the window alone.
        rules = tempfile.NamedTemporaryFile("w", suffix=".xml")
        rules.write('<openbox_config xmlns="http://openbox.org/3.4/rc"><applications><application class="*">'
                    "<decor>no</decor></application></applications></openbox_config>")
        rules.flush()
        self.rules = rules
        self.programs.append(subprocess.Popen(["openbox", "--sm-disable", "--config-file", rules.name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        until("a window manager", lambda: b"_NET_SUPPORTING_WM_CHECK(WINDOW)" in subprocess.run(
            ["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"], capture_output=True, check=True).stdout)

    def __exit__(self, *_):
        for program in reversed(self.programs):
            program.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                program.wait(5)
        if self.rules:
            self.rules.close()

    def shot(self, path):
        subprocess.run(["import", "-window", "root", "-strip", str(path)], check=False)

    def environment(self, home, **more):
        return environment_of(home, DISPLAY=self.display, QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1",
                              DBUS_SESSION_BUS_ADDRESS=os.environ["DBUS_SESSION_BUS_ADDRESS"],
                              QT_QPA_PLATFORM="xcb", **more)


def xdotool(*words):
    return subprocess.run(["xdotool", *map(str, words)], check=True, capture_output=True, text=True).stdout


class Node:
    """One accessible element."""

    def __init__(self, accessible):
        self.accessible = accessible

    @property
    def name(self):
        return self.accessible.get_name() or ""

    @property
    def role(self):
        return self.accessible.get_role_name()

    def has(self, state):
        return self.accessible.get_state_set().contains(state)

    @property
    def showing(self):
        return self.has(Atspi.StateType.SHOWING) and self.has(Atspi.StateType.VISIBLE)

    @property
    def enabled(self):
        return self.has(Atspi.StateType.ENABLED)

    @property
    def text(self):
        interface = self.accessible.get_text_iface()
        return Atspi.Text.get_text(interface, 0, -1) if interface else ""

    def box(self):
        extents = self.accessible.get_component_iface().get_extents(Atspi.CoordType.SCREEN)
        return extents.x, extents.y, extents.width, extents.height

    def children(self):
        for index in range(self.accessible.get_child_count()):
            child = self.accessible.get_child_at_index(index)
            if child:
                yield Node(child)

    def walk(self):
        yield self
        for child in self.children():
            yield from child.walk()


def matches(pattern, text):
    return bool(pattern.search(text)) if isinstance(pattern, re.Pattern) else pattern == text


class Ears:
    """What screen readers speak by themselves: announcements (Qt 6.8 and later), notifications that begin to show."""

    def __init__(self):
        self.heard = []  # (process, words)
        self.listener = Atspi.EventListener.new(self.take)
        for kind in ("object:announcement", "object:state-changed:showing"):
            self.listener.register(kind)

    def take(self, event):
        with contextlib.suppress(Exception):  # the one who spoke may be gone
            if event.type.startswith("object:announcement"):
                self.heard.append((event.source.get_process_id(), str(event.any_data)))
            elif event.detail1 and event.source.get_role_name() == "notification":
                self.heard.append((event.source.get_process_id(), event.source.get_name()))

    def expect(self, window, pattern):
        """Waits until this was spoken for the window, wherever its focus was."""
        def spoken():
            while GLib.MainContext.default().iteration(False):
                pass
            return any(process == window.process.pid and re.search(pattern, words) for process, words in self.heard)
        return window.until(f"the announcement “{pattern}”", spoken)


class Window:
    """One running Tacet with its window."""

    def __init__(self, desk, program, home, *words, env=None):
        self.home = pathlib.Path(home)
        self.process = subprocess.Popen([program, *map(str, words)], env=desk.environment(home, **(env or {})))
        self.frame = None
        self.until("its window", lambda: self.windows() and self.root())
        self.id = self.windows()[0]

    # --- X11 ---

    def windows(self, kind="NORMAL"):
        found = subprocess.run(["xdotool", "search", "--all", "--onlyvisible", "--pid", str(self.process.pid), ""],
                               capture_output=True, text=True, check=False).stdout.split()
        named = []
        for window in found:
            out = subprocess.run(["xprop", "-id", window, "_NET_WM_WINDOW_TYPE"], capture_output=True, text=True, check=False).stdout
            if f"_NET_WM_WINDOW_TYPE_{kind}" in out.partition(",")[0]:
                named.append(window)
        return named

    def activate(self):
        xdotool("windowactivate", "--sync", self.id)

    def place(self, x, y, width, height):
        xdotool("windowsize", "--sync", self.id, width, height)
        xdotool("windowmove", self.id, x, y)

    def title(self):
        return xdotool("getwindowname", self.id).strip()

    def shot(self, path):
        """What a person sees where this window is, menus and popovers over it included, as a small PNG."""
        self.activate()
        time.sleep(0.4)  # fades and slides take 220 ms at most
        place = dict(line.split("=") for line in xdotool("getwindowgeometry", "--shell", self.id).split())
        subprocess.run(["import", "-window", "root", "-crop", "{WIDTH}x{HEIGHT}+{X}+{Y}".format(**place), "+repage",
                        "-depth", "8", "-strip", "-define", "png:compression-level=9", str(path)], check=True)

    # --- Keyboard and mouse ---

    def keys(self, *names):
        self.activate()
        xdotool("key", "--clearmodifiers", "--delay", "20", *names)

    def type(self, text):
        self.activate()
        xdotool("type", "--clearmodifiers", "--delay", "12", "--", text)

    def answer_file_dialog(self, path):
        """The dialog of the toolkit takes a path in the field that has the focus."""
        dialog = self.until("a file dialog", lambda: self.windows("DIALOG"))[0]
        xdotool("windowactivate", "--sync", dialog)
        xdotool("key", "--clearmodifiers", "ctrl+a")
        xdotool("type", "--clearmodifiers", "--delay", "12", "--", str(path))
        xdotool("key", "Return")
        self.until("the file dialog's end", lambda: not self.windows("DIALOG"))

    def click_box(self, box):
        x, y, width, height = box
        # Without --sync: that waits long for a pointer that is there already.
        xdotool("mousemove", x + width // 2, y + height // 2, "click", 1)

    # --- Accessibility tree ---

    def root(self):
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            application = desktop.get_child_at_index(index)
            if application and application.get_process_id() == self.process.pid:
                application.clear_cache()
                return Node(application)
        return None

    def until(self, what, check, seconds=PATIENCE):
        def alive():
            if self.process.poll() is not None:
                raise SystemExit(f"{self.home.name}'s Tacet ended by itself with {self.process.returncode}.")
            return check()
        try:
            return until(f"{what} in {self.home.name}'s window", alive, seconds)
        except Failed as failed:
            raise Failed(f"{failed}\nWhat is there:\n{self.outline()}") from None

    def find(self, role, name, seconds=PATIENCE, enabled=True):
        """The first element that shows, with this role and this name (text, or a compiled pattern)."""
        def look():
            for node in self.root().walk():
                if node.role == role and matches(name, node.name) and node.showing and (node.enabled or not enabled):
                    return node
            return None
        shown = name.pattern if isinstance(name, re.Pattern) else name
        return self.until(f"the {role} “{shown}”", look, seconds)

    def absent(self, role, name):
        return all(not (node.role == role and matches(name, node.name) and node.showing) for node in self.root().walk())

    def says(self, pattern, seconds=PATIENCE):
        """Waits until any element that shows has this in its name or its text."""
        pattern = re.compile(pattern) if isinstance(pattern, str) else pattern
        def look():
            return any(node.showing and (pattern.search(node.name) or pattern.search(node.text)) for node in self.root().walk())
        return self.until(f"the words “{pattern.pattern}”", look, seconds)

    def click(self, role, name, **more):
        node = self.find(role, name, **more)
        self.activate()
        self.click_box(node.box())
        return node

    def fill(self, role, name, text):
        """Clicks into a field and types; checks that the field holds it, unless it hides what it holds."""
        node = self.click(role, name)
        xdotool("key", "--clearmodifiers", "ctrl+a")
        self.type(text)
        if role != "password text":
            self.until(f"“{text[:40]}” in {name}", lambda: text in node.text)
        return node

    def outline(self):
        lines = []
        def add(node, depth):
            if depth and not node.showing:
                return
            lines.append(f"{'  ' * depth}{node.role}: {node.name!r}")
            for child in node.children():
                add(child, depth + 1)
        with contextlib.suppress(Exception):
            add(self.root(), 0)
        return "\n".join(lines[:150])

    def nameless(self):
        """What a screen reader would come to and could say nothing about."""
        spoken = {"push button", "check box", "radio button", "page tab", "text", "password text", "list item", "combo box", "list"}
        return [node.role for node in self.root().walk() if node.role in spoken and node.showing and not node.name.strip()]

    def end(self):
        """Ctrl+Q, as people do; a program that does not end by it is a failure."""
        self.keys("ctrl+q")
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Failed(f"{self.home.name}'s Tacet did not end after Ctrl+Q.") from None
