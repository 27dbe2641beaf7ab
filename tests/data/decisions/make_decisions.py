#!/usr/bin/env python3
"""Writes decisions.tsv: cases with the decision that the rules of the API demand.

The expectations come from the small model below, which was written from the text of the rules (docs/partner.md, "Wat
een uitwisselafspraak toestaat"), not from the program. `python3 make_decisions.py --check` says whether the kept file is
what this would write.

A row: number, sort, what differs from the basic agreement and network, what differs from the basic question, the
expectation, and why. Sorts: `beslissen` (expected: `toegestaan` or `<code> <rule>`), `zien` (a reference: `zichtbaar` or
`verborgen`), `bezorgen` (an event: as beslissen).
"""
import datetime
import pathlib
import sys

RULES = [  # in the order in which they decide, with the code of a refusal
    ("deelnemer", "deelnemer-niet-actief"), ("vertegenwoordiging", "geen-vertegenwoordiging"), ("rol", "rol-ontbreekt"),
    ("uitwisselafspraak", "geen-uitwisselafspraak"), ("schorsing", "uitwisselafspraak-geschorst"),
    ("geldigheid", "geen-uitwisselafspraak"), ("handeling", "handeling-niet-gedekt"), ("doel", "doel-niet-gedekt"),
    ("onderwerpsoort", "onderwerpsoort-niet-gedekt"), ("zaaktype", "zaaktype-niet-gedekt"),
    ("tijdvak", "buiten-tijdvak"), ("gebruiker", "gebruiker-vereist"), ("functie", "functie-niet-toegestaan"),
    ("betrouwbaarheidsniveau", "betrouwbaarheidsniveau-te-laag"), ("vierOgen", "vier-ogen-vereist"),
    ("toestemming", "toestemming-ontbreekt"), ("machtiging", "machtiging-niet-toegestaan")]
DAYS = ["ma", "di", "wo", "do", "vr", "za", "zo"]
LEVELS = ["laag", "substantieel", "hoog"]
CONFIDENTIALITY = ["openbaar", "beperkt_openbaar", "intern", "zaakvertrouwelijk", "vertrouwelijk", "confidentieel",
                   "geheim", "zeer_geheim"]
STATUS_EVENT = "nl.overheid.zaken.zaakstatus-gewijzigd"
# Who is who: stand and whether it has the role afnemer. BRON offers; ALFA and GAMMA are named as afnemers, as are the
# inactive and roleless ones, so that their own rule is what decides.
PEOPLE = {"ALFA": ("aangesloten", True), "GAMMA": ("aangesloten", True), "VREEMD": ("aangesloten", True),
          "GESCHORST": ("geschorst", True), "UITGETREDEN": ("uitgetreden", True), "AANGEMELD": ("aangemeld", True),
          "HUB": ("aangesloten", False), "BEPROEVING": ("in_beproeving", True), "ROLLOOS": ("aangesloten", False), "BRON": ("aangesloten", True),
          "ONBEKEND": None}
AFNEMERS = {"ALFA", "GAMMA", "GESCHORST", "UITGETREDEN", "AANGEMELD", "BEPROEVING", "ROLLOOS", "ONBEKEND"}
BASIC = {"van": "2026-01-01T00:00:00Z", "tot": "2027-01-01T00:00:00Z", "doel": "https://doel.nl/a"}
NOW = "2026-03-04T10:00:00Z"  # a Wednesday


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def legal_minute(at):
    """Day of the week and minute on Dutch clocks: Directive 2000/84/EC."""
    def last_sunday(month):
        day = datetime.datetime(at.year, month, 31, 1, tzinfo=datetime.timezone.utc)
        while day.weekday() != 6:
            day -= datetime.timedelta(days=1)
        return day
    hours = 2 if last_sunday(3) <= at < last_sunday(10) else 1
    wall = at + datetime.timedelta(hours=hours)
    return wall.weekday(), wall.hour * 60 + wall.minute


def minute(text):
    return int(text[:2]) * 60 + int(text[3:])


def inside(hours, at):
    """`ma,di 08:00-17:00|za 10:00-12:00`"""
    day, now = legal_minute(at)
    for part in hours.split("|"):
        days, span = part.split(" ")
        begin, end = span.split("-")
        if DAYS[day] in days.split(",") and minute(begin) <= now < minute(end):
            return True
    return False


def user(text):
    """`id/function/level`, the last two may be empty."""
    parts = (text.split("/") + ["", ""])[:3] if text else None
    return parts and {"id": parts[0], "functie": parts[1], "niveau": parts[2]}


def within(allowed, value):
    return not allowed or not value or value in allowed.split(",")


def represented(agreement, question, who, at):
    """Who calls for another was appointed by it for this act, both signed, it is the time, and nobody ended it. ALFA and
    ROLLOOS appointed HUB, GESCHORST as well; what the network holds stands in `vertegenwoordigt`."""
    caller = question.get("door")
    if caller is None:
        return True
    return (caller == "HUB" and who in ("ALFA", "ROLLOOS") and agreement.get("vertegenwoordiging") is None
            and question.get("handeling", "zoeken") in agreement.get("vertegenwoordigt", "").split(",")
            and moment("2026-02-01T00:00:00Z") <= at < moment("2026-06-01T00:00:00Z"))


def first_failing(agreement, question):
    who = question.get("wie", "ALFA")
    at = moment(question.get("op", NOW))
    acting, second = user(question.get("gebruiker")), user(question.get("tweede"))
    count = int(question.get("aantal", "1"))
    level, functions = agreement.get("niveau"), agreement.get("functies")
    demanded = agreement.get("gebruiker") == "ja" or level or functions
    four_eyes = agreement.get("vierOgen")
    stated = question.get("doel")
    begin = moment(agreement.get("van", BASIC["van"]))
    end = moment(agreement.get("tot", BASIC["tot"]))
    kinds = agreement.get("soorten")
    checks = {
        "deelnemer": PEOPLE[who] is not None and PEOPLE[who][0] == "aangesloten",
        "vertegenwoordiging": represented(agreement, question, who, at),
        "rol": PEOPLE[who] is not None and PEOPLE[who][1],
        "uitwisselafspraak": question.get("afspraak", "wel") == "wel" and who in AFNEMERS,
        "schorsing": agreement.get("geschorst") != "ja",
        "geldigheid": begin <= at < end,
        "handeling": question.get("handeling", "zoeken") in agreement.get(
            "handelingen", "zoeken,bevragen,ontvangen").split(","),
        "doel": stated is None or stated == agreement.get("doel", BASIC["doel"]),
        "onderwerpsoort": not kinds or all(kind in kinds.split(",")
                                           for kind in question.get("soorten", "").split(",") if kind),
        "zaaktype": within(agreement.get("zaaktypen"), question.get("zaaktype")),
        "tijdvak": "uren" not in agreement or inside(agreement["uren"], at),
        "gebruiker": not demanded or acting is not None,
        "functie": not functions or (acting and acting["functie"] in functions.split(",")),
        "betrouwbaarheidsniveau": not level or bool(
            acting and acting["niveau"] and LEVELS.index(acting["niveau"]) >= LEVELS.index(level)),
        "vierOgen": not four_eyes or count < int(four_eyes) or bool(
            acting and second and acting["id"] != second["id"]),
        "toestemming": agreement.get("toestemming") != "ja",
        "machtiging": question.get("machtiging") is None or agreement.get("machtiging") == "ja",
    }
    return next(((rule, code) for rule, code in RULES if not checks[rule]), None)


def expected(sort, agreement, question):
    if sort == "zien":
        seen = (question.get("houder", "BRON") == "BRON" and question.get("zichtbaarheid", "gewoon") != "afgeschermd"
                and (question.get("zichtbaarheid") != "beperkt" or agreement.get("beperkt") == "ja")
                and (not agreement.get("zaaktypen") or question.get("zaaktype", "") in agreement["zaaktypen"].split(","))
                and (not agreement.get("categorieen")
                     or question.get("categorie", "") in agreement["categorieen"].split(",")))
        return "zichtbaar" if seen else "verborgen"
    if sort == "beslissen":
        failing = first_failing(agreement, question)
        return "toegestaan" if failing is None else f"{failing[1]} {failing[0]}"
    return delivered(agreement, question)


def delivered(agreement, question):
    failing = first_failing(agreement, question | {"handeling": "ontvangen"})
    if failing is not None:
        return f"{failing[1]} {failing[0]}"
    kind = question.get("type", STATUS_EVENT)
    types = agreement.get("typen")
    open_types = types is None and "velden" not in agreement
    highest = agreement.get("max", "zaakvertrouwelijk")
    level = question.get("vertrouwelijk")
    zaaktypen, categories = agreement.get("zaaktypen"), agreement.get("categorieen")
    sight = question.get("zichtbaarheid", "gewoon")
    if question.get("houder", "BRON") != "BRON":
        return "geen-uitwisselafspraak bronhouder"
    if kind != STATUS_EVENT and not open_types and kind not in (types or "").split(","):
        return "handeling-niet-gedekt gebeurtenistype"
    if level and CONFIDENTIALITY.index(level) > CONFIDENTIALITY.index(highest):
        return "niet-gerechtigd vertrouwelijkheidaanduiding"
    if zaaktypen and question.get("zaaktype", "") not in zaaktypen.split(","):
        return "zaaktype-niet-gedekt zaaktype"
    if categories and question.get("categorie", "") not in categories.split(","):
        return "niet-gerechtigd categorie"
    if sight == "afgeschermd" or (sight == "beperkt" and agreement.get("beperkt") != "ja"):
        return "niet-gerechtigd zichtbaarheid"
    return "toegestaan"


def cases():
    yield "beslissen", {}, {}, "nothing bounds it"
    for who in PEOPLE:
        for act in ("zoeken", "bevragen", "ontvangen"):
            yield "beslissen", {}, {"wie": who, "handeling": act}, "who asks, each act"
    yield "beslissen", {}, {"afspraak": "geen"}, "an agreement that does not exist"
    for who in ("VREEMD", "GESCHORST", "ROLLOOS", "BRON"):
        yield "beslissen", {}, {"wie": who, "afspraak": "geen"}, "an agreement that does not exist, by another"
    yield from others()
    yield from lives()
    yield from contents()
    yield from hours()
    yield from users()
    yield from four_eyes()
    yield from last_rules()
    yield from orders()
    yield from sights()
    yield from deliveries()


def others():
    for acts in ("zoeken", "bevragen", "ontvangen", "zoeken,bevragen", "registreren,melden,inzien"):
        for act in ("zoeken", "bevragen", "ontvangen"):
            yield "beslissen", {"vertegenwoordigt": acts}, {"door": "HUB", "handeling": act}, "for the acts that it names"
    able = {"vertegenwoordigt": "zoeken,bevragen,ontvangen"}
    for who in PEOPLE:
        if who != "HUB":
            yield "beslissen", able, {"door": "HUB", "wie": who}, "for whom; the rights are those of the represented"
    for caller in ("GAMMA", "VREEMD", "GESCHORST", "ONBEKEND"):
        yield "beslissen", able, {"door": caller}, "who was not appointed"
    for state in ("half", "beeindigd"):
        yield "beslissen", able | {"vertegenwoordiging": state}, {"door": "HUB"}, "not signed by both, or ended"
        yield "beslissen", able | {"vertegenwoordiging": state}, {}, "for oneself it is no matter"
    for at in ("2026-01-31T23:59:59Z", "2026-02-01T00:00:00Z", "2026-05-31T23:59:59Z", "2026-06-01T00:00:00Z"):
        yield "beslissen", able, {"door": "HUB", "op": at}, "its own period"
    yield "beslissen", able, {"wie": "HUB"}, "who represents has no rights of its own by that"
    for agreement, question in (({"handelingen": "bevragen"}, {}), ({"geschorst": "ja"}, {}), ({"gebruiker": "ja"}, {})):
        yield "beslissen", able | agreement, question | {"door": "HUB"}, "the agreement binds whoever calls"
        yield "beslissen", agreement, question | {"door": "HUB"}, "representation before the agreement"


def lives():
    for act in ("zoeken", "bevragen", "ontvangen"):
        yield "beslissen", {"geschorst": "ja"}, {"handeling": act}, "suspended: no act"
    for who in ("GAMMA", "VREEMD", "ROLLOOS", "GESCHORST"):
        yield "beslissen", {"geschorst": "ja"}, {"wie": who}, "suspension is told to its parties only"
    for at in ("2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z",
               "2030-01-01T00:00:00Z", "1999-01-01T00:00:00Z"):
        yield "beslissen", {}, {"op": at}, "from geldigVan until geldigTot, which is not part of it"
        yield "beslissen", {"geschorst": "ja"}, {"op": at}, "suspension comes before the term"
    yield "beslissen", {"van": "2026-03-04T10:00:00Z"}, {}, "in force from this moment on"
    yield "beslissen", {"van": "2026-03-04T10:00:01Z"}, {}, "in force a second later"
    yield "beslissen", {"tot": "2026-03-04T10:00:00Z"}, {}, "over since this moment"
    for version in ("2", "7"):
        yield "beslissen", {"versie": version}, {}, "a later version with the same content"
        yield "beslissen", {"versie": version, "handelingen": "bevragen"}, {}, "a later version took the act away"
        yield "beslissen", {"versie": version, "zaaktypen": "B1"}, {"zaaktype": "B2"}, "a later version narrowed it"


def contents():
    for allowed in ("zoeken", "bevragen", "ontvangen", "zoeken,bevragen", "bevragen,ontvangen"):
        for act in ("zoeken", "bevragen", "ontvangen"):
            yield "beslissen", {"handelingen": allowed}, {"handeling": act}, "acts"
    for stated in (BASIC["doel"], "https://doel.nl/b", "https://doel.nl/A", "https://doel.nl/a/"):
        yield "beslissen", {}, {"doel": stated}, "a purpose that is stated is compared byte for byte"
    for allowed in ("bsn", "bsn,zaak", "zaak,verzoek", "overig"):
        for asked in ("", "bsn", "rsin", "kvkNummer", "vestigingsnummer", "zaak", "verzoek", "overig", "bsn,rsin",
                      "bsn,zaak"):
            yield "beslissen", {"soorten": allowed}, {"soorten": asked}, "every kind that is asked about is covered"
    yield "beslissen", {}, {"soorten": "bsn,rsin,overig"}, "no kinds agreed: all"
    for allowed in ("B1", "B1,B2,B9"):
        for asked in ("B1", "B2", "B3", "b1", "B10", "B"):
            yield "beslissen", {"zaaktypen": allowed}, {"zaaktype": asked}, "zaaktypen are whole codes"
        yield "beslissen", {"zaaktypen": allowed}, {}, "no zaaktype asked: what is found is filtered"
    yield "beslissen", {}, {"zaaktype": "B1"}, "no zaaktypen agreed: all"


def hours():
    office = {"uren": "ma,di,wo,do,vr 08:00-17:00"}
    for at, why in (
            ("2026-03-04T06:59:59Z", "winter: a second before 8"), ("2026-03-04T07:00:00Z", "winter: 8 o'clock"),
            ("2026-03-04T15:59:59Z", "winter: just before 17"), ("2026-03-04T16:00:00Z", "winter: 17 is not part of it"),
            ("2026-07-01T05:59:59Z", "summer: a second before 8"), ("2026-07-01T06:00:00Z", "summer: 8 o'clock"),
            ("2026-07-01T14:59:59Z", "summer: just before 17"), ("2026-07-01T15:00:00Z", "summer: 17 o'clock"),
            ("2026-03-07T10:00:00Z", "Saturday"), ("2026-03-08T10:00:00Z", "Sunday"), ("2026-03-09T10:00:00Z", "Monday"),
            ("2026-03-27T07:00:00Z", "Friday before the change: 8"), ("2026-03-30T06:00:00Z", "Monday after: 8"),
            ("2026-03-30T05:59:00Z", "Monday after: 7:59"), ("2026-10-23T06:00:00Z", "Friday before winter: 8"),
            ("2026-10-26T06:30:00Z", "Monday in winter: 7:30"), ("2026-10-26T07:00:00Z", "Monday in winter: 8")):
        yield "beslissen", office, {"op": at}, why
    for at in ("2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-03-29T01:59:59Z", "2026-03-29T02:00:00Z"):
        yield "beslissen", {"uren": "zo 01:00-02:00"}, {"op": at}, "spring: 2 becomes 3 at 01:00 UTC"
        yield "beslissen", {"uren": "zo 02:00-03:00"}, {"op": at}, "spring: between 2 and 3 there is no time"
        yield "beslissen", {"uren": "zo 03:00-04:00"}, {"op": at}, "spring: 3 to 4 begins at 01:00 UTC"
    for at in ("2026-10-24T23:59:59Z", "2026-10-25T00:00:00Z", "2026-10-25T00:59:59Z", "2026-10-25T01:00:00Z",
               "2026-10-25T01:59:59Z", "2026-10-25T02:00:00Z"):
        yield "beslissen", {"uren": "zo 02:00-03:00"}, {"op": at}, "autumn: the hour from 2 to 3 comes twice"
    for at in ("2026-05-02T21:59:59Z", "2026-05-02T22:00:00Z", "2026-05-03T21:59:59Z", "2026-05-03T22:00:00Z"):
        yield "beslissen", {"uren": "zo 00:00-24:00"}, {"op": at}, "a whole Sunday, by the clocks of the Netherlands"
    for at in ("2026-01-31T22:59:59Z", "2026-01-31T23:00:00Z"):
        yield "beslissen", {"uren": "za 00:00-24:00"}, {"op": at}, "midnight in winter is 23:00 UTC"
    for at in ("2026-03-04T08:30:00Z", "2026-03-04T12:30:00Z", "2026-03-07T10:30:00Z"):
        yield "beslissen", {"uren": "wo 09:00-12:00|za 11:00-12:00"}, {"op": at}, "several hours, one is enough"
    for year in ("2024", "2025"):
        yield ("beslissen", office | {"van": "2000-01-01T00:00:00Z"}, {"op": f"{year}-03-31T22:30:00Z"},
               "the last Sunday differs by year")
    for act in ("bevragen", "ontvangen"):
        yield "beslissen", office, {"op": "2026-03-07T10:00:00Z", "handeling": act}, "hours hold for each act"


def users():
    for demands in ({"gebruiker": "ja"}, {"functies": "consulent"}, {"niveau": "laag"},
                    {"functies": "consulent,teamleider", "niveau": "substantieel"}):
        yield "beslissen", demands, {}, "a user is demanded and none is named"
        for function in ("", "consulent", "teamleider", "Consulent", "consul"):
            for level in ("", "laag", "substantieel", "hoog"):
                yield "beslissen", demands, {"gebruiker": f"m1/{function}/{level}"}, "function and level"
    for lowest in LEVELS:
        for level in LEVELS:
            yield "beslissen", {"niveau": lowest}, {"gebruiker": f"m1//{level}"}, "a level at least as high"
    yield "beslissen", {}, {"gebruiker": "m1//"}, "a user that nobody demanded"


def four_eyes():
    bound = {"vierOgen": "10"}
    for count in ("1", "9", "10", "11", "1000"):
        yield "beslissen", bound, {"aantal": count}, "nobody is named"
        yield "beslissen", bound, {"aantal": count, "gebruiker": "m1//"}, "only one is named"
        yield "beslissen", bound, {"aantal": count, "tweede": "m2//"}, "only the second is named"
        yield "beslissen", bound, {"aantal": count, "gebruiker": "m1//", "tweede": "m1//"}, "the same one twice"
        yield "beslissen", bound, {"aantal": count, "gebruiker": "m1//", "tweede": "m2//"}, "two pairs of eyes"
    yield "beslissen", {"vierOgen": "1"}, {"gebruiker": "m1//"}, "from the first subject on"
    yield "beslissen", {"vierOgen": "1"}, {"gebruiker": "m1//", "tweede": "M1//"}, "ids are compared byte for byte"
    yield "beslissen", {}, {"aantal": "1000"}, "no bound agreed"
    yield ("beslissen", {"vierOgen": "2", "functies": "consulent"},
           {"aantal": "2", "gebruiker": "m1/consulent/", "tweede": "m2//"}, "the function is the first user's")


def last_rules():
    yield "beslissen", {"toestemming": "ja"}, {}, "consent demanded, none registered"
    yield "beslissen", {"toestemming": "ja"}, {"toestemming": "t-1"}, "a consent that nobody registered"
    yield "beslissen", {}, {"toestemming": "t-1"}, "a consent that nobody demands"
    for accepted in ({}, {"machtiging": "ja"}):
        yield "beslissen", accepted, {"machtiging": "m-1"}, "a mandate"
        yield "beslissen", accepted | {"toestemming": "ja"}, {"machtiging": "m-1"}, "consent comes before mandate"


def orders():
    """Of two rules that fail, the earlier decides."""
    failing = [
        ("rol", {}, {"wie": "ROLLOOS"}), ("uitwisselafspraak", {}, {"afspraak": "geen"}),
        ("schorsing", {"geschorst": "ja"}, {}), ("geldigheid", {"tot": "2026-02-01T00:00:00Z"}, {}),
        ("handeling", {"handelingen": "bevragen"}, {}), ("doel", {}, {"doel": "https://doel.nl/b"}),
        ("onderwerpsoort", {"soorten": "zaak"}, {"soorten": "bsn"}),
        ("zaaktype", {"zaaktypen": "B1"}, {"zaaktype": "B2"}), ("tijdvak", {"uren": "zo 10:00-11:00"}, {}),
        ("gebruiker", {"gebruiker": "ja"}, {}), ("vierOgen", {"vierOgen": "2"}, {"aantal": "5"}),
        ("toestemming", {"toestemming": "ja"}, {}), ("machtiging", {}, {"machtiging": "m-1"})]
    for i, (first, agreement, question) in enumerate(failing):
        for second, more, ask in failing[i + 1:]:
            yield "beslissen", agreement | more, question | ask, f"{first} before {second}"


def sights():
    for agreement in ({}, {"beperkt": "ja"}, {"zaaktypen": "B1"}, {"categorieen": "wmo"},
                      {"zaaktypen": "B1,B2", "categorieen": "wmo", "beperkt": "ja"}):
        for sight in ("gewoon", "beperkt", "afgeschermd"):
            for extra in ({}, {"zaaktype": "B1"}, {"zaaktype": "B3"}, {"zaaktype": "B1", "categorie": "wmo"},
                          {"categorie": "jeugd"}):
                yield "zien", agreement, {"zichtbaarheid": sight} | extra, "a reference of who offers"
        yield "zien", agreement, {"houder": "VREEMD", "zaaktype": "B1", "categorie": "wmo"}, "of who does not offer"


def deliveries():
    yield "bezorgen", {}, {}, "an ordinary status"
    for highest in ("openbaar", "zaakvertrouwelijk", "zeer_geheim"):
        for level in CONFIDENTIALITY:
            yield "bezorgen", {"max": highest}, {"vertrouwelijk": level}, "not above the highest that is agreed"
    for agreement in ({}, {"velden": "status"}, {"typen": "nl.voorbeeld.a"}, {"typen": "nl.voorbeeld.a", "velden": "status"}):
        for kind in (STATUS_EVENT, "nl.voorbeeld.a", "nl.voorbeeld.b"):
            yield "bezorgen", agreement, {"type": kind}, "event types besides the status are to be named"
    for sight in ("gewoon", "beperkt", "afgeschermd"):
        yield "bezorgen", {}, {"zichtbaarheid": sight}, "the sender's reference hides it"
        yield "bezorgen", {"beperkt": "ja"}, {"zichtbaarheid": sight}, "restricted ones are named"
    for agreement in ({"zaaktypen": "B1"}, {"categorieen": "wmo"}):
        for extra in ({}, {"zaaktype": "B1"}, {"zaaktype": "B2"}, {"categorie": "wmo"}, {"categorie": "jeugd"}):
            yield "bezorgen", agreement, extra, "zaaktype and category"
    for agreement in ({"geschorst": "ja"}, {"tot": "2026-02-01T00:00:00Z"}, {"handelingen": "zoeken"},
                      {"gebruiker": "ja"}, {"toestemming": "ja"}):
        yield "bezorgen", agreement, {}, "the subscriber's own right comes first"
    for who in ("VREEMD", "GESCHORST", "ROLLOOS"):
        yield "bezorgen", {}, {"wie": who}, "whose subscription it is"
    yield "bezorgen", {}, {"houder": "VREEMD"}, "a sender that does not offer"
    yield "bezorgen", {"soorten": "bsn"}, {"soorten": "bsn"}, "a subscription on a person"
    yield "bezorgen", {"soorten": "bsn"}, {"soorten": "zaak"}, "a subscription on a zaak"


def text(deltas):
    return "; ".join(f"{name}={value}" for name, value in deltas.items()) or "-"


def table():
    lines = ["# number\tsort\tagreement\tquestion\texpected\twhy  (written by make_decisions.py; read its first lines)"]
    seen = set()
    for sort, agreement, question, why in cases():
        row = (sort, text(agreement), text(question))
        if row in seen:
            continue
        seen.add(row)
        lines.append("\t".join([str(len(seen)), *row, expected(sort, agreement, question), why]))
    return "\n".join(lines) + "\n"


def main():
    kept = pathlib.Path(__file__).with_name("decisions.tsv")
    if "--check" in sys.argv:
        return 0 if kept.read_text() == table() else 1
    kept.write_text(table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
