"""What a library holds, read once and kept: the next look reads only what is new or changed."""

import threading
from dataclasses import dataclass
from pathlib import Path

from catalog.interface import VideoRecord
from pipeline.browsing import ClipSummary, Holdings
from pipeline.corrections import Corrections
from pipeline.library import Library

STAMP = "labelled"
"""File in the library whose time says when labels of whole videos were last changed."""

READ_AT_ONCE = 8
"""So many videos are read while somebody waits."""


def mark_labelled(library: Path) -> None:
    """Have every `Shelf` of this library read all its clips anew."""
    stamp = library / STAMP
    library.mkdir(parents=True, exist_ok=True)
    stamp.touch()


@dataclass(frozen=True)
class _Edition:
    """A video as it was when its clips were read; another edition is read anew."""

    video: VideoRecord
    corrected: int
    labelled: int
    space: str


class Shelf:
    """The clips of a library as they are now. Threads may share it."""

    def __init__(self) -> None:
        self._kept: dict[_Edition, tuple[ClipSummary, ...]] = {}
        self._holdings = Holdings((), ())
        self._reading = threading.Lock()

    def look(self, library: Library) -> Holdings:
        """The clips of all videos that are completely indexed.

        Raises ``CatalogError`` where the catalog cannot be read.
        """
        return self._read(library, _editions(library))

    def at_hand(self, library: Library) -> Holdings | None:
        """The same, or None where more than a few videos would have to be read for it."""
        editions = _editions(library)
        if sum(edition not in self._kept for edition in editions) > READ_AT_ONCE:
            return None
        return self._read(library, editions)

    def _read(self, library: Library, editions: list[_Edition]) -> Holdings:
        with self._reading:
            if list(self._kept) != editions:
                known = self._kept
                self._kept = {
                    edition: known.get(edition) or _clips(library, edition) for edition in editions
                }
                clips = (clip for kept in self._kept.values() for clip in kept)
                videos = tuple(edition.video for edition in editions)
                self._holdings = Holdings(tuple(clips), videos)
            return self._holdings


def _editions(library: Library) -> list[_Edition]:
    folder = library.settings.library
    # Before the clips are read: what is changed meanwhile is read at the next look.
    corrected = Corrections(folder).changed()
    try:
        labelled = (folder / STAMP).stat().st_mtime_ns
    except FileNotFoundError:
        labelled = 0
    store = library.store
    return [
        _Edition(video, corrected.get(video.video_id, 0), labelled, store.space.name)
        for video in store.videos()
    ]


def _clips(library: Library, edition: _Edition) -> tuple[ClipSummary, ...]:
    return tuple(map(ClipSummary.of, library.store.clips_of(edition.video.video_id)))
