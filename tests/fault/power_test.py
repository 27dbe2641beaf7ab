#!/usr/bin/python3
"""A power cut under load: what was not on the device is gone, and nothing that was acknowledged is among it.

The file system is shut down without a flush, as by the last moment of a machine; what the kernel still held is lost.
Needs root, for a loop device with ext4. WISSEL_FAULT_POWER_ROUNDS: how often (3).
"""
import fcntl
import os
import pathlib
import struct
import subprocess
import tempfile
import threading
import unittest

import crash_test
import load
import setting

ROUNDS = int(os.environ.get("WISSEL_FAULT_POWER_ROUNDS", "3"))
SIZE_MIB = 512
EXT4_IOC_SHUTDOWN = 0x8004587D  # linux/fs/ext4/ext4.h: _IOR('X', 125, __u32)
NO_LOG_FLUSH = 2


class LoopDisk:
    """An ext4 file system of its own, in a file."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="wissel-power-")
        self._image = pathlib.Path(self._folder.name) / "image"
        self.path = pathlib.Path(self._folder.name) / "disk"
        self.path.mkdir()
        self.data = self.path / "data"
        with open(self._image, "wb") as image:
            image.truncate(SIZE_MIB << 20)
        _run("mkfs.ext4", "-q", self._image)
        self.mount()

    @staticmethod
    def why_not():
        if os.geteuid() != 0:
            return "needs root, to mount a file system whose power can be cut"
        try:
            LoopDisk().end()
        except (OSError, subprocess.CalledProcessError) as failure:
            return f"cannot mount a loop device here: {failure}"
        return None

    def mount(self):
        _run("mount", "-o", "loop", self._image, self.path)

    def cut(self):
        """From now on nothing reaches the device any more, and every write and fsync fails."""
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, EXT4_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(descriptor)

    def restore(self):
        _run("umount", self.path)
        self.mount()

    def end(self):
        _run("umount", "-l", self.path)
        self._folder.cleanup()


def _run(*command):
    subprocess.run(command, check=True, capture_output=True)


NO_DISK = LoopDisk.why_not()


@unittest.skipIf(NO_DISK, NO_DISK)
class PowerTest(crash_test.CrashTest):
    rounds = ROUNDS

    @classmethod
    def make_network(cls):
        cls.disk = LoopDisk()
        cls.addClassCleanup(cls.disk.end)
        return setting.Network(data=cls.disk.data)

    def load_and_kill(self, moment_s):
        stop, moment = threading.Event(), threading.Event()
        threads = load.in_threads(self.workers, stop)
        moment.wait(moment_s)
        self.disk.cut()
        moment.wait(0.1)  # what is answered now would be a lie
        self.net.kill()
        stop.set()
        for thread in threads:
            thread.join()
        self.disk.restore()


if __name__ == "__main__":
    setting.main()
