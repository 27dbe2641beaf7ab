"""wissel-load, the one driver for Wissel and nginx alike."""
import json

from testnet import processes

from . import machine

# Longer than a handshake may take: until its deadline passes, each connection still has that timer.
IDLE_AFTER_S = 12


class Driver:
    def __init__(self, folder, seconds, warm_up):
        self._program = processes.program("wissel-load")
        self._result = folder / "load.json"
        self._pace = ["--seconds", seconds, "--warm-up", warm_up]

    def run(self, net, mix, connections=64, persons=None, rate=None, pace=None):
        """What was seen: per_s, cpu_us of the server per request, p50_us, p99_us, others (cores that others used)."""
        command = [self._program, "--net", net, "--mix", f"{mix}=1", "--connections", connections,
                   "--json", self._result, *(pace or self._pace)]
        command += ["--persons", persons] if persons else []
        command += ["--rate", f"{rate:.0f}"] if rate else []
        machine.run(command, f"wissel-load {mix}")
        report = json.loads(self._result.read_text())
        latency = report["kinds"][mix]["latency"]
        return {"per_s": report["perSecond"], "cpu_us": report["daemon"]["cpuUsPerRequest"],
                "p50_us": latency["p50Us"], "p99_us": latency["p99Us"], "others": report["othersCores"]}

    def idle(self, net, connections, seconds):
        """KiB of the server's memory for each connection, and per cent of a core, while nothing is asked."""
        machine.run([self._program, "--net", net, "--idle", "--connections", connections, "--json", self._result,
                     "--warm-up", IDLE_AFTER_S, "--seconds", seconds, "--timeout", 60], "wissel-load --idle")
        daemon = json.loads(self._result.read_text())["daemon"]
        more = daemon["residentBytesAfter"] - daemon["residentBytesUnconnected"]
        return {"kib": more / 1024 / connections, "percent": daemon["cores"] * 100}
