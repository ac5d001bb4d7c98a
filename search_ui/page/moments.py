"""Clips as a page speaks of them: with how similar they are, and grouped by video."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog.interface import ClipSummary
from pipeline.found import NO_REASON, Found, Reason


@dataclass(frozen=True)
class Moment:
    """A clip on the page."""

    clip: ClipSummary
    score: float | None = None
    """Cosine similarity; None where nothing was compared."""
    probability: float | None = None
    """How probably it shows the words that were asked for; None where that cannot be told."""
    matches: bool | None = None
    reason: Reason = NO_REASON

    @classmethod
    def of(cls, found: Found) -> "Moment":
        summary = ClipSummary.of(found.record)
        (reason, *_) = found.reasons
        return cls(summary, found.score, found.probability, found.matches, reason)


@dataclass(frozen=True)
class VideoGroup:
    """The moments of one video."""

    path: Path
    moments: tuple[Moment, ...]


def by_video(moments: Sequence[Moment]) -> list[VideoGroup]:
    """Group moments by video; groups and moments keep the order in which they come first."""
    groups: dict[str, list[Moment]] = {}
    for moment in moments:
        groups.setdefault(moment.clip.video_id, []).append(moment)
    return [VideoGroup(group[0].clip.path, tuple(group)) for group in groups.values()]
