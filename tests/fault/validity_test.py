#!/usr/bin/python3
"""Certificates and a revocation list that end while connections are open: who is refused from then on, who is not, and
that renewal heals it without a restart."""
import datetime
import http.client
import os
import signal
import ssl
import time

import making
import setting
from measure import GoodClient
from setting import LIMIT_S, waiting
from testnet import client, files, pki

VALID_S = 4 * setting.SLOW
DAY_S = 86_400
REFUSED = (OSError, http.client.HTTPException)


class ValidityTest(setting.FaultTest):
    def setUp(self):
        self.keys = self.net.directory / "pki"
        self.ca = pki.Authority.load(self.keys)

    def reload(self):
        before = self.said("reloaded")
        os.kill(self.net.pid, signal.SIGHUP)
        waiting.until(lambda: self.said("reloaded") > before, LIMIT_S, "the reload")

    def said(self, text):
        return (self.net.directory / "wisseld.log").read_text(errors="replace").count(text)

    def metric(self, start):
        return sum(float(line.split()[-1]) for line in self.net.operators("/metrics").splitlines()
                   if line.startswith(start))

    def counted(self, reason, times):
        """A client may read why it is refused a moment before that is counted."""
        failures = f'wissel_tls_handshake_failures_total{{listener="partners",reason="{reason}"'
        waiting.until(lambda: self.metric(failures) >= times, LIMIT_S, f"{times} failures are counted: {reason}")

    def search(self, connection):
        return connection.post("/v1/zoekopdrachten", {"onderwerp": making.person(), "grondslag": self.ground()},
                               expect=(200,))

    def refused(self, connection):
        with self.assertRaises(REFUSED), connection:
            self.search(connection)

    def others(self):
        """Somebody whose papers are in order."""
        good = GoodClient(self.net, "P2")
        good.start()
        self.addCleanup(good.stop.set)
        return good

    def all_well(self, good):
        good.stop.set()
        good.join()
        self.assertEqual([], good.failures[:3])
        self.assertTrue(good.times)

    def test_a_client_whose_certificate_ends_is_refused_on_every_connection(self):
        good = self.others()
        issued = self.ca.issue([self.net.oin("P3")], "Gemeente Kort", to_days=VALID_S / DAY_S).write(self.keys, "kort")
        connect = lambda: client.Client(self.net.env["WISSEL_URL"], self.net.env["WISSEL_CA"], issued.cert_file,
                                        issued.key_file, LIMIT_S)
        end = issued.certificate.not_valid_after.replace(tzinfo=datetime.timezone.utc).timestamp()
        with connect() as kept:
            self.search(kept)
            waiting.until(lambda: time.time() > end + 1, LIMIT_S + VALID_S, "the certificate ends")
            self.refused(kept)
        self.refused(connect())
        self.counted("expired", 2)
        self.all_well(good)

    def test_a_server_certificate_that_ends_is_renewed_without_a_restart(self):
        issued = self.ca.issue([pki.oin(files.GATEWAY)], "Wissel", to_days=VALID_S / DAY_S).write(self.keys, "wissel")
        self.reload()
        end = issued.certificate.not_valid_after.replace(tzinfo=datetime.timezone.utc).timestamp()
        good = self.others()
        waiting.until(lambda: good.times, LIMIT_S, "a request")
        waiting.until(lambda: time.time() > end + 1, LIMIT_S + VALID_S, "the certificate ends")
        seen = self.metric('wissel_tls_certificate_expiry_timestamp_seconds{certificate="server"')
        self.assertEqual(int(end), int(seen), "the metric names the moment")
        with self.assertRaises(ssl.SSLCertVerificationError), self.net.connect("P1") as late:
            self.search(late)
        self.ca.organisation(files.GATEWAY, "Wissel").write(self.keys, "wissel")
        self.reload()
        with self.net.connect("P1") as again:
            self.search(again)
        self.all_well(good)  # over one connection, from before to after

    def test_a_revocation_list_that_ends_refuses_new_connections_until_it_is_renewed(self):
        (self.keys / "ca.crl").write_bytes(self.ca.crl(days=VALID_S / DAY_S))
        self.reload()
        end = self.metric("wissel_tls_crl_next_update_timestamp_seconds")
        good = self.others()
        waiting.until(lambda: good.times, LIMIT_S, "a request")
        waiting.until(lambda: time.time() > end + 1, LIMIT_S + VALID_S, "the list ends")
        self.refused(self.net.connect("P1"))
        self.counted("revocation_unknown", 1)
        (self.keys / "ca.crl").write_bytes(self.ca.crl())
        self.reload()
        with self.net.connect("P1") as again:
            self.search(again)
        self.all_well(good)


if __name__ == "__main__":
    setting.main()
