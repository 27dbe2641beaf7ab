"""What a good client sees while something is wrong, and what the daemon takes meanwhile and afterwards."""
import collections
import http.client
import os
import pathlib
import socket
import ssl
import threading
import time
import typing

import lab
import making
from setting import waiting
from testnet import client

Footprint = collections.namedtuple("Footprint", "memory descriptors threads cpu_s")
PAUSE_S = 0.005  # between two requests: a client among others, not a load
SETTLED_S = 60
MEMORY_MORE = 0.05
MIB = 1 << 20
TIMES_P99 = 3
P99_S = 1.0 * lab.SLOW
SESSIONS_MAX = 4096  # of TLS, that the daemon keeps


class Memory(typing.NamedTuple):
    """MiB that are resident, and how many of them the store says are its write buffers and cache: those grow with what is
    logged, up to their bounds, whoever asks."""
    resident: float
    of_store: float

    @property
    def own(self):
        return self.resident - self.of_store

    def __str__(self):
        return f"{self.resident:.0f} MiB (of it the store's: {self.of_store:.0f})"


def descriptors(pid):
    """Without those of tables and logs of the store: what is stored grows, and each table of it is a file."""
    count = 0
    for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            count += not os.readlink(entry).split()[0].endswith((".sst", ".log"))
        except OSError:
            pass  # closed meanwhile
    return count


def footprint(pid):
    """Bytes that are resident, open descriptors but the store's, threads and seconds of processor time of a process."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    number = lambda name: int(next(line for line in status.splitlines() if line.startswith(name)).split()[1])
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    cpu_s = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return Footprint(number("VmRSS:") * 1024, descriptors(pid), number("Threads:"), cpu_s)


def percentiles(times):
    times = sorted(times)
    return {"p50": times[len(times) // 2], "p99": times[min(len(times) - 1, len(times) * 99 // 100)], "max": times[-1]}


def show(what, times):
    figures = percentiles(times)
    print(f"{what:32}" + "".join(f"  {name} {value * 1000:7.1f} ms" for name, value in figures.items())
          + f"  ({len(times)})", flush=True)
    return figures


class GoodClient(threading.Thread):
    """Searches over one kept connection until told to stop, and notes how long each took and what went wrong."""

    def __init__(self, net, who="P3", fresh=False):
        super().__init__(daemon=True)
        self.net, self.who, self.fresh = net, who, fresh
        self.stop, self.times, self.failures = threading.Event(), [], []

    def run(self):
        body = {"onderwerp": making.person(), "grondslag": {"uitwisselafspraak": self.net.agreement}}
        connection = self.net.connect(self.who)
        while not self.stop.wait(PAUSE_S):
            begun = time.monotonic()
            try:
                if self.fresh:
                    connection.close()
                    connection = self.net.connect(self.who)
                connection.post("/v1/zoekopdrachten", body, expect=(200,))
            except (OSError, http.client.HTTPException, client.Unexpected) as failure:
                self.failures.append(repr(failure))
            self.times.append(time.monotonic() - begun)
        connection.close()


def good_client(net, requests, limit_s, while_true=lambda: True, **options):
    """What a good client sees in so many requests; it goes on for as long as while_true() says."""
    good = GoodClient(net, **options)
    good.start()
    waiting.until(lambda: len(good.times) >= requests or not while_true(), limit_s, f"{requests} requests")
    good.stop.set()
    good.join()
    return good


def settled(pid, before, more=0):
    """The footprint once descriptors and threads are back where they were; None when they do not come back. more:
    descriptors that there may be for another reason."""
    def back():
        now = footprint(pid)
        return now if now.descriptors <= before.descriptors + 1 + more and now.threads <= before.threads else None
    try:
        return waiting.until(back, SETTLED_S, "descriptors and threads are back")
    except TimeoutError:
        return None


def fill_sessions(net):
    """As many TLS sessions as the daemon keeps, 10 KiB each: memory that would not come back for as long as it had fewer.
    Those of connections that end in order are kept. Only where memory is judged."""
    if not lab.FULL:
        return
    context = ssl.create_default_context(cafile=net.env["WISSEL_CA"])
    context.load_cert_chain(net.env["P1_CERT"], net.env["P1_KEY"])
    for _ in range(SESSIONS_MAX):
        with socket.create_connection(net.address, SETTLED_S) as plain:
            context.wrap_socket(plain, server_hostname="localhost").unwrap().close()


def memory_again(net, before):
    """memory() once it is back where it was, or when it does not come back."""
    def back():
        now = memory(net)
        return now if now.own <= before.own * (1 + MEMORY_MORE) else None
    try:
        return waiting.until(back, SETTLED_S, "memory is back")
    except TimeoutError:
        return memory(net)


def memory(net):
    lines = [line.split() for line in net.operators("/metrics").splitlines() if not line.startswith("#")]
    of_store = sum(float(words[1]) for words in lines
                   if words[0] in ("wissel_store_memtable_bytes", "wissel_store_block_cache_bytes"))
    return Memory(footprint(net.pid).memory / MIB, of_store / MIB)


def judge(test, net, alone, beside, before, memory_before, more=0):
    """What a fault may do to others: a good client's p99, and what the daemon takes afterwards. before: its footprint;
    more: as for settled(). Only a full run has the answers to hold p99 beside what it is without the fault, and the
    connections beside which the cache of TLS sessions is full from the start."""
    after = settled(net.pid, before, more)
    test.assertIsNotNone(after, f"{before} before, {footprint(net.pid)} now")
    memory_after = memory_again(net, memory_before) if lab.FULL else memory(net)
    print(f"p99 {beside['p99'] / alone['p99']:.1f} × as long; memory {memory_before} before, {memory_after} after, "
          f"descriptors {before.descriptors} and {after.descriptors}, threads {before.threads} and {after.threads}", flush=True)
    test.assertLess(beside["p99"], P99_S)
    if lab.FULL:
        test.assertLessEqual(memory_after.own, memory_before.own * (1 + MEMORY_MORE), "memory that does not come back")
        test.assertLessEqual(beside["p99"], TIMES_P99 * alone["p99"], "a good client's p99")
