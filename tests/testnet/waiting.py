"""The one place where Python code waits: for a condition, under a limit, never for a time that should be enough."""
import os
import select
import time

POLL_S = 0.02
REAPED_S = 1


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


def until_gone(pid, timeout_s, reaped=True):
    """True once the process has ended; False after timeout_s seconds. With `reaped`, its id is free then as well, so
    that kill -0 says so, unless its parent takes more than REAPED_S to notice."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        ended = bool(select.select([descriptor], [], [], timeout_s)[0])
    finally:
        os.close(descriptor)
    if ended and reaped:
        try:
            until(lambda: _reaped(pid), REAPED_S, f"process {pid} is reaped")
        except TimeoutError:
            pass
    return ended


def _reaped(pid):
    try:
        os.waitpid(pid, os.WNOHANG)  # where it is our own child
    except ChildProcessError:
        pass
    return not os.path.exists(f"/proc/{pid}")
