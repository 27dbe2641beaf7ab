"""Searches that are refused, and how one sees why."""
import json

from testnet import members

NEEDS = ()


def tell(stage, teller):
    events, claims = stage.zaaktypen
    agreement = narrow_agreement(stage, events["code"])
    teller.say(f"""Deny by default: each call leans on an `uitwisselafspraak`. A narrow one, signed by all whom it names,
        lets only {stage.utrecht.name} search, and only for zaaktype {events['code']}. {stage.utrecht.name} now asks about
        another zaaktype.""")
    body = {"onderwerp": stage.subject(), "zaaktype": claims["code"], "grondslag": stage.ground(agreement)}
    refused(stage, teller, stage.utrecht, body, "zaaktype-niet-gedekt")
    teller.say(f"{stage.groningen.name} leans on the same agreement, which does not name it.")
    body["zaaktype"] = events["code"]
    answer = refused(stage, teller, stage.groningen, body, "geen-uitwisselafspraak")
    stage.told["refused"] = answer.index
    unknown = stage.call(teller, stage.groningen, "POST", "/v1/zoekopdrachten",
                         {**body, "onderwerp": stage.subject(stage.nobody)}, expect=403)
    teller.check(but_for_record(unknown) == but_for_record(answer),
                 "for somebody whom nobody knows the refusal is the same: it tells nothing about the person")
    found = stage.auditor.client.get(f"/v1/verwerkingen/{answer.index}", expect=(200,)).json()
    attributes = json.loads(found["regel"])["attributes"]
    shown = {name: attributes.get(f"wissel.{name}") for name in ("actie", "uitkomst", "code", "regel", "oin")}
    teller.check(shown["uitkomst"] == "geweigerd" and shown["code"] == "geen-uitwisselafspraak",
                 f"refusals stand in the log too; record {answer.index}, as the `auditor` reads it:", shown)
    teller.show({name: value for name, value in shown.items() if value})


def narrow_agreement(stage, zaaktype):
    """An agreement for one consumer and one zaaktype, signed by all; returns its id."""
    shown = stage.operator.client.get(f"/v1/uitwisselafspraken/{stage.agreement}", expect=(200,)).json()
    body = members.content_of(shown)
    body |= {"afnemers": [stage.utrecht.oin], "zaaktypen": [zaaktype], "handelingen": ["zoeken"]}
    return members.agree(stage.operator.client, [one.client for one in stage.members], body)


def refused(stage, teller, who, body, code):
    answer = stage.call(teller, who, "POST", "/v1/zoekopdrachten", body, expect=403)
    problem = answer.json()
    teller.show({name: problem[name] for name in ("code", "title", "detail", "instance")})
    teller.check(problem["code"] == code, f"refused for the reason that decided: {code}", problem["code"])
    return answer


def but_for_record(answer):
    return {name: value for name, value in answer.json().items() if name != "instance"}
