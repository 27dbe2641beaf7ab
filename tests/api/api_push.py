#!/usr/bin/python3
"""A status change, accepted once and brought to everyone who may have it, in order."""
import json
import uuid

import harness
from harness import BATCH, EVENT, index_of, new_bsn, new_event, new_zaak, person, wait_until, zaak_subject


class Push(harness.ApiTest):
    def setUp(self):
        for who in ("P2", "P3"):
            self.net.behave(who)
        self.subscriptions = []
        self.addCleanup(self.unsubscribe)

    def unsubscribe(self):
        for who, where in self.subscriptions:
            who.delete(where, expect=(204, 404))

    def subscribe(self, who=None, kind="webhook", **more):
        who = who or self.p2
        body = {"bezorging": {"soort": kind}, "grondslag": self.ground(), **more}
        made = who.post("/v1/abonnementen", body, expect=201)
        self.subscriptions.append((who, made.headers["Location"]))
        return made

    def send(self, event, expect=202, code=None, who=None):
        return (who or self.p1).post("/v1/statusberichten", json.dumps(event).encode(), headers=EVENT, expect=expect,
                                     code=code)

    def send_batch(self, events, expect=202, code=None):
        return self.p1.post("/v1/statusberichten", json.dumps(events).encode(), headers=BATCH, expect=expect, code=code)

    def event(self, zaak=None, **status):
        return new_event(self.oin1, zaak or new_zaak(self.oin1), **status)

    def state(self, sent):
        return self.p1.get(f"/v1/statusberichten/{sent.json()['id']}", expect=200).json()

    def until_state(self, sent, *states):
        def reached():
            found = self.state(sent)
            return found if [place["stand"] for place in found["afnemers"]] == list(states) else None
        return wait_until(reached, harness.LIMIT_S, f"deliveries are {states}")

    def until_received(self, who, event, count=1):
        wait_until(lambda: len(self.net.received(who, event["subject"])) >= count, harness.LIMIT_S, f"{who} received it")
        return self.net.received(who, event["subject"])


class Webhook(Push):
    def test_it_is_delivered_as_it_was_sent(self):
        self.subscribe()
        self.subscribe(self.p3, zaaktypen=["anders"])
        event = self.event()
        event["kanaal"] = "loket"
        sent = self.send(event)
        self.assertEqual((sent.json()["afnemers"], sent.json()["volgnummer"]), (1, index_of(sent)))
        self.assertEqual(uuid.UUID(sent.json()["id"]).version, 7)
        self.assertEqual(self.until_received("P2", event), [event])
        self.assertEqual(self.net.received("P3", event["subject"]), [])
        found = self.until_state(sent, "bezorgd")
        self.assertEqual(found["afnemers"][0]["afnemer"], self.oin2)
        self.assertNotIn("In behandeling", json.dumps(found))

    def test_nobody_listens(self):
        self.assertEqual(self.send(self.event()).json()["afnemers"], 0)

    def test_one_place_once_however_many_subscriptions(self):
        for _ in range(3):
            self.subscribe()
        self.assertEqual(self.send(self.event()).json()["afnemers"], 1)

    def test_order_holds_for_a_zaak(self):
        self.subscribe()
        zaak = new_zaak(self.oin1)
        events = [self.event(zaak, text=f"Stap {i}") for i in range(20)]
        self.net.behave("P2", "fout", "gebeurtenis", status=503, aantal=2)
        for event in events:
            self.send(event)
        got = self.until_received("P2", events[-1], len(events))
        self.assertEqual([event["data"]["status"]["omschrijving"] for event in got], [f"Stap {i}" for i in range(20)])

    def test_a_batch_all_or_none(self):
        self.subscribe()
        events = [self.event() for _ in range(3)]
        answer = self.send_batch(events).json()["berichten"]
        self.assertEqual([one["afnemers"] for one in answer], [1, 1, 1])
        self.until_received("P2", events[2])
        wrong = [self.event(), {**self.event(), "specversion": "0.3"}]
        refused = self.send_batch(wrong, expect=400)
        self.assertEqual(self.pointers(refused), ["/1/specversion"])
        self.assertEqual(self.send(wrong[0]).json()["afnemers"], 1, "nothing of a refused batch was accepted")
        self.send_batch([self.event() for _ in range(101)], expect=413, code="te-groot")

    def test_a_repeat_is_answered_as_the_first(self):
        self.subscribe()
        event = self.event()
        first = self.send(event)
        again = self.send(dict(reversed(event.items())))
        self.assertEqual(again.json(), first.json())
        self.assertNotEqual(index_of(again), index_of(first))
        self.until_received("P2", event)
        self.send({**event, "time": "2026-03-02T09:15:01Z"}, 409, "herhaling-wijkt-af")
        self.assertEqual(self.net.received("P2", event["subject"]), [event])

    def test_503_is_retried(self):
        self.subscribe()
        self.net.behave("P2", "fout", "gebeurtenis", status=503, retryAfterS=1, aantal=1)
        event = self.event()
        sent = self.send(event)
        self.until_received("P2", event)
        self.assertGreaterEqual(self.until_state(sent, "bezorgd")["afnemers"][0]["pogingen"], 2)

    def test_410_ends_the_subscription(self):
        made = self.subscribe()
        self.net.behave("P2", "fout", "gebeurtenis", status=410)
        sent = self.send(self.event())
        wait_until(lambda: self.p2.get(made.headers["Location"]).status == 404, harness.LIMIT_S, "the subscription ends")
        self.assertNotEqual(self.state(sent)["afnemers"][0]["stand"], "bezorgd")
        self.assertEqual(self.send(self.event()).json()["afnemers"], 0)

    def test_a_slow_subscriber_delays_nobody_else(self):
        self.subscribe()
        self.subscribe(self.p3)
        self.net.behave("P3", "hangt", "gebeurtenis")
        events = [self.event() for _ in range(10)]
        for event in events:
            self.assertEqual(self.send(event).json()["afnemers"], 2)
        for event in events:
            self.until_received("P2", event)
        self.assertEqual(self.net.received("P3", events[0]["subject"]), [])

    def test_it_registers_a_zaak_that_was_not(self):
        zaak = new_zaak(self.oin1)
        self.assertEqual(self.holders(zaak_subject(zaak)), [])
        self.send(self.event(zaak))
        self.assertEqual(self.holders(zaak_subject(zaak)), [self.oin1])

    def test_by_person_of_the_zaak(self):
        _, zaak, subject = self.register()
        self.subscribe(onderwerp=subject)
        self.subscribe(self.p3, onderwerp=person())
        self.assertEqual(self.send(self.event(zaak)).json()["afnemers"], 1)
        self.assertEqual(self.send(self.event()).json()["afnemers"], 0)

    def test_by_holder_zaaktype_and_type(self):
        for more, expected in (({"bronhouders": [self.oin1]}, 1), ({"bronhouders": [self.oin3]}, 0),
                               ({"zaaktypen": ["bijstand"]}, 1), ({"typen": ["nl.example.anders"]}, 0)):
            with self.subTest(**more):
                self.subscribe(**more)
                self.assertEqual(self.send(self.event()).json()["afnemers"], expected)
                self.unsubscribe()

    def test_confidentiality_and_fields(self):
        agreement = self.new_agreement(maxVertrouwelijkheidaanduiding="vertrouwelijk", velden=["zaak", "status"])
        self.subscribe(grondslag=self.ground(agreement))
        self.assertEqual(self.send(self.event(vertrouwelijkheidaanduiding="geheim")).json()["afnemers"], 0)
        event = self.event(contact={"telefoon": "14 070"})
        self.send(event)
        self.assertEqual(sorted(self.until_received("P2", event)[0]["data"]), ["status", "zaak"])

    def test_an_agreement_that_ends_stops_what_was_queued(self):
        agreement = self.new_agreement()
        self.subscribe(grondslag=self.ground(agreement), kind="postbus")
        sent = self.send(self.event())
        self.assertEqual(sent.json()["afnemers"], 1)
        self.operator.delete(f"/v1/uitwisselafspraken/{agreement}", expect=204)
        self.assertEqual(self.p2.get("/v1/postbus", expect=200).json()["berichten"], [])


class Refused(Push):
    def test_whose_message_it_is(self):
        self.send(new_event(self.oin2, new_zaak(self.oin2)), 403, "bron-niet-eigen")
        self.send(self.event(), 403, "rol-ontbreekt", who=self.auditor)

    def test_bsns_in_places_that_travel_in_the_clear(self):
        bsn = new_bsn()
        for change in ({"subject": bsn}, {"kenmerk": bsn}, {"kenmerk": int(bsn)}):
            event = {**self.event(), **change}
            if "subject" in change:
                event["data"]["zaak"]["identificatie"] = bsn
            answer = self.send(event, 400, "elfproef")
            self.assertNotIn(bsn, answer.body.decode())
        zaak = {"identificatie": bsn, "bronorganisatie": self.oin1}
        self.p1.post("/v1/verwijzingen", {"zaak": zaak}, expect=201)
        self.send(self.event(zaak))

    def test_each_fault_with_its_place(self):
        event = self.event()
        for change, pointer in (
                ({"specversion": "2.0"}, "/specversion"), ({"id": ""}, "/id"), ({"source": "zaken"}, "/source"),
                ({"type": "zaak"}, "/type"), ({"subject": "anders"}, "/subject"), ({"time": "nu"}, "/time"),
                ({"data": {}}, "/data/zaak"), ({"Hoofd": 1}, "/Hoofd"), ({"getal": 2**40}, "/getal"),
                ({"data_base64": "AAAA"}, "/data_base64")):
            with self.subTest(pointer):
                self.assertIn(pointer, self.pointers(self.send({**event, **change}, 400)))
        extensions = {f"e{i}": "x" for i in range(33)}
        self.send({**event, **extensions}, (400, 413))

    def test_media_types(self):
        body = json.dumps(self.event()).encode()
        for media in ("application/json", "text/plain"):
            self.p1.post("/v1/statusberichten", body, headers={"Content-Type": media}, expect=415, code="mediatype")
        self.p1.post("/v1/statusberichten", body, headers={"Content-Type": EVENT["Content-Type"] + "; charset=utf-8"},
                     expect=202)

    def test_size(self):
        event = self.event()
        event["data"]["status"]["toelichting"] = "x" * 1000
        event["opmaak"] = "y" * 1024
        self.send(event)
        self.p1.post("/v1/statusberichten", b"[" + b" " * (70 * 1024) + b"]", headers=EVENT, expect=(400, 413))

    def test_the_senders_view_is_the_senders(self):
        self.subscribe()
        sent = self.send(self.event())
        where = f"/v1/statusberichten/{sent.json()['id']}"
        self.assertEqual(sent.headers.get("Location", where), where)
        self.p2.get(where, expect=(403, 404))
        self.p1.get(f"/v1/statusberichten/{uuid.uuid4()}", expect=404, code="niet-gevonden")


class Restart(Push):
    def test_what_was_accepted_survives_a_kill(self):
        self.subscribe()
        self.net.behave("P2", "fout", "gebeurtenis", status=503)
        event = self.event()
        sent = self.send(event)
        self.net.run("kill")
        self.net.behave("P2")
        self.net.run("start")
        self.assertEqual(self.until_received("P2", event)[0], event)
        self.until_state(sent, "bezorgd")
        self.assertEqual(self.send(event).json(), sent.json())


if __name__ == "__main__":
    harness.main()
