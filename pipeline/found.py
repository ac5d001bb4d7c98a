"""What a search returns."""

from dataclasses import dataclass

from catalog.interface import ClipRecord, SearchHit
from ingest.clip import ClipSpan


@dataclass(frozen=True)
class Found:
    """One result: a clip, or the clips of one video that answer the steps of a query in order."""

    hits: tuple[SearchHit, ...]
    """One for each step of the query, in order of time."""

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
        """From the beginning of the first clip to the end of the last."""
        return ClipSpan(self.record.span.start_seconds, self.hits[-1].record.span.end_seconds)
