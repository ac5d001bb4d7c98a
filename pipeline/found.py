"""What a search returns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.interface import ClipRecord, SearchHit
from ingest.clip import ClipSpan

CUT_OFF = 0.5
"""Of less probable results it is said that they do not match; `docs/search.md` has figures."""


@dataclass(frozen=True)
class Reason:
    """Words that a query shares with what a clip is described by."""

    words: tuple[str, ...] = ()
    """Of the caption, in small letters, but for endings the same."""
    labels: tuple[str, ...] = ()
    """Of the categories."""


NO_REASON = Reason()


@dataclass(frozen=True)
class Found:
    """One result: a clip, or the clips of one video that answer the steps of a query in order."""

    hits: tuple[SearchHit, ...]
    """One for each step of the query, in order of time."""
    neighbours: tuple[SearchHit, ...] = ()
    """Clips beside the first hit's that belong to the same moment, in order of time."""
    copies: tuple[ClipRecord, ...] = ()
    """Clips of other videos that show the same, best first."""
    probability: float | None = None
    """How probably it shows all that the query says in words; None where there are none, or where
    the encoder cannot tell."""
    reasons: tuple[Reason, ...] = ()
    """One for each of `hits`, or none where nobody looked for them."""

    @property
    def record(self) -> ClipRecord:
        """The clip that it begins with."""
        return self.hits[0].record

    @property
    def matches(self) -> bool | None:
        """Whether it shows what was asked for more probably than not; None: cannot be told."""
        return None if self.probability is None else self.probability >= CUT_OFF

    @property
    def score(self) -> float:
        """Mean of the steps' cosine similarities."""
        return sum(hit.score for hit in self.hits) / len(self.hits)

    @property
    def clips(self) -> list[SearchHit]:
        """All clips of the moment, in order of time."""
        return sorted(self.hits + self.neighbours, key=lambda hit: hit.record.span)

    @property
    def span(self) -> ClipSpan:
        """From the beginning of its first clip to the end of its last."""
        spans = [hit.record.span for hit in self.clips]
        return ClipSpan(
            min(span.start_seconds for span in spans), max(span.end_seconds for span in spans)
        )


def nothing_matches(found: Sequence[Found]) -> bool:
    """True where there are results, all were judged, and none is a match."""
    return bool(found) and all(one.matches is False for one in found)


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
