"""The one place where Python code waits: for a condition, under a limit, never for a time that should be enough."""
import os
import select
import time

POLL_S = 0.02


def until(condition, timeout_s, what):
    """Returns the first true value of condition(); raises TimeoutError naming `what` after timeout_s seconds."""
    end = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= end:
            raise TimeoutError(f"not within {timeout_s} s: {what}")
        time.sleep(POLL_S)


def until_gone(pid, timeout_s):
    """True once the process has ended (its parent need not have noticed); False after timeout_s seconds."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], timeout_s)[0])
    finally:
        os.close(descriptor)
