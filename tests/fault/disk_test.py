#!/usr/bin/python3
"""A full disk, a second daemon, a damaged store, an end under load: nothing acknowledged is lost, nothing is silent."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time
import unittest

import load
import making
import oracle
import setting
import wal
from history import History
from setting import LIMIT_S, processes, waiting
from small_disk import MIB, SmallDisk

DISK_MIB = 96  # watermarks of the test network: restrict at a twentieth, stop at a fiftieth
RESTRICTED, STOPPED = DISK_MIB * MIB // 30, DISK_MIB * MIB // 100
SECOND_S = 2 * setting.SLOW
START_S = 3 * setting.SLOW  # a daemon that will refuse has done so by then
META = 16     # the number of family `meta` in the store
BREAKS = 3
FAILING_SYNC = os.environ.get("WISSEL_FAULT_SYNC")
NO_SMALL_DISK = SmallDisk.why_not()


def utc_now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def retried(answer):
    """A refusal that says why, and when to come back."""
    return (answer.status, answer.headers.get("Wissel-Log-Index")) == (503, None) and \
        answer.json()["code"] == "opslag-vol" and int(answer.headers["Retry-After"]) > 0


class FailingWrites(unittest.TestCase):
    """Breaks and mends what a store lies on while clients work, in one process of the daemon."""

    def use(self, net):
        self.net = net
        self.addCleanup(net.down)
        self.history = History(net.directory / "history.ndjson")
        self.addCleanup(self.history.close)

    def break_and_mend(self, broken, mended):
        with self.net.connect("P3") as client:
            client.post("/v1/abonnementen", {"bezorging": {"soort": "webhook"}, "grondslag": {
                "uitwisselafspraak": self.net.agreement}}, expect=(201,))
        senders = self.made(load.Sender, "P1", "P2")
        workers = [*self.made(load.Registrar, "P1", "P1"), *self.made(load.BulkRegistrar, "P2"), *senders,
                   *self.made(load.Searcher, "P2", "P3")]
        since, pid, stop = utc_now(), self.net.pid, threading.Event()
        threads = load.in_threads(workers, stop)
        for number in range(1, BREAKS + 1):
            self.wait_for("reference", 201, 20)
            broken()
            self.wait_for("search", 503, 5)
            mended()
            begun = time.monotonic()
            self.wait_for("reference", 201, 1)
            print(f"\n{number}: served again after {time.monotonic() - begun:.2f} s", end="", flush=True)
        stop.set()
        for thread in threads:
            thread.join()
        again = threading.Event()
        for sender in senders:
            sender.settle(again)
        self.assertEqual(self.net.pid, pid)
        both, lines = {self.net.oin("P1"), self.net.oin("P2")}, self.history.lines()
        waiting.until(lambda: not oracle.missing(lines, self.events(), both), LIMIT_S, "deliveries")
        self.assertFalse(oracle.deliveries("the webhook of P3", lines, self.events(), both))
        self.assertFalse(self.faults(workers, since))
        self.net.stop()
        self.assertEqual(self.net.verify_store()[0], 0)
        print(f"\nwrites that failed: {self.net.log_tail(10_000).count('commit failed')}", flush=True)

    def events(self):
        return [line["bericht"] for line in self.net.received("P3")[0]]

    def made(self, kind, *who):
        return [kind(self.net, self.history, name) for name in who]

    def wait_for(self, kind, status, more):
        """Until the clients wrote down so many more answers of this kind and status."""
        begun = len(self.history)
        waiting.until(lambda: sum(line["status"] == status for line in
                                  self.history.lines("answered", kind, begun)) >= more, LIMIT_S,
                      f"{more} {kind} answered {status}")

    def faults(self, workers, since):
        lines = self.history.lines()
        faults = oracle.lost_records(self.net, lines, oracle.log_traces(self.net, since))
        for check in (oracle.references, oracle.message_states):
            faults += check(self.net, lines)
        faults += oracle.repeated_differently(lines)
        for line in lines:
            # What a bulk request did before its refusal stays, so that one has a record, which is checked above.
            if line.get("status") == 503 and ((line["index"] is not None and line["kind"] != "bulk") or
                                              line["code"] not in ("opslag-vol", "opslag-onbereikbaar") or
                                              not line["retry"]):
                faults.append(f"503 of {line['kind']}: {line}")
        return faults + [fault for worker in workers for fault in worker.refused]


@unittest.skipIf(NO_SMALL_DISK, NO_SMALL_DISK)
class FullDiskTest(FailingWrites):
    def setUp(self):
        self.disk = SmallDisk(DISK_MIB)
        self.addCleanup(self.disk.end)
        self.use(setting.Network(data=self.disk.data))

    def register(self, client):
        return client.post("/v1/verwijzingen", making.reference(self.net.oin("P1")))

    def search(self, client):
        return client.post("/v1/zoekopdrachten", {"onderwerp": making.person(), "grondslag": {
            "uitwisselafspraak": self.net.agreement}})

    def test_watermarks_stop_what_adds_first_and_then_every_access(self):
        with self.net.connect("P1") as holder, self.net.connect("P2") as reader:
            self.assertEqual(self.register(holder).status, 201)
            self.disk.fill(RESTRICTED)
            refused = waiting.until(lambda: (answer := self.register(holder)).status == 503 and answer, LIMIT_S, "503")
            self.assertTrue(retried(refused), refused)
            self.assertEqual(self.search(reader).status, 200)
            self.disk.fill(STOPPED)
            refused = waiting.until(lambda: (answer := self.search(reader)).status == 503 and answer, LIMIT_S, "503")
            self.assertTrue(retried(refused), refused)
            self.assertEqual(reader.get("/tlog/checkpoint").status, 200)
            self.assertEqual(reader.get("/v1/openapi.json").status, 200)
            self.assertIn("wissel_disk_level 3", self.net.operators("/metrics"))
            self.disk.empty()
            waiting.until(lambda: self.register(holder).status == 201, LIMIT_S, "space is seen")

    def test_a_full_disk_loses_nothing_and_heals_without_a_restart(self):
        self.break_and_mend(lambda: self.disk.fill(0), self.disk.empty)


@unittest.skipUnless(FAILING_SYNC, "WISSEL_FAULT_SYNC names no library that lets fsync fail")
class FailingSyncTest(FailingWrites):
    def test_a_failed_fsync_is_never_called_good_and_heals_without_a_restart(self):
        with tempfile.TemporaryDirectory(prefix="wissel-sync-") as folder:
            switch = pathlib.Path(folder) / "fail"
            self.use(setting.Network(prefix=f"env LD_PRELOAD={FAILING_SYNC} WISSEL_FAIL_SYNC={switch}"))
            self.break_and_mend(switch.touch, switch.unlink)
            self.assertIn("commit failed", self.net.log_tail(10_000))


class DaemonTest(setting.FaultTest):
    def daemon(self, configuration=None):
        """The daemon as our own child, so that its exit code is seen."""
        child = subprocess.Popen([processes.program("wisseld"), "--config",
                                  configuration or self.net.directory / "wissel.yaml"], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(lambda: child.poll() is None and child.kill())
        return child

    def test_a_second_daemon_on_the_store_refuses_and_the_first_goes_on(self):
        with self.net.connect("P1") as client:
            self.assertEqual(client.post("/v1/verwijzingen", making.reference(self.net.oin("P1"))).status, 201)
            begun = time.monotonic()
            second = self.daemon()
            said, _ = second.communicate(timeout=LIMIT_S)
            self.assertLess(time.monotonic() - begun, SECOND_S)
            self.assertNotEqual(second.returncode, 0)
            self.assertIn(f"another wisseld (pid {self.net.pid}) uses this directory: {self.net.env['WISSEL_DATA']}; "
                          "stop it first", said)
            self.assertEqual(client.post("/v1/verwijzingen", making.reference(self.net.oin("P1"))).status, 201)

    def test_an_end_under_load_drains_and_loses_nothing(self):
        history = History(self.net.directory / "history.ndjson")
        self.addCleanup(history.close)
        self.net.stop()
        child = self.daemon()
        waiting.until(self.ready, LIMIT_S, "wisseld is ready")
        made = lambda kind, *who: [kind(self.net, history, name) for name in who]
        senders = made(load.Sender, "P1", "P2")
        workers = [*made(load.Registrar, "P1", "P1"), *made(load.BulkRegistrar, "P2"), *senders,
                   *made(load.Searcher, "P2", "P3"), *made(load.Mailbox, "P3")]
        since, stop = utc_now(), threading.Event()
        threads = load.in_threads(workers, stop)
        waiting.until(lambda: len(history.lines("answered")) > 200, LIMIT_S, "load")
        begun = time.monotonic()
        child.terminate()
        said, _ = child.communicate(timeout=LIMIT_S)
        print(f"\nended {time.monotonic() - begun:.2f} s after SIGTERM", flush=True)
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(child.returncode, 0, said[-2000:])
        self.assertEqual(self.net.verify_store()[0], 0)
        self.net.start()
        again = threading.Event()
        for sender in senders:
            sender.settle(again)
        lines = history.lines()
        faults = oracle.lost_records(self.net, lines, oracle.log_traces(self.net, since))
        for check in (oracle.references, oracle.message_states):
            faults += check(self.net, lines)
        self.assertFalse(faults, faults[:5])
        self.assertFalse([fault for worker in workers for fault in worker.refused])

    def ready(self):
        try:
            return self.net.operators("/readyz")
        except OSError:
            return False


class DamageTest(setting.FaultTest):
    """Each damage is done to a copy of a sound store. It is named, or the daemon refuses to start on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fill()
        cls.net.stop()
        cls.net.start()  # what was in the write-ahead log is in tables now
        cls.fill()
        cls.net.stop()
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

    def refuses(self, *words):
        code, said = self.start()
        self.assertEqual(code, 1, said)
        for word in (str(self.copy), *words):
            self.assertIn(word, said)

    def test_a_sound_copy_verifies(self):
        code, said = self.net.verify_store(self.copy)
        self.assertEqual(code, 0, said)

    def test_a_store_without_a_manifest_is_refused(self):
        for manifest in self.copy.glob("MANIFEST-*"):
            manifest.unlink()
        self.refuses("MANIFEST")
        self.assertNotEqual(self.net.verify_store(self.copy)[0], 0)

    def test_a_store_without_its_pointer_is_refused(self):
        (self.copy / "CURRENT").unlink()
        self.refuses("CURRENT")
        self.assertNotEqual(self.net.verify_store(self.copy)[0], 0)

    def test_a_store_of_an_unknown_schema_version_is_refused(self):
        before = sorted(path.name for path in self.copy.iterdir())
        wal.put(self.copy, META, b"schema", bytes([1, 0, 0, 0, 7]))  # format 1, version 7
        self.refuses("has schema version 7; this program knows version 1; nothing was changed.")
        self.assertEqual(sorted(path.name for path in self.copy.iterdir()), before)

    def test_a_missing_table_is_refused(self):
        table = max(self.copy.glob("*.sst"), key=lambda path: path.stat().st_size)
        table.unlink()
        self.refuses(table.name)
        self.assertNotEqual(self.net.verify_store(self.copy)[0], 0)

    def test_a_flipped_byte_in_the_write_ahead_log_is_refused(self):
        log = max(self.copy.glob("*.log"), key=lambda path: path.stat().st_size)
        sound = log.read_bytes()
        flip(log, sound, len(sound) // 4)
        self.refuses("orrupt")
        self.assertNotEqual(self.net.verify_store(self.copy)[0], 0)

    def test_a_flipped_byte_in_any_table_is_named(self):
        tables = sorted(self.copy.glob("*.sst"))
        self.assertTrue(tables)
        silent = []
        for table in tables:
            sound = table.read_bytes()
            flip(table, sound, len(sound) // 4)
            verified = self.net.verify_store(self.copy)[0] == 0
            if verified and self.start()[0] is None:
                silent.append(table.name)
            table.write_bytes(sound)
        print(f"\n{len(tables)} tables, damage in {len(silent)} seen by neither log verify nor the start", flush=True)
        self.assertFalse(silent)


def flip(path, sound, at):
    path.write_bytes(sound[:at] + bytes([sound[at] ^ 0x10]) + sound[at + 1:])


if __name__ == "__main__":
    setting.main()
