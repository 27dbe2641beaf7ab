#!/usr/bin/python3
"""Requests with bytes changed at random, over mTLS, to a running daemon: each is answered below 500 or cut off, and a
good request after it, on a new connection, is answered. WISSEL_RAW_SECONDS (default 5) says how long, WISSEL_RAW_SEED
which ones; a failure names the seed of its input."""
import os
import random
import time

import api_smuggling as shapes
import harness
import raw_http

SEEDS = [shapes.GOOD, shapes.LAST, shapes.POST + b"Content-Length: 2\r\n\r\n{}",
         shapes.CHUNKED + b'2;a="b"\r\n{}\r\n0\r\nX: y\r\n\r\n',
         b"POST /v1/verwijzingen/bulk HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: 9\r\n\r\n{}\n[]\n1\n\n",
         b"PUT /v1/abonnementen/a HTTP/1.1\r\nHost: x\r\nIf-Match: \"1\"\r\nContent-Length: 0\r\n\r\n",
         *(data for data, _ in shapes.PLAIN.values()), *shapes.LINES.values()]
WORDS = [b"\r\n", b"\r\n\r\n", b"\n", b"\r", b"\x00", b" ", b"\t", b":", b";", b",", b"%", b"/", b"chunked", b"Content-Length: ",
         b"Transfer-Encoding: ", b"Host: x\r\n", b"Expect: 100-continue\r\n", b"Connection: close\r\n", b"HTTP/1.0", b"0\r\n\r\n",
         b"ffffffffffffffff", b"-1", b"A" * 20_000, b"\xff\xfe", b"{\"a\":", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"]


def changed(choose):
    data = bytearray(b"".join(choose.choices(SEEDS, k=choose.randint(1, 3))))
    for _ in range(choose.randint(1, 6)):
        at = choose.randrange(len(data) + 1)
        kind = choose.randrange(5)
        if kind == 0:
            data[at:at] = choose.choice(WORDS)
        elif kind == 1:
            del data[at:at + choose.randint(1, 8)]
        elif kind == 2 and at < len(data):
            data[at] = choose.randrange(256)
        elif kind == 3:
            data[at:at] = data[choose.randrange(len(data) + 1):][:choose.randint(1, 60)]
        else:
            del data[at:]
        if not data:
            data = bytearray(b"\r")
    return bytes(data)


class RawHttp(harness.ApiTest):
    def test_whatever_comes(self):
        first = int(os.environ.get("WISSEL_RAW_SEED", "1"))
        until = time.monotonic() + float(os.environ.get("WISSEL_RAW_SECONDS", "5"))
        seed = first
        while time.monotonic() < until:
            data = changed(random.Random(seed))
            with self.subTest(seed=seed), self.net.stream(f"P{seed % 3 + 1}") as stream:
                # A HEAD could stand anywhere in it, so bodies are not told apart; statuses are enough.
                answer = raw_http.talk(stream, data)
                if answer:
                    self.assertRegex(answer, rb"\AHTTP/1\.1 [1-4]\d\d ")
                self.assertNotRegex(answer, rb"(?m)^HTTP/1\.1 5\d\d ", data[:200])
            if seed % 5 == 0:
                with self.net.new("P1") as one:
                    one.get("/v1/deelnemers?aantal=1", expect=200)
            seed += 1
        print(f"{seed - first} connections from seed {first}", flush=True)
        self.assertGreater(seed, first + 10)
        self.assertEqual(self.net.metric("wissel_handler_failures_total"), 0)
        self.assertEqual(self.net.metric("wissel_http_rejected_total", reason="handler_failed"), 0)


if __name__ == "__main__":
    harness.main()
