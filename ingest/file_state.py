"""What a file's directory entry says: enough to tell whether its content may have changed."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class FileState:
    """Size and time of change of a file."""

    size_bytes: int
    modified_ns: int
    """Nanoseconds since 1970."""


def state_of(path: Path) -> FileState:
    """Look at a file. Raises ``OSError`` where it is not there, or may not be seen."""
    status = path.stat()
    return FileState(status.st_size, status.st_mtime_ns)
