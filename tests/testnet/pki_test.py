#!/usr/bin/python3
"""The test network's own certificates are right where they should be, and wrong where they should be."""
import base64
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from testnet import files, pki  # noqa: E402

# Kinds that a chain check refuses; the others are only wrong in what the subject says.
REFUSED_BY_CHAIN = {"other-ca", "other-ca-same-name", "expired", "not-yet-valid", "revoked", "server-only"}


def verify(directory, issued, purpose="sslclient"):
    run = subprocess.run(["openssl", "verify", "-x509_strict", "-crl_check", "-purpose", purpose,
                          "-CAfile", directory / "ca.pem", "-CRLfile", directory / "ca.crl", issued.cert_file],
                         capture_output=True, text=True)
    return run.returncode == 0, run.stdout + run.stderr


class PkiTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.directory = pathlib.Path(folder.name)
        self.ca = pki.Authority().write(self.directory)

    def test_right_certificates_pass_the_strict_check_both_ways(self):
        issued = self.ca.organisation(101, "Gemeente Goed").write(self.directory, "p1")
        for purpose in ("sslclient", "sslserver"):
            good, said = verify(self.directory, issued, purpose)
            self.assertTrue(good, said)

    def test_wrong_certificates_are_wrong_in_the_way_they_say(self):
        for kind in pki.WRONG_KINDS:
            with self.subTest(kind):
                issued = pki.wrong_certificate(kind, self.ca).write(self.directory, kind)
                (self.directory / "ca.crl").write_bytes(self.ca.crl())
                good, said = verify(self.directory, issued)
                self.assertEqual(good, kind not in REFUSED_BY_CHAIN, said)

    def test_private_files_are_private(self):
        issued = self.ca.organisation(101, "Gemeente Goed").write(self.directory, "p1")
        self.assertEqual(issued.key_file.stat().st_mode & 0o777, 0o600)

    def test_the_verifier_key_is_that_of_the_published_example(self):
        # C2SP signed-note, the example that its test vectors use.
        typed = base64.b64decode("AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
        self.assertEqual(files.verifier_key(typed[1:], "example.com/foo"),
                         "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")


if __name__ == "__main__":
    unittest.main()
