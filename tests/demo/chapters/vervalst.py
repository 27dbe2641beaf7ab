"""A store in which somebody changed a record, and how that comes out."""
import base64
import hashlib
import shutil
import subprocess

from demo import forgery
from testnet import processes

from . import bewijs

NEEDS = ("zoeken",)
LIMIT_S = 60


def tell(stage, teller):
    index = stage.told["search"]
    record = stage.amsterdam.client.get(f"/v1/verwerkingen/{index}", expect=(200,)).json()
    with bewijs.reader_of(stage, stage.amsterdam) as reader:
        before = reader.checkpoint()
    teller.say(f"""Somebody with all rights on the machine wants record {index} to say that not {stage.amsterdam.name} but
        {stage.groningen.name} searched. Wissel is ended at once (kill -9), its store copied, and the copy changed, with the
        database's own checksums put right afterwards. First the copy as it is:""")
    stage.kill_daemon()
    try:
        copies = [stage.directory / name for name in ("kopie", "vervalst", "vervalst-met-zorg")]
        for copy in copies:
            shutil.copytree(stage.env["WISSEL_DATA"], copy)
        verify_copies(stage, teller, copies, index, record)
    finally:
        stage.start_daemon()
    with bewijs.reader_of(stage, stage.amsterdam) as reader:
        after = reader.checkpoint()
        reader.verify_consistency(before.size, before.root, after.size, after.root)
    teller.check(True, f"the real store was never touched: Wissel runs again, and its log of {after.size} records goes on "
                       f"where it stopped")


def verify_copies(stage, teller, copies, index, record):
    sound, forged, careful = copies
    code, said = verify(stage, teller, sound)
    teller.check(code == 0, "the copy verifies: every record against its hash, the tree against the checkpoint", code)
    line = record["regel"].encode()
    other = line.replace(stage.amsterdam.oin.encode(), stage.groningen.oin.encode())
    if not forgery.replace(forged, line, other):
        teller.check(False, "the record's line stands in the newest files of the store")
    teller.say("Now the copy in which the line was changed:")
    code, said = verify(stage, teller, forged)
    teller.check(code == 1 and str(index) in said, f"caught: the first record that does not fit is {index}", code)
    teller.say("And one by somebody more careful, who put the record's own hash right as well:")
    forgery.replace(careful, line, other)
    forgery.replace(careful, commitment(record, line), commitment(record, other))
    code, said = verify(stage, teller, careful)
    teller.check(code == 1 and "NOT verified" in said, "caught all the same: the hash tree no longer gives the log's root", code)


def commitment(record, line):
    """The record's own hash, as it is kept beside the line."""
    salt = base64.b64decode(record["zout"])
    return hashlib.sha256(b"wissel-record-v1\x00" + salt + line).digest()


def verify(stage, teller, store):
    """Runs wisselctl log verify; returns its exit code and what it said."""
    program = processes.program("wisselctl")
    teller.command(f"wisselctl log verify {store.name} --vkey …")
    run = subprocess.run([program, "log", "verify", store, "--vkey", stage.env["WISSEL_LOG_VKEY"]],
                         capture_output=True, text=True, timeout=LIMIT_S, check=False)
    said = (run.stdout + run.stderr).strip().replace(str(stage.directory) + "/", "")
    teller.quote(said)
    return run.returncode, said
