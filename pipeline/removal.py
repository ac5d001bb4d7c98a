"""Taking videos out of a library; the files themselves are never touched."""

from collections.abc import Sequence
from pathlib import Path

from catalog.interface import VideoRecord
from pipeline.library import Library


def remove(library: Library, paths: Sequence[Path]) -> list[VideoRecord]:
    """Forget the videos recorded at `paths`, or under them where they are folders.

    The files need not exist any more. Returns what was removed, by path.
    """
    raise NotImplementedError
