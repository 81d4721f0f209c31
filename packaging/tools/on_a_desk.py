"""Runs a test program with a window on a virtual display, where assistive technology listens.

    own_session on_a_desk.py PROGRAM [WORDS...]

Without a window system Qt tells nobody anything, so that what a screen reader would hear is tested here.
"""

import subprocess
import sys

SKIPPED = 77  # what ctest takes for it


def main():
    try:
        import desk as desks
        import programs
    except (ImportError, ValueError) as missing:
        print(f"skipped: {missing}")
        return SKIPPED
    try:
        with programs.scratch("tacet-desk-") as home, desks.Desk() as desk:
            ears = desks.Ears()  # noqa: F841  (the bus of assistive technology starts with the first one who listens)
            environment = desk.environment(home, TACET_ON_A_DESK="1")
            return subprocess.run(sys.argv[1:], env=environment, check=False).returncode
    except (desks.NoDesk, FileNotFoundError) as missing:
        print(f"skipped: {missing}")
        return SKIPPED


if __name__ == "__main__":
    sys.exit(main())
