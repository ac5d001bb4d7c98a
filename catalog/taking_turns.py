"""Many processes writing to one catalog, one after the other."""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from catalog.interface import (
    ClipFilter,
    ClipRecord,
    ClipStore,
    ClipSummary,
    SearchHit,
    VideoRecord,
)
from encoder.interface import EmbeddingSpace


class StoreTakingTurns:
    """A ``ClipStore`` whose writes wait for those of other processes of this machine.

    Milvus Lite answers several clients at a time, but does not keep their writes apart.
    """

    def __init__(self, store: ClipStore, lock: Path) -> None:
        """`lock` is a file that all writers name; it is made where it is absent."""
        self._store = store
        self._lock = lock

    @property
    def space(self) -> EmbeddingSpace:
        return self._store.space

    @property
    def encoder(self) -> str:
        return self._store.encoder

    def latest(self) -> "StoreTakingTurns":
        latest = self._store.latest()
        return self if latest is self._store else StoreTakingTurns(latest, self._lock)

    def successor(self, space: EmbeddingSpace, *, encoder: str) -> "StoreTakingTurns":
        with self._turn():
            return StoreTakingTurns(self._store.successor(space, encoder=encoder), self._lock)

    def give_way(self, successor: "StoreTakingTurns", *, if_complete: Callable[[], bool]) -> bool:
        with self._turn():
            return self._store.give_way(successor._store, if_complete=if_complete)

    def upsert_clips(self, records: Sequence[ClipRecord]) -> None:
        with self._turn():
            self._store.upsert_clips(records)

    def upsert_video(self, video: VideoRecord) -> None:
        with self._turn():
            self._store.upsert_video(video)

    def flush(self) -> None:
        with self._turn():
            self._store.flush()

    def search(
        self, embedding: NDArray[np.float32], *, limit: int, where: ClipFilter = ClipFilter()
    ) -> list[SearchHit]:
        return self._store.search(embedding, limit=limit, where=where)

    def clips_of(self, video_id: str) -> list[ClipRecord]:
        return self._store.clips_of(video_id)

    def clips(self, clip_ids: Sequence[str]) -> list[ClipRecord]:
        return self._store.clips(clip_ids)

    def summaries_of(self, video_ids: Sequence[str]) -> list[ClipSummary]:
        return self._store.summaries_of(video_ids)

    def videos(self) -> list[VideoRecord]:
        return self._store.videos()

    def video(self, video_id: str) -> VideoRecord | None:
        return self._store.video(video_id)

    def count_clips(self) -> int:
        return self._store.count_clips()

    def delete_video(self, video_id: str) -> None:
        with self._turn():
            self._store.delete_video(video_id)

    def close(self) -> None:
        with self._turn():
            self._store.close()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
