#!/usr/bin/python3
"""kill -9 at named points of the write path, of a checkpoint, of flush and compaction, and of a backup."""
import itertools
import os
import pathlib
import re
import tempfile
import unittest

import crash_test
import lab
import setting
from setting import waiting

# Point → the numbers among which chance chooses how often it is passed before the daemon dies there.
PASSED = {
    "before-wal-write": (5, 300),
    "after-wal-write": (5, 300),   # before its fsync
    "after-wal-sync": (5, 300),
    "before-answers": (5, 300),
    "after-answers": (5, 300),     # before anything is delivered
    "mid-checkpoint": (1, 3),
    "mid-keep": (2, 6),            # of a checkpoint apart from the store
    "mid-flush": (1, 10),
    "mid-compaction": (1, 1),
    "mid-backup": (1, 1),
}
BUFFERS = re.compile(r"write_buffer: \d+")
LIMIT_S = 60 * lab.SLOW


def small_buffers(text):
    """So that there is a flush every second, and compaction after a few."""
    return BUFFERS.sub("write_buffer: 2097152\n  write_buffers_max: 2", text)


@unittest.skipIf(lab.NO_DISK, lab.NO_DISK)
class PointsTest(crash_test.CrashTest):
    rounds = len(PASSED) * lab.rounds(1, 20)
    points = itertools.cycle(PASSED)

    def make_network(self):
        return setting.Network(disk=True, program="wisseld-failpoints", edit=small_buffers)

    def run_until_broken(self, series):
        self.point = next(self.points)
        net, nth = series.net, self.chance.randint(*PASSED[self.point])
        net.stop()
        if self.point == "after-wal-write":
            net.start()
            net.disk.fail(f"sync {net.env['WISSEL_DATA']}/0 kill {nth}")
        else:
            self.start_until(net, nth)
        with tempfile.TemporaryDirectory(prefix="wissel-backup-") as folder, series.under_load():
            self.await_end(net, pathlib.Path(folder))
        net.disk.heal()
        net.kill()  # is gone already; so are the processes around it
        print(f"{self.point}, passed for the {nth}th time", flush=True)

    def start_until(self, net, nth):
        try:
            net.start(f"{net.disk.prefix()} WISSEL_FP={self.point}:{nth}")
        except SystemExit:
            pass  # it got there before it was ready

    def await_end(self, net, folder):
        if self.point == "mid-backup":
            net.control("backup", folder / "backup")
        waiting.until(lambda: not os.path.exists(f"/proc/{net.pid}"), LIMIT_S, f"the end at {self.point}")


if __name__ == "__main__":
    setting.main()
