"""The exact store in memory: the obvious implementation that the others are compared with."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from catalog.conditions import admits, on_clips_only
from catalog.interface import (
    ClipFilter,
    ClipRecord,
    ClipSummary,
    SearchHit,
    SpaceChangedError,
    VideoRecord,
)
from catalog.vectors import rank, require_space
from encoder.interface import EmbeddingSpace


class MemoryStore:
    """A ``ClipStore`` that forgets everything when it is dropped; looks at every clip."""

    def __init__(self, space: EmbeddingSpace, *, encoder: str = "") -> None:
        self._space = space
        self._encoder = encoder
        self._begun: MemoryStore | None = None
        self._replaced_by: MemoryStore | None = None
        self._clips: dict[str, ClipRecord] = {}
        self._videos: dict[str, VideoRecord] = {}

    @property
    def space(self) -> EmbeddingSpace:
        return self._space

    @property
    def encoder(self) -> str:
        return self._encoder

    def latest(self) -> "MemoryStore":
        return self if self._replaced_by is None else self._replaced_by.latest()

    def successor(self, space: EmbeddingSpace, *, encoder: str) -> "MemoryStore":
        if space == self._space:
            self._begun = None
            return self
        if self._begun is None or self._begun.space != space:
            self._begun = MemoryStore(space, encoder=encoder)
        return self._begun

    def give_way(self, successor: "MemoryStore", *, if_complete: Callable[[], bool]) -> bool:
        if not if_complete():
            return False
        self._replaced_by = successor
        return True

    def upsert_clips(self, records: Sequence[ClipRecord]) -> None:
        self._require_current()
        for record in records:
            require_space(record.description.embedding, self._space)
        self._clips.update((record.clip_id, record) for record in records)

    def upsert_video(self, video: VideoRecord) -> None:
        self._videos[video.video_id] = video

    def flush(self) -> None:
        """Nothing to do: memory is as quick as it gets, and never on disk."""

    def search(
        self, embedding: NDArray[np.float32], *, limit: int, where: ClipFilter = ClipFilter()
    ) -> list[SearchHit]:
        self._require_current()
        require_space(embedding, self._space)
        clips_only = on_clips_only(where, self.videos)
        if clips_only is None:
            return []
        admitted = (
            record
            for record in self._clips.values()
            if admits(clips_only, record.video_id, record.description.categories)
        )
        return rank(admitted, embedding, limit=limit)

    def clips_of(self, video_id: str) -> list[ClipRecord]:
        own = (record for record in self._clips.values() if record.video_id == video_id)
        return sorted(own, key=lambda record: (record.span, record.clip_id))

    def clips(self, clip_ids: Sequence[str]) -> list[ClipRecord]:
        return [self._clips[clip_id] for clip_id in clip_ids if clip_id in self._clips]

    def summaries_of(self, video_ids: Sequence[str]) -> list[ClipSummary]:
        ids = sorted(set(video_ids))
        return [ClipSummary.of(record) for video_id in ids for record in self.clips_of(video_id)]

    def videos(self) -> list[VideoRecord]:
        return sorted(self._videos.values(), key=lambda video: (video.path, video.video_id))

    def video(self, video_id: str) -> VideoRecord | None:
        return self._videos.get(video_id)

    def count_clips(self) -> int:
        return len(self._clips)

    def delete_video(self, video_id: str) -> None:
        self._videos.pop(video_id, None)
        for record in self.clips_of(video_id):
            del self._clips[record.clip_id]

    def close(self) -> None:
        """Nothing to let go of."""

    def _require_current(self) -> None:
        if self._replaced_by is not None:
            raise SpaceChangedError
