"""Clients that use Wissel as partners do, over kept-alive connections, and write down what they were answered.

Each worker is one thread with one connection. A connection that breaks leaves an unknown outcome; what must happen
exactly once (a message) is sent again with the same id, before anything that follows it.
"""
import http.client
import json
import os
import threading
import urllib.parse

import making
from history import payload_hash

BROKEN = (OSError, http.client.HTTPException, json.JSONDecodeError)
PAUSE_S = 0.02  # after a 503, so that a daemon without a store is not asked in a tight loop


class Ended(Exception):
    """The daemon is away and the round is over."""


class Worker:
    def __init__(self, net, history, who):
        self.net, self.history, self.who, self.oin = net, history, who, net.oin(who)
        self.refused = []  # answers that no load of ours should get
        self._client = None

    def run(self, stop):
        """Steps until told to stop or the daemon is gone."""
        self._stop = stop
        try:
            self._client = self.net.connect(self.who)
            while not stop.is_set():
                self.step()
        except (Ended, *BROKEN):
            pass
        finally:
            if self._client:
                self._client.close()

    def ask(self, kind, key, method, path, body=None, headers=None, expect=(200,), facts=lambda answer: {}):
        """One request and its line in the history; None when it was answered 503 (not taken, try again later)."""
        trace = os.urandom(16).hex()
        headers = {"traceparent": f"00-{trace}-{os.urandom(8).hex()}-01", **(headers or {})}
        self.history.sent(kind, key, body or {}, trace)
        answer = self._client.request(method, path, body, headers)
        index = answer.headers.get("Wissel-Log-Index")
        good = answer.status in expect
        more = facts(answer) if good else {}
        if answer.status == 503:
            more = {"code": answer.json()["code"], "retry": answer.headers.get("Retry-After")}
        self.history.answered(kind, key, answer.status, index and int(index), trace, **more)
        if answer.status == 503:
            self._stop.wait(PAUSE_S)
            return None
        if not good:
            self.refused.append(f"{method} {path}: {answer}")
            self._stop.wait(PAUSE_S)
            return None
        return answer


class Registrar(Worker):
    """Sets references one by one, and withdraws every fifth again."""

    def __init__(self, *given):
        super().__init__(*given)
        self._count = 0

    def step(self):
        body = making.reference(self.oin)
        person = body["betrokkenen"][0]["waarde"]
        answer = self.ask("reference", person, "POST", "/v1/verwijzingen", body, expect=(201,),
                          facts=lambda answer: {"id": answer.json()["id"], "holder": self.oin})
        self._count += 1
        if answer and self._count % 5 == 0:
            self.ask("withdrawal", person, "DELETE", f"/v1/verwijzingen/{answer.json()['id']}", expect=(204,),
                     facts=lambda _: {"id": answer.json()["id"], "holder": self.oin})


class BulkRegistrar(Worker):
    """Sets references by the piece."""

    LINES = 40

    def step(self):
        bodies = [making.reference(self.oin) for _ in range(self.LINES)]
        lines = b"".join(json.dumps({"zet": body}).encode() + b"\n" for body in bodies)
        people = [body["betrokkenen"][0]["waarde"] for body in bodies]
        self.ask("bulk", people, "POST", "/v1/verwijzingen/bulk", lines, making.NDJSON, facts=self._summary)

    def _summary(self, answer):
        last = json.loads(answer.body.splitlines()[-1])["samenvatting"]
        if last["gezet"] != self.LINES:
            self.refused.append(f"bulk: {last}")
        return {"holder": self.oin}


class Synchroniser(Worker):
    """Replaces its full set again and again: some references stay, most are others."""

    STAY, CHANGE = 10, 50

    def __init__(self, *given):
        super().__init__(*given)
        self._staying = [making.reference(self.oin) for _ in range(self.STAY)]
        self.sets = []  # the people of each full set, in the order of sending

    def step(self):
        bodies = self._staying + [making.reference(self.oin) for _ in range(self.CHANGE)]
        self.sets.append({body["betrokkenen"][0]["waarde"] for body in bodies})
        lines = b"".join(json.dumps(body).encode() + b"\n" for body in bodies)
        self.ask("set", len(self.sets) - 1, "POST", "/v1/verwijzingen/synchronisaties", lines, making.NDJSON)


class Sender(Worker):
    """Sends numbered messages about its own zaken in turn; nothing about a zaak before the last one is accepted."""

    def __init__(self, net, history, who, zaken=4):
        super().__init__(net, history, who)
        self._zaken = [{"zaak": making.zaak(self.oin), "number": 1} for _ in range(zaken)]
        self._turn = 0

    def step(self):
        self.send(self._zaken[self._turn])
        self._turn = (self._turn + 1) % len(self._zaken)

    def send(self, of):
        event = making.event(of["zaak"], of["number"])
        answer = self.ask("message", event["id"], "POST", "/v1/statusberichten", json.dumps(event).encode(),
                          making.EVENT, expect=(202,),
                          facts=lambda answer: {**answer.json(), "sender": self.oin, "zaak": event["subject"],
                                                "number": of["number"], "data": payload_hash(event["data"])})
        if answer:
            of["number"] += 1

    def settle(self, stop):
        """Sends again what has no answer yet, and nothing new."""
        self._stop = stop
        self._client = self.net.connect(self.who)
        try:
            for of in self._zaken:
                before = of["number"]
                while of["number"] == before and not stop.is_set():
                    self.send(of)
        finally:
            self._client.close()


class Searcher(Worker):
    """Looks up people registered before, and must find them: what was acknowledged is seen at once."""

    def __init__(self, *given):
        super().__init__(*given)
        self.missed = []
        self.forget()

    def forget(self):
        """Whom to look for is read from the history anew."""
        self._seen = 0
        self._known = {}

    def step(self):
        withdrawn = set()
        for line in self.history.lines(since=self._seen):
            self._seen += 1
            if line["kind"] == "withdrawal":
                withdrawn.add(line["key"])  # asked for, so its outcome counts from now on as unknown
            elif line["what"] == "answered" and line["kind"] == "reference" and line["status"] == 201:
                self._known[line["key"]] = line["holder"]
        for person in withdrawn:
            self._known.pop(person, None)
        if not self._known:
            self._stop.wait(PAUSE_S)
            return
        person = next(reversed(self._known))
        holder = self._known[person]
        begun = len(self.history)
        body = {"onderwerp": {"soort": "bsn", "waarde": person},
                "grondslag": {"uitwisselafspraak": self.net.agreement}}
        answer = self.ask("search", person, "POST", "/v1/zoekopdrachten", body)
        if answer is None:
            return
        found = [entry["oin"] for entry in answer.json()["bronhouders"]]
        gone = any(line["kind"] == "withdrawal" and line["key"] == person
                   for line in self.history.lines(since=self._seen))
        if holder not in found and not gone:
            self.missed.append(f"{person} (holder {holder}, history line {begun}): found {found}")


class Mailbox(Worker):
    """Fetches, writes down, acknowledges; now and then fetches twice before it acknowledges."""

    def __init__(self, *given):
        super().__init__(*given)
        self._fetches = 0
        self.acknowledged = -1
        self.messages = []  # (volgnummer, event) in the order of arrival
        self.returned = []  # came again although their acknowledgement was answered

    def step(self):
        self.fetch(wait_s=1)

    def fetch(self, wait_s):
        query = urllib.parse.urlencode({"aantal": 50, "wacht": wait_s})
        answer = self.ask("fetch", self.who, "GET", f"/v1/postbus?{query}",
                          facts=lambda answer: {"messages": [[entry["volgnummer"], entry["bericht"]["id"]]
                                                             for entry in answer.json()["berichten"]]})
        if answer is None:
            return 0
        entries = answer.json()["berichten"]
        numbers = [entry["volgnummer"] for entry in entries]
        if numbers != sorted(set(numbers)):
            self.refused.append(f"mailbox out of order: {numbers}")
        self.returned += [number for number in numbers if number <= self.acknowledged]
        self.messages += [(entry["volgnummer"], entry["bericht"]) for entry in entries]
        self._fetches += 1
        if entries and self._fetches % 4:
            done = self.ask("acknowledge", numbers[-1], "POST", "/v1/postbus/bevestigingen",
                            {"totEnMet": numbers[-1]}, expect=(204,))
            if done is not None:
                self.acknowledged = max(self.acknowledged, numbers[-1])
        return len(entries)

    def drain(self, stop):
        """Fetches until nothing is left."""
        self._stop = stop
        self._client = self.net.connect(self.who)
        try:
            while self.fetch(wait_s=0) or self._fetches % 4 == 0:
                pass
        finally:
            self._client.close()


class Watcher(Worker):
    """Keeps the checkpoints it was given: the log of later must extend each of them."""

    def __init__(self, *given):
        super().__init__(*given)
        self.checkpoints = []

    def run(self, stop):
        try:
            with self.net.log_reader() as reader:
                while not stop.is_set():
                    checkpoint = reader.checkpoint()
                    self.history.answered("checkpoint", checkpoint.size, 200, root=checkpoint.root.hex())
                    self.checkpoints.append(checkpoint)
                    stop.wait(0.1)
        except BROKEN:
            pass


def in_threads(workers, stop, again=False):
    """again: each connects again whenever it loses its connection."""
    def run(worker):
        worker.run(stop)
        while again and not stop.is_set():
            worker.run(stop)

    threads = [threading.Thread(target=run, args=(worker,), daemon=True) for worker in workers]
    for thread in threads:
        thread.start()
    return threads
