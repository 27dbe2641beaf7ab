#!/usr/bin/python3
"""Who holds something about a subject: allowed, refused with each code, one and a thousand."""
import uuid

import harness
from harness import index_of, person


class Search(harness.ApiTest):
    def test_all_holders_with_their_zaaktypen(self):
        subject = person()
        self.register(self.p1, subject, zaaktype="bijstand")
        self.register(self.p1, subject, zaaktype="parkeren")
        self.register(self.p3, subject)
        found = self.search(subject).json()["bronhouders"]
        self.assertEqual([(holder["oin"], sorted(holder["zaaktypen"])) for holder in found],
                         [(self.oin1, ["bijstand", "parkeren"]), (self.oin3, [])])
        self.assertTrue(all(holder["naam"] for holder in found))
        self.assertEqual(self.holders(subject, zaaktype="parkeren"), [self.oin1])

    def test_nobody_known_is_an_empty_list(self):
        self.assertEqual(self.search(person()).json(), {"bronhouders": []})

    def test_a_thousand_in_the_order_asked(self):
        subjects = [person() for _ in range(1000)]
        self.register(self.p1, subjects[7])
        self.register(self.p3, subjects[999])
        subjects[500] = person("123456789")
        body = {"onderwerpen": subjects, "grondslag": self.ground()}
        results = self.p2.post("/v1/zoekopdrachten", body, expect=200).json()["resultaten"]
        self.assertEqual(len(results), 1000)
        names = {i: [holder["oin"] for holder in result["bronhouders"]] for i, result in enumerate(results)
                 if result.get("bronhouders")}
        self.assertEqual(names, {7: [self.oin1], 999: [self.oin3]})
        self.assertEqual(results[500]["probleem"]["code"], "elfproef")

    def test_bounds_of_many(self):
        for subjects in ([], [person()] * 1001):
            self.p2.post("/v1/zoekopdrachten", {"onderwerpen": subjects, "grondslag": self.ground()}, expect=(400, 413))
        self.p2.post("/v1/zoekopdrachten", {"onderwerp": person(), "onderwerpen": [person()], "grondslag": self.ground()},
                     expect=400)

    def test_one_record_a_subject(self):
        subjects = [person(), person()]
        answer = self.p2.post("/v1/zoekopdrachten", {"onderwerpen": subjects, "grondslag": self.ground()}, expect=200)
        parent = self.record(index_of(answer))
        self.assertNotIn("dpl.core.data_subject_id", parent["attributes"])
        pseudonyms = set()
        for i in (1, 2):
            child = self.record(index_of(answer) + i)
            self.assertEqual(child["parent_span_id"], parent["span_id"])
            pseudonyms.add(child["attributes"]["dpl.core.data_subject_id"])
        self.assertEqual(len(pseudonyms), 2)


class Refused(harness.ApiTest):
    def refused(self, code, agreement=None, who=None, known=True, **more):
        """The refusal is the same whether the subject is known or not, but for its record's index."""
        _, _, subject = self.register()
        bodies = []
        for one in (subject, person()):
            body = self.search(one, who, 403, code, agreement, **more).json()
            body.pop("instance")
            bodies.append(body)
        self.assertEqual(bodies[0], bodies[1])

    def test_no_role(self):
        self.refused("rol-ontbreekt", who=self.auditor)
        self.refused("rol-ontbreekt", who=self.operator)

    def test_no_agreement(self):
        self.refused("geen-uitwisselafspraak", agreement=str(uuid.uuid4()))
        self.refused("geen-uitwisselafspraak", agreement="wat dan ook")
        self.refused("geen-uitwisselafspraak", self.new_agreement(afnemers=[self.oin1]))
        self.refused("geen-uitwisselafspraak", self.new_agreement(geldigTot="2021-01-01T00:00:00Z"))
        self.refused("geen-uitwisselafspraak", self.new_agreement(geldigVan="2098-01-01T00:00:00Z"))

    def test_the_act(self):
        self.refused("handeling-niet-gedekt", self.new_agreement(handelingen=["bevragen"]))

    def test_the_purpose(self):
        self.refused("doel-niet-gedekt", ground=self.ground(doel="https://doelen.example.nl/anders"))
        self.search(person(), ground=self.ground(doel="https://doelen.example.nl/zaakstatus"))

    def test_the_zaaktype(self):
        self.refused("zaaktype-niet-gedekt", self.new_agreement(zaaktypen=["bijstand"]), zaaktype="parkeren")

    def test_the_user(self):
        user = {"id": "m.jansen", "soort": "medewerker", "functie": "klantcontact", "betrouwbaarheidsniveau": "laag"}
        agreement = self.new_agreement(gebruikerVereist=True)
        self.refused("gebruiker-vereist", agreement)
        self.search(person(), agreement=agreement, gebruiker={"id": "x", "soort": "systeem"})
        agreement = self.new_agreement(functies=["toezicht"], minimaalBetrouwbaarheidsniveau="substantieel")
        self.refused("gebruiker-vereist", agreement)
        self.refused("functie-niet-toegestaan", agreement, gebruiker=user)
        self.refused("betrouwbaarheidsniveau-te-laag", agreement, gebruiker={**user, "functie": "toezicht"})
        self.search(person(), agreement=agreement,
                    gebruiker={**user, "functie": "toezicht", "betrouwbaarheidsniveau": "hoog"})

    def test_consent_and_mandate(self):
        self.refused("toestemming-ontbreekt", self.new_agreement(toestemmingVereist=True))
        agreement = self.new_agreement(machtigingToegestaan=False)
        self.refused("machtiging-niet-toegestaan", ground=self.ground(agreement, machtiging="m-1"))
        self.search(person(), ground=self.ground(machtiging="m-1"))

    def test_acting_for_another(self):
        body = {"onderwerp": person(), "grondslag": self.ground()}
        self.p2.post("/v1/zoekopdrachten", body, headers={"Wissel-Namens": self.oin1}, expect=403,
                     code="geen-vertegenwoordiging")

    def test_withdrawing_an_agreement_works_at_once(self):
        agreement = self.new_agreement()
        self.search(person(), agreement=agreement)
        self.operator.delete(f"/v1/uitwisselafspraken/{agreement}", expect=204)
        self.search(person(), agreement=agreement, expect=403, code="geen-uitwisselafspraak")


if __name__ == "__main__":
    harness.main()
