"""The command line of scripts/demo."""
import argparse
import os
import pathlib
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from demo import chapters  # noqa: E402  (found through the line above)
from testnet import processes  # noqa: E402

ABOUT = """Wissel, told as a story on a test network on loopback: six organisations, the public test persons of the
population register, and every step checked while it is told. Takes under a minute and leaves nothing running."""


def arguments():
    parser = argparse.ArgumentParser(prog="demo", description=ABOUT, epilog="WISSEL_BIN names another folder with the "
                                     "programs than build/release/bin, and then nothing is built. NO_COLOR: no colours.")
    parser.add_argument("chapter", nargs="*", metavar="NAME", help="tell only this chapter (all); see --list")
    parser.add_argument("--list", action="store_true", help="name the chapters and end")
    parser.add_argument("--keep", action="store_true", help="leave the network up, and say how to play with it and end it")
    given = parser.parse_args()
    for name in given.chapter:
        if name not in chapters.TITLES:
            parser.error(f"there is no chapter '{name}'; there are {', '.join(chapters.TITLES)}")
    return given


came = []  # the signals that asked for an end


def interrupted(number, _frame):
    came.append(number)
    raise SystemExit(128 + number)


def ended():
    """main(), and the code of its end: that of the signal, whatever else went wrong because of it."""
    try:
        code = main()
    except SystemExit as end:
        code = end.code
    return 128 + came[0] if came else code


def main():
    for number in processes.ENDING:
        signal.signal(number, interrupted)
    given = arguments()
    if given.list:
        for name, title in chapters.TITLES.items():
            print(f"{name:<10} {title}")
        return 0
    # Only now: what tells the story needs packages that the build brings along.
    from demo import story
    from api.tlog_reader import LogError
    from demo.teller import Broken
    from testnet.client import Unexpected
    try:
        story.run(given.chapter, given.keep)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at the end
        return 128 + signal.SIGPIPE
    except (Broken, LogError, Unexpected, OSError, subprocess.SubprocessError) as failure:
        sys.stdout.flush()
        print(f"demo: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(ended())
