"""The whole story: the network around it, its chapters, the summary, and leaving nothing behind."""
import json
import pathlib
import shutil
import signal
import sys
import tempfile
import time

from demo import chapters
from demo.stage import Stage
from demo.teller import Silent, Teller
from testnet import processes

ROOT = pathlib.Path(__file__).resolve().parents[2]


def tell(stage, teller, names):
    """Tells the chapters; what one of them needs happens before, silently."""
    modules = chapters.load()
    happened = set()
    for name in [one for one in modules if one in names]:
        for needed in chapters.needs_of(modules, name):
            if needed not in happened:
                modules[needed].tell(stage, Silent(sys.stdout))
                happened.add(needed)
        number = list(modules).index(name) + 1
        teller.heading(f"{number}  {name}: {chapters.TITLES[name]}")
        modules[name].tell(stage, teller)
        happened.add(name)


def open_network(stage, teller):
    teller.heading("Wissel: one picture of what several organisations each hold a piece of")
    begin = time.monotonic()
    stage.up()
    started = time.monotonic() - begin
    took = stage.register_everyone()
    teller.say("""Wissel is the `schakelpunt` between them: it knows who holds something, asks and tells on an agreed ground,
        and records every access. Each organisation is known by the `OIN` in its certificate.""")
    teller.table(["organisatie", "OIN", "personen"], [(one.name, one.oin, len(one.persons)) for one in stage.members])
    teller.check(True, f"network up in {started:.1f} s; {stage.references} `verwijzingen` (references) to zaken of "
                       f"{stage.persons} test persons registered in bulk in {took:.1f} s, none refused")


def close_story(stage, teller, begin):
    teller.heading("Summary")
    teller.table(["told calls", "number", "median ms"], stage.figures())
    data = pathlib.Path(stage.env["WISSEL_DATA"])
    size = sum(file.stat().st_size for file in data.iterdir() if file.is_file())
    checkpoint = stage.amsterdam.client.get("/tlog/checkpoint", expect=(200,)).body.decode().split("\n")
    teller.table(["", ""], [
        ("organisations", len(stage.members)), ("test persons", stage.persons), ("references", stage.references),
        ("records in the log", int(checkpoint[1])), ("messages delivered", stage.delivered),
        ("store, KiB", size // 1024), ("checks that held", teller.checks),
        ("seconds in all", round(time.monotonic() - begin, 1))])


def say_how_to_go_on(stage, teller):
    """Bodies lie in files, so that no BSN stands on a command line."""
    body = {"onderwerp": stage.subject(), "grondslag": stage.ground()}
    (stage.directory / "vraag.json").write_text(json.dumps(body))
    (stage.directory / "onderwerp.json").write_text(json.dumps({"onderwerp": stage.subject()}))
    as_asker, as_auditor = ("curl -sS --cacert $WISSEL_CA --cert $%s_CERT --key $%s_KEY" % (who, who)
                            for who in (f"P{stage.amsterdam.number}", "AUDITOR"))
    json_body = "-H 'Content-Type: application/json'"
    teller.heading("The network stays up")
    for text in (
            f". {stage.directory}/env",
            f"{as_asker} $WISSEL_URL/v1/zoekopdrachten {json_body} -d @{stage.directory}/vraag.json",
            f"{as_asker} $WISSEL_URL/v1/statusbevragingen {json_body} -d @{stage.directory}/vraag.json",
            f"{as_asker} '{stage.env['WISSEL_URL']}/v1/verwerkingen?aantal=5'",
            f"{as_auditor} $WISSEL_URL/v1/verwerkingen/zoekopdrachten {json_body} -d @{stage.directory}/onderwerp.json",
            f"{as_asker} $WISSEL_URL/tlog/checkpoint",
            "curl -sS $WISSEL_OPS_URL/metrics"):
        teller.command(text)
    teller.say("To end it:")
    teller.command(f"{ROOT / 'scripts/testnet'} down {stage.directory} && rm -r {stage.directory.parent}")


def clean_up(stage, directory):
    """Nothing may cut this short: what it leaves, nobody else ends."""
    for number in processes.ENDING:
        signal.signal(number, signal.SIG_IGN)
    if stage:
        stage.down()
    if directory:
        shutil.rmtree(directory, ignore_errors=True)


def run(names, keep):
    """Tells the named chapters, or all. Raises Broken when one of them does not hold; whatever happens, nothing stays
    behind, unless `keep` is wanted and all went well."""
    begin = time.monotonic()
    teller = Teller(sys.stdout)
    directory = stage = None
    told = False
    try:
        with processes.undisturbed():
            directory = pathlib.Path(tempfile.mkdtemp(prefix="wissel-demo-"))
        stage = Stage(directory / "net")
        open_network(stage, Silent(sys.stdout) if names else teller)
        tell(stage, teller, names or list(chapters.TITLES))
        if not names:
            close_story(stage, teller, begin)
        if keep:
            say_how_to_go_on(stage, teller)
        told = True
    except Exception:
        if stage:
            print(f"The end of Wissel's own log:\n{processes.tail(stage.directory / 'wisseld.log')}", file=sys.stderr)
        raise
    finally:
        if not (told and keep):
            clean_up(stage, directory)
