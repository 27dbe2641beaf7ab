#!/usr/bin/python3
"""scripts/demo as a reader meets it. The folder with the programs: WISSEL_BIN."""
import csv
import os
import pathlib
import pty
import signal
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from demo import chapters, forgery  # noqa: E402  (found through the line above)
from testnet import files, processes, waiting  # noqa: E402

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "demo"
LIMIT_S = 300


def bsns():
    with open(files.DATA / "testpersonen.csv", encoding="utf-8") as file:
        return [row["bsn"] for row in csv.DictReader(file)]


class DemoTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)  # where the demo puts its own
        self.environment = {**os.environ, "WISSEL_BIN": str(processes.program("wisseld").parent),
                            "TMPDIR": str(self.folder)}

    def demo(self, *arguments, code=0, **environment):
        run = subprocess.run([SCRIPT, *arguments], capture_output=True, text=True, timeout=LIMIT_S, check=False,
                             env={**self.environment, **environment})
        self.assertEqual(run.returncode, code, run.stdout + run.stderr)
        return run

    def assert_nothing_left(self):
        """No process that was started in our folder, and no file."""
        mine = str(self.folder).encode()

        def left():
            found = []
            for entry in pathlib.Path("/proc").iterdir():
                try:
                    if entry.name.isdigit() and mine in (entry / "cmdline").read_bytes():
                        found.append((entry / "cmdline").read_bytes())
                except OSError:
                    continue  # it ended meanwhile
            return found

        self.assertEqual(left(), [])
        # ThreadSanitizer writes tsan.rodata.PID there while a program starts; one that is killed just then leaves it.
        self.assertEqual([path for path in self.folder.iterdir() if not path.name.startswith("tsan.rodata.")], [])


class Told(DemoTest):
    def test_the_whole_story(self):
        said = " ".join(self.demo().stdout.split())  # where lines break is no matter here
        for name, title in chapters.TITLES.items():
            self.assertIn(f"{name}: {title}", said)
        for line in ("681 test persons registered in bulk", "exactly the three that registered a reference",
                     "refused for the reason that decided: geen-uitwisselafspraak", "onbereikbaar",
                     "the webhook of Gemeente Utrecht got it once and unchanged", "the BSN stands in none of them",
                     "leads from record", "caught: the first record that does not fit is", "caught all the same",
                     "checks that held"):
            self.assertIn(line, said)
        self.assertNotIn("\x1b", said, "colour only on a terminal")
        self.assertEqual([bsn for bsn in bsns() if bsn in said], [])
        self.assert_nothing_left()

    def test_one_chapter_with_what_it_needs(self):
        said = self.demo("bewijs").stdout
        self.assertIn("bewijs: ", said)
        self.assertNotIn("zoeken: ", said)
        self.assert_nothing_left()

    def test_list_and_usage(self):
        self.assertEqual([line.split()[0] for line in self.demo("--list").stdout.splitlines()], list(chapters.TITLES))
        self.assertIn("--keep", self.demo("--help").stdout)
        self.assertIn("there is no chapter 'niets'", self.demo("niets", code=2).stderr)

    def test_colour_on_a_terminal_unless_it_is_not_wanted(self):
        for environment, coloured in (({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False)):
            with self.subTest(**environment):
                ours, theirs = pty.openpty()
                with subprocess.Popen([SCRIPT, "zoeken"], stdout=theirs, stderr=theirs, stdin=theirs,
                                      env={**self.environment, "NO_COLOR": "", **environment}) as run:
                    os.close(theirs)
                    said = read_terminal(ours)
                self.assertEqual(run.returncode, 0, said)
                self.assertEqual(b"\x1b[" in said, coloured)


def read_terminal(descriptor):
    said = b""
    try:
        while piece := os.read(descriptor, 65536):
            said += piece
    except OSError:
        pass  # how a terminal ends
    os.close(descriptor)
    return said


class Ended(DemoTest):
    def test_what_does_not_hold_is_said(self):
        programs = self.folder / "bin"
        programs.mkdir()
        for name in ("wisseld", "wissel-partner"):
            (programs / name).symlink_to(processes.program(name))
        (programs / "wisselctl").write_text("#!/bin/sh\necho verified\n")
        (programs / "wisselctl").chmod(0o755)
        run = self.demo("vervalst", code=1, WISSEL_BIN=str(programs))
        self.assertIn("demo: this does not hold: caught", run.stderr)
        (programs / "wisselctl").unlink()
        for name in ("wisseld", "wissel-partner"):
            (programs / name).unlink()
        programs.rmdir()
        self.assert_nothing_left()

    def test_an_interrupted_one_leaves_nothing(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            for stage in ("state.json", "wisseld.log", "env"):
                with self.subTest(number=number, stage=stage):
                    with subprocess.Popen([SCRIPT], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                          env=self.environment) as run:
                        waiting.until(lambda: list(self.folder.glob(f"*/net/{stage}")), LIMIT_S, "the network starts")
                        run.send_signal(number)
                    self.assertEqual(run.returncode, 128 + number)
                    self.assert_nothing_left()

    def test_a_reader_that_goes_away(self):
        with subprocess.Popen([SCRIPT, "zoeken"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              env=self.environment) as run:
            run.stdout.close()
        self.assertEqual(run.returncode, 128 + signal.SIGPIPE)
        self.assert_nothing_left()


class Kept(DemoTest):
    def test_it_stays_up_and_its_commands_work(self):
        said = self.demo("zoeken", "--keep").stdout
        commands = [line.strip().removeprefix("$ ") for line in said.split("stays up")[1].splitlines() if "$ " in line]
        end = commands.pop()
        self.addCleanup(subprocess.run, ["sh", "-c", end], check=True)
        self.assertIn("testnet down", end)
        shell = "set -eu\n" + "\n".join(command + (" -f; echo" if "curl" in command else "") for command in commands)
        run = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, timeout=LIMIT_S, check=False)
        self.assertEqual(run.returncode, 0, shell + run.stderr)
        self.assertIn("bronhouders", run.stdout)
        self.assertEqual([bsn for bsn in bsns() if bsn in said], [])


class Forgery(unittest.TestCase):
    def test_the_checksum_is_that_of_the_database(self):
        # CRC-32C of the RFC 3720 example, 32 bytes of zero, 8a9136aa; masked as RocksDB's util/crc32c.h says.
        crc = 0x8A9136AA
        self.assertEqual(forgery.masked_crc(bytes(32)), ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)

    def test_it_keeps_the_length(self):
        self.assertRaises(ValueError, forgery.replace, pathlib.Path("/nonexistent"), b"a", b"bb")


if __name__ == "__main__":
    unittest.main()
