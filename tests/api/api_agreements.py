#!/usr/bin/python3
"""The life of an agreement over the API: drafted, offered, signed by every party, changed, suspended, ended."""
import hashlib
import json
import uuid

import harness
from harness import members

BASE = "/v1/uitwisselafspraken"


class Agreements(harness.ApiTest):
    def draft(self, who=None, **changes):
        """A draft between two partners; returns its place."""
        body = {**self.agreement_body(), "aanbieders": [self.oin1], "afnemers": [self.oin2], **changes}
        return f"{BASE}/{(who or self.operator).post(BASE, body, expect=201).json()['id']}"

    def confirm(self, who, where, version=1, expect=200, code=None):
        signed = self.operator.get(f"{where}/versies/{version}/inhoud", expect=200).body
        return who.post(f"{where}/ondertekeningen",
                        {"versie": version, "bevestiging": {"inhoudSha256": hashlib.sha256(signed).hexdigest()}},
                        expect=expect, code=code)

    def stage(self, where, who=None):
        return (who or self.operator).get(where, expect=200).json()["stand"]

    def searched(self, where, expect=200, code=None, **more):
        self.search(harness.person(), who=self.p2, agreement=where.rpartition("/")[2], expect=expect, code=code, **more)

    def test_in_force_when_the_last_party_has_signed(self):
        where = self.draft()
        self.assertEqual(self.stage(where), "ontwerp")
        self.confirm(self.p1, where, expect=404, code="niet-gevonden")  # not shown to it yet
        offered = self.operator.post(f"{where}/aanbieding", expect=200)
        self.assertEqual((offered.json()["stand"], offered.json()["wachtOp"]), ("aangeboden", [self.oin1, self.oin2]))
        self.assertEqual(self.confirm(self.p1, where).json()["wachtOp"], [self.oin2])
        self.searched(where, 403, "geen-uitwisselafspraak")
        signed = self.confirm(self.p2, where).json()
        self.assertEqual((signed["stand"], [one["door"] for one in signed["ondertekeningen"]]),
                         ("vanKracht", [self.oin1, self.oin2]))
        self.searched(where)

    def test_only_parties_sign_and_once_and_exactly_what_is_offered(self):
        where = self.draft()
        self.operator.post(f"{where}/aanbieding", expect=200)
        self.confirm(self.p3, where, expect=404, code="niet-gevonden")
        self.confirm(self.operator, where, expect=403, code="niet-gerechtigd")
        body = {"versie": 1, "bevestiging": {"inhoudSha256": "00" * 32}}
        self.p1.post(f"{where}/ondertekeningen", body, expect=400, code="handtekening-ongeldig")
        self.p1.post(f"{where}/ondertekeningen", {**body, "versie": 2}, expect=409, code="stand-staat-niet-toe")
        self.p1.post(f"{where}/ondertekeningen", {"versie": 1}, expect=400)
        self.confirm(self.p1, where)
        self.confirm(self.p1, where, expect=409, code="stand-staat-niet-toe")

    def test_what_is_signed_is_canonical_and_names_its_version(self):
        where = self.draft(zaaktypen=["b", "a", "b"], velden=["status"])
        signed = self.operator.get(f"{where}/versies/1/inhoud", expect=200).body
        content = json.loads(signed)
        self.assertEqual((content["versie"], content["zaaktypen"]), (1, ["a", "b"]))
        self.assertEqual(content["id"], where.rpartition("/")[2])
        self.assertEqual(signed, json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())

    def test_the_old_version_holds_until_the_new_one_is_signed(self):
        identity = self.new_agreement(aanbieders=[self.oin1], afnemers=[self.oin2])
        where = f"{BASE}/{identity}"
        read = self.p2.get(where, expect=200)
        changed = {**members.content_of(read.json()), "handelingen": ["bevragen"]}
        self.p2.put(where, changed, headers={"If-Match": '"999"'}, expect=412, code="versie-wijkt-af")
        self.p2.put(where, changed, headers={"If-Match": read.headers["ETag"]}, expect=200)
        self.assertNotIn("voorstel", self.p1.get(where, expect=200).json())  # a draft is its author's
        offered = self.p2.post(f"{where}/aanbieding", expect=200).json()
        self.assertEqual((offered["versie"], offered["voorstel"]["versie"]), (1, 2))
        self.confirm(self.p1, where, 1, expect=409, code="stand-staat-niet-toe")
        self.confirm(self.p1, where, 2)
        self.searched(where)
        self.confirm(self.p2, where, 2)
        self.searched(where, 403, "handeling-niet-gedekt")
        self.assertEqual(self.p1.get(f"{where}/versies/1", expect=200).json()["handelingen"],
                         self.agreement_body()["handelingen"])
        self.p3.get(f"{where}/versies/1", expect=404, code="niet-gevonden")
        self.p1.get(f"{where}/versies/3", expect=404, code="niet-gevonden")

    def test_a_new_version_is_its_authors_until_it_is_offered(self):
        where = f"{BASE}/{self.new_agreement(aanbieders=[self.oin1], afnemers=[self.oin2])}"
        read = self.p2.get(where, expect=200)
        changed = {**members.content_of(read.json()), "doel": "https://doelen.example.nl/nog-niet-aangeboden"}
        self.p2.put(where, changed, headers={"If-Match": read.headers["ETag"]}, expect=200)
        places = (f"{where}/versies/2", f"{where}/versies/2/inhoud")
        for place in places:
            for who in (self.p2, self.operator, self.auditor):
                self.assertEqual(who.get(place, expect=200).json()["doel"], changed["doel"])
            unknown = self.p1.get(place.replace("/2", "/3"), expect=404, code="niet-gevonden").json()
            for who in (self.p1, self.p3):
                refused = who.get(place, expect=404, code="niet-gevonden")
                self.assertEqual(refused.json()["detail"], unknown["detail"])
                self.assertNotIn(b"nog-niet-aangeboden", refused.body)
        self.assertNotIn(b"nog-niet-aangeboden", self.p1.get(where, expect=200).body)
        self.p2.post(f"{where}/aanbieding", expect=200)
        for place in places:
            self.assertEqual(self.p1.get(place, expect=200).json()["doel"], changed["doel"])
            self.p3.get(place, expect=404, code="niet-gevonden")

    def test_any_party_suspends_it_at_once_and_only_it_lifts_that(self):
        where = f"{BASE}/{self.new_agreement(aanbieders=[self.oin1], afnemers=[self.oin2])}"
        told = self.p1.post(f"{where}/schorsing", {"reden": "onderzoek naar een lek"}, expect=200).json()
        self.assertEqual((told["stand"], told["schorsingen"][0]["reden"]), ("geschorst", "onderzoek naar een lek"))
        self.searched(where, 403, "uitwisselafspraak-geschorst")
        self.p1.post(f"{where}/schorsing", {}, expect=409, code="stand-staat-niet-toe")
        self.p2.post(f"{where}/hervatting", expect=409, code="stand-staat-niet-toe")
        self.p3.post(f"{where}/schorsing", {}, expect=404, code="niet-gevonden")
        self.assertEqual(self.p1.post(f"{where}/hervatting", expect=200).json()["stand"], "vanKracht")
        self.searched(where)

    def test_an_end_is_for_good_and_stays_to_be_seen(self):
        where = f"{BASE}/{self.new_agreement(aanbieders=[self.oin1], afnemers=[self.oin2])}"
        etag = self.p2.get(where, expect=200).headers["ETag"]
        self.p2.delete(where, headers={"If-Match": '"1"'}, expect=412)
        self.p2.delete(where, headers={"If-Match": etag}, expect=204)
        self.assertEqual(self.stage(where, self.p1), "beeindigd")
        self.searched(where, 403, "geen-uitwisselafspraak")
        self.p1.delete(where, expect=409, code="stand-staat-niet-toe")
        self.p1.post(f"{where}/hervatting", expect=409, code="stand-staat-niet-toe")
        other = f"{BASE}/{self.new_agreement()}"
        ended = self.p3.post(f"{other}/beeindiging", {"reden": "taak overgedragen"}, expect=204)
        self.assertEqual(ended.body, b"")
        self.assertEqual(self.p1.get(other, expect=200).json()["einde"]["reden"], "taak overgedragen")

    def test_a_draft_can_be_forgotten(self):
        where = self.draft(self.p1)
        self.p2.delete(where, expect=404, code="niet-gevonden")
        self.p1.delete(where, expect=204)
        self.operator.get(where, expect=404, code="niet-gevonden")

    def test_who_sees_it_and_who_may_propose_it(self):
        identity = self.new_agreement(aanbieders=[self.oin1], afnemers=[self.oin2])
        where = f"{BASE}/{identity}"
        for who in (self.operator, self.auditor, self.p1, self.p2):
            who.get(where, expect=200)
            self.assertIn(identity, self.listed(who))
        self.p3.get(where, expect=404, code="niet-gevonden")
        self.assertNotIn(identity, self.listed(self.p3))
        body = {**self.agreement_body(), "aanbieders": [self.oin1], "afnemers": [self.oin2]}
        self.p3.post(BASE, body, expect=403, code="niet-gerechtigd")
        self.p3.put(where, body, expect=404, code="niet-gevonden")
        self.operator.put(f"{BASE}/{uuid.uuid4()}", body, expect=404, code="niet-gevonden")

    def test_who_is_no_participant_cannot_be_a_party(self):
        body = {**self.agreement_body(), "afnemers": ["00000099000000987000"]}
        answer = self.operator.post(BASE, body, expect=400)
        self.assertEqual(self.pointers(answer), ["/afnemers"])

    def listed(self, who):
        return [one["id"] for one in who.get(f"{BASE}?aantal=1000", expect=200).json()["uitwisselafspraken"]]


if __name__ == "__main__":
    harness.main()
