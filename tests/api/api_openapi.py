#!/usr/bin/python3
"""The description of the API is the API: what is served is the file, and its operations are the daemon's routes."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import harness
import schema
from testnet import processes


class OpenApi(harness.ApiTest):
    def test_the_served_copy_is_the_file(self):
        with self.net.connect() as stranger:
            answer = stranger.get("/v1/openapi.json", expect=200)
            self.assertEqual(answer.body, schema.DOCUMENT.read_bytes())
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "*")
            self.assertEqual(answer.headers["API-Version"], json.loads(answer.body)["info"]["version"])
            stranger.head("/v1/openapi.json", expect=200)
            stranger.get("/v1/openapi.json/", expect=401)
            for method in ("POST", "DELETE"):
                refused = stranger.request(method, "/v1/openapi.json", expect=(401, 405))
                self.assertNotIn("Wissel-Log-Index", refused.headers)
        self.p1.get("/v1/openapi.json", expect=200)

    def test_every_route_is_described_and_every_operation_is_a_route(self):
        done = subprocess.run([processes.program("wisseld"), "--print-routes"], capture_output=True, text=True, check=True)
        routes = {tuple(line.split()) for line in done.stdout.splitlines() if line.strip()}
        routes = {(method, path) for method, path in routes if path.startswith("/v1/")}
        described = {(method, schema.BASE + path) for method, path in harness.CONTRACT.operations}
        self.assertEqual(routes - described, set(), "routes that are not described")
        self.assertEqual(described - routes, set(), "operations that are not there")

    def test_the_daemon_knows_every_operation(self):
        for method, path in sorted(harness.CONTRACT.operations):
            with self.subTest(method, path=path):
                concrete = "/v1" + path.replace("{id}", "x").replace("{oin}", "x").replace("{index}", "x")
                answer = self.auditor.request(method, concrete)
                self.assertNotEqual(answer.status, 405)
                if answer.status == 404:
                    self.assertIn("{", path)

    @unittest.skipUnless(shutil.which("npm"), "npm is not installed")
    def test_the_served_copy_passes_the_linter_of_the_design_rules(self):
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder) / "openapi.json"
            copy.write_bytes(self.p1.get("/v1/openapi.json", expect=200).body)
            done = subprocess.run([harness.ROOT / "scripts/lint-openapi", copy], capture_output=True, text=True, check=False,
                                  env={**os.environ, "TMPDIR": folder})
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    harness.main()
