"""The judge: what Wissel holds after a fault against the history that its clients kept. Every function returns faults,
as sentences; none is good."""
import collections
import json

from history import UNRECORDED, payload_hash

SEARCH_MAX = 1000  # subjects in one search
SAMPLE = 25        # single reads a kind and round: the whole is read in bulk


Record = collections.namedtuple("Record", "index trace name span parent")

# What only the clients of load.py bring about: records with these names, each of a request of theirs.
ONCE = ("verwijzing zetten", "verwijzing intrekken", "statusbericht melden", "bulkverzoek afgesloten")


def lost_records(lines, records):
    """Every answered access has its record: at its index, with its trace id. records: see log_records()."""
    faults, trace_of = [], {record.index: record.trace for record in records}
    for line in lines:
        if line["what"] != "answered" or line["kind"] == "checkpoint":
            continue
        if line["index"] is None:
            if line["status"] in UNRECORDED:
                continue
            faults.append(f"{line['kind']} was answered {line['status']} without Wissel-Log-Index")
        elif trace_of.get(line["index"]) != line["trace"]:
            faults.append(f"{line['kind']} {line['status']}: record {line['index']} "
                          f"has trace {trace_of.get(line['index'])}, not {line['trace']}")
    return faults


def strange_records(lines, records):
    """No record is of a request that nobody sent, and none of a request stands there twice."""
    faults, seen = [], set()
    sent = {line["trace"] for line in lines if line["what"] == "sent"}
    spans = {record.span for record in records}
    for record in records:
        # One for each subject hangs below that of the request. Without a parent it is of a request by hand.
        if record.name not in ONCE or record.parent is None or record.parent in spans:
            continue
        if record.trace not in sent:
            faults.append(f"ghost: nobody sent what is recorded as {record}")
        if (record.trace, record.name) in seen:
            faults.append(f"repeat: not the first of its request: {record}")
        seen.add((record.trace, record.name))
    return faults


def log_records(net, since):
    """All records from the moment `since` (RFC 3339) on, as an auditor reads them."""
    with net.connect("AUDITOR", timeout_s=120) as auditor:
        answer = auditor.get(f"/v1/verwerkingen?volgorde=oudste&vanaf={since}",
                             headers={"Accept": "application/x-ndjson"}, expect=(200,))
    records = []
    for line in answer.body.splitlines():
        record = json.loads(line)
        if "regel" in record:
            text = json.loads(record["regel"])
            records.append(Record(record["index"], text["trace_id"], text["name"], text["span_id"],
                                  text.get("parent_span_id")))
    return records


def unreadable_records(net, lines):
    """Some records as their own caller reads them."""
    faults = []
    callers = {"reference": None, "message": None}
    for kind in callers:
        good = [line for line in lines if line["what"] == "answered" and line["kind"] == kind
                and line["status"] in (201, 202)][-SAMPLE:]
        for who in ("P1", "P2"):
            mine = [line for line in good if net.oin(who) in (line.get("holder"), line.get("sender"))]
            with net.connect(who) as client:
                for line in mine:
                    answer = client.get(f"/v1/verwerkingen/{line['index']}")
                    if answer.status != 200 or json.loads(answer.json()["regel"])["trace_id"] != line["trace"]:
                        faults.append(f"its caller does not read record {line['index']} back: {answer}")
    return faults


def references(net, lines):
    """Acknowledged references are found, acknowledged withdrawals are not, and nothing that was never sent is."""
    expected, uncertain = {}, set()
    for line in lines:
        people = line["key"] if line["kind"] == "bulk" else [line["key"]]
        if line["kind"] in ("reference", "bulk"):
            if line["what"] == "sent":
                uncertain.update(people)
            elif line["status"] in (200, 201):
                uncertain.difference_update(people)
                expected.update(dict.fromkeys(people, line["holder"]))
        elif line["kind"] == "withdrawal":
            if line["what"] == "sent":
                uncertain.add(line["key"])
            elif line["status"] == 204:
                uncertain.discard(line["key"])
                expected[line["key"]] = None
    people = [person for person in expected if person not in uncertain]
    found = search(net, people)
    faults = []
    for person in people:
        if expected[person] and expected[person] not in found[person]:
            faults.append(f"lost: the reference of {person} at {expected[person]}; found {found[person]}")
        elif not expected[person] and found[person]:
            faults.append(f"ghost: {person} was withdrawn, found {found[person]}")
    return faults


def full_sets(net, lines, synchroniser):
    """What is seen is one of the full sets as a whole: the last that was acknowledged, or one sent after it."""
    done = [line["key"] for line in lines if line["what"] == "answered" and line["kind"] == "set"
            and line["status"] == 200]
    newest = done[-1] if done else -1
    possible = synchroniser.sets[newest:] if done else [set(), *synchroniser.sets]
    around = set().union(*synchroniser.sets[max(0, newest - 2):])
    found = {person for person, holders in search(net, sorted(around)).items() if synchroniser.oin in holders}
    if found in possible:
        return []
    sizes = [f"{len(found & one)} of {len(one)}" for one in possible]
    return [f"the full set that is seen ({len(found)} people) is none of those since number {newest}: {sizes}"]


def search(net, people):
    """person → OINs of holders."""
    found = {}
    with net.connect("P3", timeout_s=120) as client:
        for begin in range(0, len(people), SEARCH_MAX):
            part = people[begin:begin + SEARCH_MAX]
            body = {"onderwerpen": [{"soort": "bsn", "waarde": person} for person in part],
                    "grondslag": {"uitwisselafspraak": net.agreement}}
            answer = client.post("/v1/zoekopdrachten", body, expect=(200,))
            for person, result in zip(part, answer.json()["resultaten"], strict=True):
                found[person] = [holder["oin"] for holder in result["bronhouders"]]
    return found


def readable_references(net, lines):
    """Some references as their holder reads them."""
    gone = {line["key"] for line in lines if line["kind"] == "withdrawal"}
    mine = [line for line in lines if line["kind"] == "reference" and line["what"] == "answered"
            and line["status"] == 201 and line["key"] not in gone][-SAMPLE:]
    faults = []
    with net.connect("P1") as client:
        for line in mine:
            answer = client.get(f"/v1/verwijzingen/{line['id']}")
            if answer.status != 200:
                faults.append(f"lost: its holder does not read reference {line['id']}: {answer}")
    return faults


def message_states(net, lines):
    """Some messages as their sender reads their state."""
    faults = []
    for who in ("P1", "P2"):
        mine = [line for line in accepted(lines) if line["sender"] == net.oin(who)][-SAMPLE:]
        with net.connect(who) as client:
            for line in mine:
                answer = client.get(f"/v1/statusberichten/{line['id']}")
                if answer.status != 200 or answer.json()["volgnummer"] != line["volgnummer"]:
                    faults.append(f"lost: the state of message {line['key']}: {answer}")
    return faults


def accepted(lines):
    return [line for line in lines if line["what"] == "answered" and line["kind"] == "message"
            and line["status"] == 202]


def repeated_differently(lines):
    """A message that was sent again is the same message: one id and sequence for each key."""
    faults, first = [], {}
    for line in accepted(lines):
        same = first.setdefault(line["key"], line)
        if (same["id"], same["volgnummer"]) != (line["id"], line["volgnummer"]):
            faults.append(f"message {line['key']} was accepted twice: {same['volgnummer']} and {line['volgnummer']}")
    return faults


def missing(lines, events, senders):
    """Keys of accepted messages of these senders that are not among the events that arrived."""
    arrived = {event["id"] for event in events}
    return [line["key"] for line in accepted(lines) if line["sender"] in senders and line["key"] not in arrived]


def deliveries(where, lines, events, senders):
    """Every accepted message arrived, unchanged; nothing arrived that was not sent; in order per zaak, where repeats
    do not count."""
    faults = [f"lost: message {key} did not reach {where}" for key in missing(lines, events, senders)]
    sent = {line["key"]: line["hash"] for line in lines if line["what"] == "sent" and line["kind"] == "message"}
    content = {line["key"]: line["data"] for line in accepted(lines)}
    last, seen = {}, set()
    for event in events:
        key = event["id"]
        if key not in sent:
            faults.append(f"ghost: {where} got {key}, which nobody sent")
            continue
        if key in content and payload_hash(event["data"]) != content[key]:
            faults.append(f"changed: {where} got {key} with other content")
        if key in seen:
            continue
        seen.add(key)
        number = int(key.rpartition("-")[2])
        if number <= last.get(event["subject"], 0):
            faults.append(f"order: {where} got {key} after number {last[event['subject']]}")
        last[event["subject"]] = number
    return faults


def tree(net, checkpoints):
    """The present log extends the newest checkpoint that was given before."""
    if not checkpoints:
        return []
    old = max(checkpoints, key=lambda checkpoint: checkpoint.size)
    roots = {checkpoint.root for checkpoint in checkpoints if checkpoint.size == old.size}
    with net.log_reader() as reader:
        new = reader.checkpoint()
        if new.size < old.size:
            return [f"the log shrank from {old.size} to {new.size}"]
        reader.verify_consistency(old.size, old.root, new.size, new.root)
    return [] if len(roots) == 1 else [f"two roots were signed for size {old.size}"]
