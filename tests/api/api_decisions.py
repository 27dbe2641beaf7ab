#!/usr/bin/python3
"""Decisions explained: on trial and afterwards, and to whom. Four eyes, kinds of subject and hours at the gateway."""
import uuid

import harness
from harness import index_of, person

TRIAL = "/v1/beslissingen/proef"


class DecisionsTest(harness.ApiTest):
    def trial(self, who=None, agreement=None, expect=200, code=None, **more):
        body = {"handeling": "zoeken", "grondslag": self.ground(agreement), **more}
        return (who or self.p2).post(TRIAL, body, expect=expect, code=code)

    def outcome(self, told, rule):
        return next(step["uitkomst"] for step in told["stappen"] if step["regel"] == rule)

    def test_what_is_allowed_shows_every_rule_and_the_filter(self):
        told = self.trial().json()
        self.assertTrue(told["toegestaan"])
        self.assertEqual({step["uitkomst"] for step in told["stappen"]}, {"voldaan"})
        self.assertEqual(told["uitwisselafspraak"], {"id": self.net.agreement, "versie": 1, "stand": "vanKracht"})
        self.assertEqual(told["filter"]["maxVertrouwelijkheidaanduiding"], "zeer_geheim")
        self.assertNotIn("nodig", told)

    def test_a_refusal_says_what_would_have_to_change_and_who_can(self):
        agreement = self.new_agreement(zaaktypen=["B1"], functies=["consulent"])
        told = self.trial(agreement=agreement, zaaktype="B2").json()
        self.assertEqual((told["toegestaan"], told["code"], told["regel"]), (False, "zaaktype-niet-gedekt", "zaaktype"))
        self.assertEqual(told["nodig"]["wie"], "partijen")
        self.assertEqual([self.outcome(told, rule) for rule in ("handeling", "zaaktype", "functie")],
                         ["voldaan", "niet_voldaan", "niet_bereikt"])
        told = self.trial(agreement=agreement, zaaktype="B1", gebruiker={"id": "m", "soort": "medewerker"}).json()
        self.assertEqual((told["code"], told["nodig"]["wie"]), ("functie-niet-toegestaan", "afnemer"))

    def test_the_trial_and_the_search_agree(self):
        agreement = self.new_agreement(vierOgenVanaf=2, onderwerpsoorten=["bsn"])
        one, two = ({"id": name, "soort": "medewerker"} for name in ("m1", "m2"))
        for users, allowed in (({}, False), ({"gebruiker": one}, False),
                               ({"gebruiker": one, "tweedeGebruiker": one}, False),
                               ({"gebruiker": one, "tweedeGebruiker": two}, True)):
            told = self.trial(agreement=agreement, aantal=2, onderwerpsoort="bsn", **users).json()
            self.assertEqual(told["toegestaan"], allowed, users)
            body = {"onderwerpen": [person(), person()], "grondslag": self.ground(agreement), **users}
            self.p2.post("/v1/zoekopdrachten", body, expect=200 if allowed else 403,
                         code=None if allowed else "vier-ogen-vereist")
        told = self.trial(agreement=agreement, onderwerpsoort="kvkNummer").json()
        self.assertEqual(told["code"], "onderwerpsoort-niet-gedekt")

    def test_of_an_agreement_of_others_nothing_is_told(self):
        agreement = self.new_agreement(aanbieders=[self.oin1], afnemers=[self.oin2])
        others = self.trial(self.p3, agreement).json()
        unknown = self.trial(self.p3, str(uuid.uuid4())).json()
        self.assertEqual(others, unknown)
        self.assertEqual((others["code"], set(others) & {"uitwisselafspraak", "filter"}), ("geen-uitwisselafspraak", set()))

    def test_only_the_operator_asks_for_another(self):
        self.trial(self.p3, deelnemer=self.oin2, expect=403, code="niet-gerechtigd")
        self.assertTrue(self.trial(self.operator, deelnemer=self.oin2).json()["toegestaan"])

    def test_a_record_is_explained_to_who_may_read_it(self):
        agreement = self.new_agreement(zaaktypen=["B1"])
        refused = self.search(person(), agreement=agreement, zaaktype="B2", expect=403)
        path = f"/v1/verwerkingen/{index_of(refused)}/uitleg"
        for who in (self.p2, self.auditor):
            told = who.get(path, expect=200).json()
            self.assertEqual((told["uitkomst"], told["code"], told["regel"]),
                             ("geweigerd", "zaaktype-niet-gedekt", "zaaktype"))
            self.assertEqual(told["uitwisselafspraak"], {"id": agreement, "versie": 1})
            self.assertEqual(told["nodig"]["wie"], "partijen")
        self.p3.get(path, expect=403, code="niet-gerechtigd")


if __name__ == "__main__":
    harness.main()
