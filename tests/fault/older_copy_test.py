#!/usr/bin/python3
"""A store put back to an older copy, or to another one: recognised at the start, and no second log is signed."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import making
import setting
from setting import LIMIT_S, processes, waiting


class OlderCopyTest(unittest.TestCase):
    def setUp(self):
        self.net = setting.Network(partners=1)
        self.addCleanup(self.net.down)
        self.data = pathlib.Path(self.net.env["WISSEL_DATA"])
        self.apart = self.data.with_name(self.data.name + "-checkpoint")
        folder = tempfile.TemporaryDirectory(prefix="wissel-older-")
        self.addCleanup(folder.cleanup)
        self.older = pathlib.Path(folder.name) / "older"

    def register(self, count):
        with self.net.connect("P1") as client:
            for _ in range(count):
                client.post("/v1/verwijzingen", making.reference(self.net.oin("P1")), expect=(201,))

    def put_back(self, copy):
        shutil.rmtree(self.data)
        shutil.copytree(copy, self.data)

    def age(self, end):
        """A store that is older than what was signed since; `end` is how the daemon ended."""
        self.register(20)
        self.net.stop()
        shutil.copytree(self.data, self.older)
        self.net.start()
        self.register(1)
        end()
        self.put_back(self.older)

    def refused(self):
        done = subprocess.run([processes.program("wisseld"), "--config", self.net.directory / "wissel.yaml"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=LIMIT_S, check=False)
        self.assertEqual(done.returncode, 1, done.stdout)
        return done.stdout

    def accept(self, *more):
        return self.ctl("log", "accept-older", self.data, *more)

    def test_an_older_copy_is_refused_after_a_clean_stop(self):
        self.age(self.net.stop)
        before = {path.name: path.stat().st_mtime_ns for path in self.apart.iterdir() if path.name != "wissel.pid"}
        said = self.refused()
        self.assertIn(f"the store in {self.data} is an older copy", said)
        self.assertIn(f"wisselctl log accept-older {self.data}", said)
        after = {path.name: path.stat().st_mtime_ns for path in self.apart.iterdir() if path.name != "wissel.pid"}
        self.assertEqual(before, after, "nothing was signed")

    def test_an_older_copy_is_refused_after_kill_9(self):
        self.age(self.net.kill)
        self.assertIn("is an older copy", self.refused())

    def test_a_refused_start_keeps_what_can_still_be_put_in_order(self):
        """A write-ahead log that lost its end looks as after a power cut; only what was signed tells."""
        self.register(20)
        waiting.until(lambda: self.kept_size() >= 20, LIMIT_S, "the checkpoint of what was registered is kept")
        self.net.kill()
        log = max(self.data.glob("*.log"), key=lambda path: path.stat().st_size)
        whole = log.read_bytes()
        log.write_bytes(whole[:len(whole) // 2])
        before = self.files()
        self.assertIn("is an older copy", self.refused())
        self.assertEqual(before, self.files())
        said = self.ctl("doctor", self.data)
        self.assertEqual(said.returncode, 1, said.stdout)
        self.assertIn(f"{log.name}: its end is cut short or damaged, and signed records are missing", said.stdout)
        self.assertNotIn("never answered", said.stdout)
        said = self.ctl("log", "verify", self.data)
        self.assertEqual(said.returncode, 1, said.stdout)
        self.assertIn("the log has lost its end, or this is an older copy", said.stdout)
        log.write_bytes(whole)
        self.net.start()
        self.register(1)

    def kept_size(self):
        return int((self.apart / "checkpoint").read_text().splitlines()[1])

    def files(self):
        return {path.name: path.read_bytes() for path in self.data.iterdir() if path.name != "wissel.pid"}

    def ctl(self, *words):
        return subprocess.run([processes.program("wisselctl"), *words], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=LIMIT_S, check=False)

    def test_an_empty_data_directory_is_the_oldest_copy(self):
        self.register(3)
        self.net.stop()
        shutil.rmtree(self.data)
        self.assertIn("its log has 0 records", self.refused())
        self.assertEqual(self.files(), {}, "no new store stands in the way of the one that is put back")

    def test_a_longer_log_with_other_records_is_refused(self):
        """Two logs that went on from one copy: only the one that was signed here is taken."""
        self.register(5)
        self.net.stop()
        shutil.copytree(self.data, self.older)
        kept = self.apart.with_name("kept")
        shutil.copytree(self.apart, kept)
        self.net.start()
        self.register(2)
        self.net.stop()
        shutil.rmtree(self.apart)
        shutil.copytree(self.apart.with_name("kept"), self.apart)
        signed_elsewhere = self.data.with_name("elsewhere")
        shutil.copytree(self.data, signed_elsewhere)
        self.put_back(self.older)
        self.net.start()
        self.register(1)
        self.net.stop()
        self.put_back(signed_elsewhere)
        self.assertIn("holds another log than was signed", self.refused())

    def test_a_damaged_checkpoint_is_refused_and_named(self):
        self.register(1)
        self.net.stop()
        note = self.apart / "checkpoint"
        sound = note.read_bytes()
        for at in range(0, len(sound), max(1, len(sound) // 24)):
            note.write_bytes(sound[:at] + bytes([sound[at] ^ 0x01]) + sound[at + 1:])
            self.assertIn(str(note), self.refused(), at)
        said = self.ctl("doctor", self.data).stdout
        self.assertIn(f"{note} is no checkpoint that this log's key signed", said)
        self.assertIn("Put this file back from a copy of its directory", said)
        asked = self.accept()
        self.assertEqual(asked.returncode, 2, asked.stdout)
        self.assertIn("say --yes", asked.stderr)
        note.write_bytes(sound)
        self.assertIn("nothing to accept", self.accept().stdout)
        self.net.start()

    def test_an_operator_accepts_an_older_copy_and_the_log_says_so(self):
        self.age(self.net.stop)
        nobody = self.accept()
        self.assertEqual(nobody.returncode, 2, nobody.stderr)
        self.assertIn("say --yes", nobody.stderr)
        self.refused()
        done = self.accept("--yes")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("accepted: the next start goes on from", done.stdout)
        self.net.start()
        self.register(1)
        with self.net.connect("AUDITOR") as client:
            answer = client.get("/v1/verwerkingen?actie=beheren&aantal=10", expect=(200,)).json()
        self.assertIn("oudere kopie aanvaard", str(answer))
        self.assertTrue(list(self.apart.glob("given-up-*")))
        self.assertFalse((self.apart / "accepted.json").exists())
        self.net.stop()
        self.assertEqual(self.net.verify_store()[0], 0)
        self.net.start()

    def test_the_word_holds_for_one_copy_only(self):
        self.age(self.net.stop)
        self.assertEqual(self.accept("--yes").returncode, 0)
        self.net.start()
        self.register(2)
        self.net.stop()
        self.put_back(self.older)
        self.assertIn("is an older copy", self.refused())

    def test_a_newer_backup_needs_no_word(self):
        self.register(5)
        backup = self.older.with_name("backup")
        socket = self.net.env["WISSEL_SOCKET"]
        subprocess.run([processes.program("wisselctl"), "backup", backup, "--socket", socket], check=True,
                       capture_output=True, timeout=LIMIT_S)
        self.net.stop()
        shutil.rmtree(self.data)
        subprocess.run([processes.program("wisselctl"), "restore", backup, self.data], check=True, capture_output=True,
                       timeout=LIMIT_S)
        self.net.start()
        done = self.accept("--yes")
        self.assertEqual(done.returncode, 1, "a running daemon holds the store")


if __name__ == "__main__":
    setting.main()
