"""What a client may hold Wissel to: an append-only file, on disk before an answer counts.

One JSON object a line: `t` (seconds since 1970), `what` ("sent" or "answered"), `kind`, `key`, `trace`, `hash`
(of the payload), and of an answer `status`, `index` (Wissel-Log-Index) and what the kind adds. A line "sent" without "answered"
is an unknown outcome: it may have happened or not.
"""
import hashlib
import json
import os
import threading
import time

# Answers that are no access by the published rules: they have neither record nor index.
UNRECORDED = (401, 429, 503)


def payload_hash(payload):
    text = payload if isinstance(payload, bytes) else json.dumps(payload, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.sha256(text).hexdigest()[:32]


class History:
    """Thread-safe. Threads that wait for the disk share one fdatasync."""

    def __init__(self, path):
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock, self._syncing = threading.Lock(), threading.Lock()
        self._written = self._synced = 0
        self._lines = []

    def _write(self, line):
        text = json.dumps(line, ensure_ascii=False).encode() + b"\n"
        with self._lock:
            os.write(self._file, text)
            self._written += 1
            return self._written

    def sent(self, kind, key, payload, trace):
        """Before the request leaves. Needs no fsync: it is only there to tell what cannot be a ghost."""
        line = {"t": time.time(), "what": "sent", "kind": kind, "key": key, "hash": payload_hash(payload),
                "trace": trace}
        self._write(line)
        with self._lock:
            self._lines.append(line)

    def answered(self, kind, key, status, index=None, trace=None, **facts):
        """Returns once the line is on disk: from then on the answer counts."""
        line = {"t": time.time(), "what": "answered", "kind": kind, "key": key, "status": status, "index": index,
                "trace": trace, **facts}
        number = self._write(line)
        with self._syncing:
            if self._synced < number:
                with self._lock:
                    reached = self._written
                os.fdatasync(self._file)
                self._synced = reached
        with self._lock:
            self._lines.append(line)

    def forget_answers(self, after):
        """What came after this moment (seconds since 1970) has an unknown outcome, whatever was answered."""
        with self._lock:
            self._lines = [line if line["what"] == "sent" or line["t"] <= after else
                           {**line, "what": "sent", "hash": None} for line in self._lines]

    def __len__(self):
        with self._lock:
            return len(self._lines)

    def lines(self, what=None, kind=None, since=0):
        """Lines in the order of counting; `since` is an earlier len()."""
        with self._lock:
            lines = self._lines[since:]
        return [line for line in lines if (what is None or line["what"] == what)
                and (kind is None or line["kind"] == kind)]

    def close(self):
        os.close(self._file)
