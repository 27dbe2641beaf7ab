"""Sound stores of a stopped daemon, and copies of them to be damaged."""
import pathlib
import shutil
import subprocess
import tempfile

import making
import setting
from setting import LIMIT_S, processes

START_S = 3 * setting.SLOW  # a daemon that will refuse has done so by then


class StoreTest(setting.FaultTest):
    """Each test has its own copy of a store with tables and a write-ahead log."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fill()
        cls.net.stop()
        cls.net.start()  # what was in the write-ahead log is in tables now
        cls.fill()
        cls.net.kill()  # a clean stop leaves nothing in the write-ahead log
        cls.data = pathlib.Path(cls.net.env["WISSEL_DATA"])

    @classmethod
    def fill(cls):
        with cls.net.connect("P1") as client:
            for _ in range(300):
                client.post("/v1/verwijzingen", making.reference(cls.net.oin("P1")), expect=(201,))

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wissel-damage-")
        self.addCleanup(folder.cleanup)
        self.copy = pathlib.Path(folder.name) / "data"
        shutil.copytree(self.data, self.copy)
        text = (self.net.directory / "wissel.yaml").read_text()
        self.configuration = pathlib.Path(folder.name) / "wissel.yaml"
        self.configuration.write_text(text.replace(f"data_dir: {self.data}\n", f"data_dir: {self.copy}\n"))

    def start(self):
        """(exit code or None while it runs, what it said) of the daemon on the copy."""
        child = subprocess.Popen([processes.program("wisseld"), "--config", self.configuration], text=True,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            said, _ = child.communicate(timeout=START_S)
            return child.returncode, said
        except subprocess.TimeoutExpired:
            child.terminate()
            return None, child.communicate(timeout=LIMIT_S)[0]
