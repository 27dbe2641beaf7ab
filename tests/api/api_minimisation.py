#!/usr/bin/python3
"""A field outside the agreement never leaves the gateway, in any route.

A holder answers pulls with, and pushes, statuses that have a mark in every field of the schema in the served OpenAPI
document. Their reader has an agreement that names some of the fields. It then uses every operation of that document and
every other route of the daemon; an operation that is not in EXERCISES fails the test, so that whoever adds one says here
how it is exercised. No mark of a field outside the agreement may be in an answer, a header or a delivered message.
"""
import json
import subprocess
import uuid

import harness
import planting
from harness import EVENT, index_of, person, wait_until
from testnet import processes

FIELDS = ["zaak.identificatie", "zaak.bronorganisatie", "zaak.zaaktype.code", "status.omschrijving", "status.statusgroep",
          "proces.naam", "taken.titel"]
# In the index or in the envelope of a message as well, where other rules hold: seen by place, not by mark.
ELSEWHERE = {"zaak.identificatie", "zaak.zaaktype.code"}
OTHER_TYPE = "nl.example.anders"

# How each operation is exercised: the name of a method below, or a request with {names} of things that exist.
EXERCISES = {
    "GET /v1/openapi.json": ("GET", "/v1/openapi.json"),
    "POST /v1/verwijzingen": "set_reference",
    "GET /v1/verwijzingen/{id}": ("GET", "/v1/verwijzingen/{reference}"),
    "DELETE /v1/verwijzingen/{id}": ("DELETE", "/v1/verwijzingen/{reference}"),
    "POST /v1/verwijzingen/bulk": "bulk",
    "POST /v1/verwijzingen/synchronisaties": "synchronise",
    "GET /v1/verwijzingen/controlesommen": ("GET", "/v1/verwijzingen/controlesommen"),
    "GET /v1/verwijzingen/wijzigingen": ("GET", "/v1/verwijzingen/wijzigingen"),
    "POST /v1/zoekopdrachten": "search_index",
    "POST /v1/statusbevragingen": "pull",
    "POST /v1/statusberichten": "push_own",
    "GET /v1/statusberichten/{id}": ("GET", "/v1/statusberichten/{message}"),
    "POST /v1/abonnementen": "subscribe_again",
    "GET /v1/abonnementen": ("GET", "/v1/abonnementen?aantal=1000"),
    "GET /v1/abonnementen/{id}": ("GET", "/v1/abonnementen/{subscription}"),
    "PUT /v1/abonnementen/{id}": "replace_subscription",
    "DELETE /v1/abonnementen/{id}": "end_subscription",
    "POST /v1/abonnementen/{id}/pauze": ("POST", "/v1/abonnementen/{subscription}/pauze"),
    "POST /v1/abonnementen/{id}/hervatting": ("POST", "/v1/abonnementen/{subscription}/hervatting"),
    "GET /v1/postbus": "fetch",
    "POST /v1/postbus/bevestigingen": ("POST", "/v1/postbus/bevestigingen", {"totEnMet": 1}),
    "GET /v1/verwerkingen": "log_lists",
    "POST /v1/verwerkingen/zoekopdrachten": "log_by_subject",
    "GET /v1/verwerkingen/{index}": "log_records",
    "GET /v1/verwerkingen/{index}/bewijs": "log_proofs",
    "GET /v1/verwerkingen/consistentie": ("GET", "/v1/verwerkingen/consistentie?van=1&naar=3"),
    "GET /v1/deelnemers": ("GET", "/v1/deelnemers"),
    "GET /v1/deelnemers/{oin}": ("GET", "/v1/deelnemers/{holder}"),
    "PUT /v1/deelnemers/{oin}": ("PUT", "/v1/deelnemers/{holder}", {}),
    "GET /v1/deelnemers/{oin}/ondertekensleutels": ("GET", "/v1/deelnemers/{holder}/ondertekensleutels"),
    "PUT /v1/deelnemers/{oin}/ondertekensleutels": ("PUT", "/v1/deelnemers/{holder}/ondertekensleutels", {}),
    "POST /v1/uitwisselafspraken": ("POST", "/v1/uitwisselafspraken", {}),
    "GET /v1/uitwisselafspraken": ("GET", "/v1/uitwisselafspraken"),
    "GET /v1/uitwisselafspraken/{id}": ("GET", "/v1/uitwisselafspraken/{agreement}"),
    "PUT /v1/uitwisselafspraken/{id}": ("PUT", "/v1/uitwisselafspraken/{agreement}", {}),
    "GET /v1/uitwisselafspraken/{id}/versies/{versie}": ("GET", "/v1/uitwisselafspraken/{agreement}/versies/1"),
    "GET /v1/uitwisselafspraken/{id}/versies/{versie}/inhoud": (
        "GET", "/v1/uitwisselafspraken/{agreement}/versies/1/inhoud"),
    "POST /v1/uitwisselafspraken/{id}/aanbieding": ("POST", "/v1/uitwisselafspraken/{spare}/aanbieding"),
    "POST /v1/uitwisselafspraken/{id}/ondertekeningen": ("POST", "/v1/uitwisselafspraken/{spare}/ondertekeningen", {}),
    "POST /v1/uitwisselafspraken/{id}/schorsing": ("POST", "/v1/uitwisselafspraken/{spare}/schorsing", {}),
    "POST /v1/uitwisselafspraken/{id}/hervatting": ("POST", "/v1/uitwisselafspraken/{spare}/hervatting"),
    "POST /v1/uitwisselafspraken/{id}/beeindiging": ("POST", "/v1/uitwisselafspraken/{spare}/beeindiging", {}),
    "DELETE /v1/uitwisselafspraken/{id}": ("DELETE", "/v1/uitwisselafspraken/{spare}"),
    "GET /v1/remmen": ("GET", "/v1/remmen"),
    "GET /v1/afschermingsoverzichten": ("GET", "/v1/afschermingsoverzichten"),
    "GET /v1/afschermingsoverzichten/{dag}": "read_overview",
    "POST /v1/remmen/{id}/vrijgave": ("POST", "/v1/remmen/{agreement}/vrijgave", {}),
    "POST /v1/vertegenwoordigingen": "appoint",
    "GET /v1/vertegenwoordigingen": ("GET", "/v1/vertegenwoordigingen"),
    "GET /v1/vertegenwoordigingen/{id}": ("GET", "/v1/vertegenwoordigingen/{appointment}"),
    "GET /v1/vertegenwoordigingen/{id}/inhoud": ("GET", "/v1/vertegenwoordigingen/{appointment}/inhoud"),
    "POST /v1/vertegenwoordigingen/{id}/ondertekeningen": (
        "POST", "/v1/vertegenwoordigingen/{appointment}/ondertekeningen", {}),
    "POST /v1/vertegenwoordigingen/{id}/beeindiging": ("POST", "/v1/vertegenwoordigingen/{appointment}/beeindiging", {}),
    "DELETE /v1/vertegenwoordigingen/{id}": ("DELETE", "/v1/vertegenwoordigingen/{appointment}"),
    "POST /v1/beslissingen/proef": "try_decision",
    "GET /v1/verwerkingen/{index}/uitleg": "log_explanations",
    "GET /tlog/checkpoint": ("GET", "/tlog/checkpoint"),
    "GET /tlog/vkey": ("GET", "/tlog/vkey"),
    "GET /tlog/tile/{path*}": ("GET", "/tlog/tile/entries/000.p/1"),
}


class Minimisation(harness.ApiTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.net.of("P2").get("/v1/openapi.json", expect=200).json()
        cls.planter = planting.Planter(cls.document["components"]["schemas"])

    def setUp(self):
        self.watch, self.forbidden, self.agreed, self.indices = planting.Watch(), {}, {}, []
        self.reader = self.net.new("P2")
        self.addCleanup(self.reader.close)
        self.agreement = self.new_agreement(velden=FIELDS, maxVertrouwelijkheidaanduiding="zaakvertrouwelijk")
        self.subject = person()
        self.names = {"agreement": self.agreement, "holder": self.oin1, "spare": self.new_agreement()}

    # --- planting ---

    def plant(self, level="openbaar", nothing=False):
        """A status with its marks noted; `nothing`: none of it may be seen."""
        status, marks = self.planter.status(self.oin1, level)
        for path, texts in marks.items():
            if path in ELSEWHERE:
                continue
            kind = self.agreed if planting.covered(path, FIELDS) and not nothing else self.forbidden
            kind.setdefault(path, []).extend(texts)
        return status

    def event(self, status):
        return {"specversion": "1.0", "id": str(uuid.uuid4()), "source": f"urn:nld:oin:{self.oin1}:systeem:zaken",
                "type": harness.STATUS_TYPE, "subject": status["zaak"]["identificatie"], "kenmerk": "blijft",
                "datacontenttype": "application/json", "data": status}

    def send(self, event):
        return self.p1.post("/v1/statusberichten", json.dumps(event).encode(), headers=EVENT, expect=202).json()

    def give(self):
        """What the holder has and pushes: one status that may be seen in part, one whose level is too high, and an event
        of a type that the agreement does not name."""
        self.register(self.p1, self.subject)
        for status in (self.plant(), self.plant("geheim", nothing=True)):
            self.net.give_zaak("P1", [self.subject], status)
        for kind in ("webhook", "postbus"):
            made = self.call("POST", "/v1/abonnementen", self.subscription(kind, typen=[harness.STATUS_TYPE, OTHER_TYPE]))
            self.names["subscription"] = made.json()["id"]
        other = {**self.event(self.plant(nothing=True)), "type": OTHER_TYPE, "subject": "anders"}
        self.assertEqual(self.send(other)["afnemers"], 0)
        self.assertEqual(self.send(self.event(self.plant("geheim", nothing=True)))["afnemers"], 0)
        seen = self.event(self.plant())
        sent = self.send(seen)
        self.assertEqual(sent["afnemers"], 2)
        self.names["message"] = sent["id"]
        wait_until(lambda: self.net.received("P2", seen["subject"]), harness.LIMIT_S, "the webhook was called")

    def subscription(self, kind, **more):
        return {"bezorging": {"soort": kind}, "grondslag": self.ground(self.agreement), **more}

    # --- using ---

    def call(self, method, path, body=None, headers=None):
        """A request of the reader, with what it got kept."""
        answer = self.reader.request(method, path, body, headers)
        self.watch.add(f"{method} {path}: headers", str(answer.headers))
        self.watch.add(f"{method} {path}", answer.body)
        if answer.headers.get("Wissel-Log-Index"):
            self.indices.append(index_of(answer))
        return answer

    def read_overview(self):
        days = self.call("GET", "/v1/afschermingsoverzichten").json()["overzichten"]
        self.call("GET", f"/v1/afschermingsoverzichten/{days[0]['dag']}")

    def operations(self):
        described = {f"{method.upper()} /v1{path}" for path, item in self.document["paths"].items() for method in item
                     if method in ("get", "put", "post", "delete", "patch")}
        done = subprocess.run([processes.program("wisseld"), "--print-routes"], capture_output=True, text=True, check=True)
        return described | {" ".join(line.split()) for line in done.stdout.splitlines() if line.strip()}

    def exercise(self, operation):
        how = EXERCISES[operation]
        if isinstance(how, str):
            getattr(self, how)()
            return
        method, path, *body = how
        answer = self.call(method, path.format(**self.names), *body)
        self.assertNotIn(answer.status, (405, 500, 503), operation)

    def test_no_field_outside_the_agreement_in_any_operation(self):
        self.give()
        operations = self.operations()
        for operation in sorted(operations - EXERCISES.keys()):
            self.fail(f"unknown operation {operation}: say in EXERCISES how it is exercised")
        for operation in EXERCISES:  # in their order: what comes later needs what came before
            if operation in operations:
                self.exercise(operation)
        for event in self.net.received("P2"):
            self.watch.add("a delivered message", json.dumps(event))
        self.watch.add("the metrics", self.net.operators("/metrics"))
        self.watch.add("the daemon's own log", (self.net.directory / "wisseld.log").read_bytes())
        self.assertEqual(self.watch.found(self.forbidden), [])
        for where, status in self.watch.contents():
            outside = [path for path, _ in planting.leaves(status) if not planting.covered(path, FIELDS)]
            self.assertEqual(outside, [], where)
        self.judge_what_was_seen()

    def judge_what_was_seen(self):
        """The test would prove nothing if nothing came: every field agreed was seen by each way."""
        ways = {"POST /v1/statusbevragingen", "GET /v1/postbus", "a delivered message"}
        for way in ways:
            seen = {path for where, status in self.watch.contents() if where.startswith(way)
                    for path, _ in planting.leaves(status)}
            for field in FIELDS:
                self.assertTrue(any(planting.covered(path, [field]) for path in seen), f"{field} by {way}")
        self.assertTrue(self.watch.found(self.agreed))
        kept = {event.get("kenmerk") for event in self.net.received("P2") if self.oin1 in event["source"]}
        self.assertEqual(kept, {"blijft"}, "an extension is no field")

    def test_an_operation_without_an_exercise_is_noticed(self):
        self.assertIn("POST /v1/statusbevragingen", self.operations())
        self.assertNotIn("POST /v1/nieuw", EXERCISES)

    def test_fields_by_the_document_are_those_that_an_agreement_may_name(self):
        """Every field of the schema can be named, and what cannot be named is refused with the nearest one."""
        status, _ = self.planter.status(self.oin1)
        names = sorted({path for path, _ in planting.leaves(status)})
        self.new_agreement(velden=names)
        answer = self.refused_fields(["status.omschriving", "zaak", "geheim"])
        self.assertEqual(self.pointers(answer), ["/velden/0", "/velden/2"])
        self.assertIn("status.omschrijving", answer.json()["invalidParams"][0]["reason"])

    def refused_fields(self, fields):
        return self.operator.post("/v1/uitwisselafspraken", {**self.agreement_body(), "velden": fields}, expect=400)

    def test_what_a_filtered_status_may_lack_is_all_that_it_may(self):
        """The schema of what is shown is that of a status without what is required."""
        def loosened(schema):
            if isinstance(schema, dict):
                return {name: loosened(member) for name, member in schema.items() if name not in ("required", "description")}
            return [loosened(member) for member in schema] if isinstance(schema, list) else schema
        schemas = self.document["components"]["schemas"]
        self.assertEqual(loosened(schemas["ZaakStatus"]), loosened(schemas["VerstrekteZaakStatus"]))

    # --- one method for each operation that takes more than a request ---

    def set_reference(self):
        zaak = harness.new_zaak(self.oin2)
        self.names["reference"] = self.call("POST", "/v1/verwijzingen", {"zaak": zaak, "betrokkenen": [self.subject]}).json()["id"]

    def bulk(self):
        line = json.dumps({"zet": {"zaak": harness.new_zaak(self.oin2), "betrokkenen": [self.subject]}}).encode() + b"\n"
        self.assertEqual(self.call("POST", "/v1/verwijzingen/bulk", line, harness.NDJSON).status, 200)

    def synchronise(self):
        line = json.dumps({"zaak": harness.new_zaak(self.oin2), "betrokkenen": [self.subject]}).encode() + b"\n"
        self.call("POST", "/v1/verwijzingen/synchronisaties", line, harness.NDJSON)

    def search_index(self):
        ground = self.ground(self.agreement)
        self.assertEqual(self.call("POST", "/v1/zoekopdrachten", {"onderwerp": self.subject, "grondslag": ground}).status, 200)
        self.call("POST", "/v1/zoekopdrachten", {"onderwerpen": [self.subject, person()], "grondslag": ground})

    def pull(self):
        body = {"onderwerp": self.subject, "grondslag": self.ground(self.agreement)}
        for accept in ("application/json", "application/x-ndjson"):
            for more in ({}, {"bronhouders": [self.oin1]}, {"zaaktype": "anders"}):
                answer = self.call("POST", "/v1/statusbevragingen", {**body, **more}, {"Accept": accept})
                self.assertEqual(answer.status, 200)
                for line in answer.body.splitlines():
                    value = json.loads(line)
                    parts = value.get("delen", [value])
                    self.indices += [part["logIndex"] for part in parts if "logIndex" in part]

    def push_own(self):
        event = harness.new_event(self.oin2, harness.new_zaak(self.oin2))
        self.call("POST", "/v1/statusberichten", json.dumps(event).encode(), EVENT)

    def subscribe_again(self):
        made = self.call("POST", "/v1/abonnementen", self.subscription("postbus", onderwerp=self.subject))
        self.names["extra"] = made.json()["id"]

    def replace_subscription(self):
        self.call("PUT", f"/v1/abonnementen/{self.names['extra']}", self.subscription("webhook", onderwerp=person()))

    def end_subscription(self):
        self.call("DELETE", f"/v1/abonnementen/{self.names['extra']}")

    def fetch(self):
        self.assertTrue(self.call("GET", "/v1/postbus?aantal=1000").json()["berichten"])
        self.call("GET", "/v1/postbus?aantal=1&wacht=1")

    def log_lists(self):
        for query in ("?aantal=1000", "?actie=bezorgen", "?actie=verstrekken", f"?partij={self.oin1}"):
            self.call("GET", f"/v1/verwerkingen{query}")
        self.call("GET", "/v1/verwerkingen", headers={"Accept": "application/x-ndjson"})

    def log_by_subject(self):
        self.call("POST", "/v1/verwerkingen/zoekopdrachten", {"onderwerp": self.subject, "grondslag": self.ground(self.agreement)})

    def log_records(self):
        for index in sorted(set(self.indices)):
            self.call("GET", f"/v1/verwerkingen/{index}")

    def log_explanations(self):
        for index in sorted(set(self.indices)):
            self.call("GET", f"/v1/verwerkingen/{index}/uitleg")

    def appoint(self):
        answer = self.call("POST", "/v1/vertegenwoordigingen", {
            "vertegenwoordiger": self.oin3, "handelingen": ["bevragen"], "geldigVan": "2026-01-01T00:00:00Z",
            "geldigTot": "2099-01-01T00:00:00Z"})
        self.names["appointment"] = answer.json()["id"]

    def try_decision(self):
        answer = self.call("POST", "/v1/beslissingen/proef", {
            "handeling": "bevragen", "grondslag": {"uitwisselafspraak": self.names["agreement"]}})
        self.assertTrue(answer.json()["toegestaan"], answer)

    def log_proofs(self):
        for index in sorted(set(self.indices))[:20]:
            self.call("GET", f"/v1/verwerkingen/{index}/bewijs")


class LeftOut(Minimisation):
    """What was left out is told to auditors, in the annex, and to nobody else: the line of a record is also read by
    whoever may not know that there was more."""

    test_no_field_outside_the_agreement_in_any_operation = None
    test_an_operation_without_an_exercise_is_noticed = None
    test_fields_by_the_document_are_those_that_an_agreement_may_name = None
    test_what_a_filtered_status_may_lack_is_all_that_it_may = None

    def annex(self, index):
        self.assertNotIn("bijlage", self.reader.get(f"/v1/verwerkingen/{index}", expect=200).json())
        return self.auditor.get(f"/v1/verwerkingen/{index}", expect=200).json()["bijlage"]["weggelaten"]

    def pull_part(self):
        body = {"onderwerp": self.subject, "grondslag": self.ground(self.agreement), "bronhouders": [self.oin1]}
        part = self.call("POST", "/v1/statusbevragingen", body).json()["delen"][0]
        return self.annex(part["logIndex"])

    def test_of_a_pull_and_of_a_delivery(self):
        self.give()
        left_out = self.pull_part()
        self.assertEqual((left_out["zakenNiveau"], left_out["zakenZaaktype"]), (1, 0))
        self.assertGreater(left_out["velden"], 10)
        records = [json.loads(line) for line in
                   self.auditor.get(f"/v1/verwerkingen?actie=bezorgen&partij={self.oin2}&aantal=1000",
                                    headers={"Accept": "application/x-ndjson"}, expect=200).body.splitlines()]
        self.assertTrue(records)
        message = [one["index"] for one in records if self.names["message"] in json.dumps(one)]
        self.assertEqual(self.annex(message[0])["velden"], left_out["velden"])

    def test_a_part_without_anything_left_out_has_the_same_annex(self):
        self.register(self.p1, self.subject)
        self.assertEqual(self.pull_part(), {"zakenNiveau": 0, "zakenZaaktype": 0, "velden": 0})


if __name__ == "__main__":
    harness.main()
