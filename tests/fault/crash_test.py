#!/usr/bin/python3
"""kill -9 at random moments under load, time and again; a history that the clients kept judges what is left.

WISSEL_FAULT_ROUNDS: how often (20). WISSEL_FAULT_SEED: the moments, to have the same ones again.
"""
import collections
import datetime
import os
import pathlib
import random
import threading
import time

import load
import oracle
import setting
from history import History
from setting import LIMIT_S, waiting

ROUNDS = int(os.environ.get("WISSEL_FAULT_ROUNDS", "20"))
SEED = int(os.environ.get("WISSEL_FAULT_SEED", random.randrange(1 << 32)))
LOAD_S = (0.05, 1.5)  # the moment of the kill, after the load began


class CrashTest(setting.FaultTest):
    rounds = ROUNDS

    def setUp(self):
        self.history = History(pathlib.Path(self.net.directory) / "history.ndjson")
        self.addCleanup(self.history.close)
        self.subscribe("P2", "webhook")
        self.subscribe("P3", "webhook")
        self.subscribe("P3", "postbus")
        made = lambda kind, *who: [kind(self.net, self.history, name) for name in who]
        self.senders = made(load.Sender, "P1", "P1", "P2")
        self.searchers = made(load.Searcher, "P2", "P3")
        self.mailbox, self.watcher = made(load.Mailbox, "P3")[0], made(load.Watcher, "AUDITOR")[0]
        self.synchroniser = load.Synchroniser(self.net, self.history, "P3")
        self.workers = [*made(load.Registrar, "P1", "P1"), *made(load.BulkRegistrar, "P2"), self.synchroniser,
                        *self.senders, *self.searchers, self.mailbox, self.watcher]
        self.hooked = {who: ([], 0) for who in ("P2", "P3")}

    def subscribe(self, who, kind):
        with self.net.connect(who) as client:
            client.post("/v1/abonnementen", {"bezorging": {"soort": kind}, "grondslag": self.ground()}, expect=(201,))

    def test_nothing_that_was_acknowledged_is_lost(self):
        print(f"\nseed {SEED}, {self.rounds} rounds", flush=True)
        moments, restarts = random.Random(SEED), []
        for number in range(1, self.rounds + 1):
            with self.subTest(round=number):
                begun, since = len(self.history), _now()
                self.load_and_kill(moments.uniform(*LOAD_S))
                self.assertEqual((0, ""), self.verify(), "the store as the kill left it")
                started = time.monotonic()
                self.net.start()
                restarts.append(time.monotonic() - started)
                self.settle()
                faults = self.judge(begun, since)
                self.assertFalse(faults, f"{len(faults)} faults, the first:\n" + "\n".join(faults[:10])
                                 + f"\n--- the end of wisseld.log ---\n{self.net.log_tail()}")
        self.net.stop()
        self.assertEqual((0, ""), self.verify(), "the store after a stop")
        self.report(restarts)

    def verify(self):
        code, said = self.net.verify_store()
        return code, said if code else ""

    def load_and_kill(self, moment_s):
        stop, moment = threading.Event(), threading.Event()
        threads = load.in_threads(self.workers, stop)
        moment.wait(moment_s)
        self.net.kill()
        stop.set()
        for thread in threads:
            thread.join()

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
        faults = oracle.lost_records(self.net, recent, oracle.log_traces(self.net, since))
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

    def report(self, restarts):
        answered = collections.Counter(line["kind"] for line in self.history.lines("answered"))
        arrived = {f"webhook {who}": [event["id"] for event in events] for who, (events, _) in self.hooked.items()}
        arrived["mailbox P3"] = [event["id"] for _, event in self.mailbox.messages]
        print(f"answers: {dict(answered)}")
        print("arrived: " + ", ".join(f"{where} {len(set(ids))} and {len(ids) - len(set(ids))} repeats"
                                      for where, ids in arrived.items()))
        restarts = sorted(restarts)
        print(f"restart until ready: median {restarts[len(restarts) // 2]:.2f} s, longest {restarts[-1]:.2f} s")
        # A run of few rounds, each cut at a random moment, has no time for every kind; what it must not be is empty.
        kinds = ("reference", "bulk", "message", "search", "set", "fetch", "acknowledge", "withdrawal", "checkpoint")
        self.assertTrue(answered if self.rounds < 10 else all(answered[kind] for kind in kinds), answered)


def _now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


if __name__ == "__main__":
    setting.main()
