#!/usr/bin/python3
"""The arithmetic of bench/compare: rows, ratios, verdict, persons."""
import json
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "tests")]
from comparison import goals, persons, report, steps  # noqa: E402

ROUNDS = [{"search": {"cpu_us": cpu, "per_s": 100.0}, "nginx": {"cpu_us": 10.0, "per_s": rate}}
          for cpu, rate in ((20, 200), (30, 250), (24, 160))]


def found(*names, single=None):
    return goals.outcomes(goals.chosen(names, False), ROUNDS, single or {})


class Rows(unittest.TestCase):
    def test_the_median_of_ratios_within_a_round_is_held_to_the_goal(self):
        cpu, throughput = found("search-cpu", "search-throughput")
        self.assertEqual((cpu.values, cpu.median, cpu.met), ([2.0, 3.0, 2.4], 2.4, True))
        self.assertEqual((throughput.median, throughput.met), (0.5, True))

    def test_a_goal_is_reached_when_it_is_met_exactly(self):
        self.assertTrue(found("bulk-rate", single={"bulk-rate": [20_000]})[0].met)
        self.assertFalse(found("bulk-rate", single={"bulk-rate": [19_999]})[0].met)

    def test_every_step_that_a_round_runs_is_of_a_row_and_each_row_has_a_step(self):
        of_rounds = {step for group in steps.GROUPS for step in group}
        rows = [row for row in goals.ROWS if row.value]
        self.assertEqual(of_rounds, steps.needed(rows))
        names = [row.name for row in (*goals.ROWS, *goals.LARGE)]
        self.assertEqual(len(names), len(set(names)))

    def test_large_rows_are_run_when_asked_for(self):
        self.assertNotIn("large-disk", [row.name for row in goals.chosen([], False)])
        self.assertIn("large-disk", [row.name for row in goals.chosen([], True)])
        with self.assertRaises(KeyError):
            goals.chosen(["nonsense"], False)


class Report(unittest.TestCase):
    def test_a_miss_is_named_and_ends_with_1(self):
        outcomes = found("search-cpu", "bulk-rate", single={"bulk-rate": [10]})
        self.assertEqual(report.verdict(outcomes), (1, "missed: bulk-rate"))
        self.assertEqual(report.verdict(outcomes[:1])[0], 0)

    def test_json_has_a_row_for_each_outcome(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "rows.json"
            report.write_json(path, found("search-cpu"))
            row = json.loads(path.read_text())[0]
        self.assertEqual({name: row[name] for name in ("name", "runs", "min", "median", "max", "goal", "met")}, {
            "name": "search-cpu", "runs": 3, "min": 2.0, "median": 2.4, "max": 3.0, "goal": 2.5, "met": True})


class Rounds(unittest.TestCase):
    def test_the_highest_rate_is_known_before_half_of_it_is_asked(self):
        for number in (0, 1):
            order = steps.order(number)
            self.assertLess(order.index("search"), order.index("search-half"))
            self.assertLess(order.index("fdatasync"), order.index("search-half"))

    def test_peers_take_turns_in_going_first(self):
        first = [steps.order(number).index("nginx") < steps.order(number).index("search") for number in (0, 1)]
        self.assertEqual(first, [True, False])


class Persons(unittest.TestCase):
    def test_numbers_pass_the_elfproef_and_differ(self):
        made = list(persons.numbers(12_000))
        self.assertEqual(len(set(made)), 12_000)
        for number in made:
            digits = [int(digit) for digit in number]
            weighed = sum(weight * digit for weight, digit in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), digits))
            self.assertEqual((len(number), weighed % 11), (9, 0), number)

    def test_skipping_goes_on_where_the_others_ended(self):
        self.assertEqual(list(persons.numbers(5, skip=10)), list(persons.numbers(15))[10:])


if __name__ == "__main__":
    unittest.main()
