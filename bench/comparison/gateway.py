"""Wissel itself: a test network of scripts/testnet with limits for many connections, and what is registered in it."""
import contextlib
import itertools
import json
import math
import re
import time
import urllib.request

from testnet import client, files, members, network, processes, waiting

from . import machine, persons

PARTNERS, SUBSCRIBER = 3, 4  # who asks and sends; who only receives
HELD_BY_ALL = 300
PIECE_LINES = 100_000
READY_S = 300  # how long is a figure here, not a fault
SETTLED_S = 120
LIMITS = """\
  limits:
    connections_max: 30000
    connections_per_partner_max: 30000
    idle_timeout: 10m
"""
ALL_OF_IT = (1 << 62)  # no mailbox has counted that far


class Gateway:
    """A network with `references` persons of one zaak each, and HELD_BY_ALL further ones known to all three holders."""

    def __init__(self, folder, references):
        self.folder, self.references = folder, references
        self.net, self.anybody, self.everywhere = folder / "drive", folder / "persons.csv", folder / "everywhere.csv"
        network.up(folder, partners=SUBSCRIBER)
        try:
            self.stop()
            configuration = folder / "wissel.yaml"
            text, found = re.subn(r"^  tls12: false\n", r"\g<0>" + LIMITS, configuration.read_text(), flags=re.M)
            if found != 1:
                raise machine.Unmeasurable(f"{configuration}: found no place for the limits")
            configuration.write_text(text)
            self.start()
            persons.write(self.anybody, references)
            persons.write(self.everywhere, HELD_BY_ALL, skip=references)
        except BaseException:
            self.down()
            raise

    def start(self):
        """Seconds until it is ready."""
        begin = time.monotonic()
        network.start(self.folder, READY_S)
        took = time.monotonic() - begin
        self.net.mkdir(exist_ok=True)
        self.write_env(self.net, {})
        return took

    def stop(self):
        network.stop(self.folder)

    def down(self):
        network.down(self.folder)

    @property
    def env(self):
        return files.read_env(self.folder)

    @property
    def pid(self):
        return int(self.env["WISSEL_PID"])

    def write_env(self, folder, changed):
        """For wissel-load: this network without the subscriber, with what is changed."""
        kept = {name: value for name, value in self.env.items() if not name.startswith(f"P{SUBSCRIBER}_")}
        files.write_env(folder, {**kept, **changed})

    def client(self, who):
        env = self.env
        return client.Client(env["WISSEL_URL"], env["WISSEL_CA"], env[f"{who}_CERT"], env[f"{who}_KEY"], timeout_s=600)

    def register(self, progress):
        """Fills the index by bulk. Of each piece: lines a second, CPU µs a line, the peak of resident memory."""
        pieces = []
        clients = [self.client(f"P{i + 1}") for i in range(PARTNERS)]
        done = 0
        for holder, lines in self._pieces():
            with machine.ResidentWatch(self.pid) as watch:
                begin, spent = time.monotonic(), machine.cpu_seconds(self.pid)
                answer = clients[holder].post("/v1/verwijzingen/bulk", b"".join(lines), expect=(200,),
                                              headers={"Content-Type": "application/x-ndjson"})
                rate = len(lines) / (time.monotonic() - begin)
                spent = machine.cpu_seconds(self.pid) - spent
            members.report_refused({"name": f"P{holder + 1}"}, answer)
            pieces.append({"per_s": rate, "cpu_us": spent * 1e6 / len(lines), "peak_mib": watch.peak / (1 << 20),
                           "own": watch.peak - self.store_bytes()})
            done += len(lines)
            progress(done, self.references, rate)
        for each in clients:
            each.close()
        return pieces

    def metrics(self):
        with urllib.request.urlopen(self.env["WISSEL_OPS_URL"] + "/metrics", timeout=60) as answer:
            lines = answer.read().decode().splitlines()
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}

    def store_bytes(self):
        """What the store's cache and write buffers take."""
        seen = self.metrics()
        return seen["wissel_store_block_cache_bytes"] + seen["wissel_store_memtable_bytes"]

    def settle(self):
        """Waits until what a bulk left behind is compacted, or it takes too long."""
        with contextlib.suppress(TimeoutError):
            waiting.until(lambda: not self.metrics()["wissel_store_background_jobs"], SETTLED_S, "compaction has caught up")

    def _pieces(self):
        """(number of the holder, lines) until all are registered: person n at holder n modulo three."""
        env = self.env
        blocks = max(2, math.ceil(self.references / PARTNERS / PIECE_LINES))
        piece = math.ceil(self.references / PARTNERS / blocks)  # all of one size
        oins = [env[f"P{i + 1}_OIN"] for i in range(PARTNERS)]
        heads = [f'{{"zet":{{"zaak":{{"identificatie":"ZAAK-%07d","bronorganisatie":"{oin}"}},"betrokkenen":'
                 '[{"soort":"bsn","waarde":"%s"}],"zaaktype":"B0001"}}\n' for oin in oins]
        numbered = zip(itertools.count(1), persons.numbers(self.references))
        while block := list(itertools.islice(numbered, piece * PARTNERS)):
            for holder, head in enumerate(heads):
                # n counts from 1, holders from 0
                lines = [(head % pair).encode() for pair in block if (pair[0] - 1) % PARTNERS == holder]
                if lines:
                    yield holder, lines

    def register_everywhere(self):
        """The further persons: a reference at each of the holders, who will also answer about them."""
        env, everybody = self.env, list(persons.numbers(HELD_BY_ALL, skip=self.references))
        zaaktypen = json.loads((files.DATA / "zaaktypen.json").read_text())
        for i in range(PARTNERS):
            partner = {"name": f"P{i + 1}", "oin": env[f"P{i + 1}_OIN"], "control": env[f"P{i + 1}_CONTROL"]}
            first = self.references + i * HELD_BY_ALL
            with self.client(partner["name"]) as holder:
                members.register_persons(partner, holder, list(enumerate(everybody, start=first)), zaaktypen)

    def subscribe(self):
        """One subscriber, by mailbox, to everything."""
        with self.client(f"P{SUBSCRIBER}") as subscriber:
            subscriber.post("/v1/abonnementen", {
                "bezorging": {"soort": "postbus"},
                "grondslag": {"uitwisselafspraak": self.env["UITWISSELAFSPRAAK"]}}, expect=(201,))

    def empty_mailbox(self):
        with self.client(f"P{SUBSCRIBER}") as subscriber:
            waiting = subscriber.get("/v1/postbus?aantal=1", expect=(200,)).json()["berichten"]
            subscriber.post("/v1/postbus/bevestigingen", {"totEnMet": ALL_OF_IT}, expect=(204,))
        return waiting

    def answer_to_a_search(self):
        """The body that somebody known gets."""
        with self.client("P1") as asking:
            number = next(iter(persons.numbers(1)))
            return asking.post("/v1/zoekopdrachten", {
                "onderwerp": {"soort": "bsn", "waarde": number},
                "grondslag": {"uitwisselafspraak": self.env["UITWISSELAFSPRAAK"]},
                "gebruiker": {"id": "load", "soort": "systeem"}}, expect=(200,)).body.decode()

    def verify_log(self):
        """Records a second of CPU time of `wisselctl log verify`, on a daemon that is stopped."""
        env = self.env
        return _verify(processes.program("wisselctl"), env["WISSEL_DATA"], env["WISSEL_LOG_VKEY"])


def _verify(program, data, vkey):
    out, spent = machine.run_for_cpu([program, "log", "verify", data, "--vkey", vkey], "wisselctl log verify")
    return int(re.search(r"^ *records +(\d+)$", out, re.M).group(1)) / spent
