"""What a file's directory entry says: enough to tell whether its content may have changed."""

from dataclasses import dataclass
from pathlib import Path

from ingest.location import is_remote
from ingest.remote import entry_of


@dataclass(frozen=True)
class FileState:
    """Size and time of change of a file."""

    size_bytes: int
    modified_ns: int
    """Nanoseconds since 1970."""


def state_of(path: Path) -> FileState:
    """Look at a file, here or in a store.

    Raises ``OSError`` where it is not there or may not be seen: ``UnreachableMediaError`` where
    its store does not answer.
    """
    if is_remote(path):
        entry = entry_of(path)
        return FileState(entry.size_bytes, entry.modified_ns)
    status = path.stat()
    return FileState(status.st_size, status.st_mtime_ns)
