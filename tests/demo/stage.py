"""The network that the story plays in: organisations, what they hold, and calls in their name."""
import csv
import json
import pathlib
import statistics
import time

from testnet import files, members, network
from testnet.client import Client

# Codes of gemeenten.csv, in the order of the network. RNI is the chain partner: it registers who lives abroad.
CODES = ["0518", "0599", "0363", "0344", "0014", "1999"]
CHAIN_PARTNERS = {"1999"}
NOBODY = "999000007"  # passes the elfproef; no test person has it


def read_csv(name):
    with open(files.DATA / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Organisation:
    """One member of the network. number: that of P<number> in the test network's env; None for the others."""

    def __init__(self, name, number=None, code=None):
        self.name = name
        self.number = number
        self.code = code
        self.oin = None
        self.client = None
        self.persons = []  # (index of the zaak, BSN)


class Stage:
    """The organisations by role in the story, and the person that it is about. Not thread-safe."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        names = {row["gemeentecode"]: row["naam"] for row in read_csv("gemeenten.csv")}
        self.members = [Organisation(names[code] if code in CHAIN_PARTNERS else f"Gemeente {names[code]}", i, code)
                        for i, code in enumerate(CODES, start=1)]
        (self.den_haag, self.rotterdam, self.amsterdam, self.utrecht, self.groningen, self.rni) = self.members
        self.operator = Organisation("Beheerder van het schakelpunt")
        self.auditor = Organisation("Auditdienst")
        self.zaaktypen = json.loads((files.DATA / "zaaktypen.json").read_text(encoding="utf-8"))
        self.timings = {}
        self.told = {}  # what a chapter leaves for later ones, by name
        self.delivered = 0
        self.nobody = NOBODY
        self._assign()

    def _assign(self):
        """Everyone at the own municipality, or in turn at a member where that is not in the network. The person of
        the story is known to three."""
        persons = read_csv("testpersonen.csv")
        own = {member.code: member for member in self.members}
        elsewhere = 0
        for index, row in enumerate(persons):
            holder = own.get(row["gemeentecode"])
            if holder is None:
                holder = self.members[elsewhere % len(self.members)]
                elsewhere += 1
            holder.persons.append((index, row["bsn"]))
        self.persons = len(persons)
        self.person = self.den_haag.persons[0][1]
        self.holders = [self.den_haag, self.rotterdam, self.rni]
        for extra, member in enumerate(self.holders[1:]):
            member.persons.append((len(persons) + extra, self.person))
        self.references = sum(len(member.persons) for member in self.members)

    # --- the network ---

    def up(self):
        network.up(self.directory, names=[member.name for member in self.members])
        self.env = files.read_env(self.directory)
        self.agreement = self.env["UITWISSELAFSPRAAK"]
        for organisation, key in self._everyone():
            organisation.oin = self.env[f"{key}_OIN"]
            organisation.client = Client(self.env["WISSEL_URL"], self.env["WISSEL_CA"], self.env[f"{key}_CERT"],
                                         self.env[f"{key}_KEY"])
        self._names = {organisation.oin: organisation.name for organisation, _ in self._everyone()}

    def _everyone(self):
        return [*((member, f"P{member.number}") for member in self.members),
                (self.operator, "BEHEERDER"), (self.auditor, "AUDITOR")]

    def register_everyone(self):
        """References through bulk, zaken at their holder; returns how long that took, in seconds."""
        begin = time.monotonic()
        for member in self.members:
            members.register_persons(self._partner(member), member.client, member.persons, self.zaaktypen)
        return time.monotonic() - begin

    def _partner(self, member):
        return {"name": member.name, "oin": member.oin, "control": self.env[f"P{member.number}_CONTROL"]}

    def take_away(self, member):
        network.stop_partner(self.directory, member.number)

    def bring_back(self, member):
        network.start_partner(self.directory, member.number)
        members.give_zaken(self._partner(member), member.persons, self.zaaktypen)

    def kill_daemon(self):
        """By SIGKILL: what was written since the start then still stands in the write-ahead log alone."""
        self._hang_up()
        network.kill(self.directory)

    def start_daemon(self):
        network.start(self.directory)
        self.env = files.read_env(self.directory)

    def _hang_up(self):
        for organisation, _ in self._everyone():
            if organisation.client:
                organisation.client.close()

    def down(self):
        self._hang_up()
        if (self.directory / "state.json").exists():
            network.down(self.directory)

    # --- calls ---

    def call(self, teller, who, method, path, body=None, expect=200, headers=None):
        """A call in the name of an organisation, told and timed. The answer carries `index`, that of its record, or
        None. Raises client.Unexpected for another status."""
        begin = time.monotonic()
        answer = who.client.request(method, path, body, headers, expect=(expect,))
        took = (time.monotonic() - begin) * 1000
        self.timings.setdefault(f"{method} {path.partition('?')[0]}", []).append(took)
        index = answer.headers.get("Wissel-Log-Index")
        answer.index = None if index is None else int(index)
        record = "" if index is None else f", record {index}"
        teller.call(who.name, f"{method} {path}", f"{answer.status} in {took:.1f} ms{record}")
        return answer

    def ground(self, agreement=None):
        return {"uitwisselafspraak": agreement or self.agreement}

    def subject(self, bsn=None):
        return {"soort": "bsn", "waarde": bsn or self.person}

    def name_of(self, oin):
        return self._names.get(oin, oin)

    def short_name_of(self, oin):
        name = self.name_of(oin)
        return name.partition("(")[2].rstrip(")") or name.removeprefix("Gemeente ")

    def zaak_of_person(self, member):
        """(reference, zaak with its status) of the person at one of the three holders."""
        index = next(index for index, bsn in member.persons if bsn == self.person)
        reference, zaak = members.zaak_of(index, self.person, member.oin, self.zaaktypen)
        return reference, zaak["zaak"]

    def deliveries(self, member):
        """What the member's webhook was sent, in order."""
        path = self.directory / f"p{member.number}" / "ontvangen.ndjson"
        if not path.exists():
            return []
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.endswith("}")]

    def figures(self):
        """(call, number, median in ms) of everything that was timed."""
        return [(call, len(times), f"{statistics.median(times):.1f}") for call, times in sorted(self.timings.items())]
