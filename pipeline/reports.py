"""What the use cases report: progress while they run, and the outcome at the end."""

from dataclasses import dataclass, field
from pathlib import Path

UNCHANGED = "unchanged"
"""The reason of a file that is as it was when it was indexed."""


@dataclass(frozen=True)
class Progress:
    """How far the indexing of one video has come."""

    path: Path
    seconds_done: float
    seconds_total: float
    """The video's duration; 0 where the container does not say."""
    clips_done: int


@dataclass(frozen=True)
class IndexedVideo:
    """One video that was decoded and stored in this run."""

    path: Path
    video_id: str
    clips: int
    seconds: float
    """Duration of the video, seconds."""


@dataclass(frozen=True)
class SkippedFile:
    """One file that needed no work."""

    path: Path
    reason: str


@dataclass(frozen=True)
class FailedFile:
    """One file that could not be indexed; the message says what and what to do."""

    path: Path
    error: str


@dataclass
class IndexReport:
    """Outcome of indexing some paths."""

    indexed: list[IndexedVideo] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)
    failed: list[FailedFile] = field(default_factory=list)
    missing: list[Path] = field(default_factory=list)
    """Known videos under the given paths whose files are gone."""
