"""Adds a write to the write-ahead log of a stopped store, as a newer program would have left it there.

The format is that of RocksDB's log files (its wiki: Write Ahead Log File Format) and write batches.
"""
import pathlib

BLOCK, HEADER = 32768, 7
FULL, FIRST = 1, 2
PUT_IN_FAMILY = 5


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def _masked(crc):
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def _batches(data):
    """The first 12 bytes of each write batch: sequence (8) and count (4)."""
    at = 0
    while at + HEADER <= len(data):
        left = BLOCK - at % BLOCK
        length, kind = int.from_bytes(data[at + 4:at + 6], "little"), data[at + 6]
        if left < HEADER or (length, kind) == (0, 0):
            at += left
            continue
        if kind in (FULL, FIRST):
            yield data[at + HEADER:at + HEADER + 12]
        at += HEADER + length


def put(directory, family, key, value):
    """family: its number in the store. For keys and values below 128 bytes."""
    log = max(pathlib.Path(directory).glob("*.log"), key=lambda path: int(path.stem))
    data = log.read_bytes()
    last = list(_batches(data))[-1]
    sequence = int.from_bytes(last[:8], "little") + int.from_bytes(last[8:], "little")
    batch = sequence.to_bytes(8, "little") + (1).to_bytes(4, "little") + bytes([PUT_IN_FAMILY, family])
    batch += bytes([len(key)]) + key + bytes([len(value)]) + value
    left = BLOCK - len(data) % BLOCK
    if left < HEADER + len(batch):
        raise ValueError("no room in this block of the log for one more record")
    crc = _masked(crc32c(bytes([FULL]) + batch))
    record = crc.to_bytes(4, "little") + len(batch).to_bytes(2, "little") + bytes([FULL]) + batch
    log.write_bytes(data + record)
