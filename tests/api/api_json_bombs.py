#!/usr/bin/python3
"""JSON that is small to send and large to read: refused, with memory that stays near the body's size. The time that
each took is told, not judged."""
import json
import pathlib
import re
import time

import harness
import raw_http
from api_tls_abuse import sanitized

SEARCH = "/v1/zoekopdrachten"
MANY = 100_000
BOMBS = {
    "nested lists": b"[" * MANY + b"]" * MANY,
    "nested objects": b'{"a":' * MANY + b"1" + b"}" * MANY,
    "a number of 1 MB": b'{"a":' + b"9" * 1_000_000 + b"}",
    "members": b"{" + b",".join(b'"%d":1' % i for i in range(80_000)) + b"}",
    "one name": b"{" + b'"a":1,' * MANY + b'"a":1}',
    "numbers": b"[" + b"1," * 500_000 + b"1]",
    "lists": b"[" + b"[]," * 300_000 + b"1]",
    "lone surrogates": b"[" + b'"\\ud800",' * MANY + b"1]",
    "lone low surrogates": b'{"onderwerp":"' + b"\\udc00" * MANY + b'"}',
    "half a pair": b'{"onderwerp":"\\ud83d\\u0041"}',
    "escapes": b'{"onderwerp":"' + b"\\u0000" * MANY + b'"}',
}


class JsonBombs(harness.ApiTest):
    def peak_kib(self):
        status = pathlib.Path(f"/proc/{self.net.env['WISSEL_PID']}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1])

    def forget_peak(self):
        pathlib.Path(f"/proc/{self.net.env['WISSEL_PID']}/clear_refs").write_text("5")

    def test_each_is_refused(self):
        self.p2.post(SEARCH, b"{" * 1_000_000, headers={"Content-Type": "application/json"}, expect=400)
        for path, kind in ((SEARCH, "application/json"), ("/v1/statusbevragingen", "application/json"),
                           ("/v1/verwijzingen", "application/json"), ("/v1/statusberichten", harness.EVENT["Content-Type"])):
            for name, body in BOMBS.items():
                with self.subTest(name, path=path):
                    self.forget_peak()
                    before, began = self.peak_kib(), time.monotonic()
                    answer = self.p2.post(path, body, headers={"Content-Type": kind}, expect=(400, 413))
                    took, grown = time.monotonic() - began, self.peak_kib() - before
                    print(f"{path} {name}: {len(body)} bytes, {answer.status} in {took * 1000:.0f} ms, {grown} KiB more",
                          flush=True)
                    # The body itself, what reading it takes, and a page here and there.
                    if not sanitized():
                        self.assertLess(grown * 1024, 11 * len(body) + 4 * 1024 * 1024)

    def test_ten_megabytes_are_not_even_read(self):
        head = (b"POST /v1/zoekopdrachten HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
        number = b'{"a":' + b"9" * 10_000_000 + b"}"
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part)
                          for part in (number[i:i + 60_000] for i in range(0, len(number), 60_000))) + b"0\r\n\r\n"
        for name, fields, body in (("length", b"Content-Length: %d\r\n\r\n" % len(number), number),
                                   ("chunks", b"Transfer-Encoding: chunked\r\n\r\n", chunks)):
            with self.subTest(name), self.net.stream("P2") as stream:
                answer = raw_http.talk(stream, head + fields + body)
                # The answer can be lost when the daemon closes on one who goes on sending.
                self.assertTrue(answer == b"" or answer.startswith(b"HTTP/1.1 413"), answer[:100])
            self.p2.get("/v1/deelnemers?aantal=1", expect=200)

    def test_lines_of_an_upload(self):
        lines = [b'{"zet":' + b"[" * 60_000, b'{"zet":' + b'{"a":' * 12_000 + b"1" + b"}" * 12_000 + b"}",
                 b'{"zet":{"betrokkenen":[' + b"1," * 30_000 + b"1]}}", b'{"zet":' + b"9" * 60_000 + b"}",
                 b"[" * 1_000_000, b'{"trekIn":"\\ud800"}', b'{"zet":{"kenmerk":"a","kenmerk":"b"}}']
        answer = self.p1.lines("/v1/verwijzingen/bulk", b"\n".join(lines * 5) + b"\n", expect=200)
        told = [json.loads(line) for line in answer.body.splitlines()]
        refused = [line for line in told if "probleem" in line]
        self.assertEqual(len(refused), len(lines) * 5)
        self.assertTrue(all(line["probleem"]["status"] in (400, 413) for line in refused))


if __name__ == "__main__":
    harness.main()
