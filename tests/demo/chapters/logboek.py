"""Everything in the log about one person."""
import datetime
import json

NEEDS = ("zoeken", "geweigerd", "bevragen", "bericht")
PATH = "/v1/verwerkingen/zoekopdrachten?aantal=1000"


def tell(stage, teller):
    teller.say("""The caller asks a last question: who has looked at my data? The `auditor` asks the `verwerkingenlog` for
        everything about this person. Every access is there, also what was refused.""")
    lines = log_of(stage, teller, stage.subject())
    expect_story(stage, teller, lines)
    about_the_zaak(stage, teller)
    only_own(stage, teller)


def log_of(stage, teller, subject):
    """The records about a subject as the auditor sees them, shown: their lines by index."""
    answer = stage.call(teller, stage.auditor, "POST", PATH, {"onderwerp": subject})
    found = sorted(answer.json()["verwerkingen"], key=lambda one: one["index"])
    lines = {one["index"]: json.loads(one["regel"]) for one in found}
    teller.table(["record", "tijd (UTC)", "wie", "actie", "uitkomst", "met"],
                 [(index, *row(stage, line)) for index, line in lines.items()])
    teller.check(stage.person not in answer.body.decode(), "the BSN stands in none of them")
    return lines


def row(stage, line):
    attributes = line["attributes"]
    when = datetime.datetime.fromtimestamp(line["start_time"] / 1000, datetime.timezone.utc)
    others = ", ".join(stage.short_name_of(oin) for oin in attributes.get("wissel.bronhouders", []))
    return (when.strftime("%H:%M:%S.%f")[:-3], stage.short_name_of(attributes.get("wissel.oin", "Wissel")),
            attributes["wissel.actie"], attributes["wissel.uitkomst"], attributes.get("wissel.code") or others)


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


def about_the_zaak(stage, teller):
    teller.say(f"""A status message is about a zaak, so it stands in the log of that zaak: here who was told that
        {stage.den_haag.name} decided.""")
    zaak = stage.zaak_of_person(stage.den_haag)[0]["zaak"]
    lines = log_of(stage, teller, {"soort": "zaak", "waarde": zaak["identificatie"],
                                   "bronorganisatie": zaak["bronorganisatie"]})
    told = {line["attributes"]["wissel.actie"]: line for line in lines.values()}
    teller.check(stage.told["message"] in lines and {"melden", "bezorgen", "ophalen"} <= told.keys(),
                 "sent (`melden`), brought to a webhook (`bezorgen`) and fetched from a mailbox (`ophalen`)", sorted(told))


def only_own(stage, teller):
    body = {"onderwerp": stage.subject(), "grondslag": stage.ground()}
    answer = stage.call(teller, stage.utrecht, "POST", PATH, body)
    own = {one["index"] for one in answer.json()["verwerkingen"]}
    teller.check(stage.told["search"] not in own and stage.told["pull"] not in own,
                 f"{stage.utrecht.name}, asking about the same person, sees {len(own)} records: its own and none of "
                 f"{stage.amsterdam.name}'s")
