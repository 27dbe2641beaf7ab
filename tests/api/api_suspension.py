#!/usr/bin/python3
"""Suspension at work: an agreement is suspended while thousands of messages wait for a subscriber. None that leans on it
is let go afterwards, others flow on, and the log says why."""
import json
import os

import harness
from harness import BATCH, index_of, new_event, new_zaak, wait_until

MESSAGES = int(os.environ.get("WISSEL_MESSAGES", "10000"))
BATCH_SIZE = 100
FIRST = 50  # delivered under the agreement before it is suspended
LIMIT_S = 300


class Suspension(harness.ApiTest):
    def subscribe(self, who, agreement):
        body = {"bezorging": {"soort": "webhook"}, "grondslag": self.ground(agreement)}
        return who.post("/v1/abonnementen", body, expect=201).headers["Location"]

    def push(self):
        for _ in range(MESSAGES // BATCH_SIZE):
            events = [new_event(self.oin1, new_zaak(self.oin1)) for _ in range(BATCH_SIZE)]
            self.p1.post("/v1/statusberichten", json.dumps(events).encode(), headers=BATCH, expect=202)

    def ended(self, outcome):
        return int(self.net.metric("wissel_deliveries_total", outcome=outcome))

    def records(self, since):
        """Every record of a delivery with an index from `since` on, as an auditor reads it."""
        answer = self.auditor.get("/v1/verwerkingen?actie=bezorgen", headers={"Accept": "application/x-ndjson"}, expect=200)
        rows = (json.loads(line) for line in answer.body.splitlines() if line.strip())
        return [json.loads(row["regel"])["attributes"] for row in rows if "regel" in row and row["index"] >= since]

    def test_none_is_let_go_afterwards_and_the_log_says_why(self):
        agreement = self.new_agreement(aanbieders=[self.oin1], afnemers=[self.oin2])
        self.net.behave("P2", "vertraging", "gebeurtenis", ms=50)  # so that its messages wait
        self.subscribe(self.p2, agreement)
        self.subscribe(self.p3, None)
        self.push()
        wait_until(lambda: len(self.net.received("P2")) >= FIRST, LIMIT_S, "some were delivered under it")
        suspended = self.p1.post(f"/v1/uitwisselafspraken/{agreement}/schorsing", {"reden": "onderzoek"}, expect=200)
        self.net.behave("P2")
        wait_until(lambda: self.ended("delivered") + self.ended("refused") >= 2 * MESSAGES, LIMIT_S, "no message waits")

        self.assertEqual(len(self.net.received("P3")), MESSAGES, "others flowed on")
        records = [one for one in self.records(0) if one.get("wissel.uitwisselafspraak") == agreement]
        let_go = [one for one in records if one["wissel.uitkomst"] == "toegestaan"]
        held = [one for one in records if one["wissel.uitkomst"] == "geweigerd"]
        self.assertEqual(len(let_go) + len(held), MESSAGES, "each has one end")
        self.assertGreater(len(held), MESSAGES // 2, "it was suspended while most of them waited")
        self.assertEqual(len(self.net.received("P2")), len(let_go))
        # What was let go had been decided by a state of before the suspension; `stand` says by which.
        self.assertLessEqual(max(one["wissel.stand"] for one in let_go), index_of(suspended))
        self.assertEqual({one.get("wissel.code") for one in held}, {"uitwisselafspraak-geschorst"})
        self.assertTrue(all("schorsing" in one["wissel.regel"] for one in held))


if __name__ == "__main__":
    harness.main()
