"""Ten million references: what they take, and what a search among them costs."""
from testnet import processes

from . import gateway, machine

# What a reference is kept in: what look-ups read, what its holder reads (its own words, sealed), and when it lapses.
# The goal is for the first; the others are shown beside it. The log is apart.
FAMILIES = ("reference", "holder", "timer")


def measure(folder, small, driver, runs, progress, references):
    """Values by name of row. small: the network of a million, searched alternately with the large one of `references`."""
    large = gateway.Gateway(folder, references)
    try:
        large.register(lambda done, of, rate: progress(f"{done} of {of} references registered, {rate:.0f} lines/s"))
        large.stop()
        disk = compacted(large.env["WISSEL_DATA"], references, progress)
        ready = []
        for number in range(runs):
            progress(f"{number + 1}/{runs}: start on {references} references")
            ready.append(large.start())
            if number + 1 < runs:
                large.stop()
        cpu, resident = [], []
        for number in range(runs):
            progress(f"{number + 1}/{runs}: search in both networks")
            seen = [driver.run(gate.net, "search", persons=gate.anybody)
                    for gate in ((large, small) if number % 2 == 0 else (small, large))]
            mine, other = seen if number % 2 == 0 else reversed(seen)
            cpu.append(mine["cpu_us"] / other["cpu_us"])
            resident.append(machine.resident_bytes(large.pid) / (1 << 20))
        return {"large-disk": [disk], "large-ready": ready, "large-cpu": cpu, "large-resident": resident}
    finally:
        large.down()


def compacted(data, references, progress):
    """Bytes on disk of each reference, after all of the index was compacted; the daemon is stopped."""
    out = machine.run([processes.program("wissel-compact"), data, *FAMILIES], "wissel-compact")
    each = {family: int(size) / references for family, size in (line.split() for line in out.splitlines())}
    progress("bytes each: " + ", ".join(f"{family} {size:.0f}" for family, size in each.items()))
    return each[FAMILIES[0]]
