"""Alice and Bob meet, in two real windows. Called by packaging/tour: tour.py BINARIES OUT.

Each chapter is one thing that people do; each ends with what must be true before the next begins. The pictures are
numbered in the order of the story. Nothing outside this machine is needed or reached.
"""

import fcntl
import os
import pathlib
import re
import socket
import struct
import sys

import desk as desks
import programs

SKIPPED = 77  # what ctest takes for it
WIDE = (1080, 720)
NARROW = (420, 720)
ALICE = {"name": "Alice Weidmann", "passphrase": "eleven swallows over the boathouse"}
BOB = {"name": "Bob Okafor", "passphrase": "quiet granite bicycle at noon"}
BACKUP = "seven lanterns along the canal"


class Tour:
    def __init__(self, binaries, out, desk, folder):
        self.binaries, self.out, self.desk, self.folder = binaries, out, desk, folder
        self.ears = desks.Ears()
        self.number = 0
        self.alice = self.bob = self.again = None

    def picture(self, window, name):
        self.number += 1
        path = self.out / f"{self.number:02d}-{name}.png"
        window.shot(path)
        if nameless := window.nameless():
            raise programs.Failed(f"Without a name in the accessibility tree, at {path.name}: {', '.join(nameless)}")
        print(f"  {path.name}", flush=True)

    def open_window(self, who, x=0, theme="light"):
        home = self.folder / who
        config = home / "config" / "tacet"
        config.mkdir(parents=True, exist_ok=True)
        settings = config / "tacet.conf"
        if not settings.exists():
            settings.write_text(f"[look]\ntheme={theme}\n")
        window = desks.Window(self.desk, f"{self.binaries}/tacet", home)
        window.place(x, 0, *WIDE)
        return window

    # --- Chapters ---

    def welcome(self):
        self.alice = self.open_window("alice")
        self.alice.find("push button", "Start")
        self.alice.says("Nothing has been sent yet")
        self.picture(self.alice, "welcome")

    def make_profile(self, window, who, pictures):
        window.click("push button", "Start")
        window.fill("text", "Name", who["name"])
        window.fill("password text", "Passphrase", who["passphrase"])
        if pictures:
            self.picture(window, "name-and-passphrase")
        window.click("push button", "Create my profile")
        # The recovery code is asked back: one group, read from the sheet as a screen reader reads it.
        proof = window.find("text", re.compile(r"type group \d+"))
        wanted = int(re.search(r"group (\d+)", proof.name)[1])
        group = window.find("label", re.compile(rf"^group {wanted} of \d+: "))
        if pictures:
            self.picture(window, "recovery-code")
        window.fill("text", proof.name, group.name.split(": ", 1)[1].replace(" ", ""))
        window.click("push button", "I have kept it")
        window.says("Nobody here yet")

    def profiles(self):
        self.make_profile(self.alice, ALICE, pictures=True)
        self.picture(self.alice, "nobody-here-yet")
        self.bob = self.open_window("bob", x=600, theme="dark")
        self.make_profile(self.bob, BOB, pictures=False)

    def invite(self):
        self.alice.keys("ctrl+shift+i")
        field = self.alice.find("text", re.compile(r"^(Link|The link|Invitation link)"))
        link = self.alice.until("the link", lambda: field.text if field.text.startswith("tacet:") else None)
        self.picture(self.alice, "invite")
        self.alice.keys("Escape")
        self.bob.click("push button", "Paste a link")
        box = self.bob.find("text", re.compile(r"[Ll]ink"))
        self.bob.fill("text", box.name, link)
        self.bob.says(re.escape(ALICE["name"]))
        self.picture(self.bob, "open-a-link")
        self.bob.click("push button", "Start chat")
        self.bob.find("text", re.compile("^Message to "))

    def write(self, window, text):
        window.click("text", re.compile("^Message to "))
        window.type(text)
        window.keys("Return")
        window.says(re.escape(text[:30]))

    def talk(self):
        self.write(self.bob, "Hello Alice, it is Bob from the sailing club.")
        self.alice.click("list item", re.compile(re.escape(BOB["name"])))
        self.alice.says("sailing club")
        self.picture(self.alice, "first-message")
        for window, text in [
            (self.alice, "Bob! That was quick."),
            (self.alice, "Did the north wind leave anything of the boathouse?"),
            (self.bob, "The roof, mostly. Tuesday we paint."),
            (self.alice, "Tuesday at nine, then. I bring the ladder and the good coffee."),
            (self.bob, "<b>Deal.</b> And no more email about this :)"),
        ]:
            self.write(window, text)
        self.alice.says("no more email")
        self.alice.says(r"\b(read|delivered)\b", seconds=150)
        self.picture(self.alice, "chat")
        self.picture(self.bob, "chat-dark")

    def verify(self):
        self.alice.keys("ctrl+shift+v")
        self.bob.keys("ctrl+shift+v")
        numbers = []
        for window in (self.alice, self.bob):
            window.find("label", re.compile(r"^group 12 of 12: "))
            groups = {int(m[1]): m[2].replace(" ", "") for node in window.root().walk()
                      if (m := re.match(r"group (\d+) of 12: ([\d ]+)$", node.name)) and node.showing}
            numbers.append(" ".join(groups[i] for i in range(1, 13)))
        if numbers[0] != numbers[1]:
            raise programs.Failed(f"The safety numbers differ:\n{numbers[0]}\n{numbers[1]}")
        self.picture(self.alice, "safety-number")
        self.bob.click("push button", "Mark as verified")
        # Alice pastes the number that Bob read to her.
        self.alice.click("radio button", "Paste")
        field = self.alice.find("text", re.compile(r"[Nn]umber"))
        self.alice.fill("text", field.name, numbers[1])
        self.alice.says("numbers are the same")
        self.ears.expect(self.alice, "numbers are the same")
        self.picture(self.alice, "safety-number-compared")
        self.alice.click("push button", "Mark as verified")
        self.alice.says("[Vv]erified")
        self.ears.expect(self.alice, "^Verified. You and ")

    def relays(self):
        self.alice.keys("ctrl+shift+r")
        self.alice.says("relay")
        self.picture(self.alice, "relays")
        self.alice.click("push button", re.compile("What could they hand over|hand over"))
        self.alice.says("They never had")
        self.picture(self.alice, "what-they-could-hand-over")
        self.alice.keys("Escape", "Escape")

    def settings(self):
        self.alice.keys("ctrl+comma")
        self.alice.says("Privacy and lock")
        self.picture(self.alice, "settings")
        self.alice.place(0, 0, *NARROW)
        self.alice.find("push button", "Back to the settings")
        self.picture(self.alice, "settings-narrow")
        self.alice.place(0, 0, *WIDE)
        self.alice.keys("Escape")
        self.alice.says("Tuesday we paint")

    def narrow(self):
        for window, name in ((self.alice, "narrow"), (self.bob, "narrow-dark")):
            window.place(0, 0, *NARROW)
            self.picture(window, name)
            window.place(0, 0, *WIDE)

    def back_up(self):
        self.alice.keys("ctrl+comma")
        self.alice.click("page tab", "Backup")
        self.alice.click("push button", "Open the backup")
        self.alice.says("Never backed up")
        self.picture(self.alice, "never-backed-up")
        self.alice.click("push button", "Back up now")
        self.backup_file = self.folder / "alice" / "alice.tacet"
        self.alice.answer_file_dialog(self.backup_file)
        self.alice.fill("password text", "Passphrase", BACKUP)
        self.alice.fill("password text", "Once more", BACKUP)
        self.alice.click("push button", "Back up")
        self.alice.says("Last verified restore", seconds=90)
        self.picture(self.alice, "backup")
        self.alice.keys("Escape", "Escape")

    def lock(self):
        self.alice.keys("ctrl+l")
        self.alice.find("password text", re.compile("Passphrase"))
        if self.alice.title() != "Tacet":
            raise programs.Failed("The title of a locked window says more than Tacet.")
        self.picture(self.alice, "locked")
        self.alice.type(ALICE["passphrase"])  # the field has the focus already
        self.alice.keys("Return")
        self.alice.says(re.escape(BOB["name"]))

    def restore(self):
        if self.alice.end() != 0:
            raise programs.Failed("Alice's Tacet did not end cleanly.")
        self.again = self.open_window("alice-again")
        self.again.click("push button", "Restore a backup")
        self.again.click("push button", "Choose the backup file")
        self.again.answer_file_dialog(self.backup_file)
        self.again.fill("password text", "Passphrase of the backup", BACKUP)
        self.again.fill("password text", "Passphrase for this computer", ALICE["passphrase"])
        self.again.click("push button", "Restore")
        proof = self.again.find("text", re.compile(r"type group \d+"), seconds=90)
        wanted = int(re.search(r"group (\d+)", proof.name)[1])
        group = self.again.find("label", re.compile(rf"^group {wanted} of \d+: "))
        self.again.fill("text", proof.name, group.name.split(": ", 1)[1].replace(" ", ""))
        self.again.click("push button", "I have kept it")
        self.again.click("list item", re.compile(re.escape(BOB["name"])))
        self.again.says("Tuesday we paint")
        self.write(self.again, "New computer, same Alice.")
        self.bob.says("same Alice", seconds=90)
        self.bob.says("restored a backup")
        self.picture(self.again, "restored")
        self.picture(self.bob, "restored-peer-dark")

    def tell(self):
        for chapter in (self.welcome, self.profiles, self.invite, self.talk, self.verify, self.relays, self.settings,
                        self.narrow, self.lock, self.back_up, self.restore):
            print(chapter.__name__.replace("_", " "), flush=True)
            chapter()
        for window in (self.again, self.bob):
            if window.end() != 0:
                raise programs.Failed("A window did not end cleanly.")


def raise_loopback():
    """In a network namespace of its own the loopback interface is down: linux/if.h, netdevice(7)."""
    siocsifflags, up = 0x8914, 0x1
    with socket.socket() as plug:
        fcntl.ioctl(plug, siocsifflags, struct.pack("16sh14x", b"lo", up))


def main():
    binaries, out = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    if os.environ.get("TACET_TOUR_ALONE"):
        raise_loopback()
    tour = None
    try:
        with programs.scratch("tacet-tour-") as folder, desks.Desk() as desk:
            tour = Tour(binaries, out, desk, folder)
            try:
                tour.tell()
            except BaseException:
                desk.shot(out / "stopped-here.png")
                raise
    except desks.NoDesk as missing:
        print(f"skipped: {missing}")
        return SKIPPED
    except programs.Failed as failed:
        print(f"\nThe tour stopped: {failed}\n{out}/stopped-here.png shows where.", file=sys.stderr)
        return 1
    print(f"\n{tour.number} pictures lie in {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
