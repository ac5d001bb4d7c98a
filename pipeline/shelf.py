"""What a library holds, read once and kept: the next look reads only what is new or changed."""

import threading
from dataclasses import dataclass
from pathlib import Path

from catalog.interface import ClipSummary, VideoRecord
from pipeline.browsing import Holdings, read_clips
from pipeline.corrections import Corrections
from pipeline.library import Library

CLIPS_AT_HAND = 5_000
"""So many are read while somebody waits: within a second or two."""
STAMP = "labelled"
"""File in the library whose time says when labels of whole videos were last changed."""


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
        self._kept: dict[_Edition, list[ClipSummary]] = {}
        self._holdings = Holdings((), ())
        self._reading = threading.Lock()

    def look(self, library: Library) -> Holdings:
        """The clips of all videos that are completely indexed.

        Raises ``CatalogError`` where the catalog cannot be read.
        """
        return self._read(library, _editions(library))

    def at_hand(self, library: Library) -> Holdings | None:
        """The same, or None where more clips than `CLIPS_AT_HAND` would have to be read for it."""
        editions = _editions(library)
        new = (edition.video.clip_count for edition in editions if edition not in self._kept)
        return None if sum(new) > CLIPS_AT_HAND else self._read(library, editions)

    def _read(self, library: Library, editions: list[_Edition]) -> Holdings:
        with self._reading:
            if list(self._kept) != editions:
                new = {edition.video: edition for edition in editions if edition not in self._kept}
                read = {new[video]: clips for video, clips in read_clips(library.store, new)}
                known = self._kept | read
                self._kept = {edition: known[edition] for edition in editions}
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
