"""A search in the reference index."""
import json

from demo.teller import masked

NEEDS = ()


def tell(stage, teller):
    who = stage.amsterdam
    teller.say(f"""Somebody telephones {who.name}: how far are my matters? The employee of the contact centre has a BSN,
        {masked(stage.person)}, and no idea who works on what. Wissel's index holds references, no dossiers: it knows
        which `bronhouders` (holders) hold something of which `zaaktype`, and nothing more.""")
    body = {"onderwerp": stage.subject(), "grondslag": stage.ground(),
            "gebruiker": {"id": "kcc-17", "soort": "medewerker", "functie": "klantcontact"}}
    answer = stage.call(teller, who, "POST", "/v1/zoekopdrachten", body)
    found = answer.json()["bronhouders"]
    teller.table(["bronhouder", "zaaktypen", "sinds"],
                 [(holder["naam"], ", ".join(holder["zaaktypen"]), holder["sinds"][:19]) for holder in found])
    teller.check({holder["oin"] for holder in found} == {holder.oin for holder in stage.holders},
                 "exactly the three that registered a reference are named", [holder["naam"] for holder in found])
    nobody = stage.call(teller, who, "POST", "/v1/zoekopdrachten", {**body, "onderwerp": stage.subject(stage.nobody)})
    teller.check(nobody.json() == {"bronhouders": []}, "for somebody whom nobody knows the answer is an empty list",
                 nobody)
    stage.told["search"] = answer.index
    record = who.client.get(f"/v1/verwerkingen/{answer.index}", expect=(200,)).json()
    attributes = json.loads(record["regel"])["attributes"]
    teller.check(stage.person not in record["regel"] and attributes["wissel.actie"] == "zoeken",
                 f"before the answer left, record {answer.index} of the `verwerkingenlog` was on disk; it names the "
                 f"person by a pseudonym, {attributes['dpl.core.data_subject_id'][:8]}…")
