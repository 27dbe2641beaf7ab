"""The rows: what is measured, in which unit, what is to be reached, and what has to run for it."""
import dataclasses
import operator
import statistics

AT_MOST, AT_LEAST = "at most", "at least"


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    what: str
    unit: str
    sense: str
    goal: float
    steps: tuple  # what a round has to run for it; the first is measured, others stand beside it
    value: object = None  # from what the steps of one round saw; None: the row's own step gives values itself


def ratio(mine, mine_key, other, other_key):
    return lambda seen: seen[mine][mine_key] / seen[other][other_key]


ROWS = (
    Row("search-cpu", "search: server CPU per request", "× nginx", AT_MOST, 2.5,
        ("search", "nginx"), ratio("search", "cpu_us", "nginx", "cpu_us")),
    Row("search-throughput", "search: throughput", "× nginx", AT_LEAST, 0.45,
        ("search", "nginx"), ratio("search", "per_s", "nginx", "per_s")),
    Row("search-postgresql", "search: throughput", "× PostgreSQL, look-up and audit insert", AT_LEAST, 1.6,
        ("search", "pg-search"), ratio("search", "per_s", "pg-search", "per_s")),
    Row("search-one-connection", "search, one connection: p50", "× fdatasync", AT_MOST, 3,
        ("search-1", "fdatasync"), ratio("search-1", "p50_us", "fdatasync", "p50_us")),
    Row("search-half-rate", "search at half its highest rate, open loop: p99", "× fdatasync", AT_MOST, 30,
        ("search-half", "search", "fdatasync"), ratio("search-half", "p99_us", "fdatasync", "p50_us")),
    Row("push-search", "push accepted: rate", "× search", AT_LEAST, 0.6,
        ("push", "search"), ratio("push", "per_s", "search", "per_s")),
    Row("push-postgresql", "push accepted: rate", "× PostgreSQL, outbox and audit insert", AT_LEAST, 1.0,
        ("push", "pg-push"), ratio("push", "per_s", "pg-push", "per_s")),
    Row("pull", "pull of three holders, 16 connections: p50", "× search, 16 connections", AT_MOST, 4,
        ("pull", "search-16"), ratio("pull", "p50_us", "search-16", "p50_us")),
    Row("handshake-full", "full mTLS handshakes per CPU second", "× nginx", AT_LEAST, 0.9,
        ("handshake", "nginx-handshake"), ratio("nginx-handshake", "cpu_us", "handshake", "cpu_us")),
    Row("handshake-resumed", "resumed mTLS handshakes per CPU second", "× nginx", AT_LEAST, 0.9,
        ("resume", "nginx-resume"), ratio("nginx-resume", "cpu_us", "resume", "cpu_us")),
    Row("bulk-rate", "bulk registration", "lines/s", AT_LEAST, 20_000, ("bulk",)),
    Row("bulk-memory", "bulk registration: memory without the store's bounded cache, last third over middle third", "×", AT_MOST, 1.1,
        ("bulk",)),
    Row("idle-memory", "idle mTLS connections: resident memory", "KiB each", AT_MOST, 96, ("idle",)),
    Row("idle-cpu", "idle mTLS connections: CPU", "% of a core", AT_MOST, 1, ("idle",)),
    Row("log-verify", "wisselctl log verify, one core", "records/s", AT_LEAST, 150_000, ("log-verify",)),
)
LARGE = (
    Row("large-disk", "10,000,000 references of a zaak and a person: look-up index on disk, compacted", "bytes each", AT_MOST, 120, ("large",)),
    Row("large-resident", "10,000,000 references: resident memory at defaults", "MiB", AT_MOST, 1024, ("large",)),
    Row("large-ready", "10,000,000 references: ready after start", "s", AT_MOST, 2, ("large",)),
    Row("large-cpu", "10,000,000 references: search CPU per request", "× that at 1,000,000", AT_MOST, 1.25,
        ("large",)),
)


@dataclasses.dataclass
class Outcome:
    row: Row
    values: list

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def met(self):
        reached = operator.le if self.row.sense == AT_MOST else operator.ge
        return reached(self.median, self.row.goal)

    def as_json(self):
        return {"name": self.row.name, "unit": self.row.unit, "runs": len(self.values), "min": min(self.values),
                "median": self.median, "max": max(self.values), "goal": self.row.goal, "met": self.met,
                "what": self.row.what, "sense": self.row.sense}


def chosen(only, large):
    """The rows of these names, all without any; KeyError: a name that is none."""
    known = {row.name: row for row in (*ROWS, *LARGE)}
    if only:
        return [known[name] for name in only]
    return [*ROWS, *(LARGE if large else ())]


def outcomes(rows, rounds, single):
    """rounds: what the steps saw in each round; single: values by name of rows that no round measures."""
    found = []
    for row in rows:
        values = [row.value(seen) for seen in rounds] if row.value else single.get(row.name, [])
        if values:
            found.append(Outcome(row, values))
    return found
