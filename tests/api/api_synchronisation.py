#!/usr/bin/python3
"""Full synchronisation, digests and changes: how a holder keeps both sides equal."""
import hashlib
import hmac
import json
import uuid

import harness
from api_references import reference_id
from harness import index_of, new_zaak, person

HEAD = b"POST /v1/verwijzingen/synchronisaties HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
EMPTY = "0" * 64


def line(reference):
    return json.dumps(reference).encode() + b"\n"


class Synchronisation(harness.ApiTest):
    def setUp(self):
        self.sync([])

    def sync(self, references, who=None, **options):
        return (who or self.p3).lines("/v1/verwijzingen/synchronisaties", references, **{"expect": 200, **options})

    def some(self, count):
        subjects = [person() for _ in range(count)]
        return subjects, [{"zaak": new_zaak(self.oin3), "betrokkenen": [subject]} for subject in subjects]

    def test_a_full_set_replaces_the_old(self):
        old_subjects, old = self.some(3)
        self.sync(old)
        self.assertEqual([self.holders(subject) for subject in old_subjects], [[self.oin3]] * 3)
        new_subjects, new = self.some(2)
        answer = self.sync([old[0], *new])
        self.assertEqual(answer.json()["regels"], 3)
        self.assertEqual([self.holders(subject) for subject in (*old_subjects, *new_subjects)],
                         [[self.oin3], [], [], [self.oin3], [self.oin3]])

    def test_another_holders_set_is_untouched(self):
        _, _, subject = self.register(self.p1)
        self.sync([])
        self.assertEqual(self.holders(subject), [self.oin1])

    def test_a_refused_line_changes_nothing(self):
        kept, old = self.some(1)
        self.sync(old)
        _, new = self.some(1)
        answer = self.sync([*new, {"zaak": {}}], expect=400)
        self.assertTrue(answer.json()["invalidParams"])
        self.assertEqual(self.holders(kept[0]), [self.oin3])

    def begin(self, *references):
        """An upload that stays open: chunked, its first lines sent."""
        stream, trace = self.net.stream("P3"), uuid.uuid4().hex
        body = b"".join(line(reference) for reference in references)
        stream.sendall(HEAD + f"traceparent: 00-{trace}-{'1' * 16}-01\r\n".encode() +
                       b"Transfer-Encoding: chunked\r\n\r\n" + (b"%x\r\n%s\r\n" % (len(body), body)))

        def begun():
            rows = self.auditor.get(f"/v1/verwerkingen?traceId={trace}", expect=200).json()["verwerkingen"]
            return any(json.loads(row["regel"])["name"] == "verwijzingen synchroniseren" for row in rows)
        harness.wait_until(begun, harness.LIMIT_S, "the upload has begun")
        return stream

    def test_one_upload_at_a_time(self):
        _, new = self.some(1)
        with self.begin(new[0]) as stream:
            self.sync([], expect=409, code="synchronisatie-loopt")
            self.sync([], who=self.p1)
            stream.sendall(b"0\r\n\r\n")
            self.assertIn(b" 200 ", stream.recv(65536).split(b"\r\n")[0])
        self.sync([])

    def test_a_broken_off_upload_changes_nothing(self):
        kept, old = self.some(1)
        self.sync(old)
        added, new = self.some(1)
        self.begin(new[0]).close()
        # A set with a fault changes nothing, so it can ask whether the other upload has been given up.
        harness.wait_until(lambda: self.sync([{}], expect=(400, 409)).status == 400, harness.LIMIT_S, "it was given up")
        self.assertEqual([self.holders(kept[0]), self.holders(added[0])], [[self.oin3], []])

    def test_what_is_set_beside_an_upload_stays(self):
        subjects, references = self.some(3)
        self.sync(references[:1])
        beside = self.net.new("P3")
        with self.begin(references[0]) as stream:
            self.assertEqual(self.holders(subjects[1]), [])
            beside.post("/v1/verwijzingen", references[1], expect=201)
            self.assertEqual(self.holders(subjects[1]), [self.oin3])
            zaak = references[0]["zaak"]
            beside.delete("/v1/verwijzingen/" + reference_id(self.oin3, "zaak", self.oin3 + zaak["identificatie"]),
                          expect=204)
            late = line(references[0])  # a line does not replace what was withdrawn after the upload began
            stream.sendall(b"%x\r\n%s\r\n0\r\n\r\n" % (len(late), late))
            self.assertIn(b" 200 ", stream.recv(65536).split(b"\r\n")[0])
        self.assertEqual([self.holders(subject) for subject in subjects], [[], [self.oin3], []])

    def test_refusals(self):
        self.sync([], headers={"Idempotency-Key": "k"}, expect=400, code="idempotentie-niet-toegestaan")
        self.sync([], who=self.auditor, expect=403, code="rol-ontbreekt")
        self.p3.post("/v1/verwijzingen/synchronisaties", {}, expect=415, code="mediatype")


class Digests(harness.ApiTest):
    """Computed here from the published recipe, not from the daemon's code."""

    def digests(self):
        sums = self.p3.get("/v1/verwijzingen/controlesommen", expect=200).json()["sommen"]
        self.assertEqual(len(sums), 1)
        return bytes.fromhex(sums[0]["sleutel"]), sums[0]["emmers"]

    def test_they_follow_the_recipe(self):
        bodies = []
        for i in range(20):
            zaak = new_zaak(self.oin3)
            bodies.append({"betrokkenen": [person()], "zaak": zaak, "zaaktype": f"type-{i % 3}", "zichtbaarheid": "gewoon"})
        bodies[0]["geldigTot"] = "2031-05-01T10:00:00Z"
        self.p3.lines("/v1/verwijzingen/synchronisaties", bodies, expect=200)
        key, buckets = self.digests()
        expected = [0] * 4096
        for body in bodies:
            identity = reference_id(self.oin3, "zaak", self.oin3 + body["zaak"]["identificatie"])
            raw = bytes.fromhex(identity.replace("-", ""))
            # RFC 8785 for these values: members sorted, no spaces, text as it is.
            canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
            expected[raw[0] << 4 | raw[1] >> 4] ^= int.from_bytes(hmac.digest(key, raw + canonical, hashlib.sha256))
        self.assertEqual(buckets, [f"{value:064x}" for value in expected])

    def test_nothing_held_is_all_zero(self):
        self.p3.lines("/v1/verwijzingen/synchronisaties", [], expect=200)
        self.assertEqual(set(self.digests()[1]), {EMPTY})

    def test_each_holder_has_its_own_key(self):
        other = self.p1.get("/v1/verwijzingen/controlesommen", expect=200).json()["sommen"][0]["sleutel"]
        self.assertNotEqual(bytes.fromhex(other), self.digests()[0])
        self.auditor.get("/v1/verwijzingen/controlesommen", expect=403, code="rol-ontbreekt")


class Changes(harness.ApiTest):
    def follow(self, after, count=100):
        """All changes after a point, page by page."""
        out, path = [], f"/v1/verwijzingen/wijzigingen?aantal={count}" + (f"&na={after}" if after is not None else "")
        while path:
            answer = self.p1.get(path, expect=200)
            out += answer.json()["wijzigingen"]
            link = answer.headers.get("Link")
            path = link and link[1:link.index(">")]
        return out

    def test_sets_and_withdrawals_in_order(self):
        made, zaak, subject = self.register()
        self.p1.post("/v1/verwijzingen", {"zaak": zaak, "betrokkenen": [subject]}, expect=200)
        self.p1.post("/v1/verwijzingen", {"zaak": zaak, "zaaktype": "anders"}, expect=200)
        self.p1.delete(made.headers["Location"], expect=204)
        mine = [change for change in self.follow(None, count=2) if change["id"] == made.json()["id"]]
        kinds = []
        for change in mine:
            if not kinds or kinds[-1] != (change["soort"], change["versie"]):
                kinds.append((change["soort"], change["versie"]))
        self.assertEqual(kinds, [("gezet", 1), ("gezet", 2), ("ingetrokken", 2)])
        self.assertEqual([change["logIndex"] for change in mine], sorted(change["logIndex"] for change in mine))

    def test_after_a_point_only_what_is_later(self):
        first, _, _ = self.register()
        second, _, _ = self.register()
        ids = [change["id"] for change in self.follow(index_of(first) + 2)]
        self.assertIn(second.json()["id"], ids)
        self.assertNotIn(first.json()["id"], ids)

    def test_nobody_elses(self):
        foreign, _, _ = self.register(self.p2)
        self.assertNotIn(foreign.json()["id"], [change["id"] for change in self.follow(None)])

    def test_refusals(self):
        self.p1.get("/v1/verwijzingen/wijzigingen?na=zomaar", expect=400, code="query-ongeldig")
        self.p1.get("/v1/verwijzingen/wijzigingen?aantal=0", expect=400, code="query-ongeldig")
        self.p1.get("/v1/verwijzingen/wijzigingen?raar=1", expect=400, code="query-ongeldig")
        self.auditor.get("/v1/verwijzingen/wijzigingen", expect=403, code="rol-ontbreekt")


if __name__ == "__main__":
    harness.main()
