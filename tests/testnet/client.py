"""A small HTTP client for tests and the test network: mTLS or plain, one connection kept alive."""
import http.client
import json
import ssl
import urllib.parse

TIMEOUT_S = 60


class Response:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:2000].decode(errors='replace')}"


class Unexpected(Exception):
    """An answer with another status than was asked for."""


class Client:
    """Not thread-safe: one connection. cert and key may be None: no client certificate; ca None: plain HTTP."""

    def __init__(self, url, ca=None, cert=None, key=None, timeout_s=TIMEOUT_S):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=str(ca))
            context.verify_flags |= ssl.VERIFY_X509_STRICT
            if cert:
                context.load_cert_chain(str(cert), str(key))
            self._connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=timeout_s,
                                                           context=context)
        else:
            self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout_s)

    def request(self, method, path, body=None, headers=None, expect=None):
        """body: bytes as they are, anything else as JSON. expect: the only statuses that do not raise Unexpected."""
        headers = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body, ensure_ascii=False).encode()
            headers.setdefault("Content-Type", "application/json")
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            response = Response(answer.status, answer.headers, answer.read())
        except BaseException:
            self._connection.close()  # the next request starts afresh
            raise
        if expect and response.status not in expect:
            raise Unexpected(f"{method} {path}: {response}")
        return response

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.request("POST", path, body, **options)

    def put(self, path, body=None, **options):
        return self.request("PUT", path, body, **options)

    def delete(self, path, **options):
        return self.request("DELETE", path, **options)

    def close(self):
        self._connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
