#!/usr/bin/python3
"""References in bulk: NDJSON up, refused lines and a summary back."""
import json
import uuid

import harness
from harness import index_of, new_zaak, person


def lines_of(answer):
    """(refused lines, summary) of a bulk answer."""
    lines = [json.loads(line) for line in answer.body.splitlines()]
    return lines[:-1], lines[-1]["samenvatting"]


class Bulk(harness.ApiTest):
    def put(self, count, who=None):
        subjects = [person() for _ in range(count)]
        return subjects, [{"zet": {"zaak": new_zaak(self.oin1), "betrokkenen": [subject]}} for subject in subjects]

    def bulk(self, lines, **options):
        return self.p1.lines("/v1/verwijzingen/bulk", lines, **options)

    def test_good_lines(self):
        subjects, lines = self.put(30)
        answer = self.bulk(lines, expect=200)
        self.assertEqual(lines_of(answer), ([], {"regels": 30, "gezet": 30, "ongewijzigd": 0, "ingetrokken": 0,
                                                 "geweigerd": 0}))
        for subject in (subjects[0], subjects[29]):
            self.assertEqual(self.holders(subject), [self.oin1])
        again = self.bulk(lines, expect=200)
        self.assertEqual(lines_of(again)[1]["ongewijzigd"], 30)
        self.assertEqual(index_of(again) + 2, index_of(self.search(person())),
                         "unchanged lines make no records: a parent and a summary only")

    def test_refused_lines_carry_their_number_and_hold_up_nobody(self):
        subjects, good = self.put(3)
        lines = [json.dumps(good[0]), "{", json.dumps({"zet": {"kenmerk": "x", "betrokkenen": [person("123456789")]}}),
                 json.dumps(good[1]), json.dumps({"zet": {}, "trekIn": str(uuid.uuid4())}), json.dumps({"trekIn": "x"}),
                 json.dumps(good[2])]
        refused, summary = lines_of(self.bulk("\n".join(lines).encode() + b"\n", expect=200))
        self.assertEqual([line["regel"] for line in refused], [2, 3, 5, 6])
        self.assertEqual([line["probleem"]["code"] for line in refused[:2]], ["json-ongeldig", "elfproef"])
        self.assertEqual(refused[1]["probleem"]["invalidParams"][0]["name"], "/zet/betrokkenen/0/waarde")
        self.assertEqual((summary["regels"], summary["gezet"], summary["geweigerd"]), (7, 3, 4))
        self.assertEqual([self.holders(subject) for subject in subjects], [[self.oin1]] * 3)

    def test_withdrawal(self):
        made, _, subject = self.register()
        foreign, _, other = self.register(self.p2)
        refused, summary = lines_of(self.bulk([{"trekIn": made.json()["id"]}, {"trekIn": foreign.json()["id"]},
                                               {"trekIn": str(uuid.uuid4())}], expect=200))
        self.assertEqual(summary["ingetrokken"], 1)
        self.assertEqual([(line["regel"], line["probleem"]["code"]) for line in refused], [(2, "niet-gevonden"), (3, "niet-gevonden")])
        self.assertEqual(self.holders(subject), [])
        self.assertEqual(self.holders(other), [self.oin2])

    def test_at_most_a_thousand_refused_lines_are_named(self):
        refused, summary = lines_of(self.bulk(b"{}\n" * 1500, expect=200))
        self.assertEqual((len(refused), summary["geweigerd"], summary["regels"]), (1000, 1500, 1500))

    def test_several_pieces(self):
        _, lines = self.put(2500)
        self.assertEqual(lines_of(self.bulk(lines, expect=200))[1]["gezet"], 2500)

    def test_empty_lines_and_a_missing_last_newline(self):
        _, lines = self.put(2)
        body = b"\n" + json.dumps(lines[0]).encode() + b"\r\n\n" + json.dumps(lines[1]).encode()
        self.assertEqual(lines_of(self.bulk(body, expect=200))[1]["gezet"], 2)
        self.assertEqual(lines_of(self.bulk(b"", expect=200))[1]["regels"], 0)

    def test_cut_at_any_byte_it_never_breaks(self):
        subjects, lines = self.put(2)
        whole = "".join(json.dumps(line) + "\n" for line in lines).encode()
        first = whole.index(b"\n")
        # Around each boundary, and a spread of places in between: each is an upload of its own.
        for cut in sorted({0, 1, first - 1, first, first + 1, first + 2, len(whole) - 2, len(whole) - 1,
                           *range(3, len(whole), 17)}):
            refused, summary = lines_of(self.bulk(whole[:cut], expect=200))
            good = (cut >= first) + (cut >= len(whole) - 1)
            self.assertEqual(summary["gezet"] + summary["ongewijzigd"], good, cut)
            self.assertEqual(len(refused), summary["geweigerd"], cut)
        self.assertEqual(self.holders(subjects[0]), [self.oin1])

    def test_an_upload_that_breaks_off_disturbs_nobody(self):
        before = self.net.metric("wissel_http_rejected_total")
        with self.net.stream() as stream:
            stream.sendall(b"POST /v1/verwijzingen/bulk HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
                           b"Content-Length: 1000\r\n\r\n{\"zet\": {")
        harness.wait_until(lambda: self.net.metric("wissel_http_rejected_total") > before, harness.LIMIT_S, "it is counted")
        self.search(person())

    def test_the_parent_record_comes_first_and_each_change_has_one(self):
        _, lines = self.put(2)
        answer = self.bulk(lines, expect=200)
        parent = self.record(index_of(answer))
        child = self.record(index_of(answer) + 1)
        self.assertEqual(parent["attributes"]["wissel.actie"], "registreren")
        self.assertEqual(child["parent_span_id"], parent["span_id"])
        self.assertEqual(child["trace_id"], parent["trace_id"])

    def test_refusals(self):
        self.bulk(b"", headers={"Idempotency-Key": "k"}, expect=400, code="idempotentie-niet-toegestaan")
        self.p1.post("/v1/verwijzingen/bulk", {}, expect=415, code="mediatype")
        self.operator.lines("/v1/verwijzingen/bulk", [], expect=403, code="rol-ontbreekt")


if __name__ == "__main__":
    harness.main()
