#!/usr/bin/python3
"""Clients that take what they can: slow ones, a flood of handshakes, and one that opens every connection it may. A good
client is served meanwhile, and afterwards nothing of it is left."""
import contextlib
import json
import pathlib
import subprocess
import sys

import lab
import setting
from measure import fill_sessions, footprint, good_client, judge, memory, settled, show
from setting import waiting

ATTACKERS = pathlib.Path(__file__).with_name("attackers.py")
REQUESTS = lab.rounds(150, 2000)  # of the good client, for each figure
MANY = 1000 if lab.FULL else 150
LIMIT_S = 300 * setting.SLOW
# What counts the connections of each kind that the daemon ended.
ENDED = {
    "silent": 'wissel_tls_handshake_failures_total{listener="partners",reason="timeout"}',
    "half-hello": 'wissel_tls_handshake_failures_total{listener="partners",reason="timeout"}',
    "slow-head": 'wissel_http_rejected_total{listener="partners",reason="header_timeout"}',
    "slow-body": 'wissel_http_rejected_total{listener="partners",reason="body_timeout"}',
    "slow-read": 'wissel_http_rejected_total{listener="partners",reason="write_failed"}',
    "greedy": 'wissel_http_rejected_total{listener="partners",reason="partner"}',
}
# Short, so that what is slow is seen to be ended while the good client is served.
LIMITS = """partners:
  limits:
    handshake_timeout: 2s
    header_timeout: 2s
    body_timeout: 2s
    write_timeout: 2s
"""


class AttackTest(setting.FaultTest):
    @classmethod
    def make_network(cls):
        return setting.Network(edit=lambda text: text.replace("partners:\n", LIMITS, 1))

    def setUp(self):
        super().setUp()
        fill_sessions(self.net)

    @contextlib.contextmanager
    def attack(self, kind, count):
        """Under way inside; afterwards what it returned holds what became of it."""
        became = {}
        host, port = self.net.address
        process = subprocess.Popen(
            [sys.executable, str(ATTACKERS), kind, str(count), host, str(port), self.net.env["WISSEL_CA"],
             self.net.env["P1_CERT"], self.net.env["P1_KEY"]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            self.assertEqual("ready", process.stdout.readline().strip())
            yield became
            said, _ = process.communicate(timeout=LIMIT_S)
            became |= json.loads(said)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            process.stdout.close()

    def try_attack(self, kind, count, **good):
        idle = footprint(self.net.pid)
        with self.attack(kind, count):  # what a first time takes and keeps belongs to what is there before
            pass
        before, first = settled(self.net.pid, idle), memory(self.net)
        self.assertIsNotNone(before, f"{idle} at first, {footprint(self.net.pid)} now")
        alone = show("a good client alone", self.good(**good).times)
        with self.attack(kind, count) as became:
            ended = self.ended(kind)
            during = self.good(**good)
            if kind in ENDED:
                waiting.until(lambda: self.ended(kind) > ended, LIMIT_S, f"{kind}: the daemon ends one")
            ended = self.ended(kind) - ended
        beside = show(f"beside {kind}, {count}", during.times)
        print(f"{became}, counted {ended:.0f}", flush=True)
        self.assertEqual([], during.failures[:3])
        judge(self, self.net, alone, beside, before, first)

    def ended(self, kind):
        lines = self.net.operators("/metrics").splitlines()
        return sum(float(line.split()[-1]) for line in lines if kind in ENDED and line.startswith(ENDED[kind]))

    def good(self, **options):
        return good_client(self.net, REQUESTS, LIMIT_S, **options)


class SlowClientsTest(AttackTest):
    def test_slow_clients_hold_up_no_other(self):
        print()
        for kind in ("silent", "half-hello", "slow-head", "slow-body", "slow-read"):
            with self.subTest(kind):
                self.try_attack(kind, MANY)


class HandshakesTest(AttackTest):
    def test_a_flood_of_handshakes_leaves_room_for_others(self):
        print()
        self.try_attack("handshakes", 0)
        self.try_attack("handshakes", 0, fresh=True)


class GreedyPartnerTest(AttackTest):
    def test_a_partner_that_opens_every_connection_leaves_room_for_others(self):
        print()
        self.try_attack("greedy", 600)  # partners.limits.connections_per_partner_max is 512


del AttackTest  # is no test by itself


if __name__ == "__main__":
    setting.main()
