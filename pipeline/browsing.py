"""What a library holds, looked at without a query: its clips, and the categories they are in."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from catalog.conditions import admits, on_clips_only
from catalog.interface import ClipFilter, ClipRecord, ClipStore, VideoRecord
from encoder.interface import CategoryScore
from ingest.clip import ClipSpan

KEPT_COUNTS = 100
"""So many filters are counted before all counts are made anew."""


@dataclass(frozen=True)
class ClipSummary:
    """A clip without its vector: what a person reads of it."""

    clip_id: str
    video_id: str
    path: Path
    span: ClipSpan
    caption: str
    categories: tuple[CategoryScore, ...]
    """Most probable first."""

    @classmethod
    def of(cls, record: ClipRecord) -> "ClipSummary":
        described = record.description
        return cls(
            clip_id=record.clip_id,
            video_id=record.video_id,
            path=record.path,
            span=record.span,
            caption=described.caption.text,
            categories=described.categories,
        )

    def probability_of(self, label: str) -> float:
        """How sure the encoder is of a label; 0 where the clip does not carry it."""
        return max((c.probability for c in self.categories if c.label == label), default=0.0)


@dataclass(frozen=True)
class LabelCount:
    """How many clips carry a label."""

    kind: str
    label: str
    clips: int


@dataclass(frozen=True, eq=False)
class Holdings:
    """All clips of a library at one moment; what was counted once is kept."""

    clips: tuple[ClipSummary, ...]
    videos: tuple[VideoRecord, ...]

    def admitted(self, where: ClipFilter) -> list[ClipSummary]:
        """The clips that `where` admits, the surest of the labels asked for first."""
        found = self._admitted(where)
        labels = {*where.categories, *(condition.label for condition in where.labels)}
        return sorted(found, key=lambda clip: -sum(map(clip.probability_of, labels)))

    def counts(self, where: ClipFilter = ClipFilter()) -> list[LabelCount]:
        """Every label of the clips that `where` admits: by kind, and the most frequent first."""
        known = self._counted.get(where)
        if known is None:
            if len(self._counted) >= KEPT_COUNTS:
                self._counted.clear()
            known = self._counted[where] = label_counts(self._admitted(where))
        return list(known)

    def _admitted(self, where: ClipFilter) -> list[ClipSummary]:
        clips_only = on_clips_only(where, lambda: self.videos)
        if clips_only is None:
            return []
        return [clip for clip in self.clips if admits(clips_only, clip.video_id, clip.categories)]

    @cached_property
    def _counted(self) -> dict[ClipFilter, list[LabelCount]]:
        return {}


def label_counts(clips: Iterable[ClipSummary]) -> list[LabelCount]:
    """Count the labels of some clips: by kind, and the most frequent first."""
    counter = Counter(
        pair for clip in clips for pair in {(c.kind, c.label) for c in clip.categories}
    )
    return sorted(
        (LabelCount(kind, label, count) for (kind, label), count in counter.items()),
        key=lambda found: (found.kind, -found.clips, found.label),
    )


def find_clip(store: ClipStore, clip_id: str) -> ClipRecord | None:
    """The clip of this id, or None where the library holds none."""
    video_id = clip_id.rpartition(":")[0]
    found: Sequence[ClipRecord] = store.clips_of(video_id) if video_id else ()
    return next((record for record in found if record.clip_id == clip_id), None)
