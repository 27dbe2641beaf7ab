"""Changes bytes in a copy of a store as somebody who knows the database would: its own checksums hold afterwards.

The file is RocksDB's write-ahead log: blocks of 32 KiB of fragments, each with a header of a masked CRC-32C, a length
and a type (RocksDB wiki, "Write Ahead Log File Format"). What was written since the last start stands there in full.
"""
import struct

BLOCK_BYTES = 32 * 1024
HEADER_BYTES = 7
LAST_TYPE = 4  # full, first, middle, last; others are of kinds that Wissel does not use
MASK_DELTA = 0xA282EAD8
CASTAGNOLI_REVERSED = 0x82F63B78


def _table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (CASTAGNOLI_REVERSED if value & 1 else 0)
        table.append(value)
    return table


_TABLE = _table()


def masked_crc(data):
    """CRC-32C as RocksDB stores it: rotated and displaced, so that a CRC over CRCs is none of them."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + MASK_DELTA) & 0xFFFFFFFF


def fragments(data):
    """(offset, length) of the payload of every fragment."""
    at = 0
    while at + HEADER_BYTES <= len(data):
        left = BLOCK_BYTES - at % BLOCK_BYTES
        if left < HEADER_BYTES:
            at += left
            continue
        _, length, kind = struct.unpack_from("<IHB", data, at)
        if not 1 <= kind <= LAST_TYPE or HEADER_BYTES + length > left:
            return
        yield at + HEADER_BYTES, length
        at += HEADER_BYTES + length


def _replaced_in(path, old, new):
    data = bytearray(path.read_bytes())
    pieces = list(fragments(data))
    whole = b"".join(data[at:at + length] for at, length in pieces)
    if old not in whole:
        return False
    whole = whole.replace(old, new)
    done = 0
    for at, length in pieces:
        piece = whole[done:done + length]
        done += length
        if piece != data[at:at + length]:
            data[at:at + length] = piece
            struct.pack_into("<I", data, at - HEADER_BYTES, masked_crc(data[at - 1:at + length]))
    path.write_bytes(data)
    return True


def replace(store, old, new):
    """Replaces `old` by `new`, of the same length, wherever the store's newest writes hold it; True when they do."""
    if len(old) != len(new):
        raise ValueError("a forgery keeps the length")
    return any([_replaced_in(path, old, new) for path in sorted(store.glob("*.log"))])
