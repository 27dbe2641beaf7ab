#!/usr/bin/python3
"""docs/partner.md is true: its examples run as they stand, one after the other."""
import re
import shutil
import subprocess
import unittest

import harness

PAGE = harness.ROOT / "docs/partner.md"


def examples():
    """The indented blocks of the page, without those that start and end the network."""
    blocks = re.findall(r"(?:^    .*\n(?:\n(?=    ))?)+", PAGE.read_text(encoding="utf-8"), re.M)
    lines = "".join(blocks).splitlines()
    return "\n".join(line[4:] for line in lines if "scripts/testnet" not in line)


class PartnerPage(harness.ApiTest):
    @unittest.skipUnless(shutil.which("curl"), "curl is not installed")
    def test_its_examples_run(self):
        script = examples()
        self.assertGreaterEqual(script.count("as "), 7)
        # The page's own function, but one that fails where the daemon refuses.
        script = script.replace("curl -sS ", "curl -sS --fail-with-body -w '\\n' ")
        done = subprocess.run(["sh", "-e", "-c", f". {self.net.directory}/env\n{script}"], capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for answer in ('"deelnemers":', '"versie":1', f'"oin":"{self.oin1}"', '"uitkomst":"beantwoord"', '"afnemers":1',
                       '"subject":"ZAAK-2026-00042"'):
            self.assertIn(answer, done.stdout.replace(": ", ":"))

    def test_its_links_lead_somewhere(self):
        for target in re.findall(r"\]\(([^)#]+)\)", PAGE.read_text(encoding="utf-8")):
            if target not in ("auditor.md",):
                self.assertTrue((PAGE.parent / target).exists(), target)


if __name__ == "__main__":
    harness.main()
