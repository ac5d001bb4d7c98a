"""Files that are there complete or not at all, whenever the power fails."""

import os
from pathlib import Path
from uuid import uuid4


def write_durably(path: Path, content: bytes) -> None:
    """Write or replace a file; when this returns, it is on disk.

    Raises ``OSError`` where it cannot be written, and then leaves what was there.
    """
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Return when the names in `folder` are on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
