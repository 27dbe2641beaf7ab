#!/usr/bin/python3
"""An hour of ordinary load with a kill every five minutes: nothing grows but what is stored, and nothing slows down."""
import json
import os
import statistics
import subprocess
import threading
import typing
import unittest

import breaking
import crash_test
import growth
import lab
import setting
from measure import descriptors, memory
from setting import LIMIT_S, files, processes, waiting

MIX = "search=80,push=8,pull=4,register=8"
SHARE = 0.3         # of the highest rate of the same mix
BESIDE = 64         # requests a second while the clients of the history are at work
CONNECTIONS = 32
JUDGED = 500        # answers to the clients of the history before a kill
HIGHEST_S = 5.0     # how long the highest rate is looked for
# At the highest rate before the first life: a store that begins empty compacts nothing at first, and then more and more
# often until its levels are there. What is judged is one that has been in use.
FILL_S = 360 if lab.FULL else 2
SAMPLES = 30        # of what the daemon takes, in half a life
QUIET = 0.25        # of a core, that others may use while a latency is judged: it follows what they do
# So small that it is full at once: for what it holds the allocator takes some per cent more than the store counts.
CACHE_MIB = 16


class Figure(typing.NamedTuple):
    name: str
    unit: str
    share: float  # of its median, that is no growth: not to be told from how tables and connections happen to lie
    alone: bool   # judged only where others leave the machine alone


FIGURES = (Figure("memory", "MiB", 0.1, False), Figure("descriptors", "", 0.25, False), Figure("p99", "ms", 0.25, True))


class SoakTest(unittest.TestCase):
    lives = lab.rounds(3, 12)
    life_s = float(os.environ.get("WISSEL_FAULT_LIFE_S", 300 if lab.FULL else 8))

    def setUp(self):
        self.net = setting.Network(partners=5, persons=files.DATA / "testpersonen.csv", edit=lambda text: text.replace(
            "store:\n", f"store:\n  block_cache: {CACHE_MIB}MiB\n"))
        self.addCleanup(self.net.down)
        self.folder = self.net.directory / "load"
        self.folder.mkdir()
        # The clients of the history and the load hear nothing of each other.
        self.series = crash_test.Series(self.net, sources=[self.net.oin(who) for who in ("P1", "P2", "P3")])
        crash_test.subscribe(self.net, "P5", "webhook", [self.net.oin("P4")])

    def test_nothing_grows_and_nothing_slows_down(self):
        highest = self.load("max", HIGHEST_S)["perSecond"]
        self.rate = round(SHARE * highest)
        print(f"\n{highest:.0f} requests/s at most, so {self.rate}; {self.lives} lives of {self.life_s:.0f} s", flush=True)
        self.load("max", FILL_S)
        self.end_of_life()  # so that the first that is counted begins as the others do, with tables and a full cache
        lives = [self.live(number) for number in range(1, self.lives + 1)]
        self.net.stop()
        self.assertEqual(0, self.net.verify_store()[0], "the log, as it was left")
        quiet = max(half["others"] for life in lives for half in life) <= QUIET
        for figure in FIGURES:
            with self.subTest(figure.name):
                self.judge(figure, *([life[half][figure.name] for life in lives] for half in (0, 1)), quiet)

    def live(self, number):
        """One life of the daemon: figures of its two halves."""
        halves = [self.half(), self.half()]
        self.end_of_life()
        print(f"life {number}: " + ", ".join(f"{figure.name} {halves[0][figure.name]:.1f} → {halves[1][figure.name]:.1f}"
                                             for figure in FIGURES)
              + f"; others used {halves[0]['others']:.2f} and {halves[1]['others']:.2f} cores", flush=True)
        return halves

    def end_of_life(self):
        """By SIGKILL under clients whose history is judged, once the next has begun."""
        begun, since = len(self.series.history), breaking.utc_now()
        self.die_under_judged_load()
        self.net.start()
        self.series.settle()
        faults = self.series.judge(begun, since)
        self.assertEqual(0, len(faults), f"{len(faults)} faults, the first:\n" + "\n".join(faults[:10]))

    def half(self):
        with Watch(self.net, self.life_s / 2 / SAMPLES) as watch:
            report = self.load(self.rate, self.life_s / 2)
        return {**watch.figures(), "p99": report["kinds"]["search"]["latency"]["p99Us"] / 1000,
                "others": report["othersCores"]}

    def die_under_judged_load(self):
        beside = subprocess.Popen(self.command(BESIDE, 10 * LIMIT_S), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            with self.series.under_load():
                wanted = len(self.series.history.lines("answered")) + JUDGED
                waiting.until(lambda: len(self.series.history.lines("answered")) >= wanted, LIMIT_S, f"{JUDGED} answers")
                self.net.kill()
        finally:
            beside.terminate()
            beside.wait()

    def load(self, rate, seconds):
        """What wissel-load says of it; each of its answers must be as expected."""
        path = self.folder / "load.json"
        done = subprocess.run([*self.command(rate, seconds), "--json", path], capture_output=True, text=True, check=False)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        return json.loads(path.read_text())

    def command(self, rate, seconds):
        """wissel-load as P4 and P5, which do nothing else; for it they are the first two."""
        env = {name: value for name, value in self.net.env.items() if name[:1] != "P"}
        for who, as_who in (("P4", "P1"), ("P5", "P2")):
            env |= {as_who + name[2:]: value for name, value in self.net.env.items() if name.startswith(f"{who}_")}
        files.write_env(self.folder, env)
        return [str(word) for word in (
            processes.program("wissel-load"), "--net", self.folder, "--persons", files.DATA / "testpersonen.csv", "--mix",
            MIX, "--rate", rate, "--seconds", seconds, "--connections", CONNECTIONS)]

    def judge(self, figure, early, late, quiet):
        """What only a long run can tell is judged there; a short one shows that it runs."""
        middle = statistics.median(late)
        within = growth.within_a_life(early, late, figure.share * middle)
        across = growth.from_life_to_life(late, figure.share * middle)
        judged = lab.FULL and (quiet or not figure.alone)
        print(f"{figure.name}: median {middle:.1f} {figure.unit}; within a life {within.by:+.2f} (noise: {within.noise:.2f}), "
              f"from the first to the last {across.by:+.2f} (noise: {across.noise:.2f})"
              + ("" if judged else "; shown, not judged"), flush=True)
        if judged:
            self.assertFalse(within.real, f"{figure.name} grows within a life: {early}, {late}")
            self.assertFalse(across.real, f"{figure.name} grows from life to life: {late}")


class Watch(threading.Thread):
    """What the daemon takes, every so often, until the end of the block."""

    def __init__(self, net, every_s):
        super().__init__(daemon=True)
        self._net, self._every_s, self._done, self._samples = net, every_s, threading.Event(), []

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self.join()

    def run(self):
        while not self._done.wait(self._every_s):
            self._samples.append({"memory": memory(self._net).own, "descriptors": descriptors(self._net.pid)})

    def figures(self):
        """Of the second half: in the first, connections come and caches fill. The lower quartile: for two seconds after each
        flush the memory that it wrote is the store's no more, and the system's not yet."""
        settled = self._samples[len(self._samples) // 2:]
        return {what: sorted(sample[what] for sample in settled)[len(settled) // 4] for what in settled[0]}


if __name__ == "__main__":
    setting.main()
