#!/usr/bin/python3
"""An outside reader of the processing log.

Written from the published interface (RFC 6962, C2SP tlog-tiles, signed-note and tlog-checkpoint, and the page on the
processing log) and from nothing of the daemon's code, so that both can be wrong independently. Standard library and
python3-cryptography only.

    tlog_reader.py --url https://127.0.0.1:8443 --ca ca.pem --cert p1.pem --key p1.key --vkey KEY [--size N] [--open I]
"""

import argparse
import base64
import hashlib
import http.client
import json
import ssl
import sys
import urllib.parse
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TILE_WIDTH = 256
HASH_BYTES = 32
ENTRY_BYTES = 33


class LogError(Exception):
    """The log, or its server, is not what it should be."""


# --- hashes and trees: RFC 6962, section 2.1 -------------------------------------------------------------------------


def leaf_hash(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves):
    """The root over leaf hashes, level by level: a lonely last node moves up as it is."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        above = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


def inclusion_holds(index, size, leaf, proof, root):
    if index >= size:
        return False
    node, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node % 2 or node == last:
            value = node_hash(sibling, value)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and value == root


def consistency_holds(old, new, old_root, new_root, proof):
    if old > new:
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof
    if not proof:
        return False
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    node, last = old - 1, new - 1
    while node % 2:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node % 2 or node == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


# --- tiles: C2SP tlog-tiles ------------------------------------------------------------------------------------------


def tile_index_path(index):
    groups = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03d}")
    return "/".join(groups)


def tile_path(level, index, width=TILE_WIDTH):
    """`level` is a number or "entries"."""
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"/tlog/tile/{level}/{tile_index_path(index)}{partial}"


def widths(level, size):
    """(index, width) of every tile of `level` in a tree of `size` leaves."""
    hashes = size >> (8 * level)
    full = [(index, TILE_WIDTH) for index in range(hashes // TILE_WIDTH)]
    return full + ([(hashes // TILE_WIDTH, hashes % TILE_WIDTH)] if hashes % TILE_WIDTH else [])


def split_hashes(data):
    if len(data) % HASH_BYTES:
        raise LogError("a tile is not a whole number of hashes")
    return [data[i : i + HASH_BYTES] for i in range(0, len(data), HASH_BYTES)]


def split_bundle(data):
    entries = []
    while data:
        length = int.from_bytes(data[:2], "big")
        entry, data = data[2 : 2 + length], data[2 + length :]
        if len(entry) != length:
            raise LogError("an entry bundle ends in the middle of an entry")
        if length != ENTRY_BYTES or entry[0] != 1:
            raise LogError("an entry is not a commitment of 33 bytes")
        entries.append(entry)
    return entries


# --- notes: C2SP signed-note and tlog-checkpoint ---------------------------------------------------------------------


@dataclass(frozen=True)
class VerifierKey:
    name: str
    key_id: bytes
    public_key: bytes

    @classmethod
    def parse(cls, vkey):
        name, key_id, blob = vkey.strip().split("+", 2)
        blob = base64.b64decode(blob, validate=True)
        key = cls(name, bytes.fromhex(key_id), blob[1:])
        if blob[0] != 1 or len(blob) != 33:
            raise LogError("not an Ed25519 verifier key")
        if hashlib.sha256(name.encode() + b"\n" + blob).digest()[:4] != key.key_id:
            raise LogError("the verifier key's id does not fit")
        return key


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes


def open_checkpoint(note, key):
    """The checkpoint in a note, once its signature holds."""
    text, _, signatures = note.rpartition(b"\n\n")
    text += b"\n"
    if not signatures.endswith(b"\n"):
        raise LogError("the note does not end in a newline")
    known = False
    for line in signatures.decode().splitlines():
        dash, name, blob = line.split(" ")
        blob = base64.b64decode(blob, validate=True)
        if dash != "\u2014":
            raise LogError("a signature line does not begin with a dash")
        if name != key.name or blob[:4] != key.key_id:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.public_key).verify(blob[4:], text)
        except InvalidSignature as error:
            raise LogError("the log's signature does not hold") from error
        known = True
    if not known:
        raise LogError("the log's key has not signed the note")
    origin, size, root = text.decode().split("\n")[:3]
    if origin != key.name:
        raise LogError("the origin is not the key's name")
    if size != str(int(size)):
        raise LogError("the size has leading zeros or a sign")
    root = base64.b64decode(root, validate=True)
    if len(root) != HASH_BYTES:
        raise LogError("the root is not 32 bytes")
    return Checkpoint(origin, int(size), root)


# --- records ---------------------------------------------------------------------------------------------------------


def entry_for(salt, line):
    return b"\x01" + hashlib.sha256(b"wissel-record-v1\x00" + salt + line).digest()


def annex_hash(salt, annex):
    return hashlib.sha256(b"wissel-bijlage-v1\x00" + salt + annex).digest()


# --- the server ------------------------------------------------------------------------------------------------------


class LogReader:
    """Reads one log over mTLS on one connection. Not for several threads."""

    TIMEOUT_S = 30

    def __init__(self, url, ca, cert, key, vkey):
        address = urllib.parse.urlsplit(url)
        context = ssl.create_default_context(cafile=ca)
        context.load_cert_chain(cert, key)
        self._connection = http.client.HTTPSConnection(
            address.hostname, address.port or 443, timeout=self.TIMEOUT_S, context=context
        )
        self.key = VerifierKey.parse(vkey)

    def close(self):
        self._connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def fetch(self, path):
        """(status, headers, body) of a GET."""
        self._connection.request("GET", path, headers={"Accept": "*/*"})
        response = self._connection.getresponse()
        return response.status, response.headers, response.read()

    def _get(self, path, media_type=None):
        status, headers, body = self.fetch(path)
        if status != 200:
            raise LogError(f"GET {path}: status {status}: {body[:300]!r}")
        given = (headers.get("Content-Type") or "").split(";")[0].strip()
        if media_type and given != media_type:
            raise LogError(f"GET {path}: media type {given}, not {media_type}")
        return body

    def _get_json(self, path):
        return json.loads(self._get(path, "application/json"))

    def vkey(self):
        return self._get("/tlog/vkey").decode().strip()

    def checkpoint(self):
        return open_checkpoint(self._get("/tlog/checkpoint", "text/plain"), self.key)

    def tile(self, level, index, width=TILE_WIDTH):
        hashes = split_hashes(self._get(tile_path(level, index, width), "application/octet-stream"))
        if len(hashes) != width:
            raise LogError(f"tile {level}/{index}: {len(hashes)} hashes, not {width}")
        return hashes

    def entries(self, size):
        """All entries of the log as it was at `size`."""
        found = []
        for index, width in widths(0, size):
            bundle = split_bundle(self._get(tile_path("entries", index, width), "application/octet-stream"))
            if len(bundle) != width:
                raise LogError(f"bundle {index}: {len(bundle)} entries, not {width}")
            found += bundle
        return found

    def record(self, index):
        """(line, salt, whole answer) of a record that the caller may read, as bytes."""
        answer = self._get_json(f"/v1/verwerkingen/{index}")
        if answer["index"] != index:
            raise LogError(f"record {index} says that it is {answer['index']}")
        return answer["regel"].encode(), base64.b64decode(answer["zout"], validate=True), answer

    def inclusion(self, index, size=None):
        """(size, proof, checkpoint) for a record that the caller may read."""
        query = "" if size is None else f"?omvang={size}"
        answer = self._get_json(f"/v1/verwerkingen/{index}/bewijs{query}")
        checkpoint = open_checkpoint(answer["checkpoint"].encode(), self.key)
        if answer["index"] != index or checkpoint.size != answer["omvang"] or size not in (None, checkpoint.size):
            raise LogError(f"the proof for record {index} is of another record or size")
        return checkpoint.size, [base64.b64decode(h, validate=True) for h in answer["hashes"]], checkpoint

    def consistency(self, old, new):
        answer = self._get_json(f"/v1/verwerkingen/consistentie?van={old}&naar={new}")
        if (answer["van"], answer["naar"]) != (old, new):
            raise LogError("the consistency proof is between other sizes")
        return [base64.b64decode(h, validate=True) for h in answer["hashes"]]

    # What an outsider checks.

    def verify_tree(self, size=None, entries=None):
        """Recomputes the tree at `size` (default: of the newest checkpoint) from its entries and compares every tile
        with it; at the checkpoint's size the root as well. Gives (checkpoint, entries, root)."""
        checkpoint = self.checkpoint()
        size = checkpoint.size if size is None else size
        if size > checkpoint.size:
            raise LogError(f"the log has {checkpoint.size} records, not {size}")
        entries = self.entries(size) if entries is None else entries[:size]
        hashes = [leaf_hash(entry) for entry in entries]
        root = root_of(hashes)
        level = 0
        while hashes:
            for index, width in widths(level, size):
                if self.tile(level, index, width) != hashes[index * TILE_WIDTH : index * TILE_WIDTH + width]:
                    raise LogError(f"tile {level}/{index} of width {width} is not that of the entries")
            full = len(hashes) // TILE_WIDTH
            hashes = [root_of(hashes[i * TILE_WIDTH : (i + 1) * TILE_WIDTH]) for i in range(full)]
            level += 1
        if size == checkpoint.size and root != checkpoint.root:
            raise LogError("the entries do not give the signed root")
        return checkpoint, entries, root

    def verify_record(self, index, size=None):
        """Opens a record's commitment and checks its inclusion in a signed tree. Gives its line, parsed."""
        line, salt, _ = self.record(index)
        if len(salt) != 16:
            raise LogError(f"the salt of record {index} is not 16 bytes")
        size, proof, checkpoint = self.inclusion(index, size)
        if not inclusion_holds(index, size, leaf_hash(entry_for(salt, line)), proof, checkpoint.root):
            raise LogError(f"record {index} is not in the tree of size {size}")
        return json.loads(line)

    def verify_consistency(self, old, old_root, new, new_root):
        if not consistency_holds(old, new, old_root, new_root, self.consistency(old, new)):
            raise LogError(f"the log of size {old} is not the beginning of that of size {new}")


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Verify a processing log from outside.")
    for name in ("url", "ca", "cert", "key", "vkey"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--size", type=int, action="append", default=[], help="also recompute the tree at this size")
    parser.add_argument("--open", type=int, action="append", default=[], help="open and prove this record")
    options = parser.parse_args(arguments)
    try:
        with LogReader(options.url, options.ca, options.cert, options.key, options.vkey) as reader:
            checkpoint, entries, root = reader.verify_tree()
            print(f"checkpoint {checkpoint.origin} size {checkpoint.size} root {root.hex()}: holds")
            for size in options.size:
                _, _, old_root = reader.verify_tree(size, entries)
                reader.verify_consistency(size, old_root, checkpoint.size, root)
                print(f"size {size} root {old_root.hex()}: holds, and is the beginning of the present log")
            for index in options.open:
                record = reader.verify_record(index)
                print(f"record {index}: in the tree; {record['name']}")
    except (LogError, OSError, http.client.HTTPException, KeyError, ValueError) as error:
        print(f"tlog_reader: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
