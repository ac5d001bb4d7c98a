"""Libraries in memory, of all clips of another library or of some.

They answer as the other does, and sooner; `tests/contract` holds the stores to that.
"""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.moment_films import Moment
from catalog.interface import ClipRecord
from catalog.memory import MemoryStore
from encoder.interface import ClipEncoder
from pipeline.library import Library
from pipeline.settings import load_settings


def clips_by_moment(library: Library, moments: Sequence[Moment]) -> list[ClipRecord]:
    """Of each moment the clip that holds its middle."""
    clips = {
        video.path.name: library.store.clips_of(video.video_id) for video in library.store.videos()
    }
    return [
        next(clip for clip in clips[moment.film.name] if _holds(clip, moment)) for moment in moments
    ]


def _holds(clip: ClipRecord, moment: Moment) -> bool:
    middle = (moment.span.start_seconds + moment.span.end_seconds) / 2
    return clip.span.start_seconds <= middle < clip.span.end_seconds


def in_memory(library: Library) -> Library:
    """All of a library, which may be closed then."""
    clips = [
        clip for video in library.store.videos() for clip in library.store.clips_of(video.video_id)
    ]
    return part_library(library.encoder, clips)


def part_library(encoder: ClipEncoder, records: Sequence[ClipRecord]) -> Library:
    """A library in memory that holds these clips alone."""
    store = MemoryStore(encoder.space)
    store.upsert_clips(records)
    return Library(load_settings(Path("unused")), store, lambda: encoder)
