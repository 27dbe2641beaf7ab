"""A change of status, pushed to a webhook and to a mailbox."""
import copy
import datetime
import json
import uuid

from testnet import waiting

NEEDS = ()
TYPE = "nl.overheid.zaken.zaakstatus-gewijzigd"
LIMIT_S = 10


def tell(stage, teller):
    sender, webhook, mailbox = stage.den_haag, stage.utrecht, stage.amsterdam
    teller.say(f"""Better than asking: being told. {webhook.name} takes an `abonnement` (subscription) on this person with
        delivery to its webhook, {mailbox.name} one with delivery to its `postbus` (mailbox), which it empties when it
        likes.""")
    subscribe(stage, teller, webhook, {"soort": "webhook"})
    subscribe(stage, teller, mailbox, {"soort": "postbus"})
    event = changed(stage, sender)
    teller.say(f"""{sender.name} decides. The `statusbericht` (push) is a CloudEvent; accepted means: recorded, stored and
        queued for everyone whom it matches, in one write.""")
    before = len(stage.deliveries(webhook))
    sent = stage.call(teller, sender, "POST", "/v1/statusberichten", json.dumps(event).encode(), expect=202,
                      headers={"Content-Type": "application/cloudevents+json"})
    teller.show(sent.json())
    teller.check(sent.json()["afnemers"] == 2, "two `afnemers` (consumers) are to get it", sent)
    stage.told["message"] = sent.index
    at_webhook(stage, teller, webhook, event, before)
    in_mailbox(stage, teller, mailbox, event)
    settled(stage, teller, sender, sent)


def subscribe(stage, teller, who, delivery):
    stage.call(teller, who, "POST", "/v1/abonnementen",
               {"onderwerp": stage.subject(), "bezorging": delivery, "grondslag": stage.ground()}, expect=201)


def changed(stage, sender):
    """The event that the person's zaak at the sender was decided."""
    status = copy.deepcopy(stage.zaak_of_person(sender)[1])
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
    kinds = stage.zaaktypen[[one["code"] for one in stage.zaaktypen].index(status["zaak"]["zaaktype"]["code"])]
    status["status"] = {"omschrijving": kinds["statustypen"][-1], "statusgroep": "afgerond",
                        "volgnummer": len(kinds["statustypen"]), "isEindstatus": True, "gezetOp": now}
    status["resultaat"] = {"omschrijving": kinds["resultaattypen"][0]}
    status.pop("verwachting")
    return {"specversion": "1.0", "id": str(uuid.uuid4()), "source": f"urn:nld:oin:{sender.oin}:systeem:zaken",
            "type": TYPE, "subject": status["zaak"]["identificatie"], "time": now,
            "datacontenttype": "application/json", "data": status}


def at_webhook(stage, teller, who, event, before):
    arrived = waiting.until(lambda: stage.deliveries(who)[before:], LIMIT_S, "the webhook gets the message")
    message = arrived[0]["bericht"]
    teller.check(len(arrived) == 1 and message == event,
                 f"the webhook of {who.name} got it once and unchanged: {message['subject']} is "
                 f"\"{message['data']['status']['omschrijving']}\", {message['data']['resultaat']['omschrijving']}")
    stage.delivered += 1


def in_mailbox(stage, teller, who, event):
    answer = stage.call(teller, who, "GET", "/v1/postbus?wacht=10")
    found = answer.json()["berichten"]
    teller.check([one["bericht"] for one in found] == [event], f"the mailbox of {who.name} holds the same message",
                 len(found))
    again = who.client.get("/v1/postbus", expect=(200,)).json()["berichten"]
    teller.check(again == found, "it stays until it is acknowledged: a second look finds it again")
    stage.call(teller, who, "POST", "/v1/postbus/bevestigingen", {"totEnMet": found[-1]["volgnummer"]}, expect=204)
    empty = who.client.get("/v1/postbus", expect=(200,)).json()["berichten"]
    teller.check(empty == [], "after the `bevestiging` (acknowledgement) the mailbox is empty")
    stage.delivered += 1


def settled(stage, teller, sender, sent):
    path = f"/v1/statusberichten/{sent.json()['id']}"

    def outcome():
        places = sender.client.get(path, expect=(200,)).json()["afnemers"]
        return places if all(place["stand"] == "bezorgd" for place in places) else None

    places = waiting.until(outcome, LIMIT_S, "both deliveries are settled")
    names = " and ".join(stage.name_of(place["afnemer"]) for place in places)
    teller.check(len(places) == 2, f"the sender sees it delivered (`bezorgd`) to {names}")
