"""Where recorded files lie, and whether they still do."""

from collections.abc import Sequence
from pathlib import Path

from catalog.interface import VideoRecord
from ingest.errors import VideoError
from ingest.file_state import FileState, state_of


def is_under(path: Path, roots: Sequence[Path]) -> bool:
    """True where `path` is one of `roots` or lies in one of them; nothing is looked up."""
    # So that many roots take no longer than one.
    return not frozenset(roots).isdisjoint((path, *path.parents))


def is_gone(path: Path) -> bool:
    """True where there is surely no file any more; one that may not be seen is not gone."""
    try:
        state_of(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, VideoError):
        return False
    return False


def is_unchanged(record: VideoRecord) -> bool:
    """True where the recorded file still has the size and modification time on record."""
    try:
        return state_of(record.path) == FileState(record.size_bytes, record.modified_ns)
    except (OSError, VideoError):
        return False
