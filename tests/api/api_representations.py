#!/usr/bin/python3
"""Acting for another: appointed and signed by both, for named acts, ended by either at once; the record names both."""
import datetime
import hashlib
import json
import re
import uuid

import harness
from harness import EVENT, index_of, new_event, new_zaak, person, pki, zaak_status

ACTS = ["zoeken", "bevragen", "ontvangen", "registreren", "melden", "inzien"]
BASE = "/v1/vertegenwoordigingen"
NONE = "geen-vertegenwoordiging"


def moment(days):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def namens(oin, **more):
    return {"Wissel-Namens": oin, **more}


class RepresentationTest(harness.ApiTest):
    def appoint(self, who, agent, acts, **changes):
        """Offered by `who`; its path."""
        body = {"vertegenwoordiger": agent, "handelingen": acts, "geldigVan": moment(-1), "geldigTot": moment(30), **changes}
        return who.post(BASE, body, expect=201).headers["Location"]

    def sign(self, who, path, expect=200, code=None, **options):
        content = who.get(f"{path}/inhoud", expect=200).body
        return who.post(f"{path}/ondertekeningen",
                        {"bevestiging": {"inhoudSha256": hashlib.sha256(content).hexdigest()}}, expect=expect, code=code,
                        **options)

    def agree(self, represented, agent, acts, **changes):
        oins = {self.p1: self.oin1, self.p2: self.oin2, self.p3: self.oin3}
        path = self.appoint(represented, oins[agent], acts, **changes)
        self.sign(represented, path)
        self.sign(agent, path)
        self.addCleanup(lambda: represented.delete(path, expect=(204, 409)))
        return path

    def search_for(self, represented, who=None, expect=200, code=None, subject=None, headers=None):
        body = {"onderwerp": subject or person(), "grondslag": self.ground()}
        return (who or self.p3).post("/v1/zoekopdrachten", body, headers={**namens(represented), **(headers or {})},
                                     expect=expect, code=code)


class Agreeing(RepresentationTest):
    def test_in_force_when_both_have_signed(self):
        path = self.appoint(self.p1, self.oin3, ["zoeken"])
        self.search_for(self.oin1, expect=403, code=NONE)
        self.sign(self.p3, path)
        self.search_for(self.oin1, expect=403, code=NONE)
        waiting = self.p1.get(path, expect=200)
        self.assertEqual((waiting.json()["stand"], waiting.json()["wachtOp"]), ("aangeboden", [self.oin1]))
        signed = self.sign(self.p1, path, headers={"If-Match": waiting.headers["ETag"]})
        self.assertEqual(signed.json()["stand"], "vanKracht")
        self.assertEqual(self.p3.get(path, expect=200).json(), signed.json())
        self.search_for(self.oin1)
        self.sign(self.p1, path, expect=409, code="stand-staat-niet-toe")
        self.p1.delete(path, expect=204)

    def test_either_ends_it_at_once(self):
        for ends in (self.p1, self.p3):
            path = self.agree(self.p1, self.p3, ["zoeken"])
            self.search_for(self.oin1)
            ends.post(f"{path}/beeindiging", {"reden": "overgedragen"}, expect=204)
            self.search_for(self.oin1, expect=403, code=NONE)
            end = self.p1.get(path, expect=200).json()
            self.assertEqual((end["stand"], end["einde"]["reden"]), ("beeindigd", "overgedragen"))
            self.assertEqual(end["einde"]["door"], self.oin1 if ends is self.p1 else self.oin3)
            ends.post(f"{path}/beeindiging", {}, expect=409, code="stand-staat-niet-toe")
            self.sign(ends, path, expect=409, code="stand-staat-niet-toe")
        path = self.agree(self.p1, self.p3, ["zoeken"])
        self.p3.delete(path, headers={"If-Match": '"1"'}, expect=412, code="versie-wijkt-af")
        self.p3.delete(path, expect=204)
        self.search_for(self.oin1, expect=403, code=NONE)

    def test_its_period_has_not_come_or_is_over(self):
        later = self.agree(self.p1, self.p3, ["zoeken"], geldigVan=moment(2))
        self.assertEqual(self.p1.get(later, expect=200).json()["stand"], "ondertekend")
        self.search_for(self.oin1, expect=403, code=NONE)
        self.p1.post(BASE, {"vertegenwoordiger": self.oin3, "handelingen": ["zoeken"], "geldigVan": moment(-2),
                            "geldigTot": moment(-1)}, expect=400, code="veld-waarde")

    def test_faults_of_an_offer(self):
        answer = self.p1.post(BASE, {"vertegenwoordiger": self.oin1, "handelingen": ["beheren"], "geldigVan": "gisteren",
                                     "raar": 1}, expect=400)
        self.assertEqual(self.pointers(answer), ["/geldigTot", "/geldigVan", "/handelingen/0", "/raar"])
        for agent in (self.oin1, pki.oin(999_001)):
            body = {"vertegenwoordiger": agent, "handelingen": ["zoeken"], "geldigVan": moment(0), "geldigTot": moment(1)}
            self.assertEqual(self.pointers(self.p1.post(BASE, body, expect=400)), ["/vertegenwoordiger"])

    def test_anothers_is_as_an_unknown_one(self):
        path = self.appoint(self.p1, self.oin3, ["zoeken"])
        for where in (path, f"{BASE}/{uuid.uuid4()}", f"{BASE}/x"):
            for answer in (self.p2.get(where, expect=404), self.p2.get(f"{where}/inhoud", expect=404),
                           self.p2.delete(where, expect=404), self.p2.post(f"{where}/beeindiging", {}, expect=404),
                           self.p2.post(f"{where}/ondertekeningen",
                                        {"bevestiging": {"inhoudSha256": "00" * 32}}, expect=404)):
                self.assertEqual(answer.json()["code"], "niet-gevonden")
        for who in (self.p1, self.p3, self.operator, self.auditor):
            who.get(path, expect=200)
            ids = [one["id"] for one in who.get(f"{BASE}?aantal=1000", expect=200).json()["vertegenwoordigingen"]]
            self.assertIn(path.rsplit("/", 1)[1], ids)
        for one in self.p2.get(f"{BASE}?aantal=1000", expect=200).json()["vertegenwoordigingen"]:
            self.assertIn(self.oin2, (one["vertegenwoordigde"], one["vertegenwoordiger"]))
        self.p1.post(f"{path}/ondertekeningen", {"bevestiging": {"inhoudSha256": "00" * 32}}, expect=(400, 403),
                     code="handtekening-ongeldig")
        self.p1.delete(path, expect=204)


class Acting(RepresentationTest):
    def test_whatever_it_was_appointed_for(self):
        self.agree(self.p1, self.p3, ACTS)
        head, subject, zaak = namens(self.oin1), person(), new_zaak(self.oin1)
        made = self.p3.post("/v1/verwijzingen", {"zaak": zaak, "betrokkenen": [subject]}, headers=head, expect=201)
        self.assertEqual(self.holders(subject, self.p2), [self.oin1], "registered as the represented's")
        self.p3.get(made.headers["Location"], headers=head, expect=200)
        self.p3.get(made.headers["Location"], expect=404)
        self.net.give_zaak("P2", [subject], zaak_status(new_zaak(self.oin2)))
        self.register(self.p2, subject)
        pulled = self.p3.post("/v1/statusbevragingen", {"onderwerp": subject, "grondslag": self.ground()}, headers=head,
                              expect=200).json()
        self.assertIn(self.oin2, [part["bronhouder"]["oin"] for part in pulled["delen"]])
        box = {"bezorging": {"soort": "postbus"}, "grondslag": self.ground()}
        subscription = self.p3.post("/v1/abonnementen", box, headers=head, expect=201).headers["Location"]
        self.p1.get(subscription, expect=200)
        self.p3.get(subscription, expect=404)
        event = new_event(self.oin2, new_zaak(self.oin2))
        self.p2.post("/v1/statusberichten", json.dumps(event).encode(), headers=EVENT, expect=202)
        fetched = self.p3.get("/v1/postbus?wacht=5", headers=head, expect=200).json()["berichten"]
        self.assertIn(event["id"], [one["bericht"]["id"] for one in fetched])
        self.p3.post("/v1/postbus/bevestigingen", {"totEnMet": fetched[-1]["volgnummer"]}, headers=head, expect=204)
        self.p1.delete(subscription, expect=204)
        mine = new_event(self.oin1, zaak)
        sent = self.p3.post("/v1/statusberichten", json.dumps(mine).encode(), headers={**EVENT, **head}, expect=202)
        self.p1.get(sent.headers["Location"], expect=200)
        self.p3.post("/v1/statusberichten", json.dumps(new_event(self.oin3, new_zaak(self.oin3))).encode(),
                     headers={**EVENT, **head}, expect=403, code="bron-niet-eigen")
        self.p3.delete(made.headers["Location"], headers=head, expect=204)

    def test_nothing_else(self):
        calls = {"zoeken": lambda head, **o: self.p3.post("/v1/zoekopdrachten", {"onderwerp": person(),
                                                          "grondslag": self.ground()}, headers=head, **o),
                 "ontvangen": lambda head, **o: self.p3.get("/v1/abonnementen", headers=head, **o),
                 "registreren": lambda head, **o: self.p3.post("/v1/verwijzingen", {"zaak": new_zaak(self.oin1)},
                                                               headers=head, **o),
                 "inzien": lambda head, **o: self.p3.get("/v1/verwerkingen?aantal=1", headers=head, **o)}
        for act in calls:
            path = self.agree(self.p1, self.p3, [act])
            for other, call in calls.items():
                if other == act:
                    self.assertLess(call(namens(self.oin1)).status, 300, (act, other))
                else:
                    call(namens(self.oin1), expect=403, code=NONE)
            self.p1.delete(path, expect=204)

    def test_the_record_names_both_and_both_read_it(self):
        self.agree(self.p1, self.p3, ["zoeken", "inzien"])
        index = index_of(self.search_for(self.oin1))
        attributes = self.record(index)["attributes"]
        self.assertEqual((attributes["wissel.oin"], attributes["wissel.namens"]), (self.oin3, self.oin1))
        self.assertEqual(attributes["dpl.core.foreign_operation.processor"], f"urn:nld:oin:{self.oin3}")
        for who in (self.p1, self.p3):
            self.assertEqual(self.record(index, who)["attributes"], attributes)
            listed = who.get("/v1/verwerkingen?aantal=100", expect=200).json()["verwerkingen"]
            self.assertIn(index, [row["index"] for row in listed])
            who.get(f"/v1/verwerkingen/{index}/bewijs", expect=200)
        self.p2.get(f"/v1/verwerkingen/{index}", expect=403, code="niet-gerechtigd")
        self.p3.get(f"/v1/verwerkingen/{index}", headers=namens(self.oin1), expect=200)
        own = index_of(self.search(person(), self.p1))
        self.p3.get(f"/v1/verwerkingen/{own}", headers=namens(self.oin1), expect=200)
        self.p3.get(f"/v1/verwerkingen/{own}", expect=403, code="niet-gerechtigd")

    def test_a_refusal_of_what_was_refused_names_who_called(self):
        refused = self.search_for(self.oin1, expect=403, code=NONE)
        attributes = self.record(index_of(refused))["attributes"]
        self.assertEqual(attributes["wissel.oin"], self.oin3)
        self.assertNotIn("wissel.namens", attributes, "nobody gets into another's log by naming it")

    def test_changes_are_the_represented_s_only(self):
        self.agree(self.p1, self.p3, ["registreren"])
        before = self.p3.get("/v1/verwijzingen/wijzigingen?aantal=1000", expect=200).json()["wijzigingen"]
        made = self.p3.post("/v1/verwijzingen", {"zaak": new_zaak(self.oin1)}, headers=namens(self.oin1), expect=201)
        after = self.p3.get("/v1/verwijzingen/wijzigingen?aantal=1000", expect=200).json()["wijzigingen"]
        self.assertEqual(after, before)
        theirs = self.p1.get("/v1/verwijzingen/wijzigingen?aantal=1000", expect=200).json()["wijzigingen"]
        self.assertIn(made.json()["id"], [change["id"] for change in theirs])

    def test_idempotency_scopes_are_apart(self):
        self.agree(self.p1, self.p3, ["registreren"])
        key, body = {"Idempotency-Key": str(uuid.uuid4())}, {"zaak": new_zaak(self.oin1)}
        first = self.p3.post("/v1/verwijzingen", body, headers={**key, **namens(self.oin1)}, expect=201)
        self.assertNotEqual(self.p3.post("/v1/verwijzingen", {"zaak": new_zaak(self.oin3)}, headers=key,
                                         expect=201).body, first.body)
        self.p1.post("/v1/verwijzingen", {"zaak": new_zaak(self.oin1)}, headers=key, expect=201)
        again = self.p3.post("/v1/verwijzingen", body, headers={**key, **namens(self.oin1)}, expect=201)
        self.assertEqual(again.body, first.body)

    def test_the_role_is_the_represented_s(self):
        self.agree(self.p1, self.p3, ["zoeken", "registreren"])
        plain = self.operator.get(f"/v1/deelnemers/{self.oin3}", expect=200).json()
        self.operator.put(f"/v1/deelnemers/{self.oin3}", {**plain, "rollen": []}, expect=200)
        self.addCleanup(lambda: self.operator.put(f"/v1/deelnemers/{self.oin3}", plain, expect=200))
        self.search_for(self.oin1)
        self.search(person(), self.p3, expect=403, code="rol-ontbreekt")
        one = self.operator.get(f"/v1/deelnemers/{self.oin1}", expect=200).json()
        self.operator.put(f"/v1/deelnemers/{self.oin1}", {**one, "rollen": ["bronhouder"]}, expect=200)
        self.addCleanup(lambda: self.operator.put(f"/v1/deelnemers/{self.oin1}", one, expect=200))
        self.search_for(self.oin1, expect=403, code="rol-ontbreekt")

    def test_both_must_be_active(self):
        self.agree(self.p1, self.p3, ["zoeken"])
        one = self.operator.get(f"/v1/deelnemers/{self.oin1}", expect=200).json()
        self.operator.put(f"/v1/deelnemers/{self.oin1}", {**one, "stand": "geschorst"}, expect=200)
        self.addCleanup(lambda: self.operator.put(f"/v1/deelnemers/{self.oin1}", one, expect=200))
        self.search_for(self.oin1, expect=403, code=NONE)


class Never(RepresentationTest):
    def test_what_the_header_may_be(self):
        self.agree(self.p1, self.p3, ["zoeken"])
        for wrong in ("", "x", self.oin1[:-1], self.oin1 + "0", f"{self.oin1}, {self.oin2}"):
            self.search_for(wrong, expect=400, code="veld-waarde")
        self.search_for(self.oin3)
        self.search_for(pki.oin(999_002), expect=403, code=NONE)
        issued = self.net.certificate("good", "namens-onbekend", number=999_003)
        with self.net.connect(issued.cert_file, issued.key_file) as stranger:
            self.search_for(self.oin1, stranger, expect=401, code="deelnemer-onbekend")
        self.search_for(self.oin1, self.p2, expect=403, code=NONE)

    def test_nobody_passes_it_on(self):
        self.agree(self.p1, self.p2, ACTS)
        self.agree(self.p2, self.p3, ACTS)
        self.search_for(self.oin1, self.p2)
        self.search_for(self.oin2, self.p3)
        self.search_for(self.oin1, self.p3, expect=403, code=NONE)
        body = {"vertegenwoordiger": self.oin3, "handelingen": ["zoeken"], "geldigVan": moment(0), "geldigTot": moment(1)}
        self.p2.post(BASE, body, headers=namens(self.oin1), expect=403, code=NONE)

    def every_operation(self):
        """Each operation with ids that are nobody's, a body of the right type and the header."""
        for (method, path), (_, operation) in harness.CONTRACT.operations.items():
            if path == "/openapi.json":
                continue
            where = "/v1" + re.sub(r"\{oin\}", self.oin2, re.sub(r"\{index\}", "0", path))
            where = re.sub(r"\{versie\}", "1", re.sub(r"\{\w+\}", str(uuid.uuid4()), where))
            content = operation.get("requestBody", {}).get("content", {})
            media = next(iter(content), None)
            yield method, path, where, b"{}" if media else None, {"Content-Type": media} if media else {}

    def statuses(self, head):
        for method, path, where, body, headers in self.every_operation():
            with self.net.new("P3") as client:
                yield f"{method} {path}", client.request(method, where, body, headers={**headers, **head})

    def test_no_operation_without_a_representation(self):
        for operation, answer in self.statuses(namens(self.oin1)):
            self.assertEqual((answer.status, answer.json()["code"]), (403, NONE), operation)

    def test_what_is_nobody_elses_business(self):
        """With every act there is: keys, signatures, ends and the network are one's own."""
        self.agree(self.p1, self.p3, ACTS)
        for operation, answer in self.statuses(namens(self.oin1)):
            refused = answer.status == 403 and answer.json()["code"] == NONE
            own = re.search(r"vertegenwoordiging|ondertekeningen|^PUT .*sleutels|schorsing|aanbieding|beeindiging|"
                            r"^(PUT|DELETE) /(deelnemers|uitwisselafspraken)|^POST /uitwisselafspraken$", operation)
            if own:
                self.assertTrue(refused, operation)
            if re.match(r"(GET|POST|PUT|DELETE) /(zoekopdrachten|statusbe|verwijzingen|abonnementen|postbus)", operation):
                self.assertFalse(refused, operation)


if __name__ == "__main__":
    harness.main()
