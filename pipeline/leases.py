"""Who works on what: a lock that a process loses when it dies, and what its death left behind.

The lock is the system's own (flock), so it cannot outlive its holder. What stands in the file
tells the next holder whether the one before died over the work.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from enum import Enum
from pathlib import Path

PATIENCE_SECONDS = 1.0
"""How long to wait for a lock: others look at it for a moment, a holder keeps it for long."""


class LeaseHeldError(Exception):
    """Somebody else is at work on this."""


class Condition(Enum):
    """What can be seen of a lease from outside."""

    FREE = "free"
    HELD = "held"
    """A living process has it."""
    ABANDONED = "abandoned"
    """Its holder died."""
    PUT_OFF = "put off"
    """What hindered the work may pass; it will be tried again."""


@dataclass(frozen=True)
class Lease:
    """What stands in a lease's file."""

    held: bool = False
    run: str = ""
    """Which start of the system the holder belongs to."""
    deaths: int = 0
    """How many holders died over the work while the system itself went on."""
    tries: int = 0
    """How often in a row the work was put off."""
    trouble: str = ""
    """What hindered it last."""
    since: float = 0.0
    """When this was written, seconds since 1970."""


@contextmanager
def hold(path: Path, run: str) -> Iterator[Lease]:
    """Hold the lease at `path`; the work is put off where it ends with an exception.

    Raises ``LeaseHeldError`` where another process holds it, and ``OSError`` where its folder is
    gone or cannot be written.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor)
        before = _read(path)
        # Where the whole system went down, nobody knows what was to blame.
        died = before.held and before.run == run
        lease = replace(before, held=True, run=run, deaths=before.deaths + died)
        _write(descriptor, lease)
        try:
            yield lease
        except BaseException as error:
            trouble = str(error) or type(error).__name__
            _write(descriptor, replace(lease, held=False, tries=lease.tries + 1, trouble=trouble))
            raise
        _write(descriptor, replace(lease, held=False, tries=0, trouble=""))
    finally:
        os.close(descriptor)


def look_at(path: Path) -> tuple[Condition, Lease]:
    """What can be seen of the lease at `path`, which need not exist."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return Condition.FREE, Lease()
    try:
        lease = _read(path)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return Condition.HELD, lease
    finally:
        os.close(descriptor)
    if lease.held:
        return Condition.ABANDONED, lease
    return (Condition.PUT_OFF if lease.trouble else Condition.FREE), lease


def wait_until_free(path: Path) -> None:
    """Return when nobody holds the lease at `path`, which need not exist."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise LeaseHeldError from None
            time.sleep(0.02)
        else:
            return


def _read(path: Path) -> Lease:
    try:
        return Lease(**json.loads(path.read_bytes()))
    except (ValueError, TypeError):
        # Empty when it is new, torn where the power failed.
        return Lease()


def _write(descriptor: int, lease: Lease) -> None:
    content = json.dumps(asdict(replace(lease, since=time.time()))).encode()
    # First the longer of the two is there, then the file is cut: never a moment without content.
    os.pwrite(descriptor, content, 0)
    os.ftruncate(descriptor, len(content))
    os.fsync(descriptor)
