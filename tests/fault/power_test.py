#!/usr/bin/python3
"""A power cut under load: what was not on the device is gone, and nothing that was acknowledged is among it.

The file system is shut down without a flush, as by the last moment of a machine; what the kernel still held is lost.
Needs root, for a loop device.
"""
import fcntl
import os
import pathlib
import struct
import subprocess
import tempfile
import threading
import time
import unittest

import crash_test
import lab
import setting
from setting import LIMIT_S, waiting

SIZE_MIB = 512
SHUTDOWN = 0x8004587D  # _IOR('X', 125, __u32): EXT4_IOC_SHUTDOWN, and XFS_IOC_GOINGDOWN before it
NO_LOG_FLUSH = 2


class LoopDisk:
    """A file system of its own, in a file."""

    def __init__(self, kind):
        self._folder = tempfile.TemporaryDirectory(prefix="wissel-power-")
        self._image = pathlib.Path(self._folder.name) / "image"
        self.path = pathlib.Path(self._folder.name) / "disk"
        self.path.mkdir()
        self.data = self.path / "data"
        with open(self._image, "wb") as image:
            image.truncate(SIZE_MIB << 20)
        _run(f"mkfs.{kind}", "-q", self._image)
        self.mount()

    @staticmethod
    def why_not(kind):
        if os.geteuid() != 0:
            return "needs root, to mount a file system whose power can be cut"
        try:
            LoopDisk(kind).end()
        except (OSError, subprocess.CalledProcessError) as failure:
            return f"cannot mount a loop device with {kind} here: {failure}"
        return None

    def mount(self):
        _run("mount", "-o", "loop", self._image, self.path)

    def cut(self):
        """From now on nothing reaches the device any more, and every write and fsync fails."""
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(descriptor)

    def restore(self):
        umount = lambda: subprocess.run(["umount", self.path], capture_output=True, check=False).returncode == 0
        waiting.until(umount, LIMIT_S, "nothing holds the file system any more")
        self.mount()

    def end(self):
        _run("umount", "-l", self.path)
        self._folder.cleanup()


def _run(*command):
    subprocess.run(command, check=True, capture_output=True)


class PowerTest(crash_test.CrashTest):
    def make_network(self):
        why_not = LoopDisk.why_not(self.kind)
        if why_not:
            self.skipTest(why_not)
        self.disk = LoopDisk(self.kind)
        self.addCleanup(self.disk.end)
        return setting.Network(data=self.disk.data)

    def run_until_broken(self, series):
        with series.under_load():
            threading.Event().wait(self.chance.uniform(*crash_test.LOAD_S))
            last_moment = time.time()
            self.disk.cut()
            series.net.kill()
        self.disk.restore()
        # A machine without power answers nothing. Here the daemon lives a moment longer, on a file system that ends: an
        # fsync that meets the end of xfs may be told that it went well.
        series.history.forget_answers(last_moment)
        series.forgot_answers()


class Ext4Test(PowerTest):
    kind, rounds = "ext4", lab.rounds(2, 100)


class XfsTest(PowerTest):
    kind, rounds = "xfs", lab.rounds(2, 50)


del PowerTest  # is no test by itself


if __name__ == "__main__":
    setting.main()
