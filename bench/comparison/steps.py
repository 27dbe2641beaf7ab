"""What a round runs, in turn, and what is measured once."""
import statistics

from . import machine, postgres

# Peers stand next to each other, so that a moment that is bad for one is bad for both; each group runs forwards and
# backwards in turn. search-half needs the rate that search saw in the same round.
GROUPS = (("nginx", "search", "pg-search", "push", "pg-push"), ("search-1", "fdatasync"), ("search-half",),
          ("search-16", "pull"), ("nginx-handshake", "handshake"), ("nginx-resume", "resume"))
NGINX = {"nginx", "nginx-handshake", "nginx-resume"}
POSTGRES = {"pg-search", "pg-push"}
WITHOUT_REFERENCES = NGINX | {"handshake", "resume", "idle"}


def needed(rows):
    return {step for row in rows for step in row.steps}


class Steps:
    """Names of steps to what runs them; each returns what it saw."""

    def __init__(self, driver, gateway, nginx, database):
        self._driver, self._gateway, self._nginx, self._database = driver, gateway, nginx, database
        self._run = {
            "nginx": lambda _: driver.run(nginx.folder, "get"),
            "search": lambda _: self._wissel("search"),
            "pg-search": lambda _: database.run(postgres.SEARCH),
            "push": lambda _: self._push(),
            "pg-push": lambda _: database.run(postgres.PUSH),
            "fdatasync": lambda _: machine.fdatasync(gateway.folder),
            "search-1": lambda _: self._wissel("search", connections=1),
            "search-half": lambda seen: self._wissel("search", rate=seen["search"]["per_s"] / 2),
            "search-16": lambda _: self._wissel("search", connections=16),
            "pull": lambda _: driver.run(gateway.net, "pull", connections=16, persons=gateway.everywhere),
            "nginx-handshake": lambda _: driver.run(nginx.folder, "handshake"),
            "handshake": lambda _: driver.run(gateway.net, "handshake"),
            "nginx-resume": lambda _: driver.run(nginx.folder, "resume"),
            "resume": lambda _: driver.run(gateway.net, "resume"),
        }

    def _wissel(self, mix, **options):
        return self._driver.run(self._gateway.net, mix, persons=self._gateway.anybody, **options)

    def _push(self):
        """At the highest rate; afterwards the mailbox is emptied, so that it does not grow from round to round."""
        seen = self._wissel("push")
        if not self._gateway.empty_mailbox():
            raise machine.Unmeasurable("push: no subscriber matched")
        return seen

    def round(self, number, wanted, progress):
        """What each wanted step saw. number: from 0."""
        seen = {}
        for step in order(number):
            if step in wanted:
                progress(step)
                seen[step] = self._run[step](seen)
        return seen


def order(number):
    """The steps of round `number`, from 0."""
    return [step for group in GROUPS for step in (group if number % 2 == 0 else group[::-1])]


def idle(gateway, driver, runs, connections, seconds, progress):
    """A fresh daemon for each run: memory that was used before is not given back, and would hide what comes."""
    memory, cpu = [], []
    for number in range(runs):
        progress(f"{number + 1}/{runs}: {connections} idle connections")
        gateway.stop()
        gateway.start()
        seen = driver.idle(gateway.net, connections, seconds)
        memory.append(seen["kib"])
        cpu.append(seen["percent"])
    return {"idle-memory": memory, "idle-cpu": cpu}


def log_verify(gateway, runs, progress):
    gateway.stop()
    try:
        rates = []
        for number in range(runs):
            progress(f"{number + 1}/{runs}: wisselctl log verify")
            rates.append(gateway.verify_log())
        return {"log-verify": rates}
    finally:
        gateway.start()


def bulk(gateway, progress):
    """Fills the index, which the other steps need anyway: values by name of row, and what each piece saw."""
    def show(done, of, rate):
        progress(f"{done} of {of} references registered, {rate:.0f} lines/s")
    pieces = gateway.register(show)
    # Without the store's cache and write buffers, which grow up to their bounds; the first third warms the rest.
    own, third = [piece["own"] for piece in pieces], max(1, len(pieces) // 3)
    single = {"bulk-rate": [piece["per_s"] for piece in pieces],
              "bulk-memory": [max(own[-third:]) / max(own[third:-third] or own[:third])]}
    return single, [{"bulk": piece} for piece in pieces]


def used_by_others(rounds):
    """Cores, the median over loads at the highest rate; None when none was run. Above a tenth or so, figures that are no
    ratio of CPU times say little: a server with more processes then gets more of the machine."""
    values = [seen[step]["others"] for seen in rounds for step in ("nginx", "search", "push") if step in seen]
    return statistics.median(values) if values else None


def beside(rounds):
    """What else was seen, as medians over the rounds (and pieces): (step, measure, median)."""
    measures = {"per_s": "per second", "cpu_us": "µs CPU each", "p50_us": "µs p50", "p99_us": "µs p99",
                "others": "cores used by others", "peak_mib": "MiB resident, at most"}
    for step in ("bulk", *(step for group in GROUPS for step in group)):
        for key, unit in measures.items():
            values = [seen[step][key] for seen in rounds if step in seen and key in seen[step]]
            if values:
                # What others used is a difference of two readings, which may fall a tick below nothing.
                yield step, unit, max(0, statistics.median(values))
