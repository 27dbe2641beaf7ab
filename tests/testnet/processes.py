"""Starting, finding and ending the programs of a test network. Every process is known by its id and start time."""
import contextlib
import os
import pathlib
import signal
import subprocess
import threading

from . import waiting

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # what ends us, unless we handle it
ROOT = pathlib.Path(__file__).resolve().parents[2]


def program(name):
    """Path of one of our programs; WISSEL_BIN names another folder than the release's."""
    path = pathlib.Path(os.environ.get("WISSEL_BIN", ROOT / "build/release/bin")) / name
    if not path.is_file():
        raise FileNotFoundError(f"{path} is not there: run scripts/build")
    return path.resolve()


def _stat(pid):
    """(state, parent, start time) of a process, None when there is none."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return fields[0], int(fields[1]), int(fields[19])


def identity(pid):
    """What tells this process from a later one with the same id."""
    stat = _stat(pid)
    if stat is None:
        raise ProcessLookupError(f"process {pid} has ended")
    return {"pid": pid, "started": stat[2]}


def running(process):
    stat = _stat(process["pid"])
    return stat is not None and stat[0] not in "ZX" and stat[2] == process["started"]


def end(process, number, timeout_s, reaped=True):
    """Sends the signal and waits; True once it is gone."""
    if not running(process):
        return True
    os.kill(process["pid"], number)
    return waiting.until_gone(process["pid"], timeout_s, reaped)


def end_surely(process, timeout_s):
    """SIGTERM, and SIGKILL when that is not heard in time."""
    return end(process, signal.SIGTERM, timeout_s, reaped=False) or end(process, signal.SIGKILL, timeout_s, reaped=False)


# Runs a command and waits for it: whatever adopts orphans here may take seconds to notice that one has ended.
KEEPER = ["sh", "-c", '"$@"; true', "keeper"]


def start(command, log):
    """Starts a process that outlives this one, its output added to the file `log`."""
    with open(log, "ab") as output:
        return subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output,
                                stderr=subprocess.STDOUT, start_new_session=True)


@contextlib.contextmanager
def undisturbed():
    """Signals that would end us wait until the block is done, so that what it starts is written down as well."""
    came, before = [], {}
    if threading.current_thread() is threading.main_thread():
        for number in ENDING:
            if signal.getsignal(number) != signal.SIG_IGN:  # what is ignored, our children ignore as well
                before[number] = signal.signal(number, lambda given, _: came.append(given))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in came:
            signal.raise_signal(number)


def _descendants(pid):
    found, parents = [pid], {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (stat := _stat(entry)):
            parents.setdefault(stat[1], []).append(int(entry))
    for parent in found:
        found += parents.get(parent, [])
    return found


def youngest(pid):
    """The process that pid started last, or one that this started; pid itself when there is none."""
    return _descendants(pid)[-1]


def running_program(pid, path):
    """The id of the process that runs the program `path`, among pid and its descendants; None when none does."""
    for candidate in _descendants(pid):
        try:
            if os.path.samefile(f"/proc/{candidate}/exe", path) and _stat(candidate)[0] not in "ZX":
                return candidate
        except (OSError, TypeError):
            continue
    return None


def tail(log, lines=20):
    try:
        return "\n".join(pathlib.Path(log).read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"
