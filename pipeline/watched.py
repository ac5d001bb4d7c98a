"""The folders that a library is kept in line with as long as its services run."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.discovery import resolved
from pipeline.durable import write_durably


class WatchedFolders:
    """A list on disk, which every process may read and change."""

    def __init__(self, library: Path) -> None:
        self._file = library / "watched.json"

    def all(self) -> list[Path]:
        """In the order in which they were added; a folder need not be there now."""
        try:
            return [Path(folder) for folder in json.loads(self._file.read_bytes())]
        except FileNotFoundError:
            return []

    def add(self, folder: Path) -> None:
        """Watch a folder, unless it is watched. Raises ``OSError`` where that cannot be noted."""
        with self._alone():
            known = self.all()
            if resolved(folder) not in known:
                self._write([*known, resolved(folder)])

    def remove(self, folder: Path) -> None:
        """Watch a folder no more; its videos stay. Raises ``OSError`` as `add` does."""
        with self._alone():
            self._write([known for known in self.all() if known != folder])

    def _write(self, folders: list[Path]) -> None:
        write_durably(self._file, json.dumps([str(folder) for folder in folders]).encode())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
