#!/usr/bin/python3
"""A refusal and an empty answer do not tell whether the index knows the subject: not by status, body, headers, number of
records or time.

Time: two kinds of request that must look alike are sent on one kept connection, SAMPLES of each in random order, with the
same number of different subjects each. The difference of their medians is compared with what chance gives: the same
times, labelled at random RELABELLINGS times (a permutation test, which assumes nothing about how times are spread). It
counts as seen when it is larger than in 99.9 % of those. A pair is measured again when that happens, at most ROUNDS times
in all: a difference that is there shows in each, one by chance in all three once in a thousand million. Below RESOLUTION_S
nothing counts: that is what reading one row more or less of a cached block comes to.

The store lies in memory where the machine has such a folder: the times of a disk, some milliseconds that vary by as many,
would hide differences of microseconds.
"""
import http.client
import json
import os
import random
import re
import statistics
import tempfile
import time
import unittest
import uuid

import harness
from harness import index_of, new_zaak, person

SAMPLES = int(os.environ.get("WISSEL_SAMPLES", "1500"))
SUBJECTS = 50
RELABELLINGS = 2_000
QUANTILE = 0.999
ROUNDS = 3
RESOLUTION_S = 1e-6
SEED = 20261122
MEMORY = "/dev/shm"
PER_ANSWER = {"wissel-log-index", "traceparent", "date", "content-length"}  # the last only by the digits of an index


class Kind:
    """Requests that must look like those of the other kinds in its group."""

    def __init__(self, name, path, subjects, ground, **more):
        self.name, self.path = name, path
        self.bodies = [json.dumps({"onderwerp": subject, "grondslag": ground, **more}).encode() for subject in subjects]


def chance(times, others, generator):
    """The difference of medians that chance reaches in QUANTILE of all labellings, and the one that was measured."""
    measured = abs(statistics.median(times) - statistics.median(others))
    both = sorted(times + others)
    half, differences = len(times), []
    labels = [True] * half + [False] * len(others)
    for _ in range(RELABELLINGS):
        generator.shuffle(labels)
        differences.append(abs(median_of(both, labels, True, half) - median_of(both, labels, False, len(others))))
    differences.sort()
    return measured, differences[int(QUANTILE * RELABELLINGS)]


def median_of(ordered, labels, wanted, count):
    """The median of the values with a label, out of values that are in order: no need to sort again."""
    left = count // 2
    for value, label in zip(ordered, labels):
        if label is wanted:
            if left == 0:
                return value
            left -= 1
    raise AssertionError("no value left")


class Method(unittest.TestCase):
    """The comparison itself: it sees a shift of a tenth of the median, and none where there is none."""

    def times(self, generator, shift=0.0):
        return [generator.lognormvariate(0, 0.3) + shift for _ in range(1_500)]

    def test_it_sees_a_difference_and_only_that(self):
        generator = random.Random(SEED)
        measured, bound = chance(self.times(generator), self.times(generator), generator)
        self.assertLessEqual(measured, bound)
        measured, bound = chance(self.times(generator), self.times(generator, 0.1), generator)
        self.assertGreater(measured, bound)


class Indistinguishable(harness.ApiTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.generator = random.Random(SEED)
        cls.unknown = [person() for _ in range(SUBJECTS)]
        cls.known = cls.registered("gewoon")
        cls.hidden = cls.registered("afgeschermd")
        cls.restricted = cls.registered("beperkt")
        # As in a store that has run for long: in files with filters, which say at once that a subject has no rows.
        cls.net.run("stop")
        cls.net.run("start")
        cls.net.reread()

    def setUp(self):
        for one in self.net.clients.values():
            one.close()  # opens itself again: the other test may have lasted longer than a connection may be idle

    @classmethod
    def registered(cls, visibility):
        subjects = [person() for _ in range(SUBJECTS)]
        lines = [{"zet": {"zaak": new_zaak(cls.oin1), "betrokkenen": [subject], "zaaktype": "bijstand",
                          "zichtbaarheid": visibility}} for subject in subjects]
        answer = cls.p1.lines("/v1/verwijzingen/bulk", lines, expect=200)
        assert len(answer.body.splitlines()) == 1, answer
        return subjects

    def groups(self):
        """(name, [kinds that must look alike]); the first is that of an unknown subject."""
        narrow = self.new_agreement(zaaktypen=["bijstand"])
        ended, suspended = self.new_agreement(), self.new_agreement()
        self.operator.delete(f"/v1/uitwisselafspraken/{ended}", expect=204)
        self.p1.post(f"/v1/uitwisselafspraken/{suspended}/schorsing", {}, expect=200)
        refusals = {
            "no agreement": (self.ground(str(uuid.uuid4())), {}),
            "another purpose": (self.ground(doel="https://doelen.example.nl/anders"), {}),
            "ended": (self.ground(ended), {}),
            "suspended": (self.ground(suspended), {}),
            "another zaaktype": (self.ground(narrow), {"zaaktype": "parkeren"}),
        }
        for path in ("/v1/zoekopdrachten", "/v1/statusbevragingen"):
            for name, (ground, more) in refusals.items():
                yield f"{path}: {name}", [Kind(which, path, subjects, ground, **more) for which, subjects in (
                    ("unknown", self.unknown), ("known", self.known))]
            yield f"{path}: nothing to see", [Kind(which, path, subjects, self.ground()) for which, subjects in (
                ("unknown", self.unknown), ("hidden", self.hidden), ("restricted", self.restricted))]

    # --- what is in an answer ---

    def shape(self, kind, body):
        """All of an answer but what is its own each time, and how many records it made."""
        before = self.own_index()
        answer = self.p2.post(kind.path, body, headers={"Content-Type": "application/json"})
        own = index_of(answer)
        records = self.own_index() - before - 1
        value = json.loads(answer.body)
        if "instance" in value:
            self.assertEqual(value.pop("instance"), f"/v1/verwerkingen/{own}")
        headers = [(name, text) for name, text in answer.headers.items() if name.lower() not in PER_ANSWER]
        length = len(answer.body) - (len(str(own)) if answer.status == 403 else 0)
        self.assertEqual(int(answer.headers["Content-Length"]), len(answer.body))
        names = [name for name, _ in answer.headers.items()]
        line = json.loads(self.p2.get(f"/v1/verwerkingen/{own}", expect=200).json()["regel"])
        # A pull has an id of its own; nothing else differs in form.
        attributes = {name: re.sub(r"bevraging:[0-9a-f-]{36}$", "bevraging", str(text))
                      for name, text in line["attributes"].items()
                      if name not in ("dpl.core.data_subject_id", "wissel.bijlage", "wissel.stand")}
        return {"status": answer.status, "body": value, "length": length, "headers": headers, "names": names,
                "records": records, "line": attributes, "members": sorted(line["attributes"])}

    def own_index(self):
        """The index that a record gets now."""
        return index_of(self.p2.get("/v1/deelnemers?aantal=1", expect=200))

    def test_by_what_it_says(self):
        for name, kinds in self.groups():
            first = None
            for kind in kinds:
                with self.subTest(name, kind=kind.name):
                    # The gateway's own work also makes records at times: the fewest of a few are the request's own.
                    shapes = [self.shape(kind, body) for body in kind.bodies[:3]]
                    shape = min(shapes, key=lambda one: one["records"])
                    first = first or shape
                    self.assertEqual(shape, first)
                    for other in shapes:
                        self.assertEqual({**other, "records": shape["records"]}, shape)
            self.assertEqual(first["status"], 200 if name.endswith("nothing to see") else 403, name)
            self.assertGreaterEqual(first["records"], 1)

    # --- how long it takes ---

    def timed(self, kinds):
        """Seconds of each request, by kind: in random order on one kept connection."""
        with self.net.stream("P2") as stream:
            requests = [(i, self.on_the_wire(kind.path, kind.bodies[n % SUBJECTS]))
                        for i, kind in enumerate(kinds) for n in range(SAMPLES)]
            self.generator.shuffle(requests)
            times = [[] for _ in kinds]
            for _, request in requests[:200]:
                self.exchange(stream, request)  # neither side is warm yet
            for i, request in requests:
                times[i].append(self.exchange(stream, request))
        return times

    @staticmethod
    def on_the_wire(path, body):
        return (f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n").encode() + body

    def exchange(self, stream, request):
        begun = time.perf_counter()
        stream.sendall(request)
        answer = stream.recv(65536)
        took = time.perf_counter() - begun  # to the first bytes, in which the whole of so short an answer comes
        while not self.whole(answer):
            answer += stream.recv(65536)
        return took

    @staticmethod
    def whole(answer):
        head, found, body = answer.partition(b"\r\n\r\n")
        if not found:
            return False
        status = int(head[9:12])
        if status not in (200, 403):
            raise http.client.HTTPException(answer[:300])
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        return len(body) >= int(lengths[0].split(b":")[1])

    def test_by_how_long_it_takes(self):
        for name, kinds in self.groups():
            with self.subTest(name):
                self.judge(name, kinds)

    def judge(self, name, kinds):
        seen = []
        left = kinds[1:]
        for _ in range(ROUNDS):
            first, *others = self.timed([kinds[0], *left])
            results = [(kind, *chance(first, times, self.generator)) for kind, times in zip(left, others)]
            for kind, measured, bound in results:
                print(f"{name}, {kind.name}: medians differ {measured * 1e6:.1f} µs, by chance up to {bound * 1e6:.1f} µs "
                      f"(median {statistics.median(first) * 1e6:.0f} µs)", flush=True)
            left = [kind for kind, measured, bound in results if measured > max(bound, RESOLUTION_S)]
            seen.append([kind.name for kind in left])
            if not left:
                return
        self.fail(f"{name}: {seen[-1]} take longer or shorter than a subject that is not known, {ROUNDS} times")


if __name__ == "__main__":
    if os.access(MEMORY, os.W_OK):
        tempfile.tempdir = MEMORY
    harness.main()
