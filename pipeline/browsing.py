"""What a library holds, looked at without a query: its clips, and the categories they are in."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from catalog.conditions import admits, on_clips_only
from catalog.interface import ClipFilter, ClipRecord, ClipStore, ClipSummary, VideoRecord

KEPT_COUNTS = 100
"""So many filters are counted before all counts are made anew."""

CLIPS_PER_REQUEST = 20_000
"""About so many are read at a time: ten megabytes. Milvus Lite looks at all clips for each."""


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
    return next(iter(store.clips([clip_id])), None)


def read_clips(
    store: ClipStore, videos: Iterable[VideoRecord]
) -> Iterator[tuple[VideoRecord, list[ClipSummary]]]:
    """Each video with its clips by start; many videos are read at a time.

    Raises ``CatalogError`` where the catalog cannot be read.
    """
    for together in _about_as_many(videos):
        found: dict[str, list[ClipSummary]] = {video.video_id: [] for video in together}
        for clip in store.summaries_of(list(found)):
            found[clip.video_id].append(clip)
        yield from ((video, found[video.video_id]) for video in together)


def _about_as_many(videos: Iterable[VideoRecord]) -> Iterator[list[VideoRecord]]:
    """The videos in lists that hold `CLIPS_PER_REQUEST` clips, or one video of more."""
    together: list[VideoRecord] = []
    clips = 0
    for video in videos:
        clips += max(1, video.clip_count)
        if together and clips > CLIPS_PER_REQUEST:
            yield together
            together, clips = [], video.clip_count
        together.append(video)
    if together:
        yield together
