"""Breaks and mends what a store lies on while clients work, in one process of the daemon, and judges what they got."""
import threading
import time
import unittest

import load
import oracle
from history import History
from setting import LIMIT_S, waiting


def utc_now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def made(kind, net, history, *who):
    return [kind(net, history, name) for name in who]


def judge(net, history, workers, since):
    """Faults of a daemon whose writes may have failed, and that is well again."""
    lines, records = history.lines(), oracle.log_records(net, since)
    faults = oracle.lost_records(lines, records) + oracle.strange_records(lines, records)
    for check in (oracle.references, oracle.message_states):
        faults += check(net, lines)
    faults += oracle.repeated_differently(lines)
    for line in lines:
        # What a bulk request did before its refusal stays, so that one has a record, which is checked above.
        if line.get("status") == 503 and ((line["index"] is not None and line["kind"] != "bulk") or
                                          line["code"] not in ("opslag-vol", "opslag-onbereikbaar", "stopt") or
                                          not line["retry"]):
            faults.append(f"503 of {line['kind']}: {line}")
    return faults + [fault for worker in workers for fault in worker.refused]


class FailingWrites(unittest.TestCase):
    def use(self, net):
        self.net = net
        self.addCleanup(net.down)
        self.history = History(net.directory / "history.ndjson")
        self.addCleanup(self.history.close)

    def break_and_mend(self, rounds, broken_until_mended):
        """Calls broken_until_mended() in each round, under load."""
        with self.net.connect("P3") as client:
            client.post("/v1/abonnementen", {"bezorging": {"soort": "webhook"}, "grondslag": {
                "uitwisselafspraak": self.net.agreement}}, expect=(201,))
        senders = self.made(load.Sender, "P1", "P2")
        workers = [*self.made(load.Registrar, "P1", "P1"), *self.made(load.BulkRegistrar, "P2"), *senders,
                   *self.made(load.Searcher, "P2", "P3")]
        since, pid, stop = utc_now(), self.net.pid, threading.Event()
        threads, away = load.in_threads(workers, stop), []
        for _ in range(rounds):
            self.wait_for("reference", 201, 20)
            broken_until_mended()
            begun = time.monotonic()
            self.wait_for("reference", 201, 1)
            away.append(time.monotonic() - begun)
        stop.set()
        for thread in threads:
            thread.join()
        again = threading.Event()
        for sender in senders:
            sender.settle(again)
        self.assertEqual(self.net.pid, pid)
        both, lines = {self.net.oin("P1"), self.net.oin("P2")}, self.history.lines()
        waiting.until(lambda: not oracle.missing(lines, self.events(), both), LIMIT_S, "deliveries")
        faults = oracle.deliveries("the webhook of P3", lines, self.events(), both)
        faults += judge(self.net, self.history, workers, since)
        self.assertEqual([], faults[:5])
        self.net.stop()
        self.assertEqual(self.net.verify_store()[0], 0)
        refused = sum(line["status"] == 503 for line in self.history.lines("answered"))
        print(f"\n{rounds} rounds: served again after at most {max(away):.2f} s; {self.said('commit failed')} batches "
              f"failed, {refused} requests were refused, {len(self.history.lines('answered'))} answered", flush=True)

    def events(self):
        return [line["bericht"] for line in self.net.received("P3")[0]]

    def made(self, kind, *who):
        return made(kind, self.net, self.history, *who)

    def said(self, text):
        """How often the daemon's log says this."""
        return (self.net.directory / "wisseld.log").read_text(errors="replace").count(text)

    def wait_for(self, kind, status, more):
        """Until the clients wrote down so many more answers of this kind and status."""
        begun = len(self.history)
        waiting.until(lambda: sum(line["status"] == status for line in
                                  self.history.lines("answered", kind, begun)) >= more, LIMIT_S,
                      f"{more} {kind} answered {status}")
