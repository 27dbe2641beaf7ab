#!/usr/bin/python3
"""What the unit relies on, with this test in systemd's place: notification, watchdog, credentials, socket activation.

The folder with the program: WISSEL_BIN."""
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from testnet import files, processes, waiting  # noqa: E402
from testnet.client import Client  # noqa: E402

LIMIT_S = 30
WATCHDOG_S = 1


class SystemdTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.directory = directory = pathlib.Path(folder.name)
        files.write_pki(directory / "pki", ["Gemeente Proef"])
        files.write_secrets(directory / "secrets")
        (directory / "data").mkdir()
        self.port, self.operators_port = files.free_port(), files.free_port()
        files.write_configuration(directory, directory / "data", self.port, self.operators_port)
        self.configuration = directory / "wissel.yaml"
        self.log = directory / "wisseld.log"

    def start(self, command, **environment):
        with open(self.log, "ab") as output:
            process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output,
                                       stderr=subprocess.STDOUT, env={**os.environ, **environment})
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def daemon(self):
        return [processes.program("wisseld"), "--config", self.configuration]

    def until(self, condition, what):
        try:
            return waiting.until(condition, LIMIT_S, what)
        except TimeoutError as late:
            self.fail(f"{late}\n{processes.tail(self.log)}")

    def ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.operators_port}/readyz", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def test_tells_ready_feeds_the_watchdog_and_tells_stopping(self):
        self.configuration.write_text(self.configuration.read_text().replace(f"{self.directory}/secrets/", "credential:"))
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(notify.close)
        notify.bind(str(self.directory / "notify"))
        notify.settimeout(LIMIT_S)
        process = self.start(self.daemon(), NOTIFY_SOCKET=str(self.directory / "notify"),
                             CREDENTIALS_DIRECTORY=str(self.directory / "secrets"),
                             WATCHDOG_USEC=str(WATCHDOG_S * 1_000_000))

        def told(wanted):
            try:
                while wanted not in notify.recv(4096).decode().splitlines():
                    pass
            except socket.timeout:
                self.fail(f"{wanted} was not told\n{processes.tail(self.log)}")

        told("READY=1")
        self.assertTrue(self.ready())
        notify.settimeout(WATCHDOG_S)  # systemd would end a daemon that is silent for longer
        for _ in range(4):
            told("WATCHDOG=1")
        process.send_signal(signal.SIGTERM)
        notify.settimeout(LIMIT_S)
        told("STOPPING=1")
        self.assertEqual(process.wait(LIMIT_S), 0)

    def test_serves_on_the_socket_that_it_is_handed(self):
        handed = files.free_port()
        self.start(["systemd-socket-activate", "--fdname=partners", "-l", f"127.0.0.1:{handed}", *self.daemon()])
        keys = self.directory / "pki"

        def answered():
            try:  # the first connection starts the daemon
                with Client(f"https://127.0.0.1:{handed}", keys / "ca.pem", keys / "p1.pem", keys / "p1.key") as client:
                    return client.get("/v1/openapi.json").status
            except OSError:
                return None

        self.assertEqual(self.until(answered, "an answer on the socket"), 200)
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", self.port))


if __name__ == "__main__":
    unittest.main()
