"""Bytes on a TLS connection that no client library would send, and the answers that come back, read strictly."""
import re
import socket
import ssl


class Broken(AssertionError):
    """What came back is not a row of whole answers."""


def split_answers(data, methods=()):
    """The (status, head, body) of each answer in `data`; interim answers are left out. methods: of the requests."""
    out = []
    while data:
        head, mark, rest = data.partition(b"\r\n\r\n")
        found = re.match(rb"HTTP/1\.1 (\d{3}) ", head)
        if not mark or not found:
            raise Broken(f"no answer begins here: {data[:120]!r}")
        status, data = int(found[1]), rest
        if status == 100:
            continue
        length = re.search(rb"(?im)^content-length: *(\d+)\r?$", head)
        body = b""
        if re.search(rb"(?im)^transfer-encoding: *chunked\r?$", head):
            body, data = _chunks(data)
        elif length and not (len(out) < len(methods) and methods[len(out)] == b"HEAD"):
            size = int(length[1])
            if size > len(data):
                raise Broken(f"an answer of {size} bytes has {len(data)}")
            body, data = data[:size], data[size:]
        out.append((status, head, body))
    return out


def _chunks(data):
    body = b""
    while True:
        size, _, data = data.partition(b"\r\n")
        size = int(size, 16)
        if size == 0:
            return body, data.removeprefix(b"\r\n")
        body, data = body + data[:size], data[size + 2:]


def talk(stream, data):
    """Sends all, says that nothing more comes, and returns what the daemon answered until it closed. A reset after an
    answer is no fault: the daemon does not read for ever what it will not answer."""
    out = b""
    try:
        stream.sendall(data)
        socket.socket.shutdown(stream, socket.SHUT_WR)  # FIN without close_notify; Python cannot send one and read on
    except (OSError, ssl.SSLError):
        pass
    try:
        while chunk := stream.recv(65536):
            out += chunk
    except (ssl.SSLError, ConnectionError):
        pass
    return out
