"""What a comparison shows: a table for a reader, JSON for a program."""
import json

from . import steps


def number(value):
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def table(outcomes):
    sign = {"at most": "≤", "at least": "≥"}
    yield f"{'name':<22} {'goal':>9}  {'median':>8} {'min':>8} {'max':>8}  runs        unit"
    for outcome in outcomes:
        row = outcome.row
        yield (f"{row.name:<22} {sign[row.sense] + ' ' + number(row.goal):>9}  {number(outcome.median):>8} "
               f"{number(min(outcome.values)):>8} {number(max(outcome.values)):>8}  {len(outcome.values):>4}"
               f"  {'met' if outcome.met else 'MISS':<4}  {row.unit}")


def seen_beside(rounds):
    last = None
    for step, unit, median in steps.beside(rounds):
        yield f"{step if step != last else '':<16} {number(median):>9} {unit}"
        last = step


def write_json(path, outcomes):
    path.write_text(json.dumps([outcome.as_json() for outcome in outcomes], indent=1, ensure_ascii=False) + "\n")


def verdict(outcomes):
    """(exit code, sentence)"""
    missed = [outcome.row.name for outcome in outcomes if not outcome.met]
    if missed:
        return 1, f"missed: {', '.join(missed)}"
    return 0, "every row reaches its goal"
