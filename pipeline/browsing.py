"""What a library holds, looked at without a query: its clips, and the categories they are in."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog.conditions import admits, on_clips_only
from catalog.interface import ClipFilter, ClipRecord, ClipStore, VideoRecord
from encoder.interface import CategoryScore
from ingest.clip import ClipSpan
from pipeline.corrections import Corrections
from pipeline.library import Library


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


@dataclass(frozen=True)
class Holdings:
    """All clips of a library at one moment."""

    clips: tuple[ClipSummary, ...]
    videos: tuple[VideoRecord, ...]

    def admitted(self, where: ClipFilter) -> list[ClipSummary]:
        """The clips that `where` admits, the surest of the labels asked for first."""
        clips_only = on_clips_only(where, lambda: self.videos)
        if clips_only is None:
            return []
        found = [clip for clip in self.clips if admits(clips_only, clip.video_id, clip.categories)]
        labels = {*where.categories, *(condition.label for condition in where.labels)}
        return sorted(found, key=lambda clip: -sum(map(clip.probability_of, labels)))

    def counts(self, where: ClipFilter = ClipFilter()) -> list[LabelCount]:
        """Every label of the clips that `where` admits: by kind, and the most frequent first."""
        return label_counts(self.admitted(where))


def label_counts(clips: Iterable[ClipSummary]) -> list[LabelCount]:
    """Count the labels of some clips: by kind, and the most frequent first."""
    counter = Counter(
        pair for clip in clips for pair in {(c.kind, c.label) for c in clip.categories}
    )
    return sorted(
        (LabelCount(kind, label, count) for (kind, label), count in counter.items()),
        key=lambda found: (found.kind, -found.clips, found.label),
    )


class Shelf:
    """What was read of a library, kept: the next look reads only the videos that are new.

    And those in which somebody corrected a moment.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[VideoRecord, int], tuple[ClipSummary, ...]] = {}

    def look(self, library: Library) -> Holdings:
        """The clips of all videos that are completely indexed.

        Raises ``CatalogError`` where the catalog cannot be read.
        """
        # Before the clips are read: what is corrected meanwhile is read at the next look.
        corrected = Corrections(library.settings.library).changed()
        videos = [(v, corrected.get(v.video_id, 0)) for v in library.store.videos()]
        known = self._kept
        self._kept = {key: known.get(key) or _read(library, key[0]) for key in videos}
        clips = tuple(clip for key in videos for clip in self._kept[key])
        return Holdings(clips, tuple(video for video, _ in videos))


def find_clip(store: ClipStore, clip_id: str) -> ClipRecord | None:
    """The clip of this id, or None where the library holds none."""
    video_id = clip_id.rpartition(":")[0]
    found: Sequence[ClipRecord] = store.clips_of(video_id) if video_id else ()
    return next((record for record in found if record.clip_id == clip_id), None)


def _read(library: Library, video: VideoRecord) -> tuple[ClipSummary, ...]:
    return tuple(map(ClipSummary.of, library.store.clips_of(video.video_id)))
