"""What the API suites share: one test network per file, clients that hold every answer against docs/openapi, helpers.

A suite ends with `harness.main()`. The folder with the programs: --bin DIR, or WISSEL_BIN.
"""
import argparse
import itertools
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.request
import uuid

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
import schema  # noqa: E402  (beside this file)
from testnet import client, members, pki, waiting  # noqa: E402  (found through the line above)

NDJSON = {"Content-Type": "application/x-ndjson"}
EVENT = {"Content-Type": "application/cloudevents+json"}
BATCH = {"Content-Type": "application/cloudevents-batch+json"}
STATUS_TYPE = "nl.overheid.zaken.zaakstatus-gewijzigd"
LIMIT_S = 30  # for what should happen at once; generous, since sanitizers and a busy machine are slow
CONTRACT = schema.Contract()
wait_until = waiting.until


class ApiClient(client.Client):
    """A keep-alive connection of one organisation. Every answer under /v1 is held against the document."""

    def request(self, method, path, body=None, headers=None, expect=None, code=None):
        """expect: a status or several; code: of the problem. Raises AssertionError for anything else."""
        answer = super().request(method, path, body, headers)
        where = f"{method} {path.split('?')[0]}: {answer}"
        if path.startswith("/v1/"):
            faults = CONTRACT.answer_faults(method, path, answer.status, answer.headers, answer.body)
            assert not faults, f"{where}\nagainst docs/openapi: {faults[:5]}"
        if expect is not None:
            wanted = expect if isinstance(expect, tuple) else (expect,)
            assert answer.status in wanted, f"{where}\nexpected {wanted}"
        if code is not None:
            problem = answer.json()
            assert problem["code"] == code, f"{where}\nexpected {code}"
            assert problem["status"] == answer.status, where
            index = answer.headers.get("Wissel-Log-Index")
            assert problem.get("instance") == (index and f"/v1/verwerkingen/{index}"), where
        return answer

    def head(self, path, **options):
        return self.request("HEAD", path, **options)

    def lines(self, path, lines, **options):
        """POSTs NDJSON: a list of values, or bytes as they are."""
        body = lines if isinstance(lines, bytes) else "".join(json.dumps(line) + "\n" for line in lines).encode()
        return self.post(path, body, headers={**NDJSON, **options.pop("headers", {})}, **options)


def index_of(answer):
    return int(answer.headers["Wissel-Log-Index"])


class Network:
    """A running test network and clients in it."""

    def __init__(self, partners):
        self.folder = tempfile.TemporaryDirectory(prefix="wissel-api-")
        self.directory = pathlib.Path(self.folder.name) / "net"
        self.clients = {}
        self.run("up", "--partners", str(partners))
        self.reread()

    def reread(self):
        lines = (self.directory / "env").read_text().splitlines()
        self.env = dict(line.split("=", 1) for line in lines)
        self.agreement = self.env["UITWISSELAFSPRAAK"]

    def run(self, verb, *arguments):
        for one in self.clients.values():
            one.close()  # opens itself again; the daemon that it was connected to may be gone by then
        done = subprocess.run([ROOT / "scripts/testnet", verb, self.directory, *arguments], capture_output=True,
                              text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"testnet {verb}: {done.stderr}\n{self.log_tail()}")

    def log_tail(self):
        try:
            return "\n".join((self.directory / "wisseld.log").read_text(errors="replace").splitlines()[-40:])
        except OSError:
            return "(no log)"

    def down(self):
        try:
            self.run("down")
        finally:
            self.folder.cleanup()

    def connect(self, cert=None, key=None, timeout_s=120):
        """A new connection; without a certificate where none is given."""
        return ApiClient(self.env["WISSEL_URL"], self.env["WISSEL_CA"], cert, key, timeout_s)

    def new(self, who, **options):
        """A new connection of P1, P2, …, BEHEERDER or AUDITOR."""
        return self.connect(self.env[f"{who}_CERT"], self.env[f"{who}_KEY"], **options)

    def of(self, who):
        """The shared connection of that organisation."""
        if who not in self.clients:
            self.clients[who] = self.new(who)
        return self.clients[who]

    def oin(self, who):
        return self.env[f"{who}_OIN"]

    # --- the partners' side ---

    def control(self, who):
        key = f"{who} control"
        if key not in self.clients:
            self.clients[key] = client.Client(self.env[f"{who}_CONTROL"])
        return self.clients[key]

    def behave(self, who, kind="goed", op="alles", **more):
        self.control(who).post("/gedrag", {"op": op, "soort": kind, **more}, expect=(204,))

    def give_zaak(self, who, subjects, status):
        self.control(who).post("/zaken", {"onderwerpen": subjects, "zaak": status}, expect=(204,))

    def received(self, who, subject=None):
        """The messages that a partner's webhook wrote down, in order."""
        path = self.directory / who.lower() / "ontvangen.ndjson"
        if not path.exists():
            return []
        lines = [json.loads(line)["bericht"] for line in path.read_text().splitlines() if line.endswith("}")]
        return [event for event in lines if subject is None or event.get("subject") == subject]

    # --- operators ---

    def operators(self, path):
        with urllib.request.urlopen(self.env["WISSEL_OPS_URL"] + path, timeout=30) as answer:
            return answer.read().decode()

    def metric(self, name, **labels):
        """The sum over the series of this name that carry these labels."""
        total = 0.0
        for line in self.operators("/metrics").splitlines():
            found = re.match(r"(\w+)(\{.*\})? (\S+)$", line)
            if not found or found.group(1) != name:
                continue
            given = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', found.group(2) or ""))
            if all(given.get(key) == value for key, value in labels.items()):
                total += float(found.group(3))
        return total

    # --- certificates and raw bytes ---

    def authority(self):
        return pki.Authority.load(self.directory / "pki")

    def certificate(self, kind, name=None, **options):
        """Files of a certificate that is wrong in one way (tests/testnet/pki.py), or "good" with number=."""
        name = name or f"wrong-{kind}"
        if kind == "good":
            issued = self.authority().organisation(options["number"], "Gemeente Erbij")
        else:
            issued = pki.wrong_certificate(kind, self.authority(), **options)
        issued.write(self.directory / "pki", name)
        return issued

    def stream(self, who="P1"):
        """A TLS connection to send bytes on that no client would."""
        context = ssl.create_default_context(cafile=self.env["WISSEL_CA"])
        if who:
            context.load_cert_chain(self.env[f"{who}_CERT"], self.env[f"{who}_KEY"])
        host, port = self.env["WISSEL_URL"].removeprefix("https://").split(":")
        plain = socket.create_connection((host, int(port)), timeout=LIMIT_S)
        return context.wrap_socket(plain, server_hostname=host)

    def raw(self, data, who="P1"):
        """Sends bytes and returns all that comes back until the daemon closes."""
        with self.stream(who) as stream:
            stream.sendall(data)
            return read_all(stream)


def read_all(stream):
    out = b""
    try:
        while chunk := stream.recv(65536):
            out += chunk
    except ssl.SSLEOFError:
        pass  # cut without close_notify: what came still counts
    return out


# --- making things ---

_numbers = itertools.count(1)


def passes_elfproef(digits):
    return sum(int(d) * w for d, w in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1))) % 11 == 0


_bsns = (text for text in (f"{n:09d}" for n in itertools.count(999_000_000)) if passes_elfproef(text))


def new_bsn():
    """A person whom no test met before."""
    return next(_bsns)


def person(bsn=None):
    return {"soort": "bsn", "waarde": bsn or new_bsn()}


def new_zaak(oin):
    return {"identificatie": f"ZAAK-{next(_numbers):05d}-{uuid.uuid4().hex[:8]}", "bronorganisatie": oin}


def zaak_subject(zaak):
    return {"soort": "zaak", "waarde": zaak["identificatie"], "bronorganisatie": zaak["bronorganisatie"]}


def zaak_status(zaak, text="In behandeling", group="in_behandeling", **more):
    return {"zaak": {**zaak, "zaaktype": {"code": "bijstand", "omschrijving": "Aanvraag bijzondere bijstand"}},
            "status": {"omschrijving": text, "statusgroep": group, "gezetOp": "2026-03-02T09:14:31Z"}, **more}


def new_event(oin, zaak, **status):
    return {"specversion": "1.0", "id": str(uuid.uuid4()), "source": f"urn:nld:oin:{oin}:systeem:zaken",
            "type": STATUS_TYPE, "subject": zaak["identificatie"], "time": "2026-03-02T09:15:00Z",
            "datacontenttype": "application/json", "data": zaak_status(zaak, **status)}


def in_threads(*tasks):
    """Runs functions side by side; their results in order, or the first failure."""
    results = [None] * len(tasks)

    def run(i, task):
        try:
            results[i] = (task(), None)
        except BaseException as failure:  # passed on below
            results[i] = (None, failure)

    threads = [threading.Thread(target=run, args=(i, task), daemon=True) for i, task in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _, failure in results:
        if failure:
            raise failure
    return [result for result, _ in results]


# --- the suites ---

_network = None


def network(partners=3):
    """The network of this file, started when first asked for."""
    global _network
    if _network is None:
        _network = Network(partners)
    return _network


class ApiTest(unittest.TestCase):
    partners = 3

    @classmethod
    def setUpClass(cls):
        cls.net = network(cls.partners)
        cls.p1, cls.p2, cls.p3 = (cls.net.of(f"P{i}") for i in (1, 2, 3))
        cls.operator, cls.auditor = cls.net.of("BEHEERDER"), cls.net.of("AUDITOR")
        cls.oin1, cls.oin2, cls.oin3 = (cls.net.oin(f"P{i}") for i in (1, 2, 3))

    def ground(self, agreement=None, **more):
        return {"uitwisselafspraak": agreement or self.net.agreement, **more}

    def register(self, who=None, subject=None, **more):
        """A new zaak of an organisation about a person; returns (answer, zaak, subject)."""
        who = who or self.p1
        oin = {self.p1: self.oin1, self.p2: self.oin2, self.p3: self.oin3}[who]
        subject, zaak = subject or person(), new_zaak(oin)
        answer = who.post("/v1/verwijzingen", {"zaak": zaak, "betrokkenen": [subject], **more}, expect=201)
        return answer, zaak, subject

    def search(self, subject, who=None, expect=200, code=None, agreement=None, ground=None, **more):
        body = {"onderwerp": subject, "grondslag": ground or self.ground(agreement), **more}
        return (who or self.p2).post("/v1/zoekopdrachten", body, expect=expect, code=code)

    def holders(self, subject, who=None, **more):
        return [holder["oin"] for holder in self.search(subject, who, **more).json()["bronhouders"]]

    def new_agreement(self, **changes):
        """One more agreement between all partners, in force; returns its id. A change to None leaves a member out."""
        body = {**self.agreement_body(), **changes}
        return self.agree({name: value for name, value in body.items() if value is not None})

    def agreement_body(self):
        """The content of the network's own agreement."""
        return members.content_of(self.operator.get(f"/v1/uitwisselafspraken/{self.net.agreement}", expect=200).json())

    def agree(self, body, identity=None, others=()):
        """Drafted and offered by the operator, confirmed by every partner that it names. others: clients of parties
        that are no partners of the network."""
        named = {*body["aanbieders"], *body["afnemers"]}
        everyone = [f"P{i + 1}" for i in range(self.partners)]
        parties = [self.net.of(who) for who in everyone if self.net.oin(who) in named]
        return members.agree(self.operator, [*parties, *others], body, identity)

    def record(self, index, who=None):
        """The line of a record, read by an auditor."""
        return json.loads((who or self.auditor).get(f"/v1/verwerkingen/{index}", expect=200).json()["regel"])

    def pointers(self, answer):
        return sorted(fault["name"] for fault in answer.json().get("invalidParams", []))


def main():
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--bin")
    given, rest = parser.parse_known_args()
    if given.bin:
        os.environ["WISSEL_BIN"] = given.bin
    try:
        program = unittest.main(argv=[sys.argv[0], *rest], exit=False)
        failed = not program.result.wasSuccessful()
        if failed and _network:
            print(f"--- the end of wisseld.log ---\n{_network.log_tail()}", file=sys.stderr)
    finally:
        if _network:
            _network.down()
    sys.exit(1 if failed else 0)
