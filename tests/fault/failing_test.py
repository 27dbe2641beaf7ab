#!/usr/bin/python3
"""Writes and fsyncs that fail once, now and then, or for as long as the disk is ill: what failed is never called good,
and the daemon opens its store again by itself."""
import unittest

import breaking
import lab
import setting
from setting import LIMIT_S, waiting

ROUNDS = lab.rounds(2, 20)
BACK = '"store is back"'


@unittest.skipIf(lab.NO_DISK, lab.NO_DISK)
class FailingDisk(breaking.FailingWrites):
    def setUp(self):
        self.use(setting.Network(disk=True))
        self.store = self.net.env["WISSEL_DATA"] + "/"

    def fail(self, action, when, times):
        """In each round: until the store was opened again so many times."""
        def ill():
            before = self.said(BACK)
            self.net.disk.fail(f"{self.operation} {self.store} {action} {when}")
            waiting.until(lambda: self.said(BACK) >= before + times, LIMIT_S * times, "the store is back")
            self.net.disk.heal()
        self.break_and_mend(ROUNDS, ill)

    def fail_for_long(self, action):
        def ill():
            self.net.disk.fail(f"{self.operation} {self.store} {action}")
            self.wait_for("search", 503, 5)
            self.net.disk.heal()
        self.break_and_mend(ROUNDS, ill)
        self.assertIn("commit failed", self.net.log_tail(10_000))


class SyncTest(FailingDisk):
    operation = "sync"

    def test_one_failure(self):
        self.fail("EIO", "1 0 1", times=1)

    def test_failures_now_and_then(self):
        self.fail("EIO", "3 40", times=2)

    def test_failures_without_end(self):
        self.fail_for_long("EIO")


class WriteTest(FailingDisk):
    operation = "write"

    def test_one_failure(self):
        self.fail("EIO", "1 0 1", times=1)

    def test_failures_now_and_then(self):
        self.fail("EIO", "3 500", times=2)

    def test_failures_without_end(self):
        self.fail_for_long("EIO")

    def test_no_room_without_end(self):
        self.fail_for_long("ENOSPC")

    def test_writes_that_are_cut_short_are_finished(self):
        def ill():
            self.net.disk.fail(f"write {self.store} short 1 3")
            self.wait_for("reference", 201, 50)
            self.net.disk.heal()
        self.break_and_mend(ROUNDS, ill)
        self.assertEqual(0, self.said("commit failed"))


del FailingDisk  # is no test by itself


if __name__ == "__main__":
    setting.main()
