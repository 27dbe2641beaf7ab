#!/usr/bin/python3
"""One bit of one file of a stopped store is another: what is then answered is as before or an error, never something
else, and the damage is named: at the start, by wisselctl, or with the answer that could not be given."""
import collections
import json
import random
import shutil
import unittest

import crash_test
import lab
import load
import setting
from setting import waiting

ROUNDS = lab.rounds(12, 500)
SUBJECTS = 200  # in one search
SAMPLE = 20     # single reads of a kind
# Read by RocksDB for people and for its own tuning alone: nothing that is served depends on them.
IDLE = ("IDENTITY", "OPTIONS", "LOCK", "wissel.pid")


class Questions:
    """What is asked of a sound store and of a damaged one, with the answers of the first."""

    def __init__(self, net, lines):
        self.net = net
        done = [line for line in lines if line["what"] == "answered" and line["status"] in (200, 201, 202)]
        of = lambda kind: [line for line in done if line["kind"] == kind]
        people = [line["key"] for line in of("reference")] + [person for line in of("bulk") for person in line["key"]]
        self.asked = [("P3", "POST", "/v1/zoekopdrachten", {
            "onderwerpen": [{"soort": "bsn", "waarde": person} for person in people[at:at + SUBJECTS]],
            "grondslag": {"uitwisselafspraak": net.agreement}}) for at in range(0, len(people), SUBJECTS)]
        for who in ("P1", "P2"):
            mine = lambda kind, key, who=who: [line for line in of(kind) if line.get(key) == net.oin(who)][-SAMPLE:]
            self.asked += [(who, "GET", f"/v1/statusberichten/{line['id']}", None) for line in mine("message", "sender")]
            self.asked += [(who, "GET", f"/v1/verwerkingen/{line['index']}", None) for line in mine("message", "sender")]
            self.asked += [(who, "GET", f"/v1/verwijzingen/{line['id']}", None) for line in mine("reference", "holder")]
        self.asked += [("P3", "GET", "/v1/postbus?aantal=50", None)]
        self.records = None

    def answers(self):
        """The body of each answer; None for one that says that it cannot be given."""
        clients, found = {}, []
        for who, method, path, body in self.asked:
            if who not in clients:
                clients[who] = self.net.connect(who)
            try:
                answer = clients[who].request(method, path, body)
                found.append(None if answer.status >= 500 else (answer.status, self.settled(answer.json())))
            except load.BROKEN:
                found.append(None)
        for client in clients.values():
            client.close()
        return [*found, self.log()]

    @staticmethod
    def settled(body):
        """Without what belongs to the asking."""
        return {name: value for name, value in body.items() if name not in ("verwerking", "instance", "inclusie", "checkpoint")}

    def log(self):
        """The records of before, as an auditor reads them; None when they cannot be read to the end."""
        try:
            with self.net.connect("AUDITOR") as auditor:
                answer = auditor.get("/v1/verwerkingen?volgorde=oudste", headers={"Accept": "application/x-ndjson"})
            if answer.status >= 500:
                return None
            lines = [json.loads(line) for line in answer.body.splitlines()]
        except load.BROKEN:
            return None
        records = [line["regel"] for line in lines if "regel" in line]
        if self.records is None:
            self.records = len(records)
        return records[:self.records]


class BitFlipTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.net = setting.Network(edit=lambda text: text.replace("level: info", "level: warn"))
        cls.addClassCleanup(cls.net.down)
        cls.series = crash_test.Series(cls.net)
        cls.run_load()
        cls.net.stop()
        cls.net.start()  # what was in the write-ahead log is in tables now
        cls.run_load()
        cls.series.settle()
        questions = Questions(cls.net, cls.series.history.lines())
        questions.log()  # how many records the sound store holds: asking adds some
        cls.net.kill()  # a stop leaves nothing in the write-ahead log
        cls.folders = (cls.net.data, cls.net.data.with_name(cls.net.data.name + "-checkpoint"))
        cls.sound = cls.net.directory / "sound"
        for folder in cls.folders:
            shutil.copytree(folder, cls.sound / folder.name)
        cls.net.start()
        cls.questions, cls.expected = questions, questions.answers()
        assert None not in cls.expected
        cls.net.stop()

    @classmethod
    def run_load(cls):
        with cls.series.under_load():
            enough = len(cls.series.history) + 400
            waiting.until(lambda: len(cls.series.history) > enough, setting.LIMIT_S, "load")

    def test_no_flipped_bit_makes_a_wrong_answer_and_each_is_named(self):
        print(f"\nseed {lab.SEED}, {ROUNDS} flips", flush=True)
        chance, outcomes = random.Random(lab.SEED), collections.Counter()
        for number in range(ROUNDS):
            with self.subTest(flip=number):
                path, at, bit = self.flip(chance, number)
                where = f"bit {bit} of byte {at} of {path.name}"
                named = self.names(path, where)
                outcomes[kind_of(path), named] += 1
                if named == "nothing":
                    print(f"every answer as before, and nobody says anything: {where}", flush=True)
                    self.assertTrue(path.name.startswith(IDLE), where)
        for (kind, named), count in sorted(outcomes.items()):
            print(f"{kind:10} {count:4}  {named}")

    def flip(self, chance, number):
        """In a fresh copy: every other flip in any file with equal chances, else in any byte of all of them."""
        for folder in self.folders:
            shutil.rmtree(folder)
            shutil.copytree(self.sound / folder.name, folder)
        files = sorted(path for folder in self.folders for path in folder.iterdir() if path.stat().st_size)
        sizes = [path.stat().st_size for path in files]
        path = chance.choices(files, sizes if number % 2 else None)[0]
        content = bytearray(path.read_bytes())
        at, bit = chance.randrange(len(content)), chance.randrange(8)
        content[at] ^= 1 << bit
        path.write_bytes(content)
        return path, at, bit

    def names(self, path, where):
        """Who names the damage first."""
        verified, doctor = self.net.verify_store()[0], self.net.doctor()
        log = self.net.directory / "wisseld.log"
        begun = log.stat().st_size
        try:
            self.net.start()
        except SystemExit:
            return "refuses to start" if self.said(begun, path.name, "damaged", "CURRENT", "schema") else "ends"
        answers = self.questions.answers()
        self.net.stop()
        wrong = [number for number, (was, now) in enumerate(zip(self.expected, answers, strict=True))
                 if now is not None and now != was]
        self.assertEqual([], wrong, f"{where}: other answers than before: "
                                    + "; ".join(difference(self.expected[i], answers[i]) for i in wrong[:3]))
        if None in answers:
            self.assertTrue(self.said(begun, "ERROR", "WARN"), f"{where}: an error without a word in the log")
            return "an answer is an error, and the log names it"
        if verified != 0:
            return "wisselctl log verify"
        if doctor != 0:
            return "wisselctl doctor"
        return "a line in the log" if self.said(begun, "ERROR", "WARN") else "nothing"

    def said(self, begun, *words):
        with open(self.net.directory / "wisseld.log", "rb") as log:
            log.seek(begun)
            text = log.read().decode(errors="replace")
        return any(word in text for word in words)


def difference(was, now):
    if isinstance(was, list):
        first = next((i for i, pair in enumerate(zip(was, now)) if pair[0] != pair[1]), min(len(was), len(now)))
        return f"{len(now)} records of {len(was)}, the first that differs is {first}"
    return f"{was} is now {now}"[:1000]


def kind_of(path):
    return path.suffix[1:] if path.suffix in (".sst", ".log") else path.name.partition("-")[0]


if __name__ == "__main__":
    setting.main()
