#!/usr/bin/python3
"""What operators see: alive, ready, version and metrics; plain HTTP on loopback."""
import json
import shutil
import subprocess
import unittest
import urllib.error

import harness
from harness import person


class Operators(harness.ApiTest):
    def test_alive_ready_version(self):
        self.assertTrue(self.net.operators("/livez"))
        ready = json.loads(self.net.operators("/readyz"))
        self.assertTrue(ready)
        self.assertRegex(self.net.operators("/versie"), r"\d+\.\d+\.\d+")

    def test_nothing_else(self):
        for path in ("/", "/v1/deelnemers", "/metrics/", "/tlog/checkpoint"):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                self.net.operators(path)
            self.assertEqual(caught.exception.code, 404)
            caught.exception.close()

    def test_requests_are_counted_by_route_and_status(self):
        name = "wissel_http_requests_total"
        before = self.net.metric(name, route="/v1/zoekopdrachten", status="200")
        self.search(person())
        self.search(person(), self.auditor, 403)
        self.assertEqual(self.net.metric(name, route="/v1/zoekopdrachten", status="200"), before + 1)
        self.assertGreaterEqual(self.net.metric(name, route="/v1/zoekopdrachten", status="403"), 1)
        self.p1.get("/v1/zomaar-een-pad", expect=404)
        self.assertNotIn("zomaar-een-pad", self.net.operators("/metrics"))

    def test_names_that_dashboards_lean_on(self):
        text = self.net.operators("/metrics")
        for name in ("wissel_http_requests_total", "wissel_http_request_duration_seconds_bucket",
                     "wissel_http_connections", "wissel_tls_certificate_expiry_timestamp_seconds",
                     "wissel_tls_handshakes_total"):
            self.assertIn(f"\n{name}{{", text)
        for line in text.splitlines():
            self.assertTrue(line.startswith("#") or line.startswith("wissel_"), line)

    def test_no_subject_or_organisation_in_a_label(self):
        subject = person()
        self.register(subject=subject)
        self.search(subject)
        text = self.net.operators("/metrics")
        self.assertNotIn(subject["waarde"], text)

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not installed")
    def test_promtool_finds_nothing(self):
        self.search(person())
        done = subprocess.run(["promtool", "check", "metrics"], input=self.net.operators("/metrics"), text=True,
                              capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_not_ready_while_stopped_and_ready_again(self):
        self.net.run("stop")
        with self.assertRaises(OSError):
            self.net.operators("/readyz")
        self.net.run("start")
        self.net.reread()
        self.assertTrue(json.loads(self.net.operators("/readyz")))
        with self.net.new("P2") as afresh:
            self.search(person(), afresh)


if __name__ == "__main__":
    harness.main()
