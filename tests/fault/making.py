"""Subjects, zaken and events that no other thread and no earlier run made."""
import itertools
import threading
import uuid

from setting import members

STATUS_TYPE = "nl.overheid.zaken.zaakstatus-gewijzigd"
EVENT = {"Content-Type": "application/cloudevents+json"}
NDJSON = {"Content-Type": "application/x-ndjson"}

_lock = threading.Lock()
_numbers = itertools.count(1)


_bsns = (text for text in map(str, itertools.count(900_000_000)) if members.passes_elfproef(text))


def person():
    with _lock:
        return {"soort": "bsn", "waarde": next(_bsns)}


def zaak(oin):
    with _lock:
        number = next(_numbers)
    return {"identificatie": f"ZAAK-{number:07d}-{uuid.uuid4().hex[:8]}", "bronorganisatie": oin}


def reference(oin, subject=None):
    """The body of a reference about a new zaak of a new person."""
    return {"zaak": zaak(oin), "betrokkenen": [subject or person()], "zaaktype": "bijstand"}


def status_of(case, number=1, text="In behandeling"):
    return {"zaak": {**case, "zaaktype": {"code": "bijstand", "omschrijving": "Aanvraag bijzondere bijstand"}},
            "status": {"omschrijving": f"{text} {number}", "statusgroep": "in_behandeling", "volgnummer": number,
                       "gezetOp": "2026-03-02T09:14:31Z"}}


def event(case, number=1):
    """Message `number` about a zaak; its sender is the zaak's organisation."""
    return {"specversion": "1.0", "id": f"{case['identificatie']}-{number}",
            "source": f"urn:nld:oin:{case['bronorganisatie']}:systeem:zaken", "type": STATUS_TYPE,
            "subject": case["identificatie"], "time": "2026-03-02T09:15:00Z", "datacontenttype": "application/json",
            "data": status_of(case, number)}
