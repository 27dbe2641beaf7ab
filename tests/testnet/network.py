"""A whole test network: the verbs of scripts/testnet. Everything about one lies in its folder."""
import contextlib
import json
import pathlib
import shlex
import signal
import urllib.error
import urllib.request

from . import files, members, pki, processes, waiting
from .client import Client

READY_S = 10  # a restart on the same data is ready by then
DRAIN_S = 60


def up(directory, partners=3, persons=None, prefix="", data=None, names=None, program="wisseld", edit=None):
    """names: of the partners, instead of their number. edit: makes another configuration of the text of the usual one."""
    if persons:
        persons = members.read_persons(persons)  # before the folder: what is corrected can be tried again
    directory = _new_directory(directory)
    data = pathlib.Path(data).resolve() if data else directory / "data"
    names = names or files.partner_names(partners)
    files.write_pki(directory / "pki", names)
    state = {"prefix": shlex.split(prefix), "port": files.free_port(), "operators_port": files.free_port(),
             "daemon": None, "partners": [], "program": program}
    vkey = files.write_secrets(directory / "secrets")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    runtime = files.write_configuration(directory, data, state["port"], state["operators_port"])
    if edit:
        (directory / "wissel.yaml").write_text(edit((directory / "wissel.yaml").read_text()))
    files.write_state(directory, state)
    try:
        _start_partners(directory, state, names)
        files.write_env(directory, _environment(directory, data, runtime, vkey, state))
        start(directory)
        _set_up(directory, state, persons)
    except BaseException:
        down(directory)
        raise


def _new_directory(directory):
    directory = pathlib.Path(directory).resolve()
    if " " in str(directory):
        raise SystemExit("testnet: the folder's path may hold no spaces")
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise SystemExit(f"testnet: {directory} is not empty")
    return directory


def _launch_partner(directory, number, name, *options):
    """Starts the program of partner `number` (from 1); returns what _await_partner needs."""
    home = directory / f"p{number}"
    home.mkdir(exist_ok=True)
    (home / "ready.json").unlink(missing_ok=True)
    keys = directory / "pki" / f"p{number}"
    return home, name, processes.start(
        [processes.program("wissel-partner"), "--ca", directory / "pki/ca.pem",
         "--cert", f"{keys}.pem", "--key", f"{keys}.key",
         "--other-cert", f"{keys}-anders.pem", "--other-key", f"{keys}-anders.key",
         "--deliveries", home / "ontvangen.ndjson", "--ready-file", home / "ready.json", *options], home / "partner.log")


def _await_partner(home, name, process):
    """Returns its ports once it listens."""
    ready = home / "ready.json"
    waiting.until(lambda: ready.exists() or process.poll() is not None, READY_S, f"partner {name}")
    if not ready.exists():
        raise SystemExit(f"testnet: partner {name} did not start:\n{processes.tail(home / 'partner.log')}")
    return json.loads(ready.read_text())


def _start_partners(directory, state, names):
    started = []
    for i, name in enumerate(names, start=1):
        with processes.undisturbed():
            started.append(_launch_partner(directory, i, name))
            state["partners"].append({**processes.identity(started[-1][2].pid), "name": name,
                                      "oin": pki.oin(files.FIRST_PARTNER + i - 1)})
            files.write_state(directory, state)
    for partner, launched in zip(state["partners"], started):
        ports = _await_partner(*launched)
        partner["url"] = f"https://127.0.0.1:{ports['port']}"
        partner["control"] = f"http://127.0.0.1:{ports['control']}"
    files.write_state(directory, state)


def stop_partner(directory, number):
    """Partner `number` (from 1) is gone, and with it the zaken that it was given; its address answers no more."""
    state = files.read_state(directory)
    processes.end_surely(state["partners"][number - 1], READY_S)


def start_partner(directory, number):
    """Partner `number` is back at its address, without zaken."""
    state = files.read_state(directory)
    partner = state["partners"][number - 1]
    port, control = (partner[name].rpartition(":")[2] for name in ("url", "control"))
    with processes.undisturbed():
        launched = _launch_partner(directory, number, partner["name"], "--port", port, "--control-port", control)
        partner.update(processes.identity(launched[2].pid))
        files.write_state(directory, state)
    _await_partner(*launched)


def _environment(directory, data, runtime, vkey, state):
    keys = directory / "pki"
    variables = {
        "WISSEL_URL": f"https://127.0.0.1:{state['port']}",
        "WISSEL_OPS_URL": f"http://127.0.0.1:{state['operators_port']}",
        "WISSEL_CA": keys / "ca.pem",
        "WISSEL_PID": "",
        "WISSEL_DATA": data,
        "WISSEL_SOCKET": runtime / "control.sock",
        "WISSEL_LOG_VKEY": vkey,
        "UITWISSELAFSPRAAK": "",
    }
    for i, partner in enumerate(state["partners"], start=1):
        variables |= {f"P{i}_OIN": partner["oin"], f"P{i}_CERT": keys / f"p{i}.pem", f"P{i}_KEY": keys / f"p{i}.key",
                      f"P{i}_URL": partner["url"], f"P{i}_CONTROL": partner["control"]}
    for who, number in (("BEHEERDER", files.BEHEERDER), ("AUDITOR", files.AUDITOR)):
        variables |= {f"{who}_OIN": pki.oin(number), f"{who}_CERT": keys / f"{who.lower()}.pem",
                      f"{who}_KEY": keys / f"{who.lower()}.key"}
    return variables


def _client(env, who):
    return Client(env["WISSEL_URL"], env["WISSEL_CA"], env[f"{who}_CERT"], env[f"{who}_KEY"])


def _set_up(directory, state, persons):
    env = files.read_env(directory)
    with contextlib.ExitStack() as opened:
        operator = opened.enter_context(_client(env, "BEHEERDER"))
        partners = [opened.enter_context(_client(env, f"P{i + 1}")) for i in range(len(state["partners"]))]
        env["UITWISSELAFSPRAAK"] = members.register(operator, state["partners"], partners)
    files.write_env(directory, env)
    zaaktypen = json.loads((files.DATA / "zaaktypen.json").read_text())
    numbered = list(enumerate(persons or []))
    for i, partner in enumerate(state["partners"]):
        mine = numbered[i::len(state["partners"])]
        if mine:
            with _client(env, f"P{i + 1}") as client:
                members.register_persons(partner, client, mine, zaaktypen)


def _ready(url):
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def start(directory, ready_s=READY_S, prefix=None):
    """Starts the daemon and returns when it is ready; the partners were never away. A large store may be given longer.
    prefix: this time, instead of the network's own."""
    directory = pathlib.Path(directory).resolve()
    state = files.read_state(directory)
    env = files.read_env(directory)
    if state["daemon"] and processes.running(state["daemon"]):
        raise SystemExit("testnet: the daemon is running already")
    daemon, log = processes.program(state.get("program", "wisseld")), directory / "wisseld.log"
    prefix = state["prefix"] if prefix is None else shlex.split(prefix)
    command = [*processes.KEEPER, *prefix, daemon, "--config", directory / "wissel.yaml"]
    outer = None
    try:
        with processes.undisturbed():
            outer = processes.start(command, log)
        _await_ready(outer, env["WISSEL_OPS_URL"], log, ready_s)
        state["daemon"] = processes.identity(_daemon_under(outer, daemon))
        state["outer"] = processes.identity(outer.pid)
        files.write_state(directory, state)
        files.write_env(directory, {**env, "WISSEL_PID": state["daemon"]["pid"]})
    except BaseException:
        _end_unready(outer, daemon)  # nobody else knows of it
        raise


def _await_ready(outer, url, log, ready_s):
    try:
        waiting.until(lambda: outer.poll() is not None or _ready(url), ready_s, "wisseld is ready")
        failure = "wisseld ended" if outer.poll() is not None else None
    except TimeoutError as late:
        failure = f"{late}; it was stopped again. {_readiness(url)}"
    if failure is not None:
        raise SystemExit(f"testnet: {failure}; the end of {log}:\n{processes.tail(log)}")


def _readiness(url):
    """What the daemon says of it, for a person."""
    try:
        urllib.request.urlopen(f"{url}/readyz", timeout=2).close()
    except urllib.error.HTTPError as error:
        return f"/readyz: {error.code} {error.read(2_000).decode(errors='replace')}"
    except OSError as error:
        return f"/readyz: {error}"
    return "/readyz: ready"


def _daemon_under(outer, daemon):
    # Under a prefix that runs our program inside its own, nothing runs our file: then it is what was started last.
    return processes.running_program(outer.pid, daemon) or processes.youngest(outer.pid)


def _end_unready(outer, daemon):
    """Ends a daemon that is not written down yet, and what it runs under."""
    if outer is not None and outer.poll() is None:
        processes.end(processes.identity(_daemon_under(outer, daemon)), signal.SIGKILL, READY_S)
        processes.end_surely(processes.identity(outer.pid), READY_S)


def _end_daemon(directory, number, timeout_s):
    state = files.read_state(pathlib.Path(directory).resolve())
    if not state["daemon"]:
        return
    if not processes.end(state["daemon"], number, timeout_s):
        raise SystemExit(f"testnet: wisseld ({state['daemon']['pid']}) is still there after {timeout_s} s")
    processes.end_surely(state["outer"], 5)  # what it ran under has nothing left to do


def kill(directory):
    _end_daemon(directory, signal.SIGKILL, DRAIN_S)


def stop(directory):
    _end_daemon(directory, signal.SIGTERM, DRAIN_S)


def down(directory):
    """Ends everything, by force what does not listen; repeatable; leaves the folder."""
    directory = pathlib.Path(directory).resolve()
    state = files.read_state(directory)
    if state["daemon"]:
        processes.end_surely(state["daemon"], DRAIN_S)
        processes.end_surely(state["outer"], READY_S)
    for partner in state["partners"]:
        processes.end_surely(partner, READY_S)
