#!/usr/bin/python3
"""Subscriptions and the mailbox: what a consumer wants, and fetching it by itself."""
import json
import time
import uuid

import harness
from harness import EVENT, index_of, new_event, new_zaak, person, wait_until


class Subscriptions(harness.ApiTest):
    def make(self, who=None, expect=201, **more):
        body = {"bezorging": {"soort": "postbus"}, "grondslag": self.ground(), **more}
        made = (who or self.p2).post("/v1/abonnementen", body, expect=expect)
        if made.status == 201:
            self.addCleanup(lambda: (who or self.p2).delete(made.headers["Location"], expect=(204, 404)))
        return made

    def test_made_read_replaced_ended(self):
        subject = person()
        made = self.make(onderwerp=subject, zaaktypen=["bijstand"], geldigTot="2031-01-01T00:00:00Z",
                         gebruiker={"id": "x", "soort": "systeem"})
        where = made.headers["Location"]
        self.assertEqual(where, f"/v1/abonnementen/{made.json()['id']}")
        read = self.p2.get(where, expect=200)
        found = read.json()
        self.assertEqual((found["onderwerp"], found["zaaktypen"]), ({"soort": "bsn"}, ["bijstand"]))
        self.assertEqual((found["bezorging"], found["gepauzeerd"]), ({"soort": "postbus"}, False))
        self.assertNotIn(subject["waarde"], read.body.decode())
        body = {"bezorging": {"soort": "webhook"}, "grondslag": self.ground()}
        self.p2.put(where, body, headers={"If-Match": '"77"'}, expect=412, code="versie-wijkt-af")
        replaced = self.p2.put(where, body, headers={"If-Match": read.headers["ETag"]}, expect=200)
        self.assertEqual(replaced.json()["versie"], found["versie"] + 1)
        self.assertEqual(replaced.json()["bezorging"], {"soort": "webhook", "eindpunt": "gebeurtenissen"})
        self.p2.delete(where, headers={"If-Match": read.headers["ETag"]}, expect=412, code="versie-wijkt-af")
        self.p2.delete(where, expect=204)
        self.p2.get(where, expect=404, code="niet-gevonden")

    def test_list_shows_only_the_own_page_by_page(self):
        mine = {self.make().json()["id"] for _ in range(5)}
        foreign = self.make(self.p3).json()["id"]
        seen, path = [], "/v1/abonnementen?aantal=2"
        while path:
            answer = self.p2.get(path, expect=200)
            self.assertLessEqual(len(answer.json()["abonnementen"]), 2)
            seen += [one["id"] for one in answer.json()["abonnementen"]]
            link = answer.headers.get("Link")
            path = link and link[1:link.index(">")]
        self.assertTrue(mine <= set(seen))
        self.assertEqual(len(seen), len(set(seen)))
        self.assertNotIn(foreign, seen)

    def test_anothers_is_as_unknown(self):
        where = self.make().headers["Location"]
        body = {"bezorging": {"soort": "postbus"}, "grondslag": self.ground()}
        for path in (where, f"/v1/abonnementen/{uuid.uuid4()}", "/v1/abonnementen/x"):
            self.p3.get(path, expect=404, code="niet-gevonden")
            self.p3.put(path, body, expect=404, code="niet-gevonden")
            self.p3.delete(path, expect=404, code="niet-gevonden")
            self.p3.post(f"{path}/pauze", expect=404, code="niet-gevonden")
        self.p2.get(where, expect=200)

    def test_pause_and_resume(self):
        where = self.make().headers["Location"]
        for verb, paused in (("pauze", True), ("pauze", True), ("hervatting", False)):
            self.assertEqual(self.p2.post(f"{where}/{verb}", expect=200).json()["gepauzeerd"], paused)

    def test_faults(self):
        answer = self.make(expect=400, bezorging={"soort": "duif"}, zaaktypen="x", bronhouders=["1"], geldigTot="ooit",
                           grondslag={}, raar=1)
        self.assertEqual(self.pointers(answer), sorted(["/bezorging/soort", "/zaaktypen", "/bronhouders/0", "/geldigTot",
                                                        "/grondslag/uitwisselafspraak", "/raar"]))
        self.make(expect=400, bezorging={"soort": "postbus", "eindpunt": "x"})
        self.make(expect=400, bezorging={"soort": "webhook", "eindpunt": "https://elders.example.nl"})

    def test_refusals(self):
        self.make(self.auditor, expect=403)
        self.make(expect=403, grondslag=self.ground(self.new_agreement(handelingen=["zoeken"])))
        self.make(expect=403, grondslag=self.ground(str(uuid.uuid4())))


class Mailbox(harness.ApiTest):
    def setUp(self):
        body = {"bezorging": {"soort": "postbus"}, "grondslag": self.ground()}
        self.where = self.p3.post("/v1/abonnementen", body, expect=201).headers["Location"]
        self.addCleanup(lambda: self.p3.delete(self.where, expect=(204, 404)))
        self.acknowledge(2**53)

    def send(self, zaak=None, **status):
        event = new_event(self.oin1, zaak or new_zaak(self.oin1), **status)
        answer = self.p1.post("/v1/statusberichten", json.dumps(event).encode(), headers=EVENT, expect=202)
        self.assertEqual(answer.json()["afnemers"], 1)
        return event, answer

    def fetch(self, query="", who=None):
        return (who or self.p3).get(f"/v1/postbus{query}", expect=200)

    def acknowledge(self, up_to):
        return self.p3.post("/v1/postbus/bevestigingen", {"totEnMet": up_to}, expect=204)

    def test_messages_come_again_until_acknowledged(self):
        events = [self.send()[0] for _ in range(3)]
        first = self.fetch().json()["berichten"]
        self.assertEqual([one["bericht"] for one in first], events)
        numbers = [one["volgnummer"] for one in first]
        self.assertEqual(numbers, sorted(set(numbers)))
        self.assertEqual(self.fetch().json()["berichten"], first)
        self.acknowledge(numbers[1])
        self.acknowledge(numbers[1])
        self.assertEqual(self.fetch().json()["berichten"], first[2:])
        self.acknowledge(numbers[2])
        self.assertEqual(self.fetch().json(), {"berichten": []})

    def test_the_sender_sees_it_delivered_once_acknowledged(self):
        _, sent = self.send()
        where = f"/v1/statusberichten/{sent.json()['id']}"
        self.fetch()
        self.assertEqual(self.p1.get(where, expect=200).json()["afnemers"][0]["stand"], "wachtend")
        self.acknowledge(self.fetch().json()["berichten"][0]["volgnummer"])
        self.assertEqual(self.p1.get(where, expect=200).json()["afnemers"][0]["stand"], "bezorgd")

    def test_at_most_as_many_as_asked(self):
        events = [self.send()[0] for _ in range(3)]
        self.assertEqual([one["bericht"] for one in self.fetch("?aantal=2").json()["berichten"]], events[:2])

    def test_each_message_has_a_record_before_the_answer(self):
        self.send()
        self.send()
        answer = self.fetch()
        parent = self.record(index_of(answer))
        self.assertEqual(parent["attributes"]["wissel.actie"], "ophalen")
        for i in (1, 2):
            self.assertEqual(self.record(index_of(answer) + i)["parent_span_id"], parent["span_id"])

    def test_long_poll_ends_when_a_message_comes(self):
        waiting = self.net.new("P3")
        sender = self.net.new("P1")

        def poll():
            started = time.monotonic()
            return self.fetch("?wacht=30", waiting).json()["berichten"], time.monotonic() - started

        def send():
            # The poll is open once it is counted as a request in a handler.
            wait_until(lambda: self.net.metric("wissel_http_requests_in_flight", listener="partners") >= 1,
                       harness.LIMIT_S, "the poll is open")
            event = new_event(self.oin1, new_zaak(self.oin1))
            sender.post("/v1/statusberichten", json.dumps(event).encode(), headers=EVENT, expect=202)
            return event

        (messages, took), event = harness.in_threads(poll, send)
        self.assertEqual([one["bericht"] for one in messages], [event])
        self.assertLess(took, 20)

    def test_long_poll_ends_empty(self):
        started = time.monotonic()
        self.assertEqual(self.fetch("?wacht=1").json(), {"berichten": []})
        self.assertTrue(0.9 <= time.monotonic() - started < 20)

    def test_a_paused_subscription_gets_nothing_new_to_see(self):
        self.p3.post(f"{self.where}/pauze", expect=200)
        event = new_event(self.oin1, new_zaak(self.oin1))
        self.p1.post("/v1/statusberichten", json.dumps(event).encode(), headers=EVENT, expect=202)
        self.assertEqual(self.fetch().json()["berichten"], [])
        self.p3.post(f"{self.where}/hervatting", expect=200)

    def test_an_ended_subscription_takes_its_messages_along(self):
        self.send()
        self.p3.delete(self.where, expect=204)
        self.assertEqual(self.fetch().json()["berichten"], [])

    def test_refusals(self):
        for query in ("?wacht=61", "?wacht=-1", "?wacht=1.5", "?aantal=0", "?aantal=1001", "?raar=1", "?wacht=0&wacht=1"):
            self.p3.get(f"/v1/postbus{query}", expect=400, code="query-ongeldig")
        for body in ({}, {"totEnMet": -1}, {"totEnMet": "1"}, {"totEnMet": 1, "x": 1}):
            self.p3.post("/v1/postbus/bevestigingen", body, expect=400)
        self.auditor.get("/v1/postbus", expect=403, code="rol-ontbreekt")


if __name__ == "__main__":
    harness.main()
