#!/usr/bin/python3
"""A network that loses packets, resets connections, and swallows answers in the middle: what was answered is there, what
is sent again is there once, and clients with a good network notice nothing."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import unittest

import breaking
import lab
import load
import oracle
import setting
from history import History
from measure import fill_sessions, footprint, GoodClient, judge, memory, show
from setting import LIMIT_S, waiting

PROXY = pathlib.Path(__file__).with_name("faulty_proxy.py")
ANSWERS = lab.rounds(150, 2000)  # of the clients on the bad network, for each fault
REQUESTS = lab.rounds(100, 1000)   # of the good client, for each fault
PATIENCE_S = 2                  # of a client that waits for an answer
INSIDE = "WISSEL_FAULT_NETNS"   # set where we are in a network namespace of our own
DELIVERING = 8                  # connections to a webhook that wait for the next message
BAD_SOURCE = "127.0.0.2"        # whose packets are lost there


class Through:
    """The network as clients see it that reach the daemon through a proxy."""

    def __init__(self, net, port):
        self._net, self._url = net, f"https://127.0.0.1:{port}"

    def __getattr__(self, name):
        return getattr(self._net, name)

    def connect(self, who, timeout_s=PATIENCE_S):
        return self._net.connect(who, timeout_s, url=self._url)


class NetworkTest(unittest.TestCase):
    def setUp(self):
        self.net, self.since = setting.Network(), breaking.utc_now()
        self.addCleanup(self.net.down)
        self.history = History(self.net.directory / "history.ndjson")
        self.addCleanup(self.history.close)
        fill_sessions(self.net)
        with self.net.connect("P3") as client:
            client.post("/v1/abonnementen", {"bezorging": {"soort": "webhook"}, "grondslag": {
                "uitwisselafspraak": self.net.agreement}}, expect=(201,))

    @contextlib.contextmanager
    def proxy(self, *fault):
        process = subprocess.Popen([sys.executable, str(PROXY), *map(str, (*self.net.address, *fault))],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            yield Through(self.net, int(process.stdout.readline()))
        finally:
            process.stdin.close()
            process.kill()
            process.wait()
            process.stdout.close()

    def try_fault(self, name, *fault):
        """The others do the same once on a good network, which is what the good client is compared with."""
        before = footprint(self.net.pid)
        alone = self.beside("as many on a good network", "none")
        first = memory(self.net)
        during = self.beside(name, *fault)
        judge(self, self.net, alone, during, before, first, DELIVERING)

    def beside(self, name, *fault):
        """What a good client saw while others did ANSWERS things through the fault; and judges those."""
        begun, good, stop = len(self.history), GoodClient(self.net), threading.Event()
        with self.proxy(*fault) as through:
            made = lambda kind, *who: breaking.made(kind, through, self.history, *who)
            senders = made(load.Sender, "P1", "P1", "P2")
            workers = [*made(load.Registrar, "P1", "P2"), *made(load.BulkRegistrar, "P2"), *senders,
                       *made(load.Searcher, "P2")]
            good.start()
            threads = load.in_threads(workers, stop, again=True)
            answered = lambda: len(self.history.lines("answered", since=begun))
            waiting.until(lambda: answered() >= ANSWERS and len(good.times) >= REQUESTS, 20 * LIMIT_S,
                          f"{ANSWERS} answers through {name}")
            good.stop.set()
            stop.set()
            for thread in (good, *threads):
                thread.join()
        sent = len(self.history.lines("sent", since=begun))
        figures = show(f"beside {name}", good.times)
        print(f"{answered()} of {sent} requests of the others were answered", flush=True)
        self.judge(workers, senders)
        self.assertEqual([], good.failures[:3])
        return figures

    def judge(self, workers, senders):
        again = threading.Event()
        for sender in senders:
            sender.net = self.net
            sender.settle(again)
        both, lines = {self.net.oin("P1"), self.net.oin("P2")}, self.history.lines()
        events = lambda: [line["bericht"] for line in self.net.received("P3")[0]]
        waiting.until(lambda: not oracle.missing(lines, events(), both), LIMIT_S, "deliveries")
        faults = oracle.deliveries("the webhook of P3", lines, events(), both)
        self.assertEqual([], (faults + breaking.judge(self.net, self.history, workers, self.since))[:5])


class LossTest(NetworkTest):
    def test_lost_packets_make_late_answers_and_nothing_else(self):
        print()
        for percent in (1, 10, 30):
            with self.subTest(percent):
                self.try_fault(f"loss of {percent} %", "loss", percent)

    @unittest.skipUnless(lab.FULL or INSIDE in os.environ, "packets are really lost only in a full run")
    def test_packets_that_the_kernel_drops(self):
        if INSIDE not in os.environ:
            self.run_inside()
            return
        print()
        _, port = self.net.address
        for percent in (1, 10, 30):
            with self.subTest(percent):
                rules = "".join(f"add rule inet t in tcp {end} {port} ip {side} {BAD_SOURCE} "
                                f"numgen random mod 100 < {percent} drop\n"
                                for end, side in (("dport", "saddr"), ("sport", "daddr")))
                nft("flush ruleset\nadd table inet t\n"
                    "add chain inet t in { type filter hook input priority 0; }\n" + rules)
                self.try_fault(f"loss of {percent} %, in the kernel", "none", 0, BAD_SOURCE)

    def run_inside(self):
        """This test once more, in a network namespace where packets can be dropped without harm to others."""
        for tool in ("unshare", "ip", "nft"):
            if not shutil.which(tool):
                self.skipTest(f"{tool} is not there")
        tried = subprocess.run(["unshare", "-n", "nft", "list", "ruleset"], capture_output=True, text=True, check=False)
        if tried.returncode:
            self.skipTest(f"no network namespace of our own here: {tried.stderr.strip()}")
        done = subprocess.run(
            ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "inside", sys.executable, __file__,
             "LossTest.test_packets_that_the_kernel_drops"], env={**os.environ, INSIDE: "1"}, check=False)
        self.assertEqual(0, done.returncode)


class BrokenConnectionsTest(NetworkTest):
    def test_a_reset_in_the_middle_of_an_answer(self):
        print()
        self.try_fault("resets", "reset", 5_000)

    def test_an_answer_that_is_swallowed_from_its_middle_on(self):
        print()
        self.try_fault("black holes", "hole", 5_000)


def nft(rules):
    subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True, capture_output=True)


del NetworkTest  # is no test by itself


if __name__ == "__main__":
    setting.main()
