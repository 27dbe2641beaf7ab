#!/usr/bin/python3
"""Processes are found and ended by what they are, not by what they are called."""
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from testnet import processes, waiting  # noqa: E402

LIMIT_S = 10


class ProcessesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.program = pathlib.Path(folder.name) / "daemon"
        shutil.copy("/bin/sleep", self.program)
        self.log = pathlib.Path(folder.name) / "log"

    def start(self, *command):
        process = processes.start(command, self.log)
        self.addCleanup(process.wait)
        return processes.identity(process.pid)

    def test_finds_the_program_under_a_prefix(self):
        outer = self.start("sh", "-c", f"{self.program} 600; true")
        pid = waiting.until(lambda: processes.running_program(outer["pid"], self.program), LIMIT_S, "the program")
        self.assertNotEqual(pid, outer["pid"])
        self.assertTrue(processes.end(processes.identity(pid), signal.SIGKILL, LIMIT_S))
        self.assertTrue(waiting.until_gone(outer["pid"], LIMIT_S))

    def test_finds_the_program_that_a_prefix_became(self):
        outer = self.start("env", self.program, "600")
        pid = waiting.until(lambda: processes.running_program(outer["pid"], self.program), LIMIT_S, "the program")
        self.assertEqual(pid, outer["pid"])
        self.assertTrue(processes.end_surely(outer, LIMIT_S))

    def test_an_ended_process_has_left_its_id(self):
        process = self.start(self.program, "600")
        self.assertTrue(processes.end(process, signal.SIGKILL, LIMIT_S))
        self.assertFalse(processes.running(process))
        self.assertRaises(ProcessLookupError, os.kill, process["pid"], 0)

    def test_ends_what_does_not_listen(self):
        # Once it has written, the trap is set.
        process = self.start("sh", "-c", f"trap '' TERM; echo set; while :; do {self.program} 600; done")
        waiting.until(lambda: "set" in self.log.read_text(), LIMIT_S, "the trap")
        inner = waiting.until(lambda: processes.running_program(process["pid"], self.program), LIMIT_S, "the program")
        self.assertTrue(processes.end_surely(process, 0.1))
        self.assertTrue(processes.end(processes.identity(inner), signal.SIGKILL, LIMIT_S))

    def test_a_later_process_with_the_same_id_is_another(self):
        process = self.start(self.program, "600")
        self.assertFalse(processes.running({**process, "started": process["started"] + 1}))
        self.assertTrue(processes.end_surely(process, LIMIT_S))

    def test_a_signal_waits_until_what_was_started_is_known(self):
        heard = []
        before = signal.signal(signal.SIGHUP, lambda *_: heard.append(len(done)))
        self.addCleanup(signal.signal, signal.SIGHUP, before)
        done = []
        with processes.undisturbed():
            signal.raise_signal(signal.SIGHUP)
            done.append("started")
        self.assertEqual(heard, [1])


if __name__ == "__main__":
    unittest.main()
