"""Taking videos out of a library; the files themselves are never touched."""

from collections.abc import Sequence
from pathlib import Path

from catalog.interface import VideoRecord
from ingest.discovery import resolved
from ingest.thumbnails import remove_thumbnails
from pipeline.corrections import Corrections
from pipeline.library import Library
from pipeline.places import is_under


def remove(library: Library, paths: Sequence[Path]) -> list[VideoRecord]:
    """Forget the videos recorded at `paths`, or under them where they are folders.

    The files need not exist any more. Returns what was removed, by path.
    """
    roots = [resolved(path) for path in paths]
    removed = [video for video in library.store.videos() if is_under(video.path, roots)]
    for video in removed:
        remove_video(library, video.video_id)
    return removed


def remove_video(library: Library, video_id: str) -> None:
    """Forget a video for good, with what people said of it."""
    forget(library, video_id)
    Corrections(library.settings.library).forget(video_id)


def forget(library: Library, video_id: str) -> None:
    """Delete all that was made of one video, complete or not, and stop work on it.

    What people said of its moments stays, should it come back.
    """
    library.jobs.discard(video_id)
    library.store.delete_video(video_id)
    remove_thumbnails(video_id, library.thumbnails)
