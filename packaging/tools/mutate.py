"""Mutation check of crypto/. Called by packaging/mutate: mutate.py TREE and its arguments.

Works on text, line by line: the house style (one statement a line, a short `if` with its `return` below) is what makes
that enough. A change that does not compile is not counted; one that the compiler turns into the same program survives
and belongs into the list with that reason.
"""

import argparse
import os
import pathlib
import random
import re
import resource
import shutil
import subprocess
import sys
import threading

UNITS = {"tests_oracle": ["t_scenarios"], "tests_crypto": []}  # the quickest first
CPU_SECONDS = 12  # the tests need three; a change that makes a loop endless is noticed by this
WALL_SECONDS = 120
# Not compiled where OpenSSL has no ML-KEM, or not secret arithmetic but a table of words.
LEFT_OUT = {"mlkem_openssl.cpp"}

FLIPS = [(r" == ", " != "), (r" != ", " == "), (r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "),
         (r" && ", " || "), (r" \|\| ", " && "), (r" \+ 1\b", ""), (r" - 1\b", "")]
CHECK = re.compile(r"^(\s*)(?:\} else )?if \((.+)\)$")
REFUSAL = re.compile(r"^\s*return (fail\(|false|std::nullopt|\{\})")
WIPE = re.compile(r"(?<!void )\b(?:sodium_(?:memzero|stackzero)\([^;]*\)|(?:[\w.]+(?:\.|->))*wipe\(\)|wipeStackBelow\(\));")
CALL = re.compile(r"\b([a-z]\w*)\((\w[\w.]*(?:\(\))?), (\w[\w.]*(?:\(\))?)\)")


class Place:
    def __init__(self, file, line, kind, before, after):
        self.file, self.line, self.kind, self.before, self.after = file, line, kind, before, after

    def is_at(self, where):
        """`where`: the beginning of a file's name, or file:line."""
        return f"{self.file}:{self.line + 1}" == where if ":" in where else self.file.startswith(where)

    def __str__(self):
        return f"{self.file}:{self.line + 1}: {self.kind}: {self.before.strip()}  =>  {self.after.strip()}"


def code_of(line):
    return line.partition("//")[0].rstrip()


def places_in(path, name):
    lines = path.read_text().splitlines()
    for number, line in enumerate(lines):
        code = code_of(line)
        if not code.strip() or code.lstrip().startswith(("#", "static_assert", "assert", "template", "for (const auto &")):
            continue
        following = lines[number + 1] if number + 1 < len(lines) else ""
        check = CHECK.match(code)
        if check and REFUSAL.match(following):
            yield Place(name, number, "check dropped", line, re.sub(r"if \((.+)\)$", r"if (false && (\1))", code))
        for pattern, other in FLIPS:
            for found in re.finditer(pattern, code):
                if "<" in pattern and re.search(r"\w<[\w:, ]+>", code):
                    continue  # a template, most likely
                yield Place(name, number, "flipped", line, code[:found.start()] + other + code[found.end():])
        for found in WIPE.finditer(code):
            yield Place(name, number, "wipe dropped", line, code[:found.start()] + ";" + code[found.end():])
        for found in CALL.finditer(code):
            function, one, two = found.groups()
            if one != two and not code.lstrip().startswith(("if constexpr", "return fail")):
                yield Place(name, number, "swapped", line,
                            code[:found.start()] + f"{function}({two}, {one})" + code[found.end():])


def run(command, folder, seconds=None):
    try:
        return subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=seconds,
                              check=False).returncode
    except subprocess.TimeoutExpired:
        return -1


def passed(command, folder):
    """Stops at the first failure."""
    quiet = {**os.environ, "QTEST_DISABLE_STACK_DUMP": "1"}  # or Qt calls a debugger for each crash
    limit = lambda: resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    with subprocess.Popen(command, cwd=folder, env=quiet, preexec_fn=limit, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, errors="replace") as process:
        end = threading.Timer(WALL_SECONDS, process.kill)
        end.start()
        try:
            for line in process.stdout:
                if line.startswith(("FAIL!", "QFATAL")):
                    process.kill()
                    return False
            return process.wait() == 0
        finally:
            end.cancel()


class Workshop:
    """A copy of the tree with its own build folder."""

    def __init__(self, tree):
        self.source = tree / "build" / "mutate" / "source"
        self.build = tree / "build" / "mutate" / "build"
        self.source.mkdir(parents=True, exist_ok=True)
        files = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=tree, check=True,
                               capture_output=True).stdout
        self.copy(tree, files)
        flags = ["-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=-O0 -g0 -D_GLIBCXX_ASSERTIONS"]
        if shutil.which("ld.lld"):
            flags.append("-DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld")
        subprocess.run(["cmake", "-S", self.source, "-B", self.build, *flags], check=True, stdout=subprocess.DEVNULL)
        if not self.make():
            raise SystemExit("The tree does not build as it is.")
        self.own_units = {name: name.removeprefix("t_") for name in self.unit_names()}
        if not self.passes("none.cpp"):
            raise SystemExit("The tests do not pass as it is.")

    def unit_names(self):
        return [path.stem for path in (self.source / "tests" / "crypto").glob("t_*.cpp")]

    def copy(self, tree, files):
        for name in files.decode().split("\0"):
            if name and (tree / name).is_file():
                target = self.source / name
                target.parent.mkdir(parents=True, exist_ok=True)
                data = (tree / name).read_bytes()
                if not target.exists() or target.read_bytes() != data:
                    target.write_bytes(data)
                    target.chmod((tree / name).stat().st_mode)

    def make(self):
        return run(["cmake", "--build", self.build, "--target", *UNITS], self.source) == 0

    def passes(self, changed):
        """The unit that bears the changed file's name goes first: most changes end there."""
        first = [name for name, file in self.own_units.items() if changed.startswith(file)]
        orders = [("tests_crypto", [unit]) for unit in first] + list(UNITS.items())
        return all(passed([str(self.build / "bin" / program), *units], self.source) for program, units in orders)

    def noticed(self, place):
        """None when it does not compile."""
        path = self.source / "crypto" / place.file
        text = path.read_text()
        lines = text.splitlines()
        lines[place.line] = place.after
        try:
            path.write_text("\n".join(lines) + "\n")
            return not self.passes(place.file) if self.make() else None
        finally:
            path.write_text(text)


def drawn(places, count, seed):
    """Evenly over the kinds, so that the many comparisons do not crowd out the few checks."""
    order = random.Random(seed)
    by_kind = {}
    for place in places:
        by_kind.setdefault(place.kind, []).append(place)
    for kind in by_kind.values():
        order.shuffle(kind)
    chosen = []
    while len(chosen) < count and any(by_kind.values()):
        for kind in sorted(by_kind):
            if by_kind[kind] and len(chosen) < count:
                chosen.append(by_kind[kind].pop())
    return chosen


def stale_lines(explained, code):
    """What the list explains has to be in the code still."""
    changes = (line for line in explained.splitlines() if " => " in line and not line.startswith(" "))
    befores = (change.partition(" => ")[0].strip() for change in changes)
    return [before for before in befores if before not in code]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tree", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--seed", default="tacet")
    parser.add_argument("--only", action="append", default=[])
    options = parser.parse_args()
    folder = options.tree / "crypto"
    files = sorted(path for path in [*folder.glob("*.cpp"), *folder.glob("*.h")] if path.name not in LEFT_OUT)
    everywhere = [place for path in files for place in places_in(path, path.name)
                  if not options.only or any(place.is_at(where) for where in options.only)]
    places = drawn(everywhere, options.count, options.seed)[options.skip:]
    list_file = options.tree / "tests" / "crypto" / "survivors.txt"
    explained = list_file.read_text()
    stale = stale_lines(explained, "\n".join(path.read_text() for path in files))
    for line in stale:
        print(f"explained, but not in crypto/ any more: {line}")

    workshop = Workshop(options.tree)
    killed = unbuilt = known = 0
    survivors = []
    for index, place in enumerate(places, 1):
        noticed = workshop.noticed(place)
        if noticed is None:
            unbuilt += 1
        elif noticed:
            killed += 1
        elif f"{place.before.strip()} => {place.after.strip()}" in explained:
            known += 1
        else:
            survivors.append(place)
            print(f"survived: {place}", flush=True)
        if index % 10 == 0:
            print(f"{index} of {len(places)}: {killed} noticed, {len(survivors)} survived", flush=True)
    print(f"\n{killed} noticed, {len(survivors)} survived, {known} survived for a known reason, {unbuilt} did not compile")
    return 1 if survivors or stale else 0


if __name__ == "__main__":
    sys.exit(main())
