"""Everything in the log about one person."""
import datetime
import json

NEEDS = ("zoeken", "geweigerd", "bevragen", "bericht")
PATH = "/v1/verwerkingen/zoekopdrachten?aantal=1000"


def tell(stage, teller):
    teller.say("""The caller asks a last question: who has looked at my data? The `auditor` asks the `verwerkingenlog` for
        everything about this person. Every access is there, also what was refused.""")
    answer = stage.call(teller, stage.auditor, "POST", PATH, {"onderwerp": stage.subject()})
    found = sorted(answer.json()["verwerkingen"], key=lambda one: one["index"])
    lines = {one["index"]: json.loads(one["regel"]) for one in found}
    teller.table(["record", "tijd (UTC)", "wie", "actie", "uitkomst", "met"],
                 [(index, *row(stage, line)) for index, line in lines.items()])
    expect_story(stage, teller, lines)
    teller.check(stage.person not in answer.body.decode(), "the BSN stands in none of them")
    only_own(stage, teller, lines)


def row(stage, line):
    attributes = line["attributes"]
    when = datetime.datetime.fromtimestamp(line["start_time"] / 1000, datetime.timezone.utc)
    others = attributes.get("wissel.bronhouders", [])
    note = attributes.get("wissel.code") or ", ".join(stage.name_of(oin).removeprefix("Gemeente ") for oin in others)
    return (when.strftime("%H:%M:%S.%f")[:-3], stage.name_of(attributes.get("wissel.oin", "Wissel")),
            attributes["wissel.actie"], attributes["wissel.uitkomst"], note)


def expect_story(stage, teller, lines):
    for name, what in (("search", "the search"), ("refused", "the refused search"), ("pull", "the pull")):
        if stage.told[name] not in lines:
            teller.check(False, f"{what} stands in the log of the person", sorted(lines))
    acts = [line["attributes"]["wissel.actie"] for line in lines.values()]
    teller.check({"registreren", "zoeken", "bevragen", "verstrekken"} <= set(acts)
                 and acts.count("registreren") >= 3 and acts.count("verstrekken") >= 3,
                 f"{len(lines)} records: registered by three, searched, refused, pulled and answered, each at its place",
                 acts)
    parts = [line for line in lines.values() if line.get("parent_span_id") == lines[stage.told["pull"]]["span_id"]]
    teller.check(len(parts) == 3, "the three parts of the pull hang under it, one for each holder that was asked",
                 len(parts))


def only_own(stage, teller, lines):
    body = {"onderwerp": stage.subject(), "grondslag": stage.ground()}
    answer = stage.call(teller, stage.utrecht, "POST", PATH, body)
    own = {one["index"] for one in answer.json()["verwerkingen"]}
    teller.check(stage.told["search"] not in own and stage.told["pull"] not in own,
                 f"{stage.utrecht.name}, asking the same, sees {len(own)} records: its own and none of "
                 f"{stage.amsterdam.name}'s")
