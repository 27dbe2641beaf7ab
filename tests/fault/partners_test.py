#!/usr/bin/python3
"""A partner that is down, slow or lying: others' pulls and deliveries do not wait for it. Prints figures."""
import datetime
import json
import threading
import time

import making
import setting
from measure import show
from setting import LIMIT_S, waiting

BAD = "P4"
PULLS = 150      # for each figure
MESSAGES = 60    # for each figure
DEADLINE_MS = 1000
SLACK_S = 0.25 * setting.SLOW  # of the client and a busy machine
# What a bad partner may do, and what a pull may then call its part.
PULL_KINDS = {
    "hangt": ({"soort": "hangt"}, {"nietTijdig", "overgeslagen"}),
    "traag": ({"soort": "vertraging", "ms": 5000}, {"nietTijdig", "overgeslagen"}),
    "fout": ({"soort": "fout", "status": 500}, {"fout", "overgeslagen"}),
    "onzin": ({"soort": "onzin"}, {"fout", "overgeslagen"}),
    "verkeerdeVorm": ({"soort": "verkeerdeVorm"}, {"fout", "overgeslagen"}),
    "certificaat": ({"soort": "certificaat"}, {"fout", "onbereikbaar", "overgeslagen"}),
    "verbreekt": ({"soort": "verbreekt"}, {"fout", "onbereikbaar", "overgeslagen"}),
}
PUSH_KINDS = ("hangt", "traag", "fout", "certificaat", "verbreekt")


class PullTest(setting.FaultTest):
    partners = 4

    def person_at(self, *holders):
        person = making.person()
        for who in holders:
            case = making.zaak(self.net.oin(who))
            with self.net.connect(who) as holder:
                holder.post("/v1/verwijzingen", {"zaak": case, "betrokkenen": [person]}, expect=(201,))
            self.net.give_zaak(who, [person], making.status_of(case))
        return person

    def pull(self, connection, person):
        """(seconds, outcome by holder)"""
        begun = time.monotonic()
        answer = connection.post("/v1/statusbevragingen", {"onderwerp": person, "maxWachttijdMs": DEADLINE_MS,
                                                           "grondslag": self.ground()}, expect=(200,))
        taken = time.monotonic() - begun
        return taken, {part["bronhouder"]["oin"]: part["uitkomst"] for part in answer.json()["delen"]}

    def good_pulls(self, person):
        """Times of pulls that the bad partner has no part in."""
        wanted = {self.net.oin(who): "beantwoord" for who in ("P2", "P3")}
        times = []
        with self.net.connect("P1") as connection:
            for _ in range(PULLS):
                taken, outcomes = self.pull(connection, person)
                self.assertEqual(outcomes, wanted)
                times.append(taken)
        return times

    def test_a_bad_holder_lengthens_no_pull_beyond_its_deadline_nor_others(self):
        print()
        apart, together = self.person_at("P2", "P3"), self.person_at("P2", BAD)
        alone = show("pull, all well", self.good_pulls(apart))
        for kind, (behaviour, allowed) in PULL_KINDS.items():
            with self.subTest(kind):
                kind_behaviour = dict(behaviour)
                self.net.behave(BAD, kind_behaviour.pop("soort"), **kind_behaviour)
                self.judge_pulls(kind, allowed, apart, together, alone)
                self.net.behave(BAD)
                self.asked_again(together)
        self.net.stop_partner(BAD)
        self.judge_pulls("weg", {"onbereikbaar", "overgeslagen"}, apart, together, alone)
        self.net.start_partner(BAD)
        self.asked_again(together)

    def asked_again(self, person):
        """Once it is well again, it is asked again before long."""
        with self.net.connect("P3") as connection:
            waiting.until(lambda: self.pull(connection, person)[1][self.net.oin(BAD)] == "beantwoord", LIMIT_S,
                          f"{BAD} is asked again")

    def judge_pulls(self, kind, allowed, apart, together, alone):
        stop, times, faults = threading.Event(), [], []

        def pull_bad():
            with self.net.connect("P3") as connection:
                while not stop.is_set():
                    taken, outcomes = self.pull(connection, together)
                    times.append(taken)
                    if outcomes[self.net.oin("P2")] != "beantwoord" or outcomes[self.net.oin(BAD)] not in allowed:
                        faults.append(outcomes)

        threads = [threading.Thread(target=pull_bad, daemon=True) for _ in range(2)]
        for thread in threads:
            thread.start()
        waiting.until(lambda: times or not all(thread.is_alive() for thread in threads), LIMIT_S, "a pull")
        beside = show(f"pull of others, {kind}", self.good_pulls(apart))
        stop.set()
        for thread in threads:
            thread.join()
        own = show(f"pull with it, {kind}", times)
        self.assertFalse(faults, faults[:3])
        self.assertLessEqual(own["max"], DEADLINE_MS / 1000 + SLACK_S)
        self.assertLessEqual(beside["p50"], 3 * alone["p50"] + 0.05)
        self.assertLessEqual(beside["max"], DEADLINE_MS / 1000 + SLACK_S)


class PushTest(setting.FaultTest):
    partners = 4

    def subscribe(self, who):
        with self.net.connect(who) as subscriber:
            answer = subscriber.post("/v1/abonnementen", {
                "bronhouders": [self.net.oin("P1")], "bezorging": {"soort": "webhook"}, "grondslag": self.ground()},
                expect=(201,))
        return answer.json()["id"]

    def deliveries(self, who, sent):
        """Seconds from 202 to the subscriber's note, for each message; waits until all have come."""
        def arrived():
            lines, _ = self.net.received(who)
            found = {line["bericht"]["id"]: line["ontvangenOp"] for line in reversed(lines)}
            return found if sent.keys() <= found.keys() else None

        found = waiting.until(arrived, LIMIT_S, f"deliveries at {who}")
        return [moment(found[key]) - begun for key, begun in sent.items()]

    def send(self, zaken, count):
        """key → wall clock before it was sent."""
        sent = {}
        with self.net.connect("P1") as sender:
            for number in range(count):
                of = zaken[number % len(zaken)]
                of["number"] += 1
                event = making.event(of["zaak"], of["number"])
                sent[event["id"]] = time.time()
                sender.post("/v1/statusberichten", json.dumps(event).encode(), headers=making.EVENT, expect=(202,))
        return sent

    def test_a_bad_subscriber_delays_no_other_and_gets_its_own_in_order(self):
        print()
        zaken = [{"zaak": making.zaak(self.net.oin("P1")), "number": 0} for _ in range(6)]
        for who in ("P2", "P3", BAD):
            self.subscribe(who)
        everything = self.send(zaken, MESSAGES)
        alone = show("delivery, all well", self.deliveries("P2", everything) + self.deliveries("P3", everything))
        for kind in PUSH_KINDS:
            with self.subTest(kind):
                behaviour = dict(PULL_KINDS[kind][0])
                self.net.behave(BAD, behaviour.pop("soort"), **behaviour)
                everything |= self.judge(kind, zaken, alone)
        self.net.behave(BAD)
        self.net.stop_partner(BAD)
        everything |= self.judge("weg", zaken, alone)
        self.net.start_partner(BAD)
        begun = time.monotonic()
        self.deliveries(BAD, everything)
        print(f"it got everything {time.monotonic() - begun:.1f} s after it was back", flush=True)
        self.assertFalse(self.disorder(BAD))

    def judge(self, kind, zaken, alone):
        """Sends while one subscriber is bad; the others get theirs as ever. What was sent."""
        sent = self.send(zaken, MESSAGES)
        beside = show(f"delivery to others, {kind}", self.deliveries("P2", sent) + self.deliveries("P3", sent))
        self.assertLessEqual(beside["p50"], 3 * alone["p50"] + 0.1)
        self.assertLessEqual(beside["max"], 3 * alone["max"] + 2 * SLACK_S)
        return sent

    def disorder(self, who):
        last, seen, faults = {}, set(), []
        for line in self.net.received(who)[0]:
            event = line["bericht"]
            if event["id"] in seen:
                continue
            seen.add(event["id"])
            number = int(event["id"].rpartition("-")[2])
            if number <= last.get(event["subject"], 0):
                faults.append((event["id"], last[event["subject"]]))
            last[event["subject"]] = number
        return faults


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


if __name__ == "__main__":
    setting.main()
