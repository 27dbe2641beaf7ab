"""What the machine says: memory of a process, the disk's fdatasync, and a folder and processes that surely go."""
import os
import pathlib
import resource
import signal
import socket
import statistics
import subprocess
import threading
import time

SYNCS = 400
BLOCK = b"x" * 4096
PAGE, TICKS = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
POLL_S = 0.02


class Unmeasurable(Exception):
    """Why nothing could be measured; for the reader."""


def raise_descriptors():
    """As many as may be had, for us and what we start."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def resident_bytes(pid):
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE


def cpu_seconds(pid):
    """User and system time of all its threads."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class ResidentWatch:
    """The highest resident memory of a process while the block runs."""

    def __init__(self, pid):
        self.peak, self._pid, self._over = 0, pid, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self):
        while not self._over.wait(0.05):
            self.peak = max(self.peak, resident_bytes(self._pid))

    def __enter__(self):
        self.peak = resident_bytes(self._pid)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


def fdatasync(folder):
    """µs of appending 4 KiB and waiting until it is durable: the median and the 99th percentile."""
    path = folder / "fdatasync"
    took = []
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        for _ in range(SYNCS):
            begin = time.perf_counter_ns()
            os.write(file, BLOCK)
            os.fdatasync(file)
            took.append((time.perf_counter_ns() - begin) / 1000)
    finally:
        os.close(file)
        path.unlink()
    return {"p50_us": statistics.median(took), "p99_us": sorted(took)[int(SYNCS * 0.99)]}


def free_port():
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


def start(command, log, **options):
    with open(log, "ab") as output:
        return subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output,
                                stderr=subprocess.STDOUT, **options)


def until_ready(process, ready, log, timeout_s=30):
    end = time.monotonic() + timeout_s
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            raise Unmeasurable(f"{process.args[0]} does not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(POLL_S)


def stop(process, number=signal.SIGTERM):
    if process is None or process.poll() is not None:
        return
    process.send_signal(number)
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run(command, what, **options):
    """Its output; raises Unmeasurable when it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise Unmeasurable(f"{what}: exit code {done.returncode}\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


def run_for_cpu(command, what):
    """(its output, seconds of CPU time that it alone took); raises Unmeasurable when it fails."""
    with subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True) as process:
        out = process.stdout.read()
        _, status, spent = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Unmeasurable(f"{what}: exit code {process.returncode}\n{out[-2000:]}")
    return out, spent.ru_utime + spent.ru_stime
