#!/usr/bin/python3
"""A disk that fills up, and has room again: nothing acknowledged is lost, nothing is refused without a word."""
import unittest

import breaking
import lab
import making
import setting
from setting import LIMIT_S, waiting
from small_disk import MIB, SmallDisk

DISK_MIB = 96  # watermarks of the test network: restrict at a twentieth, stop at a fiftieth
RESTRICTED, STOPPED = DISK_MIB * MIB // 30, DISK_MIB * MIB // 100
NO_SMALL_DISK = SmallDisk.why_not()


def retried(answer):
    """A refusal that says why, and when to come back."""
    return (answer.status, answer.headers.get("Wissel-Log-Index")) == (503, None) and \
        answer.json()["code"] == "opslag-vol" and int(answer.headers["Retry-After"]) > 0


@unittest.skipIf(NO_SMALL_DISK, NO_SMALL_DISK)
class FullDiskTest(breaking.FailingWrites):
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
        def full():
            self.disk.fill(0)
            self.wait_for("search", 503, 5)
            self.disk.empty()
        self.break_and_mend(lab.rounds(2, 20), full)


if __name__ == "__main__":
    setting.main()
