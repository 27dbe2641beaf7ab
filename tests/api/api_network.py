#!/usr/bin/python3
"""Participants and agreements: set by the gateway's operator, seen by whom they concern."""
import harness
from harness import pki


class Participants(harness.ApiTest):
    def body(self, **changes):
        return {"naam": "Gemeente Nieuw", "rollen": ["afnemer"], "stand": "aangesloten", **changes}

    def put(self, number, expect, who=None, headers=None, code=None, **changes):
        return (who or self.operator).put(f"/v1/deelnemers/{number}", self.body(**changes), headers=headers, expect=expect,
                                          code=code)

    def test_made_changed_and_read(self):
        oin = pki.oin(501)
        made = self.put(oin, 201)
        self.assertEqual((made.json()["oin"], made.json()["soort"]), (oin, "deelnemer"))
        self.assertEqual(made.headers["Location"], f"/v1/deelnemers/{oin}")
        changed = self.put(oin, 200, naam="Gemeente Ander", headers={"If-Match": made.headers["ETag"]})
        self.assertNotIn("Location", changed.headers)
        self.put(oin, 412, headers={"If-Match": made.headers["ETag"]}, code="versie-wijkt-af")
        read = self.operator.get(f"/v1/deelnemers/{oin}", expect=200)
        self.assertEqual(read.json(), changed.json())
        self.operator.put(f"/v1/deelnemers/{oin}", read.json(), expect=200)

    def test_the_operator_only(self):
        for who in (self.p1, self.auditor):
            self.put(pki.oin(502), 403, who, code="rol-ontbreekt")
        self.operator.get(f"/v1/deelnemers/{pki.oin(502)}", expect=404, code="niet-gevonden")

    def test_everyone_may_read_but_not_pins_and_quota_of_others(self):
        oin = pki.oin(503)
        self.put(oin, 201, certificaatPins=["ab" * 32], quota={"perMinuut": 10})
        self.assertEqual(self.operator.get(f"/v1/deelnemers/{oin}").json()["quota"], {"perMinuut": 10})
        seen = self.p1.get(f"/v1/deelnemers/{oin}", expect=200).json()
        self.assertNotIn("quota", seen)
        self.assertNotIn("certificaatPins", seen)
        names = [one["oin"] for one in self.p1.get("/v1/deelnemers?aantal=1000", expect=200).json()["deelnemers"]]
        self.assertTrue({self.oin1, self.oin2, self.oin3, oin} <= set(names))

    def test_pages(self):
        seen, path = [], "/v1/deelnemers?aantal=2"
        while path:
            answer = self.p1.get(path, expect=200)
            seen += [one["oin"] for one in answer.json()["deelnemers"]]
            link = answer.headers.get("Link")
            path = link and link[1:link.index(">")]
        self.assertEqual(seen, sorted(set(seen)))

    def test_faults(self):
        answer = self.put(pki.oin(504), 400, naam="", rollen=["koning"], stand="weg", soort="x",
                          eindpunten={"gebeurtenissen": "http://a.example"}, certificaatPins=["zz"], quota={"perMinuut": 0},
                          oin=pki.oin(505), raar=1)
        self.assertEqual(self.pointers(answer), sorted([
            "/naam", "/rollen/0", "/stand", "/soort", "/eindpunten/gebeurtenissen", "/certificaatPins/0",
            "/quota/perMinuut", "/oin", "/raar"]))
        self.put("123", 400)
        self.operator.get("/v1/deelnemers/123", expect=404, code="niet-gevonden")

    def test_a_suspended_participant_is_not_answered_from_then_on(self):
        number = 506
        issued = self.net.certificate("good", "geschorst", number=number)
        with self.net.connect(issued.cert_file, issued.key_file) as one:
            one.get("/v1/deelnemers", expect=401, code="deelnemer-onbekend")
            self.put(pki.oin(number), 201)
            one.get("/v1/deelnemers", expect=200)
            self.put(pki.oin(number), 200, stand="geschorst")
            one.get("/v1/deelnemers", expect=401, code="deelnemer-niet-actief")


class Agreements(harness.ApiTest):
    def test_faults(self):
        answer = self.operator.post("/v1/uitwisselafspraken", {
            "aanbieders": [], "afnemers": ["x"], "doel": "geen uri", "wettelijkeGrondslag": {"soort": "wet"},
            "handelingen": ["stelen"], "maxVertrouwelijkheidaanduiding": "hoog", "verwerkingsactiviteit": "https://a.nl/v",
            "toestemmingVereist": "nee", "geldigVan": "2026-01-01T00:00:00Z", "geldigTot": "2025-01-01T00:00:00Z",
            "bewaartermijnVerwijzing": [{"termijn": "lang"}], "raar": 1}, expect=400)
        self.assertEqual(self.pointers(answer), sorted([
            "/aanbieders", "/afnemers/0", "/doel", "/wettelijkeGrondslag/verwijzing", "/handelingen/0",
            "/maxVertrouwelijkheidaanduiding", "/toestemmingVereist", "/machtigingToegestaan", "/geldigTot",
            "/bewaartermijnVerwijzing/0/termijn", "/raar"]))


if __name__ == "__main__":
    harness.main()
