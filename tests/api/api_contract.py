#!/usr/bin/python3
"""What holds for every call alike, gone through operation by operation of docs/openapi: methods, media types, versions,
cursors, queries, and the headers of every answer, also of those that no route gave."""
import email
import uuid

import harness
from harness import EVENT, NDJSON, new_event, new_zaak, person, pki

SECURITY = {"Cache-Control": "no-store", "Content-Security-Policy": "frame-ancestors 'none'",
            "Strict-Transport-Security": "max-age=31536000", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"}
TRACEPARENT = r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"
OPENAPI = "/v1/openapi.json"
OPERATORS = ("deelnemers", "uitwisselafspraken", "remmen")  # what the operator may, in every method


def concrete(path):
    return "/v1" + path.replace("{id}", str(uuid.uuid4())).replace("{oin}", pki.oin(901)).replace("{index}", "0") \
        .replace("{versie}", "1")


def operations():
    return [(method, concrete(path), operation) for (method, path), (_, operation) in harness.CONTRACT.operations.items()]


class EveryOperation(harness.ApiTest):
    def receipt(self, answer, path):
        """A refusal is an access too; the description of the API is none."""
        self.assertEqual("Wissel-Log-Index" in answer.headers, path != OPENAPI)
        if path != OPENAPI:
            self.assertEqual(self.record(harness.index_of(answer))["attributes"]["wissel.uitkomst"], "ongeldig")

    def test_other_methods_are_405_with_allow(self):
        methods = {}
        for method, path in harness.CONTRACT.operations:
            methods.setdefault(path, set()).add(method)
        for path, allowed in methods.items():
            allowed = allowed | ({"HEAD"} if "GET" in allowed else set())
            for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - allowed:
                with self.subTest(method, path=path):
                    answer = self.p1.request(method, concrete(path), expect=405)
                    self.assertEqual(answer.json()["code"], "methode-niet-toegestaan")
                    self.assertEqual(set(answer.headers["Allow"].split(", ")), allowed)
                    self.receipt(answer, concrete(path))

    def test_a_form_that_is_not_there_is_406(self):
        for method, path, operation in operations():
            gives = any("content" in harness.CONTRACT.resolve(answer) for status, answer in operation["responses"].items()
                        if status.startswith("2"))
            if not gives:
                continue
            with self.subTest(method, path=path):
                answer = self.operator.request(method, path, headers={"Accept": "text/html, image/*;q=0.5"}, expect=406)
                self.assertEqual(answer.json()["code"], "niet-leverbaar")
                self.receipt(answer, path)

    def test_another_media_type_is_415(self):
        for method, path, operation in operations():
            if "requestBody" not in operation:
                continue
            for media in ("text/plain", "application/xml", "application/jsonx"):
                with self.subTest(method, path=path, media=media):
                    answer = self.p1.request(method, path, b"{}", headers={"Content-Type": media}, expect=415,
                                             code="mediatype")
                    self.receipt(answer, path)

    def test_a_query_that_nobody_reads_is_400(self):
        for method, path, _ in operations():
            if path == OPENAPI:
                continue
            with self.subTest(method, path=path):
                body = b"" if method in ("POST", "PUT") else None
                who = self.operator if any(name in path for name in OPERATORS) else self.p1
                media = next(iter(harness.CONTRACT.operations[method, self.pattern(method, path)][1]
                                  .get("requestBody", {}).get("content", [])), None)
                answer = who.request(method, f"{path}?bsn=999990019", body,
                                     headers={"Content-Type": media} if media else None, expect=400,
                                     code="query-ongeldig")
                self.assertNotIn(b"999990019", answer.body)
                self.assertEqual(answer.json()["invalidParams"][0]["name"], "?")

    def pattern(self, method, path):
        found = [name for (m, name), (shape, _) in harness.CONTRACT.operations.items() if m == method and shape.match(path)]
        return next((name for name in found if "{" not in name), found[0])

    def test_a_stranger_is_401_everywhere_but_at_the_description(self):
        with self.net.connect() as stranger:
            for method, path, _ in operations():
                if path != OPENAPI:
                    with self.subTest(method, path=path):
                        answer = stranger.request(method, path, expect=401, code="geen-certificaat")
                        self.assertNotIn("Wissel-Log-Index", answer.headers)


class Versions(harness.ApiTest):
    """Each resource that changes: its ETag, and If-Match on all that changes it."""

    def resources(self):
        """(who may, path, body of a PUT or nothing)"""
        oin = pki.oin(902)
        participant = {"naam": "Gemeente Versie", "rollen": ["afnemer"], "stand": "aangesloten"}
        self.operator.put(f"/v1/deelnemers/{oin}", participant, expect=(200, 201))
        subscription = {"bezorging": {"soort": "postbus"}, "grondslag": self.ground()}
        made = self.p1.post("/v1/abonnementen", subscription, expect=201).headers["Location"]
        agreement = f"/v1/uitwisselafspraken/{self.new_agreement()}"
        reference, _, _ = self.register()
        return ((self.operator, f"/v1/deelnemers/{oin}", participant, False), (self.p1, made, subscription, True),
                (self.operator, agreement, self.operator.get(agreement, expect=200).json(), True),
                (self.p1, reference.headers["Location"], None, True))

    def test_if_match(self):
        for who, path, body, ends in self.resources():
            with self.subTest(path):
                etag = who.get(path, expect=200).headers["ETag"]
                self.assertRegex(etag, r'^"[0-9]+"$')
                for wrong in ('"0"', f'"{int(etag[1:-1]) + 1}"', f"W/{etag}", etag[1:-1], '""', "x"):
                    if body:
                        who.put(path, body, headers={"If-Match": wrong}, expect=412, code="versie-wijkt-af")
                    if ends:
                        who.delete(path, headers={"If-Match": wrong}, expect=412, code="versie-wijkt-af")
                self.assertEqual(who.get(path, expect=200).headers["ETag"], etag, "nothing has changed")
                if body:
                    changed = who.put(path, body, headers={"If-Match": etag}, expect=200)
                    self.assertNotEqual(changed.headers["ETag"], etag)
                    self.assertEqual(who.get(path).headers["ETag"], changed.headers["ETag"])
                    who.put(path, body, headers={"If-Match": etag}, expect=412, code="versie-wijkt-af")
                    etag = who.put(path, body, headers={"If-Match": "*"}, expect=200).headers["ETag"]
                if ends:
                    who.delete(path, headers={"If-Match": etag}, expect=204)
                    # An agreement that has ended stays to be seen.
                    gone = (409, "stand-staat-niet-toe") if "uitwisselafspraken" in path else (404, "niet-gevonden")
                    who.delete(path, headers={"If-Match": "*"}, expect=gone[0], code=gone[1])

    def test_any_version_is_not_there_before_the_first(self):
        body = {"naam": "Gemeente Nog Niet", "rollen": ["afnemer"], "stand": "aangesloten"}
        path = f"/v1/deelnemers/{pki.oin(903)}"
        for wrong in ("*", '"1"'):
            self.operator.put(path, body, headers={"If-Match": wrong}, expect=412, code="versie-wijkt-af")
        self.operator.get(path, expect=404, code="niet-gevonden")

    def test_a_reference_that_is_set_anew_has_a_version_of_its_own(self):
        body = {"zaak": new_zaak(self.oin1), "betrokkenen": [person()]}
        first = self.p1.post("/v1/verwijzingen", body, expect=201)
        where = first.headers["Location"]
        self.p1.delete(where, expect=204)
        again = self.p1.post("/v1/verwijzingen", body, expect=201)
        self.assertGreater(again.json()["versie"], first.json()["versie"])
        self.p1.delete(where, headers={"If-Match": first.headers["ETag"]}, expect=412, code="versie-wijkt-af")
        self.p1.get(where, expect=200)


class Lists(harness.ApiTest):
    def pages(self, who, path):
        while path:
            answer = who.get(path, expect=200)
            yield answer
            link = answer.headers.get("Link")
            path = link and link[1:link.index(">")]

    def test_cursors_are_opaque_and_stable_under_writes(self):
        for name, who, make in (
                ("deelnemers", self.operator, lambda n: self.operator.put(
                    f"/v1/deelnemers/{pki.oin(910 + n)}",
                    {"naam": "G", "rollen": ["afnemer"], "stand": "aangesloten"}, expect=(200, 201))),
                ("uitwisselafspraken", self.operator, lambda n: self.new_agreement()),
                ("abonnementen", self.p1, lambda n: self.p1.post("/v1/abonnementen", {
                    "bezorging": {"soort": "postbus"}, "grondslag": self.ground()}, expect=201))):
            with self.subTest(name):
                for n in range(4):
                    make(n)
                key = "oin" if name == "deelnemers" else "id"
                whole = [one[key] for one in who.get(f"/v1/{name}?aantal=1000", expect=200).json()[name]]
                seen = []
                for number, page in enumerate(self.pages(who, f"/v1/{name}?aantal=1")):
                    self.assertLessEqual(len(page.json()[name]), 1)
                    seen += [one[key] for one in page.json()[name]]
                    if number == 1:
                        make(4)  # while somebody pages
                self.assertEqual(len(seen), len(set(seen)))
                self.assertTrue(set(whole) <= set(seen))

    def test_the_log_page_by_page(self):
        self.search(person())
        whole = self.p2.get("/v1/verwerkingen?aantal=5&volgorde=oudste", expect=200)
        first = next(self.pages(self.p2, "/v1/verwerkingen?aantal=2&volgorde=oudste"))
        self.assertEqual(first.json()["verwerkingen"], whole.json()["verwerkingen"][:2])
        self.assertIn('rel="next"', first.headers["Link"])

    def test_wrong_counts_and_cursors_name_the_parameter(self):
        for who, path in ((self.p1, "/v1/deelnemers"), (self.p1, "/v1/uitwisselafspraken"), (self.p1, "/v1/abonnementen"),
                          (self.p1, "/v1/verwerkingen"), (self.p1, "/v1/postbus"), (self.p1, "/v1/verwijzingen/wijzigingen")):
            for query in ("aantal=0", "aantal=1001", "aantal=x", "aantal=-1", "aantal=1.0", "na=zz", "na="):
                if path.endswith("postbus") and query.startswith("na"):
                    continue
                with self.subTest(path, query=query):
                    answer = who.get(f"{path}?{query}", expect=400, code="query-ongeldig")
                    self.assertEqual([fault["name"] for fault in answer.json()["invalidParams"]], [query.split("=")[0]])


class EveryAnswer(harness.ApiTest):
    def check(self, headers, where, kept="no-store"):
        for name, value in {**SECURITY, "Cache-Control": kept}.items():
            self.assertEqual(headers.get_all(name), [value], f"{where}: {name}")
        self.assertEqual(headers.get_all("API-Version"), ["1.0.0"], where)
        self.assertEqual(len(headers.get_all("traceparent") or []), 1, where)
        self.assertRegex(headers["traceparent"], TRACEPARENT, where)
        self.assertTrue(headers["Date"], where)
        self.assertIsNone(headers["Server"], where)

    def test_of_a_route(self):
        event = new_event(self.oin1, new_zaak(self.oin1))
        search = {"onderwerp": person(), "grondslag": self.ground()}
        for status, who, method, path, body, headers in (
                (200, self.p1, "GET", "/v1/deelnemers", None, None), (200, self.p1, "HEAD", "/v1/deelnemers", None, None),
                (200, self.p2, "POST", "/v1/zoekopdrachten", search, None),
                (200, self.p2, "POST", "/v1/statusbevragingen", search, {"Accept": "application/x-ndjson"}),
                (200, self.p1, "GET", "/v1/verwerkingen", None, {"Accept": "application/x-ndjson"}),
                (200, self.p1, "POST", "/v1/verwijzingen/bulk", b"", NDJSON),
                (202, self.p1, "POST", "/v1/statusberichten", event, EVENT),
                (204, self.p1, "POST", "/v1/postbus/bevestigingen", {"totEnMet": 0}, None),
                (200, self.p1, "GET", "/tlog/checkpoint", None, None), (404, self.p1, "GET", "/tlog/niets", None, None),
                (200, self.p1, "GET", OPENAPI, None, None), (405, self.p1, "PUT", OPENAPI, None, None),
                (406, self.p1, "GET", OPENAPI, None, {"Accept": "text/html"}),
                (400, self.p2, "POST", "/v1/zoekopdrachten", {}, None),
                (403, self.p1, "PUT", f"/v1/deelnemers/{self.oin2}", {}, None), (404, self.p1, "GET", "/v1/niets", None, None),
                (404, self.p1, "GET", "/", None, None), (405, self.p1, "PATCH", "/v1/deelnemers", None, None),
                (406, self.p1, "GET", "/v1/deelnemers", None, {"Accept": "a/b"}),
                (415, self.p2, "POST", "/v1/zoekopdrachten", b"x", {"Content-Type": "a/b"})):
            answer = who.request(method, path, body, headers=headers, expect=status)
            kept = "no-cache" if path == "/tlog/checkpoint" else "no-store"  # names nobody
            self.check(answer.headers, f"{method} {path} {status}", kept)
            cors = answer.headers.get_all("Access-Control-Allow-Origin")
            self.assertEqual(cors, ["*"] if path == OPENAPI else None, path)

    def test_of_no_route(self):
        get = b"GET /v1/deelnemers HTTP/1.1\r\nHost: x\r\n"
        post = b"POST /v1/zoekopdrachten HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        for status, data, who in (
                (400, b"onzin\r\n\r\n", "P1"), (400, b"GET /v1/deelnemers HTTP/1.1\r\n\r\n", "P1"),
                (400, get + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "P1"),
                (400, post + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", "P1"),
                (431, get + b"X: " + b"y" * 20_000 + b"\r\n\r\n", "P1"),
                (401, get + b"Connection: close\r\n\r\n", None),
                (413, post + b"Content-Length: 99999999\r\n\r\n", "P1")):
            with self.subTest(status, data=data[:40]):
                head, _, _ = self.net.raw(data, who).partition(b"\r\n\r\n")
                line, _, fields = head.partition(b"\r\n")
                self.assertEqual(int(line.split()[1]), status)
                headers = email.message_from_bytes(fields)
                self.check(headers, f"{status} {data[:40]}")
                self.assertEqual(headers["Content-Type"], "application/problem+json")


if __name__ == "__main__":
    harness.main()
