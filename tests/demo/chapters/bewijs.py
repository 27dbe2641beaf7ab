"""A proof that one record stands in the log, checked without trusting the operator."""
import json

from api import tlog_reader as tlog

NEEDS = ("zoeken",)


def reader_of(stage, who):
    key = f"P{who.number}"
    return tlog.LogReader(stage.env["WISSEL_URL"], stage.env["WISSEL_CA"], stage.env[f"{key}_CERT"],
                          stage.env[f"{key}_KEY"], stage.env["WISSEL_LOG_VKEY"])


def tell(stage, teller):
    who, index = stage.amsterdam, stage.told["search"]
    teller.say(f"""Need one believe the operator? No. {who.name} kept the number of its search, {index}, and checks with a
        program of its own (tests/api/tlog_reader.py, written from the published standards alone): the line gives a
        commitment, the commitment is a leaf of a hash tree, the tree's root stands in a checkpoint signed with the
        log's key.""")
    with reader_of(stage, who) as reader:
        inclusion(teller, reader, index)
        whole_log(stage, teller, reader)


def inclusion(teller, reader, index):
    line, salt, _ = reader.record(index)
    leaf = tlog.leaf_hash(tlog.entry_for(salt, line))
    size, proof, checkpoint = reader.inclusion(index)
    teller.table(["", ""], [("record", f"{index}: {json.loads(line)['name']}, {len(line)} bytes"),
                            ("leaf", leaf.hex()), ("proof", f"{len(proof)} hashes, for a log of {size} records"),
                            ("root", checkpoint.root.hex()), ("signed by", reader.key.name)])
    teller.check(tlog.inclusion_holds(index, size, leaf, proof, checkpoint.root),
                 f"the `bewijs` (proof) leads from record {index} to the signed root")
    other = line.replace(b'"toegestaan"', b'"geweigerd"')
    changed = tlog.leaf_hash(tlog.entry_for(salt, other))
    teller.check(other != line and not tlog.inclusion_holds(index, size, changed, proof, checkpoint.root),
                 "with one word of the line changed it does not")


def whole_log(stage, teller, reader):
    before = reader.checkpoint()
    stage.amsterdam.client.post("/v1/zoekopdrachten", {"onderwerp": stage.subject(), "grondslag": stage.ground()},
                                expect=(200,))
    after, entries, root = reader.verify_tree()
    teller.check(after.size > before.size, f"all {len(entries)} entries, fetched and hashed anew, give the signed root")
    reader.verify_consistency(before.size, before.root, after.size, root)
    teller.check(True, f"the log of {before.size} records is the beginning of that of {after.size}: nothing was taken out "
                       "or put in between")
