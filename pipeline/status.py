"""What a library holds."""

import os
from dataclasses import dataclass
from pathlib import Path

from pipeline.library import Library
from pipeline.progress import JobStatus, Overview, overview, statuses
from pipeline.running import running_system


@dataclass(frozen=True)
class LibraryStatus:
    """Counts and sizes of one library."""

    videos: int
    clips: int
    missing: int
    """Videos whose file was gone at the last look."""
    space: str
    """Name of the embedding space: the encoder that made the vectors."""
    duration_seconds: float
    """All videos together."""
    size_bytes: int
    """What the library's folder takes on disk; a Milvus server's own files are not counted."""
    progress: Overview
    """Of what workers were told to do."""
    jobs: tuple[JobStatus, ...]
    """The same, video by video."""
    running: bool
    """Whether the library's own services run."""


def library_status(library: Library) -> LibraryStatus:
    """Count what `library` holds, without loading the encoder."""
    videos = library.store.videos()
    jobs = statuses(library.jobs)
    return LibraryStatus(
        videos=len(videos),
        clips=library.store.count_clips(),
        missing=sum(video.missing for video in videos),
        space=library.store.space.name,
        duration_seconds=sum(video.duration_seconds for video in videos),
        size_bytes=_size_bytes(library.settings.library),
        progress=overview(jobs),
        jobs=tuple(jobs),
        running=running_system(library.settings.library) is not None,
    )


def _size_bytes(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size
            except FileNotFoundError:
                # The catalog tidies its files in the background.
                continue
    return total
