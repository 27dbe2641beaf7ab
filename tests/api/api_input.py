#!/usr/bin/python3
"""Hostile input: each bad request gets a clear problem, is logged, and disturbs nobody else."""
import email
import json
import re

import harness
from harness import EVENT, index_of, new_zaak, person

SEARCH = "/v1/zoekopdrachten"


class BadJson(harness.ApiTest):
    def send(self, body, expect=400, code=None):
        answer = self.p2.post(SEARCH, body, headers={"Content-Type": "application/json"}, expect=expect, code=code)
        self.assertEqual(self.record(index_of(answer))["attributes"]["wissel.uitkomst"], "ongeldig")
        return answer

    def good(self):
        return json.dumps({"onderwerp": person(), "grondslag": self.ground()}).encode()

    def test_malformed(self):
        good = self.good()
        for body in (b"", b"{", b"nee", good[:-1], good + b"}", good + b"{}", b"\xef\xbb\xbf" + good, b"[1,]", b"{'a':1}",
                     b'{"a":01}', b'{"a":+1}', b'{"a":NaN}', b'{"a":"\x01"}', b"\x00", good.decode().encode("utf-16")):
            with self.subTest(body[:20]):
                self.send(body, code="json-ongeldig")

    def test_another_kind_of_value(self):
        for body in (b"null", b"[]", b"1", b'"x"', b"true"):
            self.send(body, code="veld-type")

    def test_invalid_utf_8(self):
        for bad in (b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc3"):
            self.send(self.good().replace(b"bsn", b"bs" + bad), code="json-ongeldig")
        self.send(self.good().replace(b"bsn", b"\\ud800"), code="json-ongeldig")

    def test_duplicate_names(self):
        body = self.good()
        answer = self.send(body.replace(b'"grondslag"', b'"onderwerp": {}, "grondslag"'), code="json-dubbele-naam")
        self.assertEqual(self.pointers(answer), ["/onderwerp"])
        self.send(body.replace(b'"soort"', b'"soort": "bsn", "s\\u006fort"'), code="json-dubbele-naam")

    def test_depth(self):
        for depth in (33, 1000, 100_000):
            self.send(b'{"a":' * depth + b"1" + b"}" * depth, code="te-diep")
            self.send(b"[" * depth + b"]" * depth, code="te-diep")

    def test_numbers_no_number_holds(self):
        for number in (b"1e400", b"-1e999", b"9" * 400, b"123456789012345678901234567890.5e-400"):
            body = b'{"totEnMet": ' + number + b"}"
            self.p2.post("/v1/postbus/bevestigingen", body, headers={"Content-Type": "application/json"}, expect=400)
        for number in (b"18446744073709551616", b"1.5", b"-1", b"1e3000"):
            self.p2.post("/v1/postbus/bevestigingen", b'{"totEnMet": ' + number + b"}",
                         headers={"Content-Type": "application/json"}, expect=400)

    def test_many_values(self):
        self.send(b"[" + b"1," * 200_000 + b"1]", (400, 413))

    def test_unknown_fields_are_named_when_they_are_harmless(self):
        body = {"onderwerp": {**person(), "naam": "x"}, "grondslag": self.ground(extra=1), "Onderwerp": 1}
        answer = self.send(json.dumps(body).encode(), code="veld-onbekend")
        self.assertEqual(self.pointers(answer), ["/Onderwerp", "/grondslag/extra", "/onderwerp/naam"])
        answer = self.send(json.dumps({"onderwerp": person(), "grondslag": self.ground(), "123456782": 1}).encode())
        self.assertNotIn(b"123456782", answer.body)

    def test_elfproef(self):
        for value in ("123456789", "000000000", "111111111"):
            for kind in ("bsn", "rsin"):
                answer = self.send(json.dumps({"onderwerp": {"soort": kind, "waarde": value},
                                               "grondslag": self.ground()}).encode())
                self.assertNotIn(value.encode(), answer.body)
        for value in ("1", "12345678a", "1234567890", " 99990019", "９９９９９００１９"):
            self.send(json.dumps({"onderwerp": {"soort": "bsn", "waarde": value}, "grondslag": self.ground()}).encode())

    def test_a_zaak_number_is_bounded_and_normal(self):
        for number in ("", "x" * 41, "e\u0301", "a\u0000b", "a\nb"):
            self.send(json.dumps({"onderwerp": {"soort": "zaak", "waarde": number, "bronorganisatie": self.oin1},
                                  "grondslag": self.ground()}).encode())

    def test_too_large(self):
        # The head alone tells: whoever goes on to send such a body may find the connection closed.
        with self.net.stream("P2") as stream:
            stream.sendall(b"POST " + SEARCH.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                           b"Content-Length: 2097152\r\nExpect: 100-continue\r\n\r\n")
            answer = stream.recv(65536)
        self.assertTrue(answer.startswith(b"HTTP/1.1 413"), answer[:100])
        index = int(re.search(rb"\r\nWissel-Log-Index: (\d+)\r\n", answer, re.I).group(1))
        self.assertEqual(self.record(index)["attributes"]["wissel.code"], "te-groot")
        self.send(b"x" * 1000, code="json-ongeldig")

    def test_query_parameters(self):
        for query in ("raar=1", "aantal=1&aantal=2", "aantal=", "a" * 500):
            answer = self.p1.get(f"/v1/deelnemers?{query}")
            self.assertEqual(answer.status, 400, query)


class RawBytes(harness.ApiTest):
    """What no client library would send, on a connection of its own."""

    HEAD = b"POST /v1/zoekopdrachten HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"

    def refused(self, data, status=b"400"):
        answer = self.net.raw(data)
        self.assertTrue(answer.startswith(b"HTTP/1.1 " + status), answer[:200])
        head, _, body = answer.partition(b"\r\n\r\n")
        self.assertIn(b"connection: close", head.lower())
        self.assertNotIn(b"wissel-log-index", head.lower())
        self.assert_as_any_other_problem(head, body)
        self.assertNotRegex(body, rb"HTTP/1\.1 \d", "what followed was read as a request")
        self.assertEqual(json.loads(body)["status"], int(status))
        return body

    def assert_as_any_other_problem(self, head, body):
        """No route was looked for, and yet its headers, form and language are those of the rest."""
        headers = email.message_from_bytes(head.partition(b"\r\n")[2])
        declared = dict(harness.CONTRACT.document["components"]["responses"]["Ongeldig"])
        wanted = {name: header for name, header in declared["headers"].items() if name != "Wissel-Log-Index"}
        self.assertEqual(harness.CONTRACT.response_faults({**declared, "headers": wanted}, headers, body), [])
        self.assertEqual(json.loads(body)["code"], "http-ongeldig")
        self.assertNotRegex(json.loads(body)["detail"], r"\b(the|not|is missing|malformed|occurs|request|head)\b")

    def test_smuggling_shapes(self):
        smuggled = b"GET /v1/deelnemers HTTP/1.1\r\nHost: x\r\n\r\n"
        for name, fields in (
                ("both lengths", b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"),
                ("two lengths", b"Content-Length: 4\r\nContent-Length: 5\r\n"),
                ("list of lengths", b"Content-Length: 4, 4\r\n"), ("signed", b"Content-Length: +4\r\n"),
                ("hexadecimal", b"Content-Length: 0x4\r\n"), ("huge", b"Content-Length: 99999999999999999999\r\n"),
                ("space before colon", b"Content-Length : 4\r\n"), ("folded", b"X-A: b\r\n c\r\nContent-Length: 4\r\n"),
                ("bare LF", b"X-A: b\nContent-Length: 4\r\n"), ("bare CR", b"X-A: b\rc\r\nContent-Length: 4\r\n"),
                ("NUL", b"X-A: \x00\r\nContent-Length: 4\r\n"),
                ("other coding", b"Transfer-Encoding: gzip, chunked\r\n"), ("xchunked", b"Transfer-Encoding: xchunked\r\n"),
                ("two codings", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
                ("two hosts", b"Host: y\r\nContent-Length: 4\r\n")):
            with self.subTest(name):
                self.refused(self.HEAD + fields + b"\r\n0\r\n\r\n" + smuggled)

    def test_request_lines(self):
        for line in (b"GET /v1/deelnemers", b"GET  /v1/deelnemers HTTP/1.1", b"GET /v1/deelnemers HTTP/2.0",
                     b"GET v1/deelnemers HTTP/1.1", b"GET /v1/deel nemers HTTP/1.1", b"G\x01T / HTTP/1.1",
                     b"GET /v1/%zz HTTP/1.1", b"GET /v1/%2e%2e%2f HTTP/1.1", b"\x16\x03\x01\x02\x00\x01"):
            with self.subTest(line):
                answer = self.net.raw(line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
                self.assertRegex(answer[:15], rb"^HTTP/1.1 (400|404|505)")
        self.refused(b"GET /v1/deelnemers HTTP/1.1\r\n\r\n")

    def test_endless_headers(self):
        self.refused(b"GET /v1/deelnemers HTTP/1.1\r\nHost: x\r\n" + b"X-A: " + b"b" * 20_000 + b"\r\n\r\n", b"431")

    def test_a_broken_chunk(self):
        for chunk in (b"zz\r\nabcd\r\n0\r\n\r\n", b"-1\r\n\r\n", b"4\r\nabcdef\r\n0\r\n\r\n"):
            answer = self.net.raw(self.HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk)
            self.assertTrue(answer.startswith(b"HTTP/1.1 400"), answer[:100])

    def test_a_client_that_stops_in_its_body_disturbs_nobody(self):
        held = [self.net.stream() for _ in range(10)]
        for stream in held:
            stream.sendall(self.HEAD + b"Content-Length: 100\r\n\r\n{")
        for _ in range(20):
            self.search(person())
        for stream in held:
            stream.close()
        self.search(person())

    def test_pipelined_requests_are_answered_in_order(self):
        one = b"GET /v1/deelnemers?aantal=%d HTTP/1.1\r\nHost: x\r\n%s\r\n"
        answer = self.net.raw(b"".join(one % (i, b"" if i < 3 else b"Connection: close\r\n") for i in (1, 2, 3)))
        self.assertEqual(answer.count(b"HTTP/1.1 200"), 3)
        bodies = [part.partition(b"\r\n\r\n")[2] for part in answer.split(b"HTTP/1.1 200")[1:]]
        self.assertEqual([len(json.loads(body)["deelnemers"]) for body in bodies], [1, 2, 3])

    def test_no_secrets_in_the_log_of_the_daemon(self):
        subject = person()
        self.search(subject)
        self.p1.post("/v1/statusberichten", b'{"subject": "' + subject["waarde"].encode() + b'"}', headers=EVENT, expect=400)
        self.register(subject=subject, kenmerk="geheim-kenmerk-17")
        self.assertNotIn(subject["waarde"], self.net.operators("/metrics"))
        log = (self.net.directory / "wisseld.log").read_text()
        self.assertNotIn(subject["waarde"], log)
        self.assertNotIn("geheim-kenmerk-17", log)
        self.assertNotIn(new_zaak(self.oin1)["identificatie"], log)


if __name__ == "__main__":
    harness.main()
