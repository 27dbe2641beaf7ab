#!/usr/bin/python3
"""The processing log as callers, those who are named in it, and auditors see it."""
import base64
import json

import harness
import tlog_reader as tlog
from harness import index_of, person


class Log(harness.ApiTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = cls.net.env
        cls.reader = tlog.LogReader(env["WISSEL_URL"], env["WISSEL_CA"], env["P1_CERT"], env["P1_KEY"],
                                    env["WISSEL_LOG_VKEY"])
        cls.addClassCleanup(cls.reader.close)

    def all(self, who, query=""):
        """Every record that `who` may see, page by page."""
        out, path = [], f"/v1/verwerkingen?aantal=1000{query}"
        while path:
            answer = who.get(path, expect=200)
            out += answer.json()["verwerkingen"]
            link = answer.headers.get("Link")
            path = link and link[1:link.index(">")]
        return out


class Records(Log):
    def test_every_access_has_its_own_record(self):
        seen = []
        for method, path, status in (("GET", "/v1/deelnemers", 200), ("GET", "/v1/niets", 404),
                                     ("PATCH", "/v1/postbus", 405), ("GET", "/v1/verwijzingen/x", 404),
                                     ("POST", "/v1/zoekopdrachten", 415), ("PUT", f"/v1/deelnemers/{self.oin1}", 403)):
            body, headers = (b"{}", {"Content-Type": "text/plain" if status == 415 else "application/json"}) \
                if method in ("POST", "PUT") else (None, {})
            answer = self.p1.request(method, path, body, headers, expect=status)
            seen.append(index_of(answer))
            attributes = self.record(seen[-1])["attributes"]
            self.assertEqual((attributes["wissel.http"], attributes["wissel.oin"]), (status, self.oin1))
            self.assertEqual(attributes["wissel.uitkomst"], {200: "toegestaan", 403: "geweigerd"}.get(status, "ongeldig"))
        self.assertEqual(seen, sorted(set(seen)))

    def test_a_refusal_names_its_code(self):
        answer = self.search(person(), self.auditor, 403, "rol-ontbreekt")
        self.assertEqual(self.record(index_of(answer))["attributes"]["wissel.code"], "rol-ontbreekt")

    def test_what_is_no_access_has_no_record(self):
        before = self.reader.checkpoint().size
        with self.net.connect() as stranger:
            stranger.get("/v1/openapi.json", expect=200)
            stranger.get("/v1/deelnemers", expect=401, code="geen-certificaat")
        self.p1.get("/tlog/checkpoint", expect=200)
        self.assertEqual(self.reader.checkpoint().size, before)

    def test_the_line_opens_its_commitment(self):
        answer = self.search(person())
        found = self.p2.get(f"/v1/verwerkingen/{index_of(answer)}", expect=200).json()
        size = self.reader.checkpoint().size
        entry = self.reader.entries(size)[index_of(answer)]
        self.assertEqual(entry, tlog.entry_for(base64.b64decode(found["zout"]), found["regel"].encode()))

    def test_its_trace_is_the_callers(self):
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        answer = self.p1.get("/v1/deelnemers", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}, expect=200)
        line = self.record(index_of(answer))
        self.assertEqual((line["trace_id"], line["parent_span_id"]), (trace, "00f067aa0ba902b7"))
        self.assertEqual([one["index"] for one in self.all(self.p1, f"&traceId={trace}")], [index_of(answer)])

    def test_who_may_read_it(self):
        index = index_of(self.search(person()))
        where = f"/v1/verwerkingen/{index}"
        for who in (self.p2, self.auditor):
            who.get(where, expect=200)
        for who in (self.p1, self.operator):
            who.get(where, expect=(403, 404))
            who.get(f"{where}/bewijs", expect=(403, 404))
        self.assertIn("bijlage", self.auditor.get(where).json())
        self.assertNotIn("bijlage", self.p2.get(where).json())
        self.p2.get(f"/v1/verwerkingen/{10**9}", expect=404, code="niet-gevonden")
        self.p2.get("/v1/verwerkingen/eerste", expect=(400, 404))


class Lists(Log):
    def test_own_and_all(self):
        mine = index_of(self.search(person()))
        self.assertIn(mine, [one["index"] for one in self.all(self.p2)])
        self.assertNotIn(mine, [one["index"] for one in self.all(self.p1)])
        everything = [one["index"] for one in self.all(self.auditor, "&volgorde=oudste")]
        self.assertEqual(everything[:mine + 1], list(range(mine + 1)))

    def test_a_named_holder_sees_itself_only(self):
        _, _, subject = self.register(self.p1)
        self.register(self.p3, subject)
        index = index_of(self.search(subject))
        seen = next(one for one in self.all(self.p1) if one["index"] == index)
        self.assertNotIn("zout", seen)
        self.assertIn(self.oin1, seen["regel"])
        self.assertNotIn(self.oin3, seen["regel"])

    def test_filters_and_order(self):
        index = index_of(self.search(person()))
        self.assertEqual(self.all(self.p2, "&actie=zoeken")[0]["index"], index)
        self.assertNotIn(index, [one["index"] for one in self.all(self.p2, "&actie=melden")])
        self.assertNotIn(index, [one["index"] for one in self.all(self.p2, "&uitkomst=geweigerd")])
        self.assertIn(index, [one["index"] for one in self.all(self.auditor, f"&partij={self.oin2}")])
        self.assertNotIn(index, [one["index"] for one in self.all(self.auditor, f"&partij={self.oin3}")])
        self.assertEqual(self.all(self.p2, "&tot=2020-01-01T00:00:00Z"), [])
        self.assertEqual(self.all(self.p2, "&vanaf=2090-01-01T00:00:00Z"), [])
        oldest = [one["index"] for one in self.all(self.p2, "&volgorde=oudste")]
        self.assertEqual(oldest, sorted(oldest))

    def test_export(self):
        answer = self.auditor.get("/v1/verwerkingen?volgorde=oudste", headers={"Accept": "application/x-ndjson"}, expect=200)
        lines = [json.loads(line) for line in answer.body.splitlines()]
        self.assertEqual([line["index"] for line in lines], list(range(len(lines))))
        self.assertGreater(len(lines), 5)

    def test_reading_is_one_access(self):
        first = index_of(self.auditor.get("/v1/verwerkingen?aantal=1000", expect=200))
        self.assertEqual(index_of(self.auditor.get("/v1/verwerkingen?aantal=1", expect=200)), first + 1)

    def test_refusals(self):
        for query in ("aantal=0", "vanaf=gisteren", "partij=x", "actie=stelen", "uitkomst=x", "traceId=x", "volgorde=x",
                      "raar=1", "na=x"):
            self.p1.get(f"/v1/verwerkingen?{query}", expect=400, code="query-ongeldig")


class BySubject(Log):
    def search_log(self, subject, who=None, expect=200, **more):
        return (who or self.auditor).post("/v1/verwerkingen/zoekopdrachten", {"onderwerp": subject, **more}, expect=expect)

    def indices(self, *arguments, **options):
        return [one["index"] for one in self.search_log(*arguments, **options).json()["verwerkingen"]]

    def test_everything_about_one_subject(self):
        made, _, subject = self.register()
        searched = index_of(self.search(subject))
        other = index_of(self.search(person()))
        found = self.indices(subject)
        self.assertIn(searched, found)
        self.assertTrue(set(found) & {index_of(made), index_of(made) + 1, index_of(made) + 2})
        self.assertNotIn(other, found)
        self.assertEqual(self.indices(subject, actie="zoeken"), [searched])
        self.assertEqual(self.indices(person()), [])

    def test_others_see_what_they_may(self):
        _, _, subject = self.register()
        mine = index_of(self.search(subject, self.p2))
        theirs = index_of(self.search(subject, self.p3))
        found = self.indices(subject, who=self.p2, grondslag=self.ground())
        self.assertIn(mine, found)
        self.assertNotIn(theirs, found)

    def test_faults(self):
        self.search_log(person("123456789"), expect=400)
        self.search_log({"soort": "x", "waarde": "1"}, expect=400)
        self.search_log(person(), vanaf="nu", expect=400)


class Proofs(Log):
    def test_inclusion_at_every_size_from_then_on(self):
        index = index_of(self.search(person()))
        found = self.p2.get(f"/v1/verwerkingen/{index}", expect=200).json()
        leaf = tlog.leaf_hash(tlog.entry_for(base64.b64decode(found["zout"]), found["regel"].encode()))
        now = self.reader.checkpoint().size
        for size in (None, index + 1, now):
            query = f"?omvang={size}" if size else ""
            proof = self.p2.get(f"/v1/verwerkingen/{index}/bewijs{query}", expect=200).json()
            checkpoint = tlog.open_checkpoint(proof["checkpoint"].encode(), self.reader.key)
            self.assertEqual(proof["omvang"], checkpoint.size)
            if size:
                self.assertEqual(proof["omvang"], size)
            hashes = [base64.b64decode(one) for one in proof["hashes"]]
            self.assertTrue(tlog.inclusion_holds(index, checkpoint.size, leaf, hashes, checkpoint.root))
        for size in (index, 0, 10**9):
            self.p2.get(f"/v1/verwerkingen/{index}/bewijs?omvang={size}", expect=400, code="query-ongeldig")

    def test_consistency(self):
        old = self.reader.checkpoint()
        for _ in range(5):
            self.search(person())
        new = self.reader.checkpoint()
        answer = self.p3.get(f"/v1/verwerkingen/consistentie?van={old.size}&naar={new.size}", expect=200).json()
        hashes = [base64.b64decode(one) for one in answer["hashes"]]
        self.assertTrue(tlog.consistency_holds(old.size, new.size, old.root, new.root, hashes))
        self.assertFalse(tlog.consistency_holds(old.size, new.size, new.root, new.root, hashes))
        for query in (f"van={new.size}&naar={old.size}", f"van=1&naar={10**9}", "van=x", "naar=1"):
            self.p3.get(f"/v1/verwerkingen/consistentie?{query}", expect=400)

    def test_the_tree_as_tiles(self):
        self.reader.verify_tree()
        self.assertEqual(self.p1.get("/tlog/vkey", expect=200).body.decode().strip(), self.net.env["WISSEL_LOG_VKEY"])
        for path in ("/tlog/tile/0/999", "/tlog/tile/0/0", "/tlog/iets", "/tlog/tile/9x/000"):
            self.p1.get(path, expect=404)
        with self.net.connect() as stranger:
            stranger.get("/tlog/checkpoint", expect=401)

    def test_a_checkpoint_covers_what_was_answered(self):
        for _ in range(10):
            index = index_of(self.search(person()))
            self.assertGreater(self.reader.checkpoint().size, index)


if __name__ == "__main__":
    harness.main()
