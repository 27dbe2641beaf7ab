#!/usr/bin/python3
"""What befalls the process as a whole: a second one, its end under load, too little of what it needs, no processor, a
clock that jumps."""
import email.utils
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

import breaking
import lab
import load
import making
import oracle
import setting
from history import History
from measure import GoodClient, footprint, settled, show
from setting import LIMIT_S, processes, waiting

SECOND_S = 2 * setting.SLOW
JUMPED_S = {"+1h": 3600, "-1h": -3600, "+20d": 20 * 86400, "+0": 0}
DRAIN_S = 3  # shutdown.drain in the test of an end under load


class Loaded(unittest.TestCase):
    """A network under load, judged at the end of what befell it."""

    def use(self, net):
        self.net = net
        self.addCleanup(net.down)
        self.history = History(net.directory / "history.ndjson")
        self.addCleanup(self.history.close)
        self.senders = breaking.made(load.Sender, net, self.history, "P1", "P2")
        self.workers = [*breaking.made(load.Registrar, net, self.history, "P1", "P1"),
                        *breaking.made(load.BulkRegistrar, net, self.history, "P2"), *self.senders,
                        *breaking.made(load.Searcher, net, self.history, "P2", "P3"),
                        *breaking.made(load.Mailbox, net, self.history, "P3")]
        self.since = breaking.utc_now()

    def begin(self, again=False):
        self.stop = threading.Event()
        self.threads = load.in_threads(self.workers, self.stop, again)
        self.progress()

    def progress(self, answers=200):
        """Until the clients got so many more answers."""
        begun = len(self.history.lines("answered"))
        waiting.until(lambda: len(self.history.lines("answered")) >= begun + answers, LIMIT_S * setting.SLOW, "answers")

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def judge(self):
        again = threading.Event()
        for sender in self.senders:
            sender.settle(again)
        self.assertEqual([], breaking.judge(self.net, self.history, self.workers, self.since)[:5])


def own_child(net, configuration=None):
    """The daemon as our own child, so that its exit code is seen."""
    return subprocess.Popen([processes.program("wisseld"), "--config", configuration or net.directory / "wissel.yaml"],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


class SecondDaemonTest(setting.FaultTest):
    def test_a_second_daemon_on_the_store_refuses_and_the_first_goes_on(self):
        with self.net.connect("P1") as client:
            self.assertEqual(client.post("/v1/verwijzingen", making.reference(self.net.oin("P1"))).status, 201)
            begun = time.monotonic()
            second = own_child(self.net)
            self.addCleanup(lambda: second.poll() is None and second.kill())
            said, _ = second.communicate(timeout=LIMIT_S)
            self.assertLess(time.monotonic() - begun, SECOND_S)
            self.assertNotEqual(second.returncode, 0)
            self.assertIn(f"another wisseld (pid {self.net.pid}) uses this directory: {self.net.env['WISSEL_DATA']}; "
                          "stop it first", said)
            self.assertEqual(client.post("/v1/verwijzingen", making.reference(self.net.oin("P1"))).status, 201)


class EndUnderLoadTest(Loaded):
    """SIGTERM in the middle of work; every other time with a request that would take longer than it may."""

    def test_an_end_under_load_drains_in_its_time_and_loses_nothing(self):
        self.use(setting.Network(edit=lambda text: text + f"shutdown:\n  drain: {DRAIN_S}s\n"))
        self.person = making.person()
        with self.net.connect("P2") as holder:
            holder.post("/v1/verwijzingen", making.reference(self.net.oin("P2"), self.person), expect=(201,))
        self.net.behave("P2", "hangt")
        self.net.stop()
        took = []
        for number in range(lab.rounds(2, 50)):
            with self.subTest(round=number):
                took.append(self.run_round(endless=number % 2 == 1))
        self.net.start()
        self.judge()
        print(f"\n{len(took)} ends, each {sorted(took)[len(took) // 2]:.2f} s after SIGTERM (median), "
              f"at most {max(took):.2f} s", flush=True)

    def run_round(self, endless):
        child = own_child(self.net)
        waiting.until(self.ready, LIMIT_S, "wisseld is ready")
        pull = self.endless_pull() if endless else None
        self.begin()
        begun = time.monotonic()
        child.terminate()
        said, _ = child.communicate(timeout=LIMIT_S)
        took = time.monotonic() - begun
        self.end()
        if pull:
            pull.join()
        self.assertEqual(child.returncode, 0, said[-2000:])
        self.assertLess(took, DRAIN_S + 3 * setting.SLOW)
        self.assertEqual(self.net.verify_store()[0], 0)
        return took

    def endless_pull(self):
        """Asks a holder that never answers, for longer than the daemon may take to end."""
        def pull():
            try:
                with self.net.connect("P3") as client:
                    client.post("/v1/statusbevragingen", {"onderwerp": self.person, "maxWachttijdMs": 20_000,
                                                          "grondslag": {"uitwisselafspraak": self.net.agreement}})
            except load.BROKEN:
                pass  # cut, as it should be
        thread = threading.Thread(target=pull, daemon=True)
        thread.start()
        waiting.until(lambda: self.in_flight() > 0, LIMIT_S, "the pull is under way")
        return thread

    def in_flight(self):
        lines = self.net.operators("/metrics").splitlines()
        return sum(float(line.split()[-1]) for line in lines
                   if line.startswith("wissel_http_requests_in_flight{") and "partners" in line)

    def ready(self):
        try:
            return self.net.operators("/readyz")
        except OSError:
            return False


class DescriptorsTest(Loaded):
    """Far fewer descriptors than clients want connections."""

    LIMIT, WANTED = 300, 500

    def test_a_daemon_out_of_descriptors_goes_on_and_heals(self):
        self.use(setting.Network(prefix=f"prlimit --nofile={self.LIMIT}",
                                 edit=lambda text: text.replace("store:\n", "store:\n  open_files_max: 64\n")))
        self.begin()
        before, held = footprint(self.net.pid), []
        self.addCleanup(lambda: [one.close() for one in held])
        for _ in range(self.WANTED):
            held.append(socket.create_connection(self.net.address, LIMIT_S))
        waiting.until(lambda: "out of file descriptors" in self.net.log_tail(1000), LIMIT_S, "it runs out")
        spent, begun = footprint(self.net.pid).cpu_s, time.monotonic()
        self.progress()
        share = (footprint(self.net.pid).cpu_s - spent) / (time.monotonic() - begun)
        for one in held:
            one.close()
        waiting.until(self.new_connection, LIMIT_S, "new connections are served")
        now = settled(self.net.pid, before)
        self.assertIsNotNone(now, "descriptors are not given back")
        print(f"\n{self.WANTED} connections, {self.LIMIT} descriptors: served those who had one, with "
              f"{share:.0%} of a processor; {before.descriptors} descriptors before, {now.descriptors} after", flush=True)
        self.end()
        self.judge()

    def new_connection(self):
        try:
            with self.net.connect("P2", timeout_s=5) as client:
                return client.get("/v1/openapi.json").status == 200
        except OSError:
            return False


class MemoryTest(Loaded):
    """As little memory as would not do for what clients try to fill it with."""

    LIMIT_MIB, CLIENTS, BODY = 320, 200, 1_000_000

    def test_large_bodies_from_many_do_not_take_more_than_there_is(self):
        group = pathlib.Path(f"/sys/fs/cgroup/memory/wissel-fault-{os.getpid()}")
        try:
            group.mkdir()
            (group / "memory.limit_in_bytes").write_text(str(self.LIMIT_MIB << 20))
        except OSError as failure:
            self.skipTest(f"no memory cgroup of our own here: {failure}")
        self.addCleanup(lambda: waiting.until(lambda: group.rmdir() is None, LIMIT_S, "the group is empty"))
        self.use(setting.Network())
        (group / "cgroup.procs").write_text(str(self.net.pid))
        self.begin()
        pid, held = self.net.pid, []
        self.addCleanup(lambda: [one.close() for one in held])
        head = (b"POST /v1/verwijzingen HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + f"Content-Length: {self.BODY}\r\n\r\n".encode())
        for _ in range(self.CLIENTS):
            stream = self.net.raw("P3")
            held.append(stream)
            stream.settimeout(1)
            try:
                stream.sendall(head + b"[" * (self.BODY - 1))
            except OSError:
                pass  # refused, or asked to wait
        killed = not os.path.exists(f"/proc/{pid}")
        if not killed:
            self.progress()
        peak = int((group / "memory.max_usage_in_bytes").read_text()) >> 20
        for one in held:
            one.close()
        self.end()
        if killed:
            self.net.kill()
            self.net.start()
        print(f"\n{self.CLIENTS} bodies of {self.BODY // 1000} kB, {self.LIMIT_MIB} MiB: "
              f"{'killed' if killed else 'went on'}, at most {peak} MiB", flush=True)
        self.judge()
        self.net.stop()


class PauseTest(Loaded):
    """No processor time for a while, as in a virtual machine that is moved."""

    PAUSE_S = 30 if lab.FULL else 5

    def pause(self, pid):
        os.kill(pid, signal.SIGSTOP)
        try:
            threading.Event().wait(self.PAUSE_S)
        finally:
            os.kill(pid, signal.SIGCONT)

    def test_a_daemon_that_stood_still_goes_on(self):
        self.use(setting.Network())
        self.begin(again=True)  # a client may give up before
        for _ in range(lab.rounds(1, 5)):
            self.pause(self.net.pid)
            self.progress()
        self.end()
        self.judge()

    def test_a_partner_that_stands_still_delays_no_other(self):
        self.use(setting.Network(4))
        for who in ("P3", "P4"):
            with self.net.connect(who) as client:
                client.post("/v1/abonnementen", {"bezorging": {"soort": "webhook"}, "grondslag": {
                    "uitwisselafspraak": self.net.agreement}}, expect=(201,))
        self.begin()
        good = GoodClient(self.net)
        good.start()
        self.pause(self.net.partner_pid("P4"))
        good.stop.set()
        good.join()
        self.end()
        print()
        show(f"search, a partner stood {self.PAUSE_S} s", good.times)
        self.assertEqual([], good.failures)
        for who in ("P3", "P4"):
            waiting.until(lambda who=who: not self.missing(who), LIMIT_S * 2, f"deliveries to {who}")
            events = [line["bericht"] for line in self.net.received(who)[0]]
            self.assertEqual([], self.oracle_deliveries(who, events)[:5])
        self.judge()

    def missing(self, who):
        return oracle.missing(self.history.lines(), [line["bericht"] for line in self.net.received(who)[0]],
                              {self.net.oin("P1"), self.net.oin("P2")})

    def oracle_deliveries(self, who, events):
        return oracle.deliveries(f"the webhook of {who}", self.history.lines(), events,
                                 {self.net.oin("P1"), self.net.oin("P2")})


class ClockTest(Loaded):
    """The wall clock jumps, forwards and back; time that has passed does not."""

    def test_a_clock_that_jumps_loses_nothing_and_stops_nobody(self):
        library = pathlib.Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
        if not library.exists():
            self.skipTest(f"{library} is not there (package faketime)")
        folder = tempfile.TemporaryDirectory(prefix="wissel-clock-")
        self.addCleanup(folder.cleanup)
        self.jump = pathlib.Path(folder.name) / "jump"
        self.jump.write_text("+0")
        # The daemon that is linked without jemalloc, which asks for the time before libfaketime can answer.
        self.use(setting.Network(program="wisseld-failpoints",
                                 prefix=f"env LD_PRELOAD={library} FAKETIME_TIMESTAMP_FILE={self.jump} "
                                        "FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 DONT_FAKE_MONOTONIC=1"))
        with self.net.connect("P3") as client:
            client.post("/v1/abonnementen", {"bezorging": {"soort": "webhook"}, "grondslag": {
                "uitwisselafspraak": self.net.agreement}}, expect=(201,))
        self.since = "2020-01-01T00:00:00Z"
        self.begin()
        for jump in tuple(JUMPED_S) * lab.rounds(1, 5):
            self.jump.write_text(jump)
            self.progress()
            sent = len(self.history)
            self.progress()
            self.assertLess(abs(self.daemon_ahead_s() - JUMPED_S[jump]), 60, "the clock did not jump")
            waiting.until(lambda sent=sent: not self.missing(self.history.lines()[:sent]), LIMIT_S,
                          f"deliveries after {jump}")
        self.end()
        self.judge()
        self.net.stop()
        self.assertEqual(self.net.verify_store()[0], 0)

    def daemon_ahead_s(self):
        with self.net.connect("P3") as client:
            date = client.get("/v1/openapi.json").headers["Date"]
        return email.utils.parsedate_to_datetime(date).timestamp() - time.time()

    def missing(self, lines):
        return oracle.missing(lines, [line["bericht"] for line in self.net.received("P3")[0]],
                              {self.net.oin("P1"), self.net.oin("P2")})


if __name__ == "__main__":
    setting.main()
