"""The status from three holders at once, while one of them is down."""
from testnet import waiting

NEEDS = ()
DEADLINE_MS = 3000
BACK_S = 20  # a breaker tries again well within this


def tell(stage, teller):
    away = stage.rotterdam
    teller.say(f"""The employee asks all `bronhouders` at once for the status: a `statusbevraging` (pull), with a deadline
        of {DEADLINE_MS} ms. Wissel asks them side by side over mTLS. Just now {away.name} has gone down: nothing listens at its
        address.""")
    stage.take_away(away)
    try:
        answer = pull(stage, teller)
        show_parts(stage, teller, answer)
    finally:
        stage.bring_back(away)
    check_parts(stage, teller, answer, away)
    stage.told["pull"] = answer.index
    teller.say(f"{away.name} is back. The next pull tries it again.")
    whole = waiting.until(lambda: complete(stage), BACK_S, f"{away.name} answers again")
    teller.check(whole.json()["volledig"], "now the answer is complete (`volledig`): three parts of three")


def pull(stage, teller):
    body = {"onderwerp": stage.subject(), "maxWachttijdMs": DEADLINE_MS, "grondslag": stage.ground(),
            "gebruiker": {"id": "kcc-17", "soort": "medewerker", "functie": "klantcontact"}}
    return stage.call(teller, stage.amsterdam, "POST", "/v1/statusbevragingen", body)


def complete(stage):
    """The answer of a pull once every part is answered; None before."""
    body = {"onderwerp": stage.subject(), "grondslag": stage.ground()}
    answer = stage.amsterdam.client.post("/v1/statusbevragingen", body, expect=(200,))
    return answer if answer.json()["volledig"] else None


def show_parts(stage, teller, answer):
    rows = []
    for part in answer.json()["delen"]:
        status = part["zaken"][0] if part.get("zaken") else None
        rows.append((part["bronhouder"]["naam"], part["uitkomst"], part["duurMs"],
                     status["zaak"]["identificatie"] if status else "", status["status"]["omschrijving"] if status else "",
                     part.get("logIndex", "")))
    teller.table(["bronhouder", "uitkomst", "ms", "zaak", "status", "record"], rows)


def check_parts(stage, teller, answer, away):
    found = answer.json()
    outcomes = {part["bronhouder"]["oin"]: part["uitkomst"] for part in found["delen"]}
    others = [holder for holder in stage.holders if holder is not away]
    teller.check(outcomes == {away.oin: "onbereikbaar", **{holder.oin: "beantwoord" for holder in others}},
                 f"two answered, {away.name} is `onbereikbaar` (cannot be reached)", outcomes)
    teller.check(not found["volledig"], "the answer says itself that it is not complete")
    statuses = {part["bronhouder"]["oin"]: part.get("zaken") for part in found["delen"]}
    teller.check(all(statuses[holder.oin] == [stage.zaak_of_person(holder)[1]] for holder in others),
                 "what arrived is what those holders hold, to the letter")
    teller.check(all(part.get("logIndex", -1) > answer.index for part in found["delen"]),
                 "the question and every part have a record of their own, also the part that failed")
