"""Which files have stopped changing: a file that is still being written must not be read."""

from collections.abc import Mapping
from pathlib import Path

from ingest.file_state import FileState


class Settling:
    """Compares what one look at some files finds with what the looks before it found."""

    def __init__(self, seconds: float) -> None:
        """A file has settled that was the same in all looks of the last `seconds`."""
        self._seconds = seconds
        self._since: dict[Path, tuple[FileState, float]] = {}

    def settled(self, files: Mapping[Path, FileState], *, now: float) -> set[Path]:
        """Return those of the files found `now` that have settled, and forget all others."""
        self._since = {
            path: (state, self._first_seen(path, state, now)) for path, state in files.items()
        }
        return {path for path, (_, since) in self._since.items() if now - since >= self._seconds}

    def _first_seen(self, path: Path, state: FileState, now: float) -> float:
        before = self._since.get(path)
        return before[1] if before is not None and before[0] == state else now
