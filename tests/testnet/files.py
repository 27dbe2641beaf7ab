"""The files of a test network: certificates, secrets, the daemon's configuration, env and state."""
import base64
import csv
import hashlib
import json
import os
import pathlib
import random
import secrets
import socket
import tempfile

from . import pki

GATEWAY, BEHEERDER, AUDITOR, FIRST_PARTNER, FIRST_OTHER = 1, 2, 3, 101, 901
NAME, ENVIRONMENT = "wissel.test", "test"
MIB = 1 << 20
SOCKET_PATH_MAX = 100  # sockaddr_un holds 107 bytes; room for the socket's own name
DATA = pathlib.Path(__file__).resolve().parents[1] / "data"

CONFIGURATION = """\
# Made by scripts/testnet, for tests only.
environment: {environment}
name: {name}
bootstrap_operators: ["{beheerder}"]
data_dir: {data}
runtime_dir: {runtime}
partners:
  listen: ["127.0.0.1:{port}"]
  certificate: {pki}/wissel.pem
  key: {pki}/wissel.key
  ca: {pki}/ca.pem
  crl: [{pki}/ca.crl]
  tls12: false
  threads: {threads}
outgoing:
  allow_private_addresses: true
operators:
  listen: "127.0.0.1:{operators_port}"
log:
  signing_key: {secrets}/log.key
secrets:
  pseudonym_keys: {secrets}/pseudonym_keys
  sealing_key: {secrets}/sealing_key
  body_key: {secrets}/body_key
# In proportion to the disk, so that a network also runs on a small one and shows how that fills.
store:
  write_buffer: {write_buffer}
  watermark_warn: {warn}
  watermark_restrict: {restrict}
  watermark_stop: {stop}
# Tests and benches ask as much as they can.
limits:
  requests_per_minute: 100000000
brake:
  enabled: false
agreements:
  confirmation: allowed
logging:
  format: text
  level: info
"""


_given_ports = set()


def free_port():
    """A free loopback port outside the range from which the system takes ports for clients; another one each time."""
    while True:
        port = random.randrange(20000, 32000)
        if port in _given_ports:
            continue
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
                _given_ports.add(port)
                return port
            except OSError:
                continue


def partner_names(count):
    """Names of existing municipalities, others for each partner."""
    with open(DATA / "gemeenten.csv", encoding="utf-8") as file:
        names = [row["naam"] for row in csv.DictReader(file) if row["vervallen"] == "nee"]
    return [f"Gemeente {names[i % len(names)]}" for i in range(count)]


def write_pki(directory, names):
    """The authority and everybody's certificates; partners are p1, p2, … and p1-anders, … (other organisations)."""
    ca = pki.Authority().write(directory)
    ca.organisation(GATEWAY, "Wissel").write(directory, "wissel")
    ca.organisation(BEHEERDER, "Beheerder van het schakelpunt").write(directory, "beheerder")
    ca.organisation(AUDITOR, "Auditdienst").write(directory, "auditor")
    for i, name in enumerate(names):
        ca.organisation(FIRST_PARTNER + i, name).write(directory, f"p{i + 1}")
        ca.organisation(FIRST_OTHER + i, "Gemeente Anders").write(directory, f"p{i + 1}-anders")


def verifier_key(public, name=f"{NAME}/log/{ENVIRONMENT}"):
    """The log's key in the form of signed notes (C2SP signed-note, Ed25519: type byte 1)."""
    typed = b"\x01" + public
    key_id = hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]
    return f"{name}+{key_id.hex()}+{base64.b64encode(typed).decode()}"


def write_secrets(directory):
    """Fresh keys; returns the log's verifier key."""
    directory.mkdir(mode=0o700)
    pem, public = pki.log_key()
    pki.write_private(directory / "log.key", pem)
    pki.write_private(directory / "pseudonym_keys", f"1 {secrets.token_hex(32)}\n".encode())
    for name in ("sealing_key", "body_key"):
        pki.write_private(directory / name, f"{secrets.token_hex(32)}\n".encode())
    return verifier_key(public)


def store_sizes(data):
    """Bytes for the store section, by the size of the disk that `data` lies on."""
    disk = os.statvfs(data)
    size = disk.f_blocks * disk.f_frsize
    return {"write_buffer": max(MIB, min(64 * MIB, size // 32)), "warn": min(256 * MIB, size // 10),
            "restrict": min(128 * MIB, size // 20), "stop": min(32 * MIB, size // 50)}


def write_configuration(directory, data, port, operators_port):
    """Writes wissel.yaml; returns the runtime directory, which may lie elsewhere: a socket's path is short."""
    runtime = directory / "run"
    if len(str(runtime)) > SOCKET_PATH_MAX:
        runtime = pathlib.Path(tempfile.mkdtemp(prefix="wissel-run-"))
    runtime.mkdir(mode=0o700, exist_ok=True)
    (directory / "wissel.yaml").write_text(CONFIGURATION.format(
        environment=ENVIRONMENT, name=NAME, beheerder=pki.oin(BEHEERDER), data=data, runtime=runtime, port=port,
        threads=os.environ.get("WISSEL_IO_THREADS", "0"), operators_port=operators_port,
        pki=directory / "pki", secrets=directory / "secrets", **store_sizes(data)))
    return runtime


def replace(path, text):
    """Who reads the file sees the old or the new text, never half."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(text)
    os.replace(beside, path)


def write_env(directory, variables):
    replace(directory / "env", "".join(f"{name}={value}\n" for name, value in variables.items()))


def read_env(directory):
    return dict(line.split("=", 1) for line in (directory / "env").read_text().splitlines())


def write_state(directory, state):
    replace(directory / "state.json", json.dumps(state, indent=1) + "\n")


def read_state(directory):
    try:
        return json.loads((directory / "state.json").read_text())
    except FileNotFoundError:
        raise SystemExit(f"testnet: there is no test network in {directory}") from None
