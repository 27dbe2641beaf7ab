#!/usr/bin/python3
"""A damaged table under the running daemon: named by the scrub, by readiness and by wisselctl doctor; what hits it gets
an error and never less than there was; what is derived is made anew."""
import json
import pathlib
import shutil
import subprocess
import unittest
import urllib.error
import urllib.request

import making
import setting
from setting import LIMIT_S, processes

PEOPLE = 40


class ScrubTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.net = setting.Network(partners=1)
        cls.addClassCleanup(cls.net.down)
        cls.people = [making.person() for _ in range(PEOPLE)]
        with cls.net.connect("P1") as client:
            for person in cls.people:
                client.post("/v1/verwijzingen", making.reference(cls.net.oin("P1"), person), expect=(201,))
            for _ in range(300):
                client.post("/v1/verwijzingen", making.reference(cls.net.oin("P1")), expect=(201,))
        cls.data = pathlib.Path(cls.net.env["WISSEL_DATA"])
        cls.socket = cls.net.env["WISSEL_SOCKET"]
        # What is in memory goes to tables with the opening after an end without a flush.
        cls.net.kill()
        cls.net.start()
        cls.net.stop()
        cls.sound = cls.net.directory / "sound"
        shutil.copytree(cls.data, cls.sound)

    def setUp(self):
        self.net.stop()
        # Damage is looked for here, not age: without what was kept an older copy is not known to be one.
        shutil.rmtree(self.data.with_name(self.data.name + "-checkpoint"))
        shutil.rmtree(self.data)
        shutil.copytree(self.sound, self.data)

    def ctl(self, *arguments, code=0):
        done = subprocess.run([processes.program("wisselctl"), *map(str, arguments)], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=LIMIT_S, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def table_of(self, family):
        found = json.loads(self.ctl("doctor", self.data, "--json"))["findings"]
        return self.data / max((one for one in found if one.get("family") == family), key=lambda one: one["bytes"])["subject"]

    def damage(self, family):
        table = self.table_of(family)
        content = bytearray(table.read_bytes())
        content[len(content) // 4] ^= 0x10
        table.write_bytes(content)
        return table

    def operators(self, path):
        try:
            with urllib.request.urlopen(self.net.env["WISSEL_OPS_URL"] + path, timeout=LIMIT_S) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()

    def search(self, client, person):
        return client.post("/v1/zoekopdrachten", {"onderwerp": person, "grondslag": {
            "uitwisselafspraak": self.net.agreement}})

    def holders(self):
        """How many of the people are found; and how many answers were errors."""
        found = errors = 0
        with self.net.connect("P1") as client:
            for person in self.people:
                answer = self.search(client, person)
                if answer.status >= 500:
                    errors += 1
                else:
                    self.assertEqual(answer.status, 200)
                    self.assertEqual(len(answer.json()["bronhouders"]), 1, "an empty answer for somebody who is there")
                    found += 1
        return found, errors

    def test_a_sound_store_is_in_order_by_all_accounts(self):
        self.assertIn("in order", self.ctl("doctor", self.data, "--config", self.net.directory / "wissel.yaml"))
        self.assertIn("same", self.ctl("rebuild", self.data))
        self.net.start()
        self.assertIn("in order", self.ctl("doctor", "--socket", self.socket))
        metrics = self.operators("/metrics")[1]
        self.assertIn("wissel_scrub_damaged_files 0", metrics)
        self.assertNotIn("wissel_scrub_last_success_timestamp_seconds 0\n", metrics)

    def test_a_damaged_table_is_named_and_readiness_says_so(self):
        table = self.damage("record")
        self.assertIn(table.name, self.ctl("doctor", self.data, code=1))
        self.net.start()
        report = json.loads(self.ctl("doctor", "--socket", self.socket, "--json", code=1))
        bad = [one for one in report["findings"] if one["verdict"] == "bad"]
        self.assertEqual([(one["subject"], one["family"]) for one in bad], [(table.name, "record")])
        self.assertIn("log indices", bad[0]["what"])
        status, body = self.operators("/readyz")
        self.assertEqual(status, 503)
        self.assertIn(table.name, json.loads(body)["components"]["tables"]["why"])
        self.assertIn("wissel_scrub_damaged_files 1", self.operators("/metrics")[1])
        self.assertIn(table.name, str(json.loads(self.ctl("status", "--socket", self.socket, "--json", code=1))["scrub"]))
        log = self.net.log_tail(200)
        self.assertIn("damaged file", log)
        self.assertIn(table.name, log)
        with self.net.connect("P1") as client:
            self.assertEqual(self.search(client, self.people[0]).status, 200, "what lies elsewhere is served")

    def test_reads_that_hit_damage_get_errors_and_a_rebuild_makes_it_anew(self):
        table = self.damage("reference")
        self.net.start()
        found, errors = self.holders()
        print(f"\nof {PEOPLE} people {found} found, {errors} errors", end="", flush=True)
        self.assertGreater(errors, 0)
        self.assertEqual(found + errors, PEOPLE)
        self.net.stop()
        compared = json.loads(self.ctl("rebuild", self.data, "--json", code=1))
        different = [family for family in compared["families"] if not family["same"]]
        self.assertEqual([family["family"] for family in different], ["reference"])
        self.assertIn(table.name, different[0]["unreadable"])
        self.ctl("rebuild", self.data, "--replace")
        self.assertIn("in order", self.ctl("doctor", self.data))
        self.net.start()
        self.assertEqual(self.holders(), (PEOPLE, 0))


if __name__ == "__main__":
    setting.main()
