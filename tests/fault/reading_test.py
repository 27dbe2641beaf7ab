#!/usr/bin/python3
"""A disk that is slow, and one that cannot read a table: what exists is never said not to, and others go on."""
import threading
import time
import unittest

import breaking
import lab
import load
import making
import setting
from history import History
from measure import footprint, show
from setting import LIMIT_S, waiting

ROUNDS = lab.rounds(1, 20)
SYNC_MS = 200
# Above the most that so many clients may wait: each for the batch before its own, and its own.
SLOW_S = 10 * SYNC_MS / 1000 * setting.SLOW


@unittest.skipIf(lab.NO_DISK, lab.NO_DISK)
class ReadErrorTest(unittest.TestCase):
    """Tables with references; none of them is in memory when the disk begins to fail."""

    PEOPLE = 300

    def setUp(self):
        self.net = setting.Network(disk=True)
        self.addCleanup(self.net.down)
        self.history = History(self.net.directory / "history.ndjson")
        self.addCleanup(self.history.close)
        self.people = []
        with self.net.connect("P1") as holder:
            for _ in range(self.PEOPLE):
                body = making.reference(self.net.oin("P1"))
                holder.post("/v1/verwijzingen", body, expect=(201,))
                self.people.append(body["betrokkenen"][0])

    def restart(self):
        """What was in memory is in tables, and nothing of them has been read."""
        self.net.stop()
        self.net.start()

    def search(self, client, person):
        return client.post("/v1/zoekopdrachten", {"onderwerp": person, "grondslag": {
            "uitwisselafspraak": self.net.agreement}})

    def test_what_cannot_be_read_is_an_error_and_never_absent(self):
        self.restart()
        self.restart()
        tables = sorted(path.name for path in self.net.data.glob("*.sst"))
        seen = {"as ever": 0, "5xx": 0}
        for table in tables * ROUNDS if lab.FULL else tables:
            with self.subTest(table=table):
                self.judge(table, seen)
        print(f"\n{len(tables)} tables, {ROUNDS if lab.FULL else 1} times: {seen}", flush=True)
        self.assertGreater(seen["5xx"], 0)

    def judge(self, table, seen):
        self.net.disk.heal()
        self.restart()
        alarms = self.alarms()
        self.net.disk.fail(f"read {table} EIO")
        self.addCleanup(self.net.disk.heal)
        failed = 0
        with self.net.connect("P2") as client:
            for person in self.people[::10]:
                answer = self.search(client, person)
                if answer.status == 200:
                    holders = [holder["oin"] for holder in answer.json()["bronhouders"]]
                    self.assertEqual([self.net.oin("P1")], holders)
                    seen["as ever"] += 1
                else:
                    self.assertIn(answer.status, (500, 503), answer)
                    failed += 1
            seen["5xx"] += failed
            # What needs none of it goes on.
            self.assertEqual(200, client.get("/v1/openapi.json").status)
            self.assertTrue(self.net.operators("/livez"))
        if failed:
            self.assertGreater(self.alarms(), alarms, "5xx, and no word of it in the log")
        self.net.disk.heal()
        with self.net.connect("P2") as client:
            waiting.until(lambda: self.search(client, self.people[0]).status == 200, LIMIT_S, "it reads again")
            for person in self.people[::10]:
                self.assertEqual(200, self.search(client, person).status)

    def alarms(self):
        text = (self.net.directory / "wisseld.log").read_text()
        return sum(text.count(level) for level in ("ERROR ", "WARN "))


@unittest.skipIf(lab.NO_DISK, lab.NO_DISK)
class SlowDiskTest(breaking.FailingWrites):
    def test_a_slow_disk_makes_answers_late_and_none_wrong(self):
        self.use(setting.Network(disk=True))
        workers = [*self.made(load.Registrar, "P1", "P1"), *self.made(load.Sender, "P1", "P2"),
                   *self.made(load.Searcher, "P2", "P3")]
        since, stop, times = breaking.utc_now(), threading.Event(), []
        threads = load.in_threads(workers, stop)
        self.wait_for("reference", 201, 20)
        before = self.memory()
        self.net.disk.fail(f"sync {self.net.data}/ delay={SYNC_MS}")
        with self.net.connect("P3") as client:
            for _ in range(lab.rounds(15, 150)):
                begun = time.monotonic()
                answer = client.post("/v1/zoekopdrachten", {"onderwerp": making.person(), "grondslag": {
                    "uitwisselafspraak": self.net.agreement}})
                times.append(time.monotonic() - begun)
                self.assertEqual(200, answer.status)
        print()
        show(f"search, each fsync takes {SYNC_MS} ms", times)
        print(f"memory: {before >> 20} MiB before, {self.memory() >> 20} MiB now", flush=True)
        self.assertLess(max(times), SLOW_S)
        self.net.disk.heal()
        self.wait_for("reference", 201, 20)
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual([], breaking.judge(self.net, self.history, workers, since)[:5])

    def memory(self):
        return footprint(self.net.pid).memory


if __name__ == "__main__":
    setting.main()
