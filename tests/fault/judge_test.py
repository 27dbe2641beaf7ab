#!/usr/bin/python3
"""The judge finds what is wrong: a test of faults that could find none would be worth nothing."""
import math
import pathlib
import sys
import tempfile
import types
import unittest

sys.dont_write_bytecode = True
import growth  # noqa: E402
import history  # noqa: E402
import making  # noqa: E402
import oracle  # noqa: E402

SENDER, OTHER = "00000099000000101000", "00000099000000102000"


def accepted(event, volgnummer=5):
    return [{"what": "sent", "kind": "message", "key": event["id"], "hash": "h"},
            {"what": "answered", "kind": "message", "key": event["id"], "status": 202, "index": volgnummer,
             "trace": "t", "id": f"id-{volgnummer}", "volgnummer": volgnummer, "sender": SENDER,
             "data": history.payload_hash(event["data"])}]


class JudgeTest(unittest.TestCase):
    def setUp(self):
        self.zaak = making.zaak(SENDER)
        self.events = [making.event(self.zaak, number) for number in (1, 2, 3)]
        self.lines = [line for event in self.events for line in accepted(event)]

    def deliveries(self, events):
        return oracle.deliveries("here", self.lines, events, {SENDER})

    def found(self, people):
        """Lets searches find these: person → holders."""
        saved = oracle.search
        oracle.search = lambda net, asked: {person: people.get(person, []) for person in asked}
        self.addCleanup(setattr, oracle, "search", saved)

    def test_good_deliveries_are_good_and_repeats_are_allowed(self):
        first, second, third = self.events
        self.assertEqual(self.deliveries([first, second, first, second, third]), [])

    def test_a_lost_message_is_found(self):
        self.assertIn("lost", self.deliveries(self.events[:2])[0])

    def test_a_message_that_nobody_sent_is_found(self):
        self.assertIn("ghost", self.deliveries([*self.events, making.event(self.zaak, 4)])[0])

    def test_a_changed_message_is_found(self):
        changed = {**self.events[2], "data": {**self.events[2]["data"], "bron": {}}}
        self.assertIn("changed", self.deliveries([*self.events[:2], changed])[0])

    def test_disorder_is_found(self):
        first, second, third = self.events
        self.assertIn("order", self.deliveries([first, third, second])[0])

    def test_a_message_accepted_twice_is_found(self):
        twice = accepted(self.events[0], 5) + accepted(self.events[0], 9)
        self.assertEqual(len(oracle.repeated_differently(twice)), 1)
        self.assertEqual(oracle.repeated_differently(accepted(self.events[0], 5) * 2), [])

    def test_an_answer_without_its_record_is_found(self):
        line = {"what": "answered", "kind": "search", "status": 200, "index": 7, "trace": "a"}
        record = oracle.Record(7, "a", "zoeken", "s", None)
        self.assertEqual(oracle.lost_records([line], [record]), [])
        self.assertEqual(len(oracle.lost_records([line], [record._replace(trace="b")])), 1)
        self.assertEqual(len(oracle.lost_records([line], [])), 1)
        self.assertEqual(len(oracle.lost_records([{**line, "index": None}], [])), 1)
        self.assertEqual(oracle.lost_records([{**line, "index": None, "status": 503}], []), [])

    def test_a_record_that_nobody_asked_for_or_that_stands_there_twice_is_found(self):
        sent = [{"what": "sent", "kind": "reference", "trace": "a"}]
        one = oracle.Record(1, "a", oracle.ONCE[0], "s", "of the client")
        beside = [one._replace(index=2, span="t", parent="s"), oracle.Record(3, "b", "bericht bezorgen", "u", None)]
        self.assertEqual(oracle.strange_records(sent, [one, *beside]), [])
        self.assertIn("repeat", oracle.strange_records(sent, [one, one._replace(index=2, span="t")])[0])
        self.assertIn("ghost", oracle.strange_records(sent, [one._replace(trace="b")])[0])

    def test_lost_references_and_ghosts_are_found(self):
        lines = [{"what": what, "kind": kind, "key": "1", "status": status, "holder": SENDER}
                 for kind, status in (("reference", 201), ("withdrawal", 204)) for what in ("sent", "answered")]
        self.found({"1": [SENDER]})
        self.assertEqual(oracle.references(None, lines[:2]), [])
        self.assertEqual(oracle.references(None, lines[:3]), [], "asked to go, and no answer: either")
        self.assertIn("ghost", oracle.references(None, lines)[0])
        self.found({})
        self.assertIn("lost", oracle.references(None, lines[:2])[0])
        self.assertEqual(oracle.references(None, lines), [])

    def test_a_full_set_is_seen_whole(self):
        synchroniser = types.SimpleNamespace(oin=OTHER, sets=[{"1", "2"}, {"2", "3"}, {"2", "4"}])
        lines = [{"what": "answered", "kind": "set", "key": 1, "status": 200}]
        for seen, faults in (({"2", "3"}, 0), ({"2", "4"}, 0), ({"1", "2"}, 1), ({"2"}, 1), ({"2", "3", "4"}, 1)):
            self.found(dict.fromkeys(seen, [OTHER]))
            self.assertEqual(len(oracle.full_sets(None, lines, synchroniser)), faults, seen)

    def test_an_answer_is_on_disk_before_it_counts(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "history.ndjson"
            kept = history.History(path)
            kept.sent("search", "1", {}, "t")
            kept.answered("search", "1", 200, 3, "t")
            self.assertEqual(len(path.read_text().splitlines()), 2)
            self.assertEqual([line["index"] for line in kept.lines("answered", "search")], [3])
            kept.close()


class GrowthTest(unittest.TestCase):
    """Of twelve lives with 100 of something, where two more are no growth."""

    NOISE = (0.3, -1.1, 0.8, -0.2, 1.3, -0.9, 0.1, -0.6, 1.0, -1.2, 0.7, -0.2)

    def across(self, each, noise=NOISE):
        return growth.from_life_to_life([100 + each * number + chance for number, chance in enumerate(noise)], 2)

    def within(self, more, noise=NOISE):
        return growth.within_a_life([100.0] * len(noise), [100 + more + chance for chance in noise], 2)

    def test_a_line_goes_through_its_points_and_says_how_far_they_lie_off(self):
        self.assertEqual(growth.line_through([1, 3, 5]), (2, 0))
        slope, error = growth.line_through([0, 2, 1, 3])
        self.assertAlmostEqual(slope, 0.8)
        self.assertAlmostEqual(error, (1.8 / 2 / 5) ** 0.5)
        self.assertEqual(growth.line_through([4, 7]), (3, math.inf))
        self.assertEqual(growth.line_through([4]), (0, math.inf))

    def test_chance_is_no_growth(self):
        for noise in (self.NOISE, self.NOISE[::-1], [10 * chance for chance in self.NOISE]):
            self.assertFalse(self.across(0, noise).real)
            self.assertFalse(self.within(0, noise).real)

    def test_what_grows_is_found(self):
        self.assertTrue(self.across(0.5).real, "5.5 from the first life to the last")
        self.assertAlmostEqual(self.across(0.5).by, 5.5, delta=0.5)
        self.assertTrue(self.within(3).real)
        self.assertFalse(self.across(0).real or growth.from_life_to_life([103.0] * 12, 2).real,
                         "each life grows by as much: that shows within a life alone")

    def test_little_is_no_growth_however_sure_it_is(self):
        self.assertFalse(self.across(0.1, [0] * 12).real)
        self.assertFalse(self.within(1.9, [0] * 12).real)
        self.assertTrue(self.within(2.1, [0] * 12).real)

    def test_what_shrinks_is_no_growth(self):
        self.assertFalse(self.across(-5).real)
        self.assertFalse(self.within(-5).real)

    def test_one_bad_life_is_no_growth(self):
        for place in (0, 5, 11):
            self.assertFalse(self.across(0, [60 * (number == place) for number in range(12)]).real, place)
            self.assertFalse(self.within(0, [60 * (number == place) for number in range(12)]).real, place)

    def test_of_few_lives_little_can_be_said(self):
        for lives in (1, 2):
            self.assertFalse(self.across(50, self.NOISE[:lives]).real)
        self.assertFalse(self.within(50, self.NOISE[:1]).real)
        self.assertTrue(self.within(50, self.NOISE[:3]).real)


if __name__ == "__main__":
    unittest.main()
