"""Whether a library's own services run, and where: how `up` tells the other commands."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.durable import write_durably

FOLDER = "services"
"""What the services keep, within the library."""


@dataclass(frozen=True)
class RunningSystem:
    """Where the services of one library are reached; only its owner may know."""

    run: str
    """Names this start of the system."""
    pid: int
    """Of the supervisor, which stops everything when it is told to end (SIGTERM)."""
    milvus_uri: str
    broker_url: str


class AlreadyRunningError(Exception):
    """The services of a library run already; the message says what to do."""


def running_system(library: Path) -> RunningSystem | None:
    """The services of `library`, or None where they do not run."""
    folder = library / FOLDER
    try:
        descriptor = os.open(folder / "lock", os.O_RDONLY)
    except OSError:
        return None
    try:
        # The lock ends with the supervisor, however that ends.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(folder / "running.json")
    finally:
        os.close(descriptor)
    return None


@contextmanager
def reserved(library: Path) -> Iterator[None]:
    """Be the only one to run the services of `library`, which is made where it is absent.

    Raises :class:`AlreadyRunningError`.
    """
    folder = library / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _locked(descriptor):
            raise AlreadyRunningError(
                f"{library}: its services run already; stop them with: clipseek down"
            )
        (folder / "running.json").unlink(missing_ok=True)
        yield
        (folder / "running.json").unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def announce(library: Path, system: RunningSystem) -> None:
    """Tell other processes where the services are; only whoever reserved the library may."""
    path = library / FOLDER / "running.json"
    write_durably(path, json.dumps(asdict(system)).encode())


def _locked(descriptor: int) -> bool:
    # Whoever asks whether the services run holds the lock for a moment.
    for _ in range(10):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.02)
        else:
            return True
    return False


def _read(path: Path) -> RunningSystem | None:
    try:
        return RunningSystem(**json.loads(path.read_bytes()))
    except FileNotFoundError:
        # It is only just starting, or about to end.
        return None
