#!/usr/bin/python3
"""The outside reader's own arithmetic against published vectors; needs no daemon."""

import unittest

import tlog_reader as tlog

INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
LEAVES = [tlog.leaf_hash(bytes.fromhex(text)) for text in INPUTS]


def split(size):
    half = 1
    while half * 2 < size:
        half *= 2
    return half


def path(index, leaves):
    """RFC 6962, section 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    half = split(len(leaves))
    if index < half:
        return path(index, leaves[:half]) + [tlog.root_of(leaves[half:])]
    return path(index - half, leaves[half:]) + [tlog.root_of(leaves[:half])]


def subproof(old, leaves, whole=True):
    """RFC 6962, section 2.1.2."""
    if old == len(leaves):
        return [] if whole else [tlog.root_of(leaves)]
    half = split(len(leaves))
    if old <= half:
        return subproof(old, leaves[:half], whole) + [tlog.root_of(leaves[half:])]
    return subproof(old - half, leaves[half:], False) + [tlog.root_of(leaves[:half])]


class Arithmetic(unittest.TestCase):
    def test_roots_are_those_of_rfc_6962(self):
        for size, root in ROOTS.items():
            self.assertEqual(tlog.root_of(LEAVES[:size]).hex(), root)

    def test_every_proof_up_to_70_holds_and_no_other(self):
        leaves = [tlog.leaf_hash(bytes([i])) for i in range(70)]
        roots = [tlog.root_of(leaves[:size]) for size in range(71)]
        for size in range(1, 71):
            for index in range(size):
                proof = path(index, leaves[:size])
                self.assertTrue(tlog.inclusion_holds(index, size, leaves[index], proof, roots[size]))
                self.assertFalse(tlog.inclusion_holds(index, size, leaves[index], proof, roots[size - 1]))
            for old in range(1, size + 1):
                proof = subproof(old, leaves[:size])
                self.assertTrue(tlog.consistency_holds(old, size, roots[old], roots[size], proof))
                self.assertFalse(tlog.consistency_holds(old, size, roots[old - 1], roots[size], proof))

    def test_paths_of_tiles(self):
        self.assertEqual(tlog.tile_path(0, 0), "/tlog/tile/0/000")
        self.assertEqual(tlog.tile_path("entries", 1234067, 5), "/tlog/tile/entries/x001/x234/067.p/5")
        self.assertEqual(tlog.tile_path(2, 1000), "/tlog/tile/2/x001/000")
        self.assertEqual(tlog.widths(0, 70000)[-1], (273, 112))
        self.assertEqual(tlog.widths(1, 70000), [(0, 256), (1, 17)])
        self.assertEqual(tlog.widths(2, 70000), [(0, 1)])
        self.assertEqual(tlog.widths(0, 256), [(0, 256)])

    def test_the_key_of_the_specification_is_read(self):
        key = tlog.VerifierKey.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
        self.assertEqual(key.name, "example.com/foo")
        with self.assertRaises(tlog.LogError):
            tlog.VerifierKey.parse("example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")

    def test_bundles_hold_commitments_only(self):
        entry = b"\x01" + bytes(32)
        self.assertEqual(tlog.split_bundle(b"\x00\x21" + entry + b"\x00\x21" + entry), [entry, entry])
        for wrong in (b"\x00\x21" + entry[:-1], b"\x00\x20" + entry[:-1], b"\x00\x21\x02" + bytes(32), b"\x00"):
            with self.assertRaises(tlog.LogError):
                tlog.split_bundle(wrong)


class Notes(unittest.TestCase):
    def test_a_checkpoint_opens_and_no_changed_one(self):
        import base64
        import hashlib

        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        origin = "wissel.example.nl/log/test"
        key_id = hashlib.sha256(origin.encode() + b"\n\x01" + public).digest()[:4]
        key = tlog.VerifierKey(origin, key_id, public)
        text = f"{origin}\n5\n{base64.b64encode(bytes(32)).decode()}\n".encode()
        line = f"\u2014 {origin} {base64.b64encode(key_id + private.sign(text)).decode()}\n".encode()
        self.assertEqual(tlog.open_checkpoint(text + b"\n" + line, key), tlog.Checkpoint(origin, 5, bytes(32)))
        other = "\u2014 witness.example AAAAAAAA\n".encode()
        self.assertEqual(tlog.open_checkpoint(text + b"\n" + other + line, key).size, 5)
        for wrong in (text.replace(b"\n5\n", b"\n6\n") + b"\n" + line, text + b"\n" + other, text + b"\n" + line[:-1]):
            with self.assertRaises(tlog.LogError):
                tlog.open_checkpoint(wrong, key)


class MemoryLog(tlog.LogReader):
    """A log without a server: answers GETs from its own leaves."""

    def __init__(self, size):
        self.lines = [b'{"v":1,"name":"%d"}' % i for i in range(size)]
        self.all = [tlog.entry_for(bytes(16), line) for line in self.lines]
        self.changed = {}

    def checkpoint(self):
        root = tlog.root_of([tlog.leaf_hash(entry) for entry in self.all])
        return tlog.Checkpoint("origin", len(self.all), root)

    def fetch(self, path):
        body = self.changed.get(path)
        if body is None:
            where, _, width = path.removeprefix("/tlog/tile/").partition(".p/")
            level, _, index = where.partition("/")
            index = int(index.replace("/", "").replace("x", ""))
            first = index * 256
            if level == "entries":
                found = [b"\x00\x21" + entry for entry in self.all]
            else:
                span = 256 ** int(level)
                leaves = [tlog.leaf_hash(entry) for entry in self.all]
                found = [tlog.root_of(leaves[i : i + span]) for i in range(0, len(leaves) // span * span, span)]
            body = b"".join(found[first : first + int(width or 256)])
        return 200, {"Content-Type": "application/octet-stream"}, body


class WholeLog(unittest.TestCase):
    def test_sound_logs_hold_at_every_size(self):
        log = MemoryLog(600)
        _, entries, root = log.verify_tree()
        self.assertEqual(root, log.checkpoint().root)
        for size in (0, 1, 255, 256, 257, 512, 599):
            old_root = log.verify_tree(size)[2]
            log.consistency = lambda old, new: subproof(old, [tlog.leaf_hash(e) for e in entries]) if old else []
            log.verify_consistency(size, old_root, 600, root)

    def test_a_changed_tile_or_entry_is_found(self):
        for path in ("/tlog/tile/0/001", "/tlog/tile/1/000.p/2", "/tlog/tile/entries/002.p/88"):
            log = MemoryLog(600)
            body = bytearray(log.fetch(path)[2])
            body[40] ^= 1
            log.changed[path] = bytes(body)
            with self.assertRaises(tlog.LogError):
                log.verify_tree()


if __name__ == "__main__":
    unittest.main()
