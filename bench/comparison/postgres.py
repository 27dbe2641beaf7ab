"""PostgreSQL doing the same job: a cluster of its own on the same disk, over a local socket."""
import glob
import os
import pathlib
import pwd
import re
import shutil
import signal

from . import machine

CLIENTS, THREADS = 64, 2
LINE_BYTES, MESSAGE_BYTES = 512, 1024
# Beyond what a fresh cluster has: memory for all of it, and no checkpoint in the middle of a run for want of log.
SETTINGS = {"listen_addresses": "", "max_connections": 100, "shared_buffers": "512MB", "max_wal_size": "8GB",
            "synchronous_commit": "on", "fsync": "on"}
# Subjects are 16 bytes as pseudonyms are; no index on audit but its key, though Wissel keeps one by subject and party.
SCHEMA = """
CREATE TABLE reference (subject bytea, holder int, id uuid, zaaktype int, since timestamptz, until timestamptz,
                        flags int, PRIMARY KEY (subject, holder, id));
CREATE TABLE audit (id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), caller int, subject bytea,
                    outcome int, line text);
CREATE TABLE outbox (id bigserial PRIMARY KEY, subscriber int, subject text, body text);
INSERT INTO reference SELECT decode(md5(n::text), 'hex'), n % 3, md5('r' || n)::uuid, 1, now(), now() + '2 years', 0
                      FROM generate_series(1, {references}) n;
VACUUM ANALYZE reference;
CHECKPOINT;
"""
# One statement is one transaction, and one round trip: the quickest that PostgreSQL can do it.
SEARCH = """\\set n random(1, :references)
WITH asked AS (SELECT decode(md5(:n::text), 'hex') AS subject),
     noted AS (INSERT INTO audit (caller, subject, outcome, line) SELECT 1, subject, 0, :line FROM asked)
SELECT holder, zaaktype, since FROM reference WHERE subject = (SELECT subject FROM asked);
"""
PUSH = """\\set n random(1, :references)
WITH kept AS (INSERT INTO outbox (subscriber, subject, body) VALUES (1, 'ZAAK-' || :n, :body) RETURNING id)
INSERT INTO audit (caller, subject, outcome, line) SELECT 1, decode(md5(:n::text), 'hex'), 0, :line FROM kept;
"""


def _programs():
    """The folder of the newest version's programs, None when there is none."""
    found = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    return pathlib.Path(max(found, key=lambda path: int(path.split("/")[4]))).parent if found else None


def lacking():
    return [] if _programs() and shutil.which("pgbench") else ["postgresql-15"]


class Postgres:
    def __init__(self, folder, references, seconds):
        folder.mkdir()
        self._folder, self._process, self._references, self._seconds = folder, None, references, seconds
        self._as_user = []
        if os.geteuid() == 0:  # it refuses to run as root
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
            self._as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        data, log = folder / "data", folder.parent / "postgres.log"
        machine.run([*self._as_user, _programs() / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                     "--no-sync"], "initdb", cwd="/")
        settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        self._process = machine.start([*self._as_user, _programs() / "postgres", "-D", data, *settings,
                                       "-c", f"unix_socket_directories={folder}"], log, cwd="/")
        try:
            machine.until_ready(self._process, self._ready, log)
            machine.run([_programs() / "psql", "-q", "-v", "ON_ERROR_STOP=1", *self._where()], "psql",
                        input=SCHEMA.format(references=references))
        except BaseException:
            self.stop()
            raise
        self._scripts = folder.parent

    def _where(self):
        return ["-h", self._folder, "-U", "postgres", "-d", "postgres"]

    def _ready(self):
        try:
            machine.run([_programs() / "pg_isready", "-q", *self._where()], "pg_isready")
            return True
        except machine.Unmeasurable:
            return False

    def run(self, script):
        """Transactions a second at 64 clients."""
        path = self._scripts / "transaction.sql"
        path.write_text(script)
        out = machine.run(
            ["pgbench", "-n", "-M", "prepared", "-c", CLIENTS, "-j", THREADS, "-T", max(1, round(self._seconds)),
             "-f", path, "-D", f"references={self._references}", "-D", f"line={'l' * LINE_BYTES}",
             "-D", f"body={'b' * MESSAGE_BYTES}", *self._where()[:-2], "postgres"], "pgbench")
        found = re.search(r"^tps = ([0-9.]+) \(without initial connection time\)", out, re.M)
        if not found:
            raise machine.Unmeasurable(f"pgbench says no tps:\n{out[-2000:]}")
        return {"per_s": float(found.group(1))}

    def stop(self):
        machine.stop(self._process, signal.SIGINT)  # fast: sessions are ended
