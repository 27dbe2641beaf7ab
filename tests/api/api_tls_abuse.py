#!/usr/bin/python3
"""What is no TLS, no end of TLS, or far too much of it: nobody is disturbed, and memory and descriptors come back."""
import os
import pathlib
import random
import socket
import ssl
import subprocess

import harness
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from harness import pki, wait_until

ROUNDS = 3
# AddressSanitizer sets 256 MiB of freed memory apart, with what surrounds it; its own search finds what leaks.
SANITIZERS_KEEP_KIB = 512 * 1024
PEM = serialization.Encoding.PEM


def sanitized():
    """Sanitizers keep freed memory for a while, and shadow the rest."""
    program = pathlib.Path(os.environ.get("WISSEL_BIN", "build/release/bin")) / "wisseld"
    return b"__asan_init" in program.read_bytes() or b"__tsan_init" in program.read_bytes()


def client_hello(host):
    """The first flight of a client, as bytes."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    one = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname=host)
    try:
        one.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


class TlsAbuse(harness.ApiTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        host, port = cls.net.env["WISSEL_URL"].removeprefix("https://").split(":")
        cls.address, cls.host = (host, int(port)), host
        cls.hello = client_hello(host)
        cls.process = pathlib.Path(f"/proc/{cls.net.env['WISSEL_PID']}")

    def throw(self, data, close_at_once=False):
        """Bytes on a TCP connection; what comes back until the daemon closes."""
        with socket.create_connection(self.address, timeout=harness.LIMIT_S) as plain:
            out = b""
            try:
                plain.sendall(data)
                if close_at_once:
                    return out
                plain.shutdown(socket.SHUT_WR)
                while chunk := plain.recv(65536):
                    out += chunk
            except ConnectionError:
                pass
            return out

    def resident(self):
        lines = (self.process / "status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

    def descriptors(self):
        return len(os.listdir(self.process / "fd"))

    # --- the kinds of abuse ---

    def garbage(self):
        choose = random.Random(33)
        for size in (1, 5, 100, 5_000, 70_000):
            for _ in range(8):
                self.throw(choose.randbytes(size))
                self.throw(b"\x16\x03\x01" + size.to_bytes(4, "big")[2:] + choose.randbytes(size))

    def plaintext(self):
        for data in (b"GET /v1/deelnemers HTTP/1.1\r\nHost: x\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                     b"CONNECT x:443 HTTP/1.1\r\n\r\n", b"SSH-2.0-x\r\n", b"\r\n"):
            for _ in range(8):
                self.assertNotIn(b"HTTP/", self.throw(data))

    def half_handshakes(self):
        for end in range(0, len(self.hello), 16):
            self.throw(self.hello[:end])
            self.throw(self.hello[:end], close_at_once=True)
        for at in range(0, len(self.hello), 8):
            self.throw(self.hello[:at] + bytes([self.hello[at] ^ 0xFF]) + self.hello[at + 1:])
        self.throw(self.hello * 20)
        self.throw(self.hello + b"\x14\x03\x03\x00\x01\x01" * 2_000)  # change_cipher_spec without end
        self.throw(self.hello + b"\x15\x03\x03\x00\x02\x01\x00" * 2_000)  # warnings without end

    def with_chain(self, chain_file, key_file):
        """A handshake with these certificates; True when a request was answered with 200."""
        context = ssl.create_default_context(cafile=self.net.env["WISSEL_CA"])
        context.load_cert_chain(chain_file, key_file)
        try:
            with socket.create_connection(self.address, timeout=harness.LIMIT_S) as plain:
                with context.wrap_socket(plain, server_hostname=self.host) as stream:
                    stream.sendall(b"GET /v1/deelnemers HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    return harness.read_all(stream).startswith(b"HTTP/1.1 200")
        except (ssl.SSLError, ConnectionError):
            return False

    def chains(self):
        for chain, key in self.written:
            for _ in range(8):
                self.assertFalse(self.with_chain(chain, key))

    def more_handshakes(self):
        """Another handshake on a connection that stands, and new keys without end."""
        env = self.net.env
        for letters in (b"R\n" * 20, b"k\nK\n" * 200):
            subprocess.run(["openssl", "s_client", "-connect", f"{self.host}:{self.address[1]}", "-CAfile", env["WISSEL_CA"],
                            "-cert", env["P1_CERT"], "-key", env["P1_KEY"]], input=letters, capture_output=True,
                           timeout=60, check=False)

    # --- certificates ---

    def make_chains(self):
        folder = self.net.directory / "pki"
        authority = self.net.authority()
        long = self.chain_of(100)
        (folder / "keten.pem").write_bytes(b"".join(one.certificate.public_bytes(PEM) for one in long))
        pki.write_private(folder / "keten.key", pki.key_pem(long[0].key))
        ours = authority.organisation(1, "Gemeente Groot").write(folder, "opgeblazen")
        padded = b"".join([ours.cert_file.read_bytes(), *(one.certificate.public_bytes(PEM) for one in long[1:])])
        (folder / "lang.pem").write_bytes(padded)
        for size in (65_000, 130_000):
            self.large(authority, size).write(folder, f"groot-{size}")
        return [(folder / "keten.pem", folder / "keten.key"),
                (folder / "groot-65000.pem", folder / "groot-65000.key"),
                (folder / "groot-130000.pem", folder / "groot-130000.key")]

    @staticmethod
    def chain_of(count):
        """A leaf and the authorities above it, each issued by the next; nobody knows the last."""
        above = pki.Authority("Keten 0")
        out = []
        for i in range(1, count):
            one = pki.Authority(f"Keten {i}")
            certificate = (x509.CertificateBuilder().subject_name(one.name).issuer_name(above.name)
                           .public_key(one.key.public_key()).serial_number(i)
                           .not_valid_before(above.certificate.not_valid_before)
                           .not_valid_after(above.certificate.not_valid_after)
                           .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
                           .sign(above.key, hashes.SHA256()))
            out.append(pki.Issued(certificate, one.key))
            above = one
        out.append(above.issue([pki.oin(1)], "Gemeente Keten"))
        return out[::-1]

    @staticmethod
    def large(authority, size):
        """A certificate by the right authority, with a good OIN, that is some `size` bytes long."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = [x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Gemeente Groot"),
                   x509.NameAttribute(x509.NameOID.SERIAL_NUMBER, pki.oin(1))]
        padding = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x04" * size)
        certificate = (x509.CertificateBuilder().subject_name(x509.Name(subject)).issuer_name(authority.name)
                       .public_key(key.public_key()).serial_number(x509.random_serial_number())
                       .not_valid_before(authority.certificate.not_valid_before)
                       .not_valid_after(authority.certificate.not_valid_after)
                       .add_extension(x509.ExtendedKeyUsage([pki.SERVER]), critical=False)
                       .add_extension(padding, critical=False).sign(authority.key, hashes.SHA256()))
        return pki.Issued(certificate, key)

    # --- what is asked of it ---

    def test_memory_and_descriptors_come_back(self):
        self.written = self.make_chains()
        kinds = (self.garbage, self.plaintext, self.half_handshakes, self.chains, self.more_handshakes)
        self.p1.get("/v1/deelnemers?aantal=1", expect=200)
        descriptors = self.descriptors()
        for kind in kinds:  # once to fill caches and the allocator's lists
            kind()
        self.settled(descriptors)
        memory = self.resident()
        for _ in range(ROUNDS):
            for kind in kinds:
                with self.subTest(kind.__name__):
                    kind()
                    self.p1.get("/v1/deelnemers?aantal=1", expect=200)
        self.settled(descriptors)
        bound = memory + SANITIZERS_KEEP_KIB if sanitized() else memory * 1.05
        print(f"resident {memory} KiB before, {self.resident()} KiB after; {descriptors} descriptors", flush=True)
        wait_until(lambda: self.resident() <= bound, harness.LIMIT_S, f"memory is back at {memory} KiB")

    def settled(self, descriptors):
        """No connection but our own is left."""
        wait_until(lambda: self.descriptors() <= descriptors, harness.LIMIT_S, "descriptors are back")

    def test_a_good_client_with_a_long_chain_of_strangers(self):
        """Certificates beside the chain are no fault by themselves; nothing is believed because of them."""
        self.written = self.make_chains()
        folder = self.net.directory / "pki"
        # With a hundred certificates it may be refused for its size; it may not be taken for another.
        self.assertIn(self.with_chain(folder / "lang.pem", folder / "opgeblazen.key"), (True, False))
        self.p1.get("/v1/deelnemers?aantal=1", expect=200)


if __name__ == "__main__":
    harness.main()
