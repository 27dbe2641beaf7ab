"""A test network that tests of faults break and mend: its verbs, its clients, and what its partners received."""
import argparse
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import unittest
import urllib.request

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "api")]
import lab  # noqa: E402
from testnet import client, files, members, network, processes, waiting  # noqa: E402,F401  (found through the line above)
from tlog_reader import LogReader  # noqa: E402

LIMIT_S = 30
SLOW = lab.SLOW


class Network:
    """Options are those of testnet's network.up, for example data: where the store lies, when not in its own folder.
    disk: the daemon runs on a disk that `self.disk` lets fail."""

    def __init__(self, partners=3, disk=False, prefix="", **options):
        self._folder = tempfile.TemporaryDirectory(prefix="wissel-fault-")
        self.directory = pathlib.Path(self._folder.name) / "net"
        self.disk = lab.Disk(self._folder.name)
        network.up(self.directory, partners=partners, prefix=self.disk.prefix() if disk else prefix, **options)
        self.reread()

    def reread(self):
        self.env = files.read_env(self.directory)
        self.agreement = self.env["UITWISSELAFSPRAAK"]

    @property
    def pid(self):
        return int(self.env["WISSEL_PID"])

    @property
    def data(self):
        return pathlib.Path(self.env["WISSEL_DATA"])

    def kill(self):
        network.kill(self.directory)

    def stop(self):
        network.stop(self.directory)

    def start(self, prefix=None):
        network.start(self.directory, prefix=prefix)
        self.reread()

    def down(self):
        network.down(self.directory)
        self._folder.cleanup()

    def stop_partner(self, who):
        network.stop_partner(self.directory, int(who[1:]))

    def start_partner(self, who):
        network.start_partner(self.directory, int(who[1:]))

    def oin(self, who):
        return self.env[f"{who}_OIN"]

    def connect(self, who, timeout_s=LIMIT_S, url=None):
        """A new connection of P1, P2, …, BEHEERDER or AUDITOR. url: where not the daemon itself listens."""
        return client.Client(url or self.env["WISSEL_URL"], self.env["WISSEL_CA"], self.env[f"{who}_CERT"],
                             self.env[f"{who}_KEY"], timeout_s)

    @property
    def address(self):
        """(host, port) of the partners' listener."""
        host, port = self.env["WISSEL_URL"].removeprefix("https://").split(":")
        return host, int(port)

    def raw(self, who, timeout_s=LIMIT_S):
        """A TLS connection as who, on which anything can be sent."""
        context = ssl.create_default_context(cafile=self.env["WISSEL_CA"])
        context.load_cert_chain(self.env[f"{who}_CERT"], self.env[f"{who}_KEY"])
        return context.wrap_socket(socket.create_connection(self.address, timeout_s), server_hostname="localhost")

    def partner_pid(self, who):
        return files.read_state(self.directory)["partners"][int(who[1:]) - 1]["pid"]

    def log_reader(self, who="AUDITOR"):
        return LogReader(self.env["WISSEL_URL"], self.env["WISSEL_CA"], self.env[f"{who}_CERT"],
                         self.env[f"{who}_KEY"], self.env["WISSEL_LOG_VKEY"])

    def behave(self, who, kind="goed", op="alles", **more):
        with client.Client(self.env[f"{who}_CONTROL"]) as control:
            control.post("/gedrag", {"op": op, "soort": kind, **more}, expect=(204,))

    def give_zaak(self, who, subjects, status):
        with client.Client(self.env[f"{who}_CONTROL"]) as control:
            control.post("/zaken", {"onderwerpen": subjects, "zaak": status}, expect=(204,))

    def received(self, who, begin=0):
        """(lines that a partner's webhook wrote from byte `begin` on, where the next begin)."""
        path = self.directory / who.lower() / "ontvangen.ndjson"
        if not path.exists():
            return [], begin
        with open(path, "rb") as file:
            file.seek(begin)
            data = file.read()
        whole = data[:data.rfind(b"\n") + 1]
        return [json.loads(line) for line in whole.splitlines()], begin + len(whole)

    def operators(self, path):
        with urllib.request.urlopen(self.env["WISSEL_OPS_URL"] + path, timeout=LIMIT_S) as answer:
            return answer.read().decode()

    def log_tail(self, lines=40):
        return processes.tail(self.directory / "wisseld.log", lines)

    def control(self, *arguments):
        """A command of wisselctl to the running daemon: (exit code, what it said)."""
        done = subprocess.run([processes.program("wisselctl"), *arguments, "--socket", self.setting("runtime_dir")
                               + "/control.sock"], capture_output=True, text=True, timeout=300, check=False)
        return done.returncode, done.stdout + done.stderr

    def setting(self, key):
        """A value of the daemon's configuration that stands on a line by itself."""
        text = (self.directory / "wissel.yaml").read_text()
        return next(line.partition(":")[2].strip() for line in text.splitlines() if line.strip().startswith(key + ":"))

    def doctor(self, data=None):
        """The exit code of wisselctl doctor for the stopped store."""
        return subprocess.run([processes.program("wisselctl"), "doctor", data or self.env["WISSEL_DATA"]], timeout=300,
                              capture_output=True, check=False).returncode

    def verify_store(self, data=None):
        """wisselctl log verify of the stopped store: (exit code, what it said)."""
        done = subprocess.run([processes.program("wisselctl"), "log", "verify", data or self.env["WISSEL_DATA"], "--vkey",
                               self.env["WISSEL_LOG_VKEY"]], capture_output=True, text=True, timeout=300, check=False)
        return done.returncode, done.stdout + done.stderr


class FaultTest(unittest.TestCase):
    """Each class has a network of its own; its daemon's log is shown when a test fails."""

    partners = 3

    @classmethod
    def setUpClass(cls):
        cls.net = cls.make_network()
        cls.addClassCleanup(cls.net.down)

    @classmethod
    def make_network(cls):
        return Network(cls.partners)

    def ground(self, **more):
        return {"uitwisselafspraak": self.net.agreement, **more}


def main():
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--bin")
    given, rest = parser.parse_known_args()
    if given.bin:
        os.environ["WISSEL_BIN"] = given.bin
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2, warnings="ignore")  # daemons outlive their Popen
