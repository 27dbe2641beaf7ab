#!/usr/bin/python3
"""Quota and the brake, with figures of their own: what is refused, what is recorded, who lets go, and what outlives
kill -9."""
import json

import harness
from harness import index_of, person
from testnet import pki

FLOOR = 20


class BrakesTest(harness.ApiTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.net.run("stop")
        path = cls.net.directory / "wissel.yaml"
        text = path.read_text()
        changed = text.replace("brake:\n  enabled: false\n", f"brake:\n  enabled: true\n  floor: {FLOOR}\n")
        assert changed != text
        path.write_text(changed)
        cls.net.run("start")

    def many(self, count, who=None, agreement=None, **options):
        body = {"onderwerpen": [person() for _ in range(count)], "grondslag": self.ground(agreement)}
        return (who or self.p2).post("/v1/zoekopdrachten", body, **options)

    def brakes(self, who):
        return who.get("/v1/remmen", expect=200).json()["remmen"]

    def brake_on(self, agreement):
        return next((brake for brake in self.brakes(self.operator) if brake["uitwisselafspraak"] == agreement), None)

    def trip(self):
        """An agreement under which P2 is braked, and the brake."""
        agreement = self.new_agreement()
        self.many(FLOOR + 1, agreement=agreement, expect=429, code="geremd")
        return agreement, self.brake_on(agreement)

    def release(self, brake, who=None, **options):
        body = {"reden": "nagevraagd", "gebruiker": {"id": "j.devries", "soort": "medewerker"}}
        return (who or self.operator).post(f"/v1/remmen/{brake['id']}/vrijgave", body, **options)

    def lines(self, **wanted):
        """Records of the log whose attributes are these, read as an auditor."""
        answer = self.auditor.get("/v1/verwerkingen?aantal=1000", expect=200).json()
        lines = [json.loads(row["regel"])["attributes"] for row in answer["verwerkingen"]]
        names = {"code": "wissel.code", "oin": "wissel.oin", "object": "wissel.object",
                 "uitwisselafspraak": "wissel.uitwisselafspraak"}
        return [line for line in lines if all(line.get(names[name]) == value for name, value in wanted.items())]

    def test_quota_of_an_agreement_counts_every_subject(self):
        agreement = self.new_agreement(quota={"perMinuut": 10})
        self.many(8, agreement=agreement, expect=200)
        refused = self.many(3, agreement=agreement, expect=429, code="quotum")
        self.assertTrue(1 <= int(refused.headers["Retry-After"]) <= 6, refused.headers)
        self.assertNotIn("Wissel-Log-Index", refused.headers)
        self.many(8, who=self.p3, agreement=agreement, expect=200)
        refused = self.many(11, agreement=agreement, expect=429, code="quotum")
        self.assertIn("ten hoogste 10", refused.json()["detail"])
        pull = {"onderwerp": person(), "grondslag": self.ground(agreement)}
        while (answer := self.p2.post("/v1/statusbevragingen", pull)).status == 200:
            pass
        self.assertEqual(answer.json()["code"], "quotum")

    def test_one_record_of_what_quota_refused(self):
        agreement = self.new_agreement(quota={"perMinuut": 1})
        self.many(1, who=self.p3, agreement=agreement, expect=200)
        before = self.net.metric("wissel_quota_refused_total", limit="agreement")
        size = len(self.lines(code="quotum", oin=self.oin3))
        for _ in range(4):
            self.many(1, who=self.p3, agreement=agreement, expect=429, code="quotum")
        self.assertEqual(self.net.metric("wissel_quota_refused_total", limit="agreement"), before + 4)
        self.net.run("stop")
        self.net.run("start")
        lines = self.lines(code="quotum", oin=self.oin3)
        self.assertEqual(len(lines), size + 1)
        counts = [int(line["wissel.object"].removeprefix("geweigerd:")) for line in lines]
        self.assertIn(4, counts)
        self.assertEqual(lines[0]["wissel.uitkomst"], "geweigerd")
        self.assertEqual(lines[0]["wissel.actie"], "zoeken")

    def test_a_brake_is_told_and_let_go(self):
        agreement, brake = self.trip()
        self.assertEqual(brake["deelnemer"], self.oin2)
        self.assertEqual(brake["gevraagdPerMinuut"], FLOOR + 1)
        self.assertIn(brake, self.brakes(self.p2))
        self.assertEqual(self.brakes(self.p1), [])
        self.assertEqual(len(self.lines(code="geremd", object=f"rem:{brake['id']}")), 1)
        self.assertGreaterEqual(self.net.metric("wissel_brakes_tripped"), 1)

        refused = self.search(person(), agreement=agreement, expect=429, code="geremd")
        self.assertEqual(refused.headers["Retry-After"], "60")
        self.assertIn(brake["sinds"], refused.json()["detail"])
        body = {"onderwerp": person(), "grondslag": self.ground(agreement)}
        self.p2.post("/v1/statusbevragingen", body, expect=429, code="geremd")
        self.search(person(), who=self.p3, agreement=agreement)
        self.search(person())  # another agreement

        self.release(brake, self.p2, expect=403, code="rol-ontbreekt")
        self.release(brake, self.p1, expect=403, code="rol-ontbreekt")
        released = self.release(brake, expect=200)
        self.assertEqual(self.record(index_of(released))["attributes"]["wissel.object"], f"rem:{brake['id']}")
        self.assertIsNone(self.brake_on(agreement))
        self.many(FLOOR + 1, agreement=agreement, expect=200)
        self.release(brake, expect=404)

    def test_a_release_says_why_and_by_whom(self):
        _, brake = self.trip()
        path = f"/v1/remmen/{brake['id']}/vrijgave"
        answer = self.operator.post(path, {"reden": ""}, expect=400)
        self.assertEqual(self.pointers(answer), ["/gebruiker", "/reden"])
        self.release(brake, expect=200)

    def test_a_brake_outlives_kill_9(self):
        agreement, brake = self.trip()
        self.net.run("kill")
        self.net.run("start")
        self.search(person(), agreement=agreement, expect=429, code="geremd")
        self.assertEqual(self.brake_on(agreement), brake)
        self.release(brake, expect=200)
        self.net.run("kill")
        self.net.run("start")
        self.assertIsNone(self.brake_on(agreement))
        self.many(FLOOR + 1, agreement=agreement, expect=200)

    def test_the_participants_quota_bounds_all_that_it_asks(self):
        number = 940
        self.net.certificate("good", "erbij", number=number)
        client = self.net.connect(self.net.directory / "pki/erbij.pem", self.net.directory / "pki/erbij.key")
        body = {"naam": "Gemeente Erbij", "rollen": ["afnemer"], "stand": "aangesloten", "soort": "deelnemer",
                "quota": {"perMinuut": 3}}
        self.operator.put(f"/v1/deelnemers/{pki.oin(number)}", body, expect=201)
        for _ in range(3):
            client.get("/v1/remmen", expect=200)
        client.get("/v1/remmen", expect=429, code="quotum")
        refused = client.get("/v1/bestaat-niet", expect=429)
        self.assertTrue(1 <= int(refused.headers["Retry-After"]) <= 20, refused.headers)
        client.close()


if __name__ == "__main__":
    harness.main()
