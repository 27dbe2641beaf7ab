#!/usr/bin/python3
"""Who is answered how: a TLS alert for certificates that do not hold, 401 for who is nobody here, each counted."""
import http.client
import os
import signal
import ssl

import harness
from harness import pki, wait_until

HANDSHAKES = "wissel_tls_handshake_failures_total"
CALLERS = "wissel_callers_refused_total"


class Handshake(harness.ApiTest):
    def refused(self, kind, reason, **options):
        """The handshake ends with an alert: no HTTP at all."""
        issued = self.net.certificate(kind, **options)
        before = self.net.metric(HANDSHAKES, reason=reason)
        with self.net.connect(issued.cert_file, issued.key_file) as one:
            with self.assertRaises((ssl.SSLError, ConnectionError, http.client.RemoteDisconnected)) as caught:
                one.get("/v1/deelnemers")
        wait_until(lambda: self.net.metric(HANDSHAKES, reason=reason) > before, harness.LIMIT_S, f"{kind} is counted")
        return caught.exception

    def test_each_kind(self):
        for kind, reason in (("other-ca", "other_ca"), ("expired", "expired"), ("not-yet-valid", "not_yet_valid"),
                             ("server-only", "wrong_usage")):
            with self.subTest(kind):
                self.refused(kind, reason)

    def test_another_ca_of_the_same_name(self):
        before = self.net.metric(HANDSHAKES)
        issued = self.net.certificate("other-ca-same-name")
        with self.net.connect(issued.cert_file, issued.key_file) as one, self.assertRaises((OSError, http.client.HTTPException)):
            one.get("/v1/deelnemers")
        wait_until(lambda: self.net.metric(HANDSHAKES) > before, harness.LIMIT_S, "it is counted")

    def test_no_old_tls(self):
        context = ssl.create_default_context(cafile=self.net.env["WISSEL_CA"])
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.net.env["P1_CERT"], self.net.env["P1_KEY"])
        host, port = self.net.env["WISSEL_URL"].removeprefix("https://").split(":")
        one = http.client.HTTPSConnection(host, int(port), timeout=harness.LIMIT_S, context=context)
        with self.assertRaises(ssl.SSLError):
            one.request("GET", "/v1/deelnemers")
        one.close()


class Callers(harness.ApiTest):
    def stranger(self, code, issued=None):
        before = self.net.metric(CALLERS, code=code)
        files = (issued.cert_file, issued.key_file) if issued else ()
        with self.net.connect(*files) as one:
            for path in ("/v1/deelnemers", "/v1/niets", "/tlog/checkpoint"):
                answer = one.get(path, expect=401)
                self.assertEqual(answer.json()["code"], code)
                self.assertNotIn("Wissel-Log-Index", answer.headers)
            one.get("/v1/openapi.json", expect=200)
        wait_until(lambda: self.net.metric(CALLERS, code=code) >= before + 3, harness.LIMIT_S, f"{code} is counted")

    def test_no_certificate(self):
        self.stranger("geen-certificaat")

    def test_certificates_that_name_no_organisation(self):
        for kind in ("no-oin", "two-oins", "oin-too-short", "oin-unknown-prefix", "oin-in-common-name"):
            with self.subTest(kind):
                self.stranger("geen-certificaathouder", self.net.certificate(kind))

    def test_an_oin_of_production(self):
        self.stranger("oin-buiten-omgeving", self.net.certificate("oin-of-production"))

    def test_unknown_and_inactive(self):
        issued = self.net.certificate("good", "onbekend", number=701)
        self.stranger("deelnemer-onbekend", issued)
        for stand in ("aangemeld", "in_beproeving", "geschorst", "uitgetreden"):
            self.operator.put(f"/v1/deelnemers/{pki.oin(701)}", {"naam": "X", "rollen": ["afnemer"], "stand": stand},
                              expect=(200, 201))
            self.stranger("deelnemer-niet-actief", issued)

    def test_another_key_than_the_pinned_one(self):
        issued = self.net.certificate("good", "pin", number=702)
        body = {"naam": "X", "rollen": ["afnemer"], "stand": "aangesloten", "certificaatPins": ["00" * 32]}
        self.operator.put(f"/v1/deelnemers/{pki.oin(702)}", body, expect=201)
        self.stranger("certificaat-pin", issued)
        body["certificaatPins"].append(issued.spki_sha256().hex())
        self.operator.put(f"/v1/deelnemers/{pki.oin(702)}", body, expect=200)
        with self.net.connect(issued.cert_file, issued.key_file) as one:
            one.get("/v1/deelnemers", expect=200)


class Revocation(harness.ApiTest):
    def reload(self):
        os.kill(int(self.net.env["WISSEL_PID"]), signal.SIGHUP)

    def test_a_revoked_certificate_is_refused_from_the_next_list_on(self):
        authority = self.net.authority()
        issued = authority.organisation(703, "Gemeente Ingetrokken").write(self.net.directory / "pki", "ingetrokken")
        self.operator.put(f"/v1/deelnemers/{pki.oin(703)}", {"naam": "X", "rollen": [], "stand": "aangesloten"}, expect=201)
        with self.net.connect(issued.cert_file, issued.key_file) as one:
            one.get("/v1/deelnemers", expect=200)
        authority.revoke(issued)
        authority.crl_file.write_bytes(authority.crl())
        before = self.net.metric(HANDSHAKES, reason="revoked")
        self.reload()

        def refused():
            try:
                with self.net.connect(issued.cert_file, issued.key_file) as one:
                    return one.get("/v1/deelnemers").status != 200
            except (OSError, http.client.HTTPException):
                return True
        wait_until(refused, harness.LIMIT_S, "the revoked certificate is refused")
        wait_until(lambda: self.net.metric(HANDSHAKES, reason="revoked") > before, harness.LIMIT_S, "it is counted")
        self.p1.get("/v1/deelnemers", expect=200)

    def test_reloads_under_load_fail_no_request(self):
        def work():
            with self.net.new("P1") as one:
                for _ in range(150):
                    one.get("/v1/deelnemers", expect=200)

        def fresh():
            for _ in range(40):
                with self.net.new("P2") as one:
                    one.get("/v1/deelnemers", expect=200)

        def reloads():
            for _ in range(10):
                self.reload()
                self.net.operators("/readyz")
        harness.in_threads(work, work, fresh, reloads)


if __name__ == "__main__":
    harness.main()
