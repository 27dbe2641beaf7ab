#!/usr/bin/python3
"""kill -9 at random moments under load, time and again; a history that the clients kept judges what is left."""
import collections
import contextlib
import pathlib
import random
import threading
import time
import unittest

import breaking
import lab
import load
import oracle
import setting
from history import History
from setting import LIMIT_S, waiting

LOAD_S = (0.05, 1.5)  # the moment of the kill, after the load began
SERIES = 50           # rounds on one store: what is there to be judged grows with each


class Series:
    """Clients of one network through crash after crash. sources: whose messages they hear, when not everybody's."""

    def __init__(self, net, sources=None):
        self.net = net
        self.history = History(pathlib.Path(net.directory) / "history.ndjson")
        for who, kind in (("P2", "webhook"), ("P3", "webhook"), ("P3", "postbus")):
            subscribe(net, who, kind, sources)
        made = lambda kind, *who: [kind(net, self.history, name) for name in who]
        self.senders = made(load.Sender, "P1", "P1", "P2")
        self.searchers = made(load.Searcher, "P2", "P3")
        self.mailbox, self.watcher = made(load.Mailbox, "P3")[0], made(load.Watcher, "AUDITOR")[0]
        self.synchroniser = load.Synchroniser(net, self.history, "P3")
        self.workers = [*made(load.Registrar, "P1", "P1"), *made(load.BulkRegistrar, "P2"), self.synchroniser,
                        *self.senders, *self.searchers, self.mailbox, self.watcher]
        self.hooked = {who: ([], 0) for who in ("P2", "P3")}

    @contextlib.contextmanager
    def under_load(self):
        stop = threading.Event()
        threads = load.in_threads(self.workers, stop)
        yield
        stop.set()
        for thread in threads:
            thread.join()

    def forgot_answers(self):
        """What the clients keep besides their history is as that has it now."""
        self.mailbox.acknowledged = max((line["key"] for line in self.history.lines("answered", "acknowledge")
                                         if line["status"] == 204), default=-1)
        for searcher in self.searchers:
            searcher.forget()
        known = {line["key"] for line in self.history.lines("answered", "checkpoint")}
        self.watcher.checkpoints = [one for one in self.watcher.checkpoints if one.size in known]

    def settle(self):
        """What has no answer is sent again, and what was accepted arrives."""
        stop = threading.Event()
        for sender in self.senders:
            sender.settle(stop)
        waiting.until(self.all_hooked, LIMIT_S, "deliveries by webhook")
        self.mailbox.drain(stop)

    def all_hooked(self):
        lines = self.history.lines()
        for who, (events, begin) in self.hooked.items():
            more, begin = self.net.received(who, begin)
            self.hooked[who] = (events + [line["bericht"] for line in more], begin)
        return not any(oracle.missing(lines, events, self.senders_to(who)) for who, (events, _) in self.hooked.items())

    def senders_to(self, who):
        return {sender.oin for sender in self.senders if sender.oin != self.net.oin(who)}

    def judge(self, begun, since):
        lines, recent = self.history.lines(), self.history.lines(since=begun)
        records = oracle.log_records(self.net, since)
        faults = oracle.lost_records(recent, records) + oracle.strange_records(lines, records)
        for check in (oracle.unreadable_records, oracle.references, oracle.readable_references, oracle.message_states):
            faults += check(self.net, recent)
        faults += oracle.repeated_differently(lines) + oracle.full_sets(self.net, lines, self.synchroniser)
        for who, (events, _) in self.hooked.items():
            faults += oracle.deliveries(f"the webhook of {who}", lines, events, self.senders_to(who))
        faults += oracle.deliveries("the mailbox of P3", lines, [event for _, event in self.mailbox.messages],
                                    self.senders_to("P3"))
        faults += [f"acknowledged, and came again: {number}" for number in self.mailbox.returned]
        faults += [fault for searcher in self.searchers for fault in searcher.missed]
        faults += [fault for worker in self.workers for fault in worker.refused]
        return faults + oracle.tree(self.net, self.watcher.checkpoints)


class CrashTest(unittest.TestCase):
    """Breaks a daemon in rounds. Others do so in another way: make_network and run_until_broken."""

    rounds = lab.rounds(20, 1000)

    def test_nothing_that_was_acknowledged_is_lost(self):
        print(f"\nseed {lab.SEED}, {self.rounds} rounds", flush=True)
        self.answered, self.arrived, self.restarts = collections.Counter(), collections.Counter(), []
        self.chance = random.Random(lab.SEED)
        for first in range(0, self.rounds, SERIES):
            self.run_series(first, min(SERIES, self.rounds - first))
        self.report()

    def make_network(self):
        return setting.Network()

    def run_series(self, first, rounds):
        net = self.make_network()
        try:
            series = Series(net)
            for number in range(first + 1, first + rounds + 1):
                with self.subTest(round=number):
                    self.run_round(series)
            net.stop()
            self.assertEqual((0, ""), self.verify(net), "the store after a stop")
            self.count(series)
        finally:
            net.down()

    def run_round(self, series):
        begun, since = len(series.history), breaking.utc_now()
        self.run_until_broken(series)
        self.assertEqual((0, ""), self.verify(series.net), "the store as it was left")
        started = time.monotonic()
        series.net.start()
        self.restarts.append(time.monotonic() - started)
        series.settle()
        faults = series.judge(begun, since)
        self.assertEqual(0, len(faults), f"{len(faults)} faults, the first:\n" + "\n".join(faults[:10])
                         + f"\n--- the end of wisseld.log ---\n{series.net.log_tail()}")

    def run_until_broken(self, series):
        with series.under_load():
            threading.Event().wait(self.chance.uniform(*LOAD_S))
            series.net.kill()

    def verify(self, net):
        code, said = net.verify_store()
        return code, said if code else ""

    def count(self, series):
        self.answered.update(line["kind"] for line in series.history.lines("answered"))
        arrived = [[event["id"] for event in events] for events, _ in series.hooked.values()]
        for ids in [*arrived, [event["id"] for _, event in series.mailbox.messages]]:
            self.arrived.update(messages=len(set(ids)), repeats=len(ids) - len(set(ids)))

    def report(self):
        restarts = sorted(self.restarts)
        print(f"{len(restarts)} rounds; answers: {dict(self.answered)}; deliveries: {dict(self.arrived)}\n"
              f"restart until ready: median {restarts[len(restarts) // 2]:.2f} s, longest {restarts[-1]:.2f} s", flush=True)
        # A run of few rounds, each cut at a random moment, has no time for every kind; what it must not be is empty.
        kinds = ("reference", "bulk", "message", "search", "set", "fetch", "acknowledge", "withdrawal", "checkpoint")
        self.assertTrue(self.answered if self.rounds < 10 else all(self.answered[kind] for kind in kinds), self.answered)


def subscribe(net, who, kind, sources=None):
    """sources: whose messages; None: everybody's."""
    with net.connect(who) as client:
        client.post("/v1/abonnementen", {
            "bezorging": {"soort": kind}, **({"bronhouders": sources} if sources else {}),
            "grondslag": {"uitwisselafspraak": net.agreement}}, expect=(201,))


if __name__ == "__main__":
    setting.main()
