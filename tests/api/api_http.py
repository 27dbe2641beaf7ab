#!/usr/bin/python3
"""HTTP as the design rules want it: statuses, headers, tracing, methods and media types."""
import harness
from harness import person


class Http(harness.ApiTest):
    def test_unknown_paths(self):
        for path in ("/v1/niets", "/v1", "/v1/", "/", "/v2/deelnemers", "/v1/deelnemers/", "/v1/zoekopdrachten/",
                     "/v1//deelnemers", "/v1/deelnemers/../deelnemers", "/V1/deelnemers", "/v1/deelnemers/a/b"):
            with self.subTest(path):
                answer = self.p1.get(path, expect=404)
                self.assertEqual(answer.json()["code"], "niet-gevonden")

    def test_other_methods_get_allow(self):
        for path, methods, allowed in (
                ("/v1/zoekopdrachten", ("GET", "PUT", "DELETE", "PATCH", "OPTIONS"), {"POST"}),
                ("/v1/postbus", ("POST", "PUT", "TRACE"), {"GET", "HEAD"}),
                ("/v1/abonnementen", ("PUT", "DELETE"), {"GET", "HEAD", "POST"}),
                ("/v1/abonnementen/x", ("POST", "PATCH"), {"GET", "HEAD", "PUT", "DELETE"}),
                ("/v1/verwijzingen/bulk", ("PUT",), {"POST"})):
            for method in methods:
                with self.subTest(path, method=method):
                    answer = self.p1.request(method, path, expect=405, code="methode-niet-toegestaan")
                    self.assertEqual(set(answer.headers["Allow"].replace(" ", "").split(",")), allowed)

    def test_accept(self):
        for accept in ("text/html", "application/xml", "image/*"):
            self.p1.get("/v1/deelnemers", headers={"Accept": accept}, expect=406, code="niet-leverbaar")
        for accept in ("*/*", "application/*", "text/html, application/json;q=0.1", "application/json"):
            self.p1.get("/v1/deelnemers", headers={"Accept": accept}, expect=200)

    def test_media_types(self):
        body = b'{"onderwerp": {}, "grondslag": {}}'
        for media in ("text/plain", "application/x-www-form-urlencoded", "application/xml", ""):
            self.p2.post("/v1/zoekopdrachten", body, headers={"Content-Type": media}, expect=415, code="mediatype")
        self.p2.post("/v1/zoekopdrachten", body, headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
                     expect=415, code="mediatype")
        self.p2.post("/v1/zoekopdrachten", body, headers={"Content-Type": "application/json",
                                                          "Content-Encoding": "identity"}, expect=400)
        for media in ("application/json; charset=utf-8", "APPLICATION/JSON"):
            self.p2.post("/v1/zoekopdrachten", body, headers={"Content-Type": media}, expect=400)

    def test_head_is_get_without_a_body(self):
        got = self.p1.get("/v1/deelnemers?aantal=3", expect=200)
        answer = self.p1.head("/v1/deelnemers?aantal=3", expect=200)
        self.assertEqual(answer.body, b"")
        self.assertEqual(answer.headers["Content-Length"], got.headers["Content-Length"])
        self.assertEqual(answer.headers["Content-Type"], got.headers["Content-Type"])
        self.p1.head("/v1/niets", expect=404)

    def test_the_trace_is_continued_or_new(self):
        trace, span = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
        answer = self.p1.get("/v1/deelnemers", headers={"traceparent": f"00-{trace}-{span}-01"}, expect=200)
        self.assertEqual(answer.headers["traceparent"].split("-")[1], trace)
        self.assertNotEqual(answer.headers["traceparent"].split("-")[2], span)
        for wrong in ("", "00-x", f"00-{'0' * 32}-{span}-01", f"00-{trace}-{'0' * 16}-01", f"ff-{trace}-{span}-01",
                      f"00-{trace.upper()}-{span}-01"):
            answer = self.p1.get("/v1/deelnemers", headers={"traceparent": wrong}, expect=200)
            self.assertNotEqual(answer.headers["traceparent"].split("-")[1], trace)

    def test_one_connection_serves_many_requests(self):
        before = self.net.metric("wissel_http_connections_total", listener="partners")
        with self.net.new("P1") as one:
            for status, path in ((200, "/v1/deelnemers"), (404, "/v1/niets"), (405, "/v1/zoekopdrachten")) * 5:
                one.get(path, expect=status)
        self.assertLessEqual(self.net.metric("wissel_http_connections_total", listener="partners") - before, 1)

    def test_security_headers_and_date(self):
        for answer in (self.p1.get("/v1/deelnemers"), self.p1.get("/v1/niets"), self.p1.get("/v1/openapi.json")):
            self.assertEqual(answer.headers["Strict-Transport-Security"], "max-age=31536000")
            self.assertIn("frame-ancestors 'none'", answer.headers["Content-Security-Policy"])
            self.assertEqual(answer.headers.get_all("API-Version"), ["1.0.0"])
            self.assertNotIn("beast", str(answer.headers).lower())

    def test_expect_continue(self):
        with self.net.stream() as stream:
            stream.sendall(b"POST /v1/zoekopdrachten HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                           b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            self.assertTrue(stream.recv(65536).startswith(b"HTTP/1.1 100"))
            stream.sendall(b"{}")
            self.assertTrue(stream.recv(65536).startswith(b"HTTP/1.1 400"))
            stream.sendall(b"POST /v1/niets HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            self.assertTrue(stream.recv(65536).startswith(b"HTTP/1.1 404"))

    def test_http_1_0_closes(self):
        answer = self.net.raw(b"GET /v1/openapi.json HTTP/1.0\r\nHost: x\r\n\r\n")
        self.assertIn(b" 200 ", answer.split(b"\r\n")[0])

    def test_many_at_once(self):
        def work(who):
            with self.net.new(who) as one:
                return [self.search(person(), one).headers["Wissel-Log-Index"] for _ in range(25)]
        indices = sum(harness.in_threads(*(lambda who=who: work(who) for who in ("P1", "P2", "P3") * 3)), [])
        self.assertEqual(len(indices), len(set(indices)))


if __name__ == "__main__":
    harness.main()
