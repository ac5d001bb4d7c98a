"""What the catalog holds, and what a store of it promises.

Scores are cosine similarities: larger is closer. Writes are idempotent: a record written twice
replaces itself. A video counts as indexed when its :class:`VideoRecord` is there; clips are
written before it, so an interrupted run leaves clips without a record, never the reverse.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from encoder.interface import CategoryScore, ClipDescription, EmbeddingSpace
from ingest.clip import ClipSpan


@dataclass(frozen=True)
class ClipRecord:
    """One clip as the catalog keeps it."""

    clip_id: str
    """``{video_id}:{start in milliseconds}``."""
    video_id: str
    path: Path
    span: ClipSpan
    description: ClipDescription


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
class VideoRecord:
    """One completely indexed video."""

    video_id: str
    path: Path
    size_bytes: int
    modified_ns: int
    """The file's modification time when it was indexed, nanoseconds since 1970."""
    duration_seconds: float
    clip_count: int
    width: int = 0
    """Of the picture as displayed, pixels; 0 where it was indexed before this was noted."""
    height: int = 0
    missing: bool = False
    """True when the file was gone at the last look; its clips stay until removed."""


@dataclass(frozen=True)
class LabelCondition:
    """A label that a clip must carry, and how surely."""

    label: str
    kind: str = ""
    """The family that the label must be of; empty for any."""
    least_probability: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.least_probability <= 1:
            raise ValueError(f"a probability is within [0, 1], got {self.least_probability}")


@dataclass(frozen=True)
class ClipFilter:
    """Which clips a search may return; all fields must be met, and one left out does not restrict.

    Clips of a video that is not completely indexed meet no condition on videos but `video_ids`.
    """

    categories: tuple[str, ...] = ()
    """Labels, all of which the clip must carry."""
    video_ids: tuple[str, ...] = ()
    """Videos, one of which the clip must belong to."""
    labels: tuple[LabelCondition, ...] = ()
    """All of which the clip must meet, by one of its 16 most probable labels."""
    places: tuple[str, ...] = ()
    """One of which the video's path must hold, in capitals or not."""
    after: datetime | None = None
    """The video's file was last changed then or later."""
    before: datetime | None = None
    """The video's file was last changed before."""
    least_seconds: float = 0.0
    """The video is at least so long."""
    most_seconds: float = math.inf
    least_height: float = 0.0
    """The video's picture is, as displayed, at least so many pixels high."""


@dataclass(frozen=True)
class SearchHit:
    """One result."""

    record: ClipRecord
    score: float
    """Cosine similarity of query and clip, in ``[-1, 1]``."""


class CatalogError(Exception):
    """The catalog cannot do what was asked; the message says what to do."""


class EmbeddingSpaceMismatchError(CatalogError):
    """Vectors of one embedding space met a catalog of another."""

    def __init__(self, *, expected: EmbeddingSpace, got: EmbeddingSpace) -> None:
        super().__init__(
            f"this catalog holds embeddings of {expected.name} ({expected.dimension}-d), "
            f"but the encoder makes {got.name} ({got.dimension}-d); "
            "use the encoder and weights of then, or have all made anew with: clipseek reindex"
        )


class SpaceChangedError(CatalogError):
    """The library moved to another embedding space; ask its latest store."""

    def __init__(self) -> None:
        super().__init__(
            "the library was re-indexed with another encoder meanwhile; run the command again"
        )


class CatalogLockedError(CatalogError):
    """Another process has the catalog open."""


class ClipStore(Protocol):
    """Clips and videos of one library, all in one embedding space.

    A library moves to another space by being filled into a `successor`, which then takes over.
    From then on every method of the old store but `latest`, `space` and `encoder` may raise
    ``SpaceChangedError``, and `search` and `upsert_clips` surely do.
    """

    @property
    def space(self) -> EmbeddingSpace:
        """The space that every stored embedding lies in."""

    @property
    def encoder(self) -> str:
        """What the settings call the encoder of that space; empty where that is not on record."""

    def latest(self) -> "ClipStore":
        """The store that searches are to use now: this one, unless a successor took over."""

    def successor(self, space: EmbeddingSpace, *, encoder: str) -> Self:
        """The store for another space, with what was put there before, and not searched yet.

        Others that were begun are dropped. It is closed with this store, and of this store's
        own space it is this store.
        """

    def give_way(self, successor: Self, *, if_complete: Callable[[], bool]) -> bool:
        """Let `successor` take over and drop what this store holds, if it is complete.

        Nobody who takes turns writes between the look of `if_complete` and the change. Returns
        whether it was.
        """

    def upsert_clips(self, records: Sequence[ClipRecord]) -> None:
        """Write clips, replacing those with the same id. Not on disk for sure until `flush`."""

    def upsert_video(self, video: VideoRecord) -> None:
        """Declare a video completely indexed, or replace what is known of it; flushes first."""

    def flush(self) -> None:
        """Return when everything written before is on disk and quick to search."""

    def search(
        self, embedding: NDArray[np.float32], *, limit: int, where: ClipFilter = ClipFilter()
    ) -> list[SearchHit]:
        """The `limit` closest clips to a ``(D,)`` unit vector, best first, ties by clip_id."""

    def clips_of(self, video_id: str) -> list[ClipRecord]:
        """All clips of one video by start; empty if there are none."""

    def clips(self, clip_ids: Sequence[str]) -> list[ClipRecord]:
        """The clips of these ids, in this order; those that there are not are left out."""

    def summaries_of(self, video_ids: Sequence[str]) -> list[ClipSummary]:
        """All clips of these videos without their vectors, by video id and then by start.

        One request, which is far quicker than one for each video.
        """

    def videos(self) -> list[VideoRecord]:
        """All videos, by path."""

    def video(self, video_id: str) -> VideoRecord | None:
        """One video, without looking at the others; None where there is none of this id."""

    def count_clips(self) -> int:
        """How many clips there are in all."""

    def delete_video(self, video_id: str) -> None:
        """Delete a video's record and then its clips; nothing happens if there are none."""

    def close(self) -> None:
        """Flush and let go of the files; the store cannot be used afterwards."""
