#!/usr/bin/python3
"""References one by one: set, repeated, read, withdrawn, seen by whom, and for how long."""
import datetime
import hashlib
import uuid

import harness
from harness import index_of, new_bsn, new_zaak, person, zaak_subject


def reference_id(oin, kind, key):
    """The UUIDv8 that a holder computes by itself."""
    digest = hashlib.sha256(b"\0".join([b"wissel:verwijzing", oin.encode(), kind.encode(), key.encode()])).digest()
    raw = bytearray(digest[:16])
    raw[6] = raw[6] & 0x0F | 0x80
    raw[8] = raw[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(raw)))


class References(harness.ApiTest):
    def test_new_is_201_known_is_200_changed_rises(self):
        zaak, subject = new_zaak(self.oin1), person()
        body = {"zaak": zaak, "betrokkenen": [subject], "zaaktype": "bijstand"}
        first = self.p1.post("/v1/verwijzingen", body, expect=201)
        self.assertEqual(first.json()["id"], reference_id(self.oin1, "zaak", self.oin1 + zaak["identificatie"]))
        self.assertEqual(first.headers["Location"], f"/v1/verwijzingen/{first.json()['id']}")
        again = self.p1.post("/v1/verwijzingen", body, expect=200)
        self.assertEqual(again.json(), first.json())
        self.assertEqual(again.headers["ETag"], first.headers["ETag"])
        self.assertGreater(index_of(again), index_of(first))
        changed = self.p1.post("/v1/verwijzingen", {**body, "zaaktype": "parkeren"}, expect=200)
        self.assertEqual(changed.json()["versie"], first.json()["versie"] + 1)
        self.assertNotEqual(changed.headers["ETag"], first.headers["ETag"])

    def test_ids_follow_zaak_then_verzoek_then_kenmerk(self):
        zaak, verzoek, kenmerk = new_zaak(self.oin1), new_zaak(self.oin1), new_zaak("")["identificatie"]
        for body, kind, key in (
                ({"zaak": zaak, "verzoek": verzoek, "kenmerk": kenmerk}, "zaak", self.oin1 + zaak["identificatie"]),
                ({"verzoek": verzoek, "kenmerk": kenmerk}, "verzoek", self.oin1 + verzoek["identificatie"]),
                ({"kenmerk": kenmerk, "betrokkenen": [person()]}, "kenmerk", kenmerk)):
            with self.subTest(kind):
                answer = self.p1.post("/v1/verwijzingen", body, expect=201)
                self.assertEqual(answer.json()["id"], reference_id(self.oin1, kind, key))

    def test_an_rsin_is_the_oin_it_stands_for(self):
        number = new_zaak("")["identificatie"]
        short = self.p1.post("/v1/verwijzingen", {"zaak": {"identificatie": number, "bronorganisatie": "002220647"}},
                             expect=201)
        full = self.p1.post("/v1/verwijzingen", {"zaak": {"identificatie": number,
                                                          "bronorganisatie": "00000001002220647000"}}, expect=200)
        self.assertEqual(short.json()["id"], full.json()["id"])

    def test_reading_shows_zaak_and_kenmerk_never_betrokkenen(self):
        bsn, kenmerk = new_bsn(), "eigen kenmerk é"
        made, zaak, _ = self.register(subject=person(bsn), kenmerk=kenmerk, zaaktype="bijstand", categorie="sociaal")
        answer = self.p1.get(made.headers["Location"], expect=200)
        found = answer.json()
        self.assertEqual(found["zaak"], zaak)
        self.assertEqual((found["kenmerk"], found["zaaktype"], found["categorie"]), (kenmerk, "bijstand", "sociaal"))
        self.assertEqual((found["zichtbaarheid"], found["aantalBetrokkenen"]), ("gewoon", 1))
        self.assertNotIn(bsn, answer.body.decode())
        self.assertEqual(answer.headers["ETag"], made.headers["ETag"])

    def test_anothers_reference_is_answered_as_an_unknown_one(self):
        made, _, _ = self.register()
        unknown = f"/v1/verwijzingen/{uuid.uuid4()}"

        def seen(answer):
            body = answer.json()
            body.pop("instance")
            return answer.status, body, sorted(answer.headers.keys())

        for method in ("GET", "DELETE"):
            foreign = self.p2.request(method, made.headers["Location"], expect=404, code="niet-gevonden")
            absent = self.p2.request(method, unknown, expect=404, code="niet-gevonden")
            self.assertEqual(seen(foreign), seen(absent))
        self.p1.get("/v1/verwijzingen/geen-uuid", expect=404, code="niet-gevonden")
        self.p1.get(made.headers["Location"], expect=200)

    def test_withdrawn_is_gone(self):
        made, _, subject = self.register()
        self.assertEqual(self.holders(subject), [self.oin1])
        self.p1.delete(made.headers["Location"], expect=204)
        self.assertEqual(self.holders(subject), [])
        self.p1.get(made.headers["Location"], expect=404, code="niet-gevonden")
        self.p1.delete(made.headers["Location"], expect=404, code="niet-gevonden")

    def test_if_match(self):
        made, _, _ = self.register()
        where, tag = made.headers["Location"], made.headers["ETag"]
        self.p1.delete(where, headers={"If-Match": '"99"'}, expect=412, code="versie-wijkt-af")
        self.p1.delete(where, headers={"If-Match": "wat"}, expect=412, code="versie-wijkt-af")
        self.p1.delete(where, headers={"If-Match": tag}, expect=204)

    def test_all_faults_of_a_body_at_once(self):
        answer = self.p1.post("/v1/verwijzingen", {
            "zaak": {"identificatie": "x" * 41, "bronorganisatie": "123"}, "kenmerk": "y" * 65,
            "betrokkenen": [{"soort": "bsn", "waarde": "123456789"}, {"soort": "draak", "waarde": "1"}],
            "zichtbaarheid": "soms", "geldigTot": "morgen", "raar": 1}, expect=400, code="invoer-ongeldig")
        self.assertEqual(self.pointers(answer), sorted([
            "/zaak/identificatie", "/zaak/bronorganisatie", "/kenmerk", "/betrokkenen/0/waarde", "/betrokkenen/1/soort",
            "/zichtbaarheid", "/geldigTot", "/raar"]))
        self.assertNotIn("123456789", answer.body.decode())

    def test_what_is_required(self):
        self.p1.post("/v1/verwijzingen", {}, expect=400, code="veld-ontbreekt")
        self.p1.post("/v1/verwijzingen", {"kenmerk": "los"}, expect=400, code="veld-ontbreekt")
        self.p1.post("/v1/verwijzingen", {"betrokkenen": [person()]}, expect=400, code="veld-ontbreekt")
        self.p1.post("/v1/verwijzingen", {"zaak": new_zaak(self.oin1), "betrokkenen": [person()] * 51}, expect=(400, 413))

    def test_a_kenmerk_is_no_bsn(self):
        for kenmerk in (new_bsn(), "10000033"):
            self.p1.post("/v1/verwijzingen", {"kenmerk": kenmerk, "betrokkenen": [person()]}, expect=400,
                         code="elfproef")

    def test_every_kind_of_subject_can_be_found(self):
        for subject in ({"soort": "rsin", "waarde": "002220647"}, {"soort": "kvkNummer", "waarde": "69599084"},
                        {"soort": "vestigingsnummer", "waarde": "000037178598"},
                        {"soort": "overig", "waarde": "AB-12 é", "stelsel": "https://stelsels.example.nl/kenteken"}):
            with self.subTest(subject["soort"]):
                self.register(subject=subject)
                self.assertEqual(self.holders(subject), [self.oin1])
        _, zaak, _ = self.register()
        self.assertEqual(self.holders(zaak_subject(zaak)), [self.oin1])
        self.assertEqual(self.holders({**zaak_subject(zaak), "waarde": zaak["identificatie"].lower()}), [])

    def test_a_bsn_of_eight_digits_is_the_padded_one(self):
        self.register(subject=person("010000033"))
        self.assertEqual(self.holders(person("10000033")), [self.oin1])

    def test_a_holder_only(self):
        for who in (self.operator, self.auditor):
            who.post("/v1/verwijzingen", {"zaak": new_zaak(self.oin1)}, expect=403, code="rol-ontbreekt")


class Visibility(harness.ApiTest):
    def test_beperkt_shows_under_agreements_that_name_it(self):
        _, _, subject = self.register(zichtbaarheid="beperkt")
        self.assertEqual(self.holders(subject), [])
        self.assertEqual(self.holders(subject, agreement=self.new_agreement(beperkteVerwijzingen=True)), [self.oin1])

    def test_afgeschermd_never_shows(self):
        answer, zaak, subject = self.register(zichtbaarheid="afgeschermd")
        agreement = self.new_agreement(beperkteVerwijzingen=True)
        for wanted in (subject, zaak_subject(zaak)):
            self.assertEqual(self.holders(wanted, agreement=agreement), [])
            found = self.search(wanted)
            self.assertNotIn(self.oin1, self.p2.get(f"/v1/verwerkingen/{index_of(found)}", expect=200).json()["regel"])
        self.p1.get(answer.headers["Location"], expect=200)

    def test_holders_read_an_overview_each_day_also_an_empty_one(self):
        _, _, subject = self.register(zichtbaarheid="afgeschermd")
        self.search(subject)
        for holder in (self.p1, self.p3):
            days = [row["dag"] for row in holder.get("/v1/afschermingsoverzichten", expect=200).json()["overzichten"]]
            self.assertEqual((len(days), sorted(days, reverse=True)), (30, days))
            overview = holder.get(f"/v1/afschermingsoverzichten/{days[0]}", expect=200)
            self.assertEqual(overview.json(), {"zoekvragen": []})  # of today nothing is told yet
            self.assertEqual(self.record(index_of(overview))["attributes"]["wissel.actie"], "inzien")
        self.auditor.get("/v1/afschermingsoverzichten", expect=403, code="rol-ontbreekt")
        self.p1.get("/v1/afschermingsoverzichten/morgen", expect=404, code="niet-gevonden")

    def test_hidden_or_not_makes_the_same_number_of_records(self):
        shielded, nobody = self.register(zichtbaarheid="afgeschermd")[2], person()
        indices = [index_of(self.search(subject)) for subject in (shielded, nobody, shielded)]
        self.assertEqual(indices[1] - indices[0], indices[2] - indices[1])
        lines = [self.record(index)["attributes"] for index in indices]
        for line in lines:
            self.assertIn("wissel.bijlage", line)
            self.assertNotIn("wissel.bronhouders", line)

    def test_categories_and_zaaktypen_of_the_agreement(self):
        _, _, subject = self.register(zaaktype="bijstand", categorie="sociaal")
        for changes, expected in (({"zaaktypen": ["bijstand"]}, [self.oin1]), ({"zaaktypen": ["parkeren"]}, []),
                                  ({"categorieen": ["sociaal"]}, [self.oin1]), ({"categorieen": ["fysiek"]}, []),
                                  ({"aanbieders": [self.oin3]}, [])):
            with self.subTest(**changes):
                self.assertEqual(self.holders(subject, agreement=self.new_agreement(**changes)), expected)


class Terms(harness.ApiTest):
    def test_without_an_end_the_longest_term_counts(self):
        made, _, _ = self.register()
        end = datetime.datetime.fromisoformat(made.json()["geldigTot"][:19])
        days = (end - datetime.datetime.utcnow()).days
        self.assertTrue(728 <= days <= 731, days)  # P2Y of the test network's agreement

    def test_a_given_end_is_kept_in_utc(self):
        made, _, _ = self.register(geldigTot="2031-05-01T12:00:00+02:00")
        self.assertEqual(made.json()["geldigTot"], "2031-05-01T10:00:00Z")

    def test_a_reference_lapses(self):
        end = datetime.datetime.utcnow() + datetime.timedelta(milliseconds=700)
        made, _, subject = self.register(geldigTot=end.isoformat(timespec="milliseconds") + "Z")
        harness.wait_until(lambda: self.holders(subject) == [], harness.LIMIT_S, "the reference is not found any more")
        harness.wait_until(lambda: self.p1.get(made.headers["Location"]).status == 404, harness.LIMIT_S, "it lapsed")


if __name__ == "__main__":
    harness.main()
