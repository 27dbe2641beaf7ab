#!/usr/bin/python3
"""New certificates and revocation lists by SIGHUP, under load: no request fails, and what they say counts at once."""
import http.client
import os
import signal
import socket
import ssl
import threading
import time

import making
import setting
from setting import LIMIT_S, waiting
from testnet import client, files, pki

RELOADS = 20


class Requests(threading.Thread):
    """Searches until told to stop, over one connection or a new one each time."""

    def __init__(self, net, who, fresh):
        super().__init__(daemon=True)
        self.net, self.who, self.fresh = net, who, fresh
        self.stop, self.failures, self.times = threading.Event(), [], []

    def run(self):
        connection = self.net.connect(self.who)
        body = {"onderwerp": making.person(), "grondslag": {"uitwisselafspraak": self.net.agreement}}
        while not self.stop.is_set():
            begun = time.monotonic()
            try:
                if self.fresh:
                    connection.close()
                    connection = self.net.connect(self.who)
                connection.post("/v1/zoekopdrachten", body, expect=(200,))
            except (OSError, http.client.HTTPException, client.Unexpected) as failure:
                self.failures.append(f"{self.who} fresh={self.fresh}: {failure!r}")
            self.times.append(time.monotonic() - begun)
        connection.close()


class ReloadTest(setting.FaultTest):
    def setUp(self):
        self.keys = self.net.directory / "pki"
        self.ca = pki.Authority.load(self.keys)

    def reload(self):
        os.kill(self.net.pid, signal.SIGHUP)

    def presented(self):
        """The certificate that the listener shows to a new connection, in DER."""
        context = ssl.create_default_context(cafile=self.net.env["WISSEL_CA"])
        context.load_cert_chain(self.net.env["P1_CERT"], self.net.env["P1_KEY"])
        host, port = self.net.env["WISSEL_URL"].removeprefix("https://").split(":")
        with socket.create_connection((host, int(port)), LIMIT_S) as plain, \
                context.wrap_socket(plain, server_hostname=host) as stream:
            return stream.getpeercert(binary_form=True)

    def renew(self):
        """A new certificate with a new key; returns once new connections see it."""
        issued = self.ca.organisation(files.GATEWAY, "Wissel").write(self.keys, "wissel")
        (self.keys / "ca.crl").write_bytes(self.ca.crl())
        self.reload()
        der = issued.certificate.public_bytes(pki.serialization.Encoding.DER)
        waiting.until(lambda: self.presented() == der, LIMIT_S, "the new certificate")

    def under_load(self):
        """Threads with requests, over kept and over new connections, that are stopped at the end of the test."""
        threads = [Requests(self.net, who, fresh) for who in ("P1", "P2") for fresh in (False, False, True)]
        for thread in threads:
            thread.start()
        self.addCleanup(lambda: [thread.stop.set() for thread in threads])
        return threads

    def ended(self, threads):
        """(failures, number of requests, the longest in seconds)"""
        for thread in threads:
            thread.stop.set()
        for thread in threads:
            thread.join()
        times = [taken for thread in threads for taken in thread.times]
        return [failure for thread in threads for failure in thread.failures], len(times), max(times)

    def test_reload_under_load_fails_no_request(self):
        threads = self.under_load()
        for _ in range(RELOADS):
            self.renew()
        failures, count, longest = self.ended(threads)
        print(f"\n{RELOADS} reloads during {count} requests: {len(failures)} failed, the longest took "
              f"{longest * 1000:.0f} ms", flush=True)
        self.assertFalse(failures, failures[:5])
        self.assertGreater(count, RELOADS)

    def test_a_reload_with_a_fault_changes_nothing(self):
        threads = self.under_load()
        before = self.presented()
        certificate = self.keys / "wissel.pem"
        good = certificate.read_bytes()
        for bad in (b"geen certificaat\n", good.replace(b"-----BEGIN", b"-----BEGIM"),
                    (self.keys / "p1.pem").read_bytes()):  # the last one does not fit the key
            refused = self.net.log_tail(10_000).count("reload refused")
            certificate.write_bytes(bad)
            self.reload()
            waiting.until(lambda: self.net.log_tail(10_000).count("reload refused") > refused, LIMIT_S, "the refusal")
            self.assertEqual(self.presented(), before)
        certificate.write_bytes(good)
        failures, _, _ = self.ended(threads)
        self.assertFalse(failures, failures[:5])
        self.renew()

    def test_revocation_counts_for_open_connections_as_well(self):
        threads = self.under_load()
        spare = self.ca.issue([self.net.oin("P3")], "Gemeente Reserve").write(self.keys, "reserve")
        connect = lambda: client.Client(self.net.env["WISSEL_URL"], self.net.env["WISSEL_CA"], spare.cert_file,
                                        spare.key_file, LIMIT_S)
        body = {"onderwerp": making.person(), "grondslag": self.ground()}
        with connect() as kept:
            kept.post("/v1/zoekopdrachten", body, expect=(200,))
            self.ca.revoke(spare)
            self.renew()
            for connection in (kept, connect()):
                with self.assertRaises((OSError, http.client.HTTPException)), connection:
                    connection.post("/v1/zoekopdrachten", body)
        failures, _, _ = self.ended(threads)
        self.assertFalse(failures, failures[:5])


if __name__ == "__main__":
    setting.main()
