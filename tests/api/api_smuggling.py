#!/usr/bin/python3
"""Requests that two readers could cut in two ways, each followed by a good one on the same connection.

Shapes after RFC 9112 (11.2), llhttp's and http-garden's cases, and the published attacks: CL.TE, TE.CL, TE.TE, CL.0,
0.CL, TERM.EXT and EXT.TERM of chunks, header folding, line endings. Refused means: one 400, Connection: close, and not
a byte of what follows is answered."""
import harness
import raw_http

PATH = b"/v1/deelnemers?aantal=1"
GOOD = b"GET " + PATH + b" HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET /v1/deelnemers?aantal=2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
POST = b"POST /v1/zoekopdrachten HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
HIDDEN = b"GET /v1/gesmokkeld HTTP/1.1\r\nHost: x\r\n\r\n"


def lengths(fields, body=b"0\r\n\r\n"):
    return POST + fields + b"\r\n" + body + HIDDEN


CONTRADICTIONS = {
    "CL.TE": b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
    "TE.CL": b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
    "CL.0": b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
    "CL.TE, other case": b"content-length: 5\r\ntransfer-ENCODING: Chunked\r\n",
    "two, equal": b"Content-Length: 5\r\nContent-Length: 5\r\n",
    "two, different": b"Content-Length: 5\r\nContent-Length: 40\r\n",
    "zero and more": b"Content-Length: 0\r\nContent-Length: 5\r\n",
    "CL with two hosts": b"Host: y\r\nContent-Length: 5\r\n",
}
LENGTHS = [b"+5", b"-5", b"0x5", b"5 5", b"5,5", b"5, 6", b"5;", b"5.0", b"5e0", b"0b101", b"", b" ", b"\t", b"'5'", b'"5"',
           b"5_0", b"\xef\xbc\x95", b"\xd9\xa5", b"18446744073709551616", b"18446744073709551621",
           b"99999999999999999999999999", b"0000000000000000000000005", b"5\x00", b"5\x0b", b"5 \x0c", b"five", b"NaN"]
CODINGS = [b"xchunked", b"chunkedx", b"chunked, identity", b"identity", b"gzip, chunked", b"chunked, chunked", b"chunked,",
           b",chunked", b"chunked;q=1", b"chunked ;a", b'"chunked"', b"\x0bchunked", b"\x00chunked", b"chunked\x00",
           b"chun ked", b"chunked\x0c", b"\xc4\xb1chunked", b"chunKed\xc2\xa0", b"", b"deflate", b"none"]
FIELDS = {
    "space before the colon": b"Transfer-Encoding : chunked\r\n",
    "tab before the colon": b"Transfer-Encoding\t: chunked\r\n",
    "NUL before the colon": b"Transfer-Encoding\x00: chunked\r\n",
    "no colon": b"Transfer-Encoding chunked\r\n",
    "no name": b": chunked\r\n",
    "a leading space": b" Transfer-Encoding: chunked\r\n",
    "a leading tab": b"\tTransfer-Encoding: chunked\r\n",
    "folded": b"X-A: b\r\n Transfer-Encoding: chunked\r\n",
    "folded value": b"Transfer-Encoding:\r\n chunked\r\n",
    "folded with a tab": b"Transfer-Encoding:\r\n\tchunked\r\n",
    "folded length": b"Content-Length: 0\r\n 5\r\n",
    "bare LF": b"X-A: b\nTransfer-Encoding: chunked\r\n",
    "bare LF at the end": b"X-A: b\n\r\n",
    "bare CR": b"X-A: b\rTransfer-Encoding: chunked\r\n",
    "CR CR LF": b"X-A: b\r\r\nContent-Length: 5\r\n",
    "LF CR": b"X-A: b\n\rContent-Length: 5\r\n",
    "NUL in a value": b"X-A: \x00\r\nContent-Length: 5\r\n",
    "DEL in a value": b"X-A: \x7f\r\nContent-Length: 5\r\n",
    "control in a name": b"X\x01A: b\r\nContent-Length: 5\r\n",
    "8 bits in a name": b"Transfer-Encodin\xe7: chunked\r\nContent-Length: 5\r\n",
    "brackets in a name": b"X(A): b\r\nContent-Length: 5\r\n",
    "two names in one": b"Content-Length: Content-Length: 5\r\n",
    "two types": b"Content-Type: text/plain\r\nContent-Length: 5\r\n",
    "two keys": b"Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 5\r\n",
    "expect something else": b"Expect: 200-ok\r\nContent-Length: 5\r\n",
}
CHUNKS = {
    "no size": b"\r\n\r\n", "spaces before": b" 0\r\n\r\n", "negative": b"-1\r\n\r\n", "signed": b"+0\r\n\r\n",
    "0x": b"0x0\r\n\r\n", "not hexadecimal": b"g\r\n\r\n", "underscore": b"0_0\r\n\r\n", "comma": b"0,0\r\n\r\n",
    "64 bits and more": b"10000000000000000\r\n", "wraps to 5": b"10000000000000005\r\nhallo\r\n0\r\n\r\n",
    "many zeros": b"0" * 40 + b"5\r\nhallo\r\n0\r\n\r\n", "a space after": b"0 \r\n\r\n", "a NUL after": b"0\x00\r\n\r\n",
    "bare LF": b"5\nhallo\r\n0\r\n\r\n", "bare LFs": b"5\nhallo\n0\n\n", "bare CR": b"5\rhallo\r\n0\r\n\r\n",
    "LF after the data": b"5\r\nhallo\n0\r\n\r\n", "CR after the data": b"5\r\nhallo\r0\r\n\r\n",
    "too short": b"6\r\nhallo\r\n0\r\n\r\n", "too long": b"4\r\nhallo\r\n0\r\n\r\n", "no data end": b"5\r\nhallo0\r\n\r\n",
    "LF in an extension": b"5;a\nx\r\nhallo\r\n0\r\n\r\n", "CR in an extension": b"5;a\rx\r\nhallo\r\n0\r\n\r\n",
    "TERM.EXT": b"2;\nxx\r\n4c\r\n0\r\n\r\n" + HIDDEN, "EXT.TERM": b"4c\nxx\r\n0\r\n\r\n" + HIDDEN,
    "LF in a quoted extension": b'5;a="\n"\r\nhallo\r\n0\r\n\r\n', "NUL in a quoted extension": b'5;a="\x00"\r\nhallo\r\n0\r\n\r\n',
    "an open quote": b'5;a="\r\nhallo"\r\n0\r\n\r\n', "a nameless extension": b"5;=a\r\nhallo\r\n0\r\n\r\n",
    "an extension without end": b"5;a=" + b"b" * 20_000, "LF in the trailer": b"0\r\nX: a\n\r\n",
    "LF ends the trailer": b"0\r\n\n", "folded trailer": b"0\r\nX: a\r\n b\r\n\r\n", "NUL in the trailer": b"0\r\nX: \x00\r\n\r\n",
    "space in the trailer": b"0\r\nX : a\r\n\r\n", "a trailer that is none": b"0\r\nGET / HTTP/1.1\r\n\r\n",
    "length in the trailer": b"0\r\nContent-Length: 5\r\n\r\n", "coding in the trailer": b"0\r\nTransfer-Encoding: chunked\r\n\r\n",
    "host in the trailer": b"0\r\nHost: y\r\n\r\n", "endless trailer": b"0\r\n" + b"X: a\r\n" * 5_000 + b"\r\n",
}
LINES = {
    "HTTP/0.9": b"GET /v1/deelnemers\r\n\r\n", "lower case": b"get /v1/deelnemers http/1.1\r\nHost: x\r\n\r\n",
    "HTTP/1.2": b"GET /v1/deelnemers HTTP/1.2\r\nHost: x\r\n\r\n", "HTTP/2": b"GET /v1/deelnemers HTTP/2\r\nHost: x\r\n\r\n",
    "HTTP/01.1": b"GET /v1/deelnemers HTTP/01.1\r\nHost: x\r\n\r\n", "HTTP/1.1x": b"GET / HTTP/1.1x\r\nHost: x\r\n\r\n",
    "preface of h2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "tab": b"GET\t/v1/deelnemers HTTP/1.1\r\nHost: x\r\n\r\n",
    "two spaces": b"GET  /v1/deelnemers HTTP/1.1\r\nHost: x\r\n\r\n", "space at the end": b"GET / HTTP/1.1 \r\nHost: x\r\n\r\n",
    "space in the target": b"GET /v1/deel nemers HTTP/1.1\r\nHost: x\r\n\r\n",
    "a leading space": b" GET /v1/deelnemers HTTP/1.1\r\nHost: x\r\n\r\n",
    "two empty lines first": b"\r\n\r\nGET /v1/deelnemers HTTP/1.1\r\nHost: x\r\n\r\n",
    "LF first": b"\nGET /v1/deelnemers HTTP/1.1\r\nHost: x\r\n\r\n", "bare LFs": b"GET /v1/deelnemers HTTP/1.1\nHost: x\n\n",
    "NUL in the method": b"G\x00T / HTTP/1.1\r\nHost: x\r\n\r\n", "8 bits in the target": b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    "fragment": b"GET /v1/deelnemers#a HTTP/1.1\r\nHost: x\r\n\r\n", "no host": b"GET /v1/deelnemers HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /v1/deelnemers HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
    "empty host": b"GET /v1/deelnemers HTTP/1.1\r\nHost:\r\n\r\n", "user in the host": b"GET / HTTP/1.1\r\nHost: a@x\r\n\r\n",
    "path in the host": b"GET / HTTP/1.1\r\nHost: x/y\r\n\r\n", "list of hosts": b"GET / HTTP/1.1\r\nHost: x, y\r\n\r\n",
    "another authority": b"GET https://y/v1/deelnemers HTTP/1.1\r\nHost: x\r\n\r\n",
    "another port": b"GET https://x:1/v1/deelnemers HTTP/1.1\r\nHost: x\r\n\r\n",
    "user in the authority": b"GET https://a@x/v1/deelnemers HTTP/1.1\r\nHost: x\r\n\r\n",
    "another scheme": b"GET ftp://x/v1/deelnemers HTTP/1.1\r\nHost: x\r\n\r\n",
    "no path": b"GET https://x HTTP/1.1\r\nHost: x\r\n\r\n", "authority form": b"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "asterisk": b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "encoded CR LF": b"GET /v1/a%0d%0ab HTTP/1.1\r\nHost: x\r\n\r\n",
    "encoded NUL": b"GET /v1/a%00 HTTP/1.1\r\nHost: x\r\n\r\n", "encoded slash": b"GET /v1%2fdeelnemers HTTP/1.1\r\nHost: x\r\n\r\n",
    "half an escape": b"GET /v1/a%2 HTTP/1.1\r\nHost: x\r\n\r\n",
    "chunked in 1.0": b"POST /v1/zoekopdrachten HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a response": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "TLS in TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
}
# What has one reading, and is therefore answered: (bytes, statuses of its own answers).
PLAIN = {
    "one empty line first": (b"\r\n" + GOOD, [200]),
    "a body after GET": (GOOD[:-2] + b"Content-Length: 5\r\n\r\nhallo", [200]),
    "a chunked body after GET": (GOOD[:-2] + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhallo\r\n0\r\n\r\n", [200]),
    "extensions": (CHUNKED + b'2 ; a ; b=c;d="e\\"f"\r\n{}\r\n0;x\r\n\r\n', [400]),
    "a trailer": (CHUNKED + b"2\r\n{}\r\n0\r\nX-A: b\r\n\r\n", [400]),
    "leading zeros": (CHUNKED + b"0002\r\n{}\r\n000\r\n\r\n", [400]),
    "absolute form": (b"GET https://x" + PATH + b" HTTP/1.1\r\nHost: X\r\n\r\n", [200]),
    "blanks around a value": (GOOD[:-2] + b"X-A: \t b \t \r\n\r\n", [200]),
    "spaces around a length": (POST + b"Content-Length: \t 2 \r\n\r\n{}", [400]),
    "upgrade to h2c": (GOOD[:-2] + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n", [200]),
    "upgrade to websocket": (GOOD[:-2] + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n", [200]),
    "a hop named in Connection": (POST + b"Connection: Content-Length\r\nContent-Length: 2\r\n\r\n{}", [400]),
    "HEAD": (b"HEAD " + PATH + b" HTTP/1.1\r\nHost: x\r\n\r\n", [200]),
}


class Smuggling(harness.ApiTest):
    def answers(self, data, methods=()):
        with self.net.stream() as stream:
            return raw_http.split_answers(raw_http.talk(stream, data), methods)

    def refused(self, name, data):
        with self.subTest(name):
            answers = self.answers(data + GOOD + LAST)
            self.assertEqual([status for status, _, _ in answers], [400], f"{name}: read in more than one way")
            self.assertIn(b"connection: close", answers[0][1].lower())

    def test_contradicting_lengths(self):
        for name, fields in CONTRADICTIONS.items():
            self.refused(name, lengths(fields))

    def test_lengths_that_are_none(self):
        for value in LENGTHS:
            self.refused(f"Content-Length: {value!r}", lengths(b"Content-Length: " + value + b"\r\n", b"hallo"))

    def test_codings_that_are_not_chunked(self):
        for value in CODINGS:
            self.refused(f"Transfer-Encoding: {value!r}", lengths(b"Transfer-Encoding: " + value + b"\r\n"))
            both = b"Transfer-Encoding: chunked\r\nTransfer-Encoding: " + value + b"\r\n"
            self.refused(f"chunked and then {value!r}", lengths(both))
            self.refused(f"a length and {value!r}", lengths(b"Content-Length: 5\r\nTransfer-Encoding: " + value + b"\r\n"))

    def test_fields(self):
        for name, fields in FIELDS.items():
            self.refused(name, lengths(fields))

    def test_chunks(self):
        for name, body in CHUNKS.items():
            self.refused(name, CHUNKED + body)

    def test_request_lines(self):
        for name, data in LINES.items():
            self.refused(name, data)

    def test_a_body_that_breaks_off_is_answered_by_nobody(self):
        for data in (POST + b"Content-Length: 500\r\n\r\n{}" + HIDDEN, CHUNKED + b"fff\r\n{}" + HIDDEN):
            self.assertIn([status for status, _, _ in self.answers(data)], ([], [400]))

    def test_what_has_one_reading_is_answered_and_so_is_what_follows(self):
        for name, (data, statuses) in PLAIN.items():
            with self.subTest(name):
                answers = self.answers(data + GOOD + LAST, [data.split(b" ")[0].strip()])
                self.assertEqual([status for status, _, _ in answers], [*statuses, 200, 200])
                self.assertEqual(answers[-1][2].count(b'"oin"'), 2)

    def test_nothing_hidden_was_ever_asked_for(self):
        for name, fields in CONTRADICTIONS.items():
            self.refused(name, lengths(fields))
        before = self.net.metric("wissel_http_requests_total", route="onbekend")
        self.p1.get("/v1/gesmokkeld", expect=404)
        self.assertEqual(self.net.metric("wissel_http_requests_total", route="onbekend"), before + 1)


if __name__ == "__main__":
    harness.main()
