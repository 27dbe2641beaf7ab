#!/usr/bin/python3
"""scripts/testnet as others drive it. The folder with the programs: WISSEL_BIN."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from testnet import files  # noqa: E402
from testnet.client import Client  # noqa: E402

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "testnet"
PERSONS = ["999990019", "999990342"]


def testnet(*arguments, code=0):
    run = subprocess.run([SCRIPT, *map(str, arguments)], capture_output=True, text=True, timeout=120)
    if run.returncode != code:
        raise AssertionError(f"testnet {arguments} ended with {run.returncode}: {run.stderr}")
    return run


class NetworkTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.directory = pathlib.Path(folder.name) / "net"
        persons = pathlib.Path(folder.name) / "persons.csv"
        persons.write_text("bsn,gemeentecode\n" + "".join(f"{bsn},0153\n" for bsn in PERSONS))
        testnet("up", cls.directory, "--partners", 2, "--persons", persons, "--data", pathlib.Path(folder.name) / "store")
        cls.addClassCleanup(testnet, "down", cls.directory)

    def env(self):
        return files.read_env(self.directory)

    def holders(self, who, bsn):
        env = self.env()
        with Client(env["WISSEL_URL"], env["WISSEL_CA"], env[f"{who}_CERT"], env[f"{who}_KEY"]) as client:
            found = client.post("/v1/zoekopdrachten", {
                "onderwerp": {"soort": "bsn", "waarde": bsn},
                "grondslag": {"uitwisselafspraak": env["UITWISSELAFSPRAAK"]}}, expect=(200,)).json()
        return [holder["oin"] for holder in found["bronhouders"]]

    def test_a_shell_can_source_env(self):
        said = subprocess.run(["sh", "-euc", f". {self.directory}/env; echo $WISSEL_URL $P2_CONTROL $AUDITOR_OIN"],
                              capture_output=True, text=True, check=True).stdout.split()
        env = self.env()
        self.assertEqual(said, [env["WISSEL_URL"], env["P2_CONTROL"], env["AUDITOR_OIN"]])

    def test_persons_are_at_the_partners_in_turn(self):
        env = self.env()
        self.assertEqual(self.holders("P2", PERSONS[0]), [env["P1_OIN"]])
        self.assertEqual(self.holders("P1", PERSONS[1]), [env["P2_OIN"]])

    def test_the_daemon_ends_and_comes_back_the_partners_stay(self):
        for verb in ("kill", "stop"):
            with self.subTest(verb):
                before = self.env()
                testnet(verb, self.directory)
                self.assertRaises(ProcessLookupError, os.kill, int(before["WISSEL_PID"]), 0)
                with Client(before["P1_CONTROL"]) as control:
                    control.get("/gedrag", expect=(200,))
                testnet("start", self.directory)
                after = self.env()
                self.assertEqual({**after, "WISSEL_PID": ""}, {**before, "WISSEL_PID": ""})
                os.kill(int(after["WISSEL_PID"]), 0)
                self.assertEqual(self.holders("P2", PERSONS[0]), [after["P1_OIN"]])

    def test_persons_that_do_not_do_are_named_before_anything_is_made(self):
        with tempfile.TemporaryDirectory() as folder:
            file, new = pathlib.Path(folder) / "persons.csv", pathlib.Path(folder) / "net"
            for content, said in ((b"bsn\n\n12345\n", ":3: bsn is not nine digits"), (b"naam\n", "has no column 'bsn'"),
                                  (f"bsn\n{PERSONS[0][:-1]}x\n".encode(), ":2: bsn is not nine digits"),
                                  (b"bsn\n123456789\n", ":2: bsn fails the check"), (b"bsn\n\xff\n", "no CSV file in UTF-8")):
                file.write_bytes(content)
                self.assertIn(said, testnet("up", new, "--persons", file, code=1).stderr)
            self.assertIn(str(file) + "x", testnet("up", new, "--persons", str(file) + "x", code=1).stderr)
            self.assertFalse(new.exists())

    def test_a_folder_in_use_is_left_alone(self):
        self.assertIn("not empty", testnet("up", self.directory, code=1).stderr)


if __name__ == "__main__":
    unittest.main()
