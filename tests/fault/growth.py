"""What grows, and what only differs by chance: figures of several lives of a daemon, each life in the same load."""
import math
import statistics
import typing

# Student's t for 1, 2, … degrees of freedom, 99 % on both sides: of a hundred runs of four figures in which nothing
# grows, two say that something does. (Abramowitz and Stegun, table 26.10; beyond, its last value here is near enough.)
T = (63.66, 9.92, 5.84, 4.60, 4.03, 3.71, 3.50, 3.36, 3.25, 3.17)


class Growth(typing.NamedTuple):
    """By how much a figure grew, and up to where that is no growth."""
    by: float
    noise: float

    @property
    def real(self):
        return self.by > self.noise


def t_of(freedom):
    return T[min(freedom, len(T)) - 1] if freedom > 0 else math.inf


def line_through(values):
    """(slope, its standard error) of the line of least squares through values one apart; two lie on a line whatever they
    are, so that nothing is known of the error."""
    count = len(values)
    mean_x, mean_y = (count - 1) / 2, statistics.fmean(values)
    spread = sum((x - mean_x) ** 2 for x in range(count))
    slope = sum((x - mean_x) * (y - mean_y) for x, y in enumerate(values)) / spread if spread else 0.0
    left = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in enumerate(values))
    return slope, math.sqrt(left / (count - 2) / spread) if count > 2 else math.inf


def from_life_to_life(values, tolerance):
    """From the first life to the last: what grows with what is stored. tolerance: so much is no growth, however surely it
    is seen."""
    slope, error = line_through(values)
    steps = len(values) - 1
    return Growth(slope * steps, max(t_of(len(values) - 2) * error * steps if steps else math.inf, tolerance))


def within_a_life(early, late, tolerance):
    """From an early to a late part of the same life, on average: what grows with what was done, and ends with the process.
    From life to life that leaves no trace."""
    differences = [after - before for before, after in zip(early, late, strict=True)]
    count = len(differences)
    error = statistics.stdev(differences) / math.sqrt(count) if count > 1 else math.inf
    return Growth(statistics.fmean(differences), max(t_of(count - 1) * error, tolerance))
