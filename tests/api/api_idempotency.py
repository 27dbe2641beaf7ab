#!/usr/bin/python3
"""Idempotency-Key: the first answer again, for the same caller, path and body only."""
import json
import uuid

import harness
from harness import EVENT, index_of, new_event, new_zaak, person


class Idempotency(harness.ApiTest):
    def key(self):
        return {"Idempotency-Key": str(uuid.uuid4())}

    def test_a_repeat_gets_the_first_answer_and_its_own_record(self):
        headers, body = self.key(), {"zaak": new_zaak(self.oin1)}
        first = self.p1.post("/v1/verwijzingen", body, headers=headers, expect=201)
        self.p1.post("/v1/verwijzingen", {**body, "zaaktype": "later"}, expect=200)
        again = self.p1.post("/v1/verwijzingen", body, headers=headers, expect=201)
        self.assert_repeated(again, first)
        self.assertGreater(index_of(again), index_of(first))
        self.assertEqual(self.p1.get(first.headers["Location"], expect=200).json()["zaaktype"], "later")

    def assert_repeated(self, again, first):
        """The first answer: its status, body, and what its headers say of the resource."""
        self.assertEqual((again.status, again.body), (first.status, first.body))
        for name in ("ETag", "Location", "Content-Type"):
            self.assertEqual(again.headers[name], first.headers[name], name)

    def test_a_repeat_names_the_resource_and_its_version_of_then(self):
        headers, body = self.key(), {"bezorging": {"soort": "postbus"}, "grondslag": self.ground()}
        made = self.p1.post("/v1/abonnementen", body, headers=headers, expect=201)
        where = made.headers["Location"]
        self.assertEqual(self.p1.get(where, expect=200).headers["ETag"], made.headers["ETag"])
        paused_by = self.key()
        paused = self.p1.post(f"{where}/pauze", headers=paused_by, expect=200)
        self.assert_repeated(self.p1.post("/v1/abonnementen", body, headers=headers, expect=201), made)
        self.p1.post(f"{where}/hervatting", expect=200)
        self.assert_repeated(self.p1.post(f"{where}/pauze", headers=paused_by, expect=200), paused)
        self.assertFalse(self.p1.get(where, expect=200).json()["gepauzeerd"])
        self.p1.delete(where, expect=204)

        headers, body = self.key(), self.agreement_body()
        made = self.operator.post("/v1/uitwisselafspraken", body, headers=headers, expect=201)
        self.assertEqual(made.headers["Location"], f"/v1/uitwisselafspraken/{made.json()['id']}")
        self.assert_repeated(self.operator.post("/v1/uitwisselafspraken", body, headers=headers, expect=201), made)
        self.operator.delete(made.headers["Location"], headers={"If-Match": made.headers["ETag"]}, expect=204)

    def test_another_body_is_409(self):
        headers = self.key()
        self.p1.post("/v1/verwijzingen", {"zaak": new_zaak(self.oin1)}, headers=headers, expect=201)
        self.p1.post("/v1/verwijzingen", {"zaak": new_zaak(self.oin1)}, headers=headers, expect=409,
                     code="herhaling-wijkt-af")

    def test_the_scope_is_caller_method_and_path(self):
        headers = self.key()
        self.p1.post("/v1/verwijzingen", {"zaak": new_zaak(self.oin1)}, headers=headers, expect=201)
        self.p2.post("/v1/verwijzingen", {"zaak": new_zaak(self.oin2)}, headers=headers, expect=201)
        body = {"bezorging": {"soort": "postbus"}, "grondslag": self.ground()}
        made = self.p1.post("/v1/abonnementen", body, headers=headers, expect=201)
        self.p1.delete(made.headers["Location"], expect=204)

    def test_nothing_is_made_twice(self):
        headers, body = self.key(), {"bezorging": {"soort": "postbus"}, "grondslag": self.ground()}
        made = [self.p2.post("/v1/abonnementen", body, headers=headers, expect=201).json()["id"] for _ in range(3)]
        self.assertEqual(len(set(made)), 1)
        self.p2.delete(f"/v1/abonnementen/{made[0]}", expect=204)
        headers, event = self.key(), new_event(self.oin1, new_zaak(self.oin1))
        sent = [self.p1.post("/v1/statusberichten", json.dumps(event).encode(), headers={**EVENT, **headers}, expect=202)
                for _ in range(2)]
        self.assertEqual(sent[0].json(), sent[1].json())

    def test_refusals_are_not_kept(self):
        headers = self.key()
        self.p1.post("/v1/verwijzingen", {"raar": 1}, headers=headers, expect=400)
        self.p1.post("/v1/verwijzingen", {"zaak": new_zaak(self.oin1)}, headers=headers, expect=201)

    def test_ignored_where_nothing_changes(self):
        headers = self.key()
        for _ in range(2):
            self.p2.post("/v1/zoekopdrachten", {"onderwerp": person(), "grondslag": self.ground()}, headers=headers,
                         expect=200)

    def test_refused_on_bulk(self):
        for path in ("bulk", "synchronisaties"):
            self.p1.lines(f"/v1/verwijzingen/{path}", [], headers=self.key(), expect=400,
                          code="idempotentie-niet-toegestaan")

    def test_its_form(self):
        self.p1.post("/v1/verwijzingen", {"zaak": new_zaak(self.oin1)}, headers={"Idempotency-Key": "x" * 256}, expect=400)

    def test_it_survives_a_restart(self):
        headers, body = self.key(), {"zaak": new_zaak(self.oin1)}
        first = self.p1.post("/v1/verwijzingen", body, headers=headers, expect=201)
        self.net.run("stop")
        self.net.run("start")
        with self.net.new("P1") as afresh:
            self.assertEqual(afresh.post("/v1/verwijzingen", body, headers=headers, expect=201).json(), first.json())


if __name__ == "__main__":
    harness.main()
