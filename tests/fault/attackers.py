#!/usr/bin/python3
"""Clients that behave badly, in a process of their own: attackers.py KIND COUNT HOST PORT CA CERT KEY

Says "ready" once COUNT of them are at it, goes on until its standard input ends, and then says in JSON what became of
them: connections that were opened, and those that were seen to be ended. What ends is opened again.
"""
import json
import os
import select
import socket
import ssl
import sys

BEAT_S = 0.25  # each sends its next byte, if it sends any
TIMEOUT_S = 5
BATCH = 20     # handshakes between two looks at standard input

HEAD = b"POST /v1/zoekopdrachten HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
ANSWERS = b"GET /v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20


class Attack:
    """One kind: what a connection begins with, and what it sends at each beat."""

    tls, beat = True, b""

    def __init__(self, address, ca, cert, key):
        self.address = address
        self.context = ssl.create_default_context(cafile=ca)
        self.context.load_cert_chain(cert, key)
        self.opened = self.ended = self.refused = 0
        self.open_ones = []

    def connect(self):
        plain = socket.socket()
        plain.settimeout(TIMEOUT_S)
        self.prepare(plain)
        plain.connect(self.address)
        return self.context.wrap_socket(plain, server_hostname="localhost") if self.tls else plain

    def prepare(self, plain):
        pass

    def begin(self, stream):
        pass

    def open(self):
        try:
            stream = self.connect()
            self.begin(stream)
        except OSError:
            self.refused += 1
            return
        stream.setblocking(False)
        self.opened += 1
        self.open_ones.append(stream)

    def alive(self, stream):
        """Sends the next byte; reads nothing but the end."""
        try:
            if self.beat:
                stream.send(self.beat)
            return self.has_not_ended(stream)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return True
        except OSError:
            return False

    def has_not_ended(self, stream):
        return stream.recv(4096) != b""

    def run(self, count):
        while len(self.open_ones) + self.refused < count:
            self.open()
        print("ready", flush=True)
        while not over(BEAT_S):
            still = [stream for stream in self.open_ones if self.alive(stream)]
            for stream in set(self.open_ones) - set(still):
                stream.close()
            self.ended += len(self.open_ones) - len(still)
            self.open_ones = still
            for _ in range(min(BATCH, count - len(still))):
                self.open()


class Silent(Attack):
    """Connects, and says nothing."""
    tls = False


class HalfHello(Attack):
    """The first half of a ClientHello."""
    tls = False

    def begin(self, stream):
        stream.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(80))


class SlowHead(Attack):
    """A head that grows by a byte at a time."""
    beat = b"x"

    def begin(self, stream):
        stream.sendall(HEAD + b"X-Langzaam: ")


class SlowBody(Attack):
    """A body that stops in the middle."""

    def begin(self, stream):
        stream.sendall(HEAD + b"Content-Length: 1000\r\n\r\n{\"onderwerp\":")


class SlowRead(Attack):
    """Asks for much, and reads none of it."""

    def prepare(self, plain):
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)

    def begin(self, stream):
        stream.sendall(ANSWERS)

    def has_not_ended(self, stream):
        poll = select.poll()
        poll.register(stream.fileno(), select.POLLERR | select.POLLHUP)
        return not poll.poll(0)


class Greedy(Attack):
    """Opens every connection that it may and a few more, and asks something on each."""

    def begin(self, stream):
        stream.sendall(b"GET /tlog/checkpoint HTTP/1.1\r\nHost: localhost\r\n\r\n")


class Handshakes(Attack):
    """Handshakes without end: every other one is left in the middle."""

    def run(self, count):
        print("ready", flush=True)
        while not over(0):
            for number in range(BATCH):
                try:
                    plain = socket.create_connection(self.address, TIMEOUT_S)
                    if number % 2:
                        HalfHello.begin(self, plain)
                    else:
                        plain = self.context.wrap_socket(plain, server_hostname="localhost")
                    plain.close()
                    self.opened += 1
                except OSError:
                    self.refused += 1


def over(wait_s):
    return bool(select.select([sys.stdin], [], [], wait_s)[0])


KINDS = {"silent": Silent, "half-hello": HalfHello, "slow-head": SlowHead, "slow-body": SlowBody, "slow-read": SlowRead,
         "greedy": Greedy, "handshakes": Handshakes}

if __name__ == "__main__":
    os.nice(10)  # on a machine with few processors: what is judged is what the daemon does, not what we take
    kind, count, host, port, *files = sys.argv[1:]
    attack = KINDS[kind]((host, int(port)), *files)
    attack.run(int(count))
    print(json.dumps({"opened": attack.opened, "ended": attack.ended, "refused": attack.refused}), flush=True)
