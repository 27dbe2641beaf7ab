"""How often a fault is tried, and what of the laboratory is there to try it with.

WISSEL_FAULT=full: as often as docs/reliability.md says (scripts/test --fault); otherwise a short run.
WISSEL_FAULT_ROUNDS: so many rounds of each, whatever else was said. WISSEL_FAULT_SEED: what chance chose, once more.
WISSEL_FAULT_LIFE_S: seconds of each life in the soak.
WISSEL_FAULT_SLOW: how much slower than an optimised build the programs are; a slow one does fewer rounds.
"""
import os
import pathlib
import random

FULL = os.environ.get("WISSEL_FAULT") == "full"
SLOW = float(os.environ.get("WISSEL_FAULT_SLOW", "1"))
SEED = int(os.environ.get("WISSEL_FAULT_SEED", random.randrange(1 << 32)))
DISK = os.environ.get("WISSEL_FAULT_DISK")  # the library that faulty_disk.cpp makes
NO_DISK = None if DISK else "WISSEL_FAULT_DISK names no library that lets a disk fail"


def rounds(quick, full):
    given = os.environ.get("WISSEL_FAULT_ROUNDS")
    if given:
        return int(given)
    return full if FULL else quick if SLOW == 1 else max(1, quick // 4)


class Disk:
    """What a daemon under prefix() finds its disk to be: well, until it is told otherwise."""

    def __init__(self, folder):
        self._rules = pathlib.Path(folder) / "disk-faults"

    def prefix(self):
        return f"env LD_PRELOAD={DISK} WISSEL_DISK_FAULTS={self._rules}"

    def fail(self, *rules):
        """From now on, by the rules that faulty_disk.cpp explains."""
        beside = self._rules.with_suffix(".new")
        beside.write_text("".join(rule + "\n" for rule in rules))
        beside.rename(self._rules)

    def heal(self):
        self._rules.unlink(missing_ok=True)
