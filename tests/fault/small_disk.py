"""A small file system of its own for a store, and what fills it."""
import os
import pathlib
import subprocess
import tempfile

MIB = 1 << 20


class SmallDisk:
    """A tmpfs. why_not() says why there can be none here."""

    def __init__(self, size_mib):
        self._folder = tempfile.TemporaryDirectory(prefix="wissel-disk-")
        self.path = pathlib.Path(self._folder.name) / "disk"
        self.path.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_mib}m,mode=0700", "tmpfs", self.path], check=True,
                       capture_output=True)
        self.data = self.path / "data"
        self._ballast = self.path / "ballast"

    @staticmethod
    def why_not():
        if os.geteuid() != 0:
            return "needs root, to mount a small file system"
        try:
            SmallDisk(1).end()
        except (OSError, subprocess.CalledProcessError) as failure:
            return f"cannot mount a small file system here: {failure}"
        return None

    def free(self):
        disk = os.statvfs(self.path)
        return disk.f_bavail * disk.f_frsize

    def fill(self, leave):
        """Fills until `leave` bytes are free."""
        with open(self._ballast, "ab") as file:
            try:
                while (more := self.free() - leave) > 0:
                    file.write(bytes(min(more, MIB)))
                    file.flush()
            except OSError:
                pass  # full a moment early: somebody else wrote

    def empty(self):
        self._ballast.unlink(missing_ok=True)

    def end(self):
        subprocess.run(["umount", "-l", self.path], check=True, capture_output=True)
        self._folder.cleanup()
