"""What a search returns."""

from collections.abc import Iterable
from dataclasses import dataclass

from catalog.interface import ClipRecord, SearchHit
from ingest.clip import ClipSpan


@dataclass(frozen=True)
class Found:
    """One result: a clip, or the clips of one video that answer the steps of a query in order."""

    hits: tuple[SearchHit, ...]
    """One for each step of the query, in order of time."""
    neighbours: tuple[ClipRecord, ...] = ()
    """Clips beside the first hit's that belong to the same moment, in order of time."""
    copies: tuple[ClipRecord, ...] = ()
    """Clips of other videos that show the same, best first."""

    @property
    def record(self) -> ClipRecord:
        """The clip that it begins with."""
        return self.hits[0].record

    @property
    def score(self) -> float:
        """Mean of the steps' cosine similarities."""
        return sum(hit.score for hit in self.hits) / len(self.hits)

    @property
    def span(self) -> ClipSpan:
        """From the beginning of its first clip to the end of its last."""
        spans = [hit.record.span for hit in self.hits] + [clip.span for clip in self.neighbours]
        return ClipSpan(
            min(span.start_seconds for span in spans), max(span.end_seconds for span in spans)
        )


@dataclass(frozen=True)
class FoundVideo:
    """A video and its best results, best first."""

    found: tuple[Found, ...]

    @property
    def record(self) -> ClipRecord:
        """The clip that the best result begins with."""
        return self.found[0].record


def by_video(found: Iterable[Found]) -> list[FoundVideo]:
    """Results gathered by video; videos and results keep the order in which they come first."""
    groups: dict[str, list[Found]] = {}
    for one in found:
        groups.setdefault(one.record.video_id, []).append(one)
    return [FoundVideo(tuple(group)) for group in groups.values()]
