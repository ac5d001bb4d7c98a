"""Whether a library's own services run, and where: how `up` tells the other commands."""

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.durable import write_durably

FOLDER = "services"
"""What the services keep, within the library."""


@dataclass(frozen=True)
class RunningService:
    """One process of a system."""

    name: str
    pid: int | None
    """None while it does not run."""
    address: str
    """Empty where it listens to nobody."""
    restarts: int


@dataclass(frozen=True)
class RunningSystem:
    """Where the services of one library are reached; only its owner may know."""

    run: str
    """Names this start of the system."""
    pid: int
    """Of the supervisor, which stops everything when it is told to end (SIGTERM)."""
    milvus_uri: str
    broker_url: str
    services: tuple[RunningService, ...]


class AlreadyRunningError(Exception):
    """The services of a library run already; the message says what to do."""


def running_system(library: Path) -> RunningSystem | None:
    """The services of `library`, or None where they do not run."""
    return _read(library / FOLDER / "running.json") if is_reserved(library) else None


def is_reserved(library: Path) -> bool:
    """True where the services of `library` run, start or stop."""
    try:
        descriptor = os.open(library / FOLDER / "lock", os.O_RDONLY)
    except OSError:
        return False
    try:
        # The lock ends with the supervisor, however that ends.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def require_free(library: Path) -> None:
    """Raise :class:`AlreadyRunningError` where the services of `library` run."""
    if is_reserved(library):
        raise _already_running(library)


def stop_running(library: Path) -> None:
    """Tell the supervisor of a reserved library to end; returns before it does."""
    pid = int((library / FOLDER / "pid").read_text())
    os.kill(pid, signal.SIGTERM)


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
            raise _already_running(library)
        (folder / "running.json").unlink(missing_ok=True)
        (folder / "pid").write_text(str(os.getpid()))
        yield
        (folder / "running.json").unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def announce(library: Path, system: RunningSystem) -> None:
    """Tell other processes where the services are; only whoever reserved the library may."""
    path = library / FOLDER / "running.json"
    write_durably(path, json.dumps(asdict(system)).encode())


def _already_running(library: Path) -> AlreadyRunningError:
    return AlreadyRunningError(
        f"{library}: its services run already; stop them with: clipseek down"
    )


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
        fields = json.loads(path.read_bytes())
        services = tuple(RunningService(**service) for service in fields["services"])
        return RunningSystem(**fields | {"services": services})
    except FileNotFoundError:
        # It is only just starting, or about to end.
        return None
