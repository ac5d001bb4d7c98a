"""Arithmetic that every store shares, so that two stores never disagree on a score."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from catalog.interface import ClipRecord, EmbeddingSpaceMismatchError, SearchHit
from encoder.interface import EmbeddingSpace


def require_space(embedding: NDArray[np.float32], space: EmbeddingSpace) -> None:
    """Raise ``EmbeddingSpaceMismatchError`` unless `embedding` is ``(space.dimension,)``."""
    if embedding.shape != (space.dimension,):
        got = EmbeddingSpace(name="another encoder", dimension=embedding.size)
        raise EmbeddingSpaceMismatchError(expected=space, got=got)


def rank(
    records: Iterable[ClipRecord], query: NDArray[np.float32], *, limit: int
) -> list[SearchHit]:
    """The `limit` records closest to the ``(D,)`` query, best first, ties by clip_id."""
    hits = [SearchHit(record, cosine(record.description.embedding, query)) for record in records]
    hits.sort(key=lambda hit: (-hit.score, hit.record.clip_id))
    return hits[:limit]


def cosine(left: NDArray[np.float32], right: NDArray[np.float32]) -> float:
    """Cosine similarity of two vectors; larger is closer.

    In double precision and one pair at a time: equal vectors get equal scores to the last bit,
    which a product of whole matrices does not promise.
    """
    wide_left, wide_right = left.astype(np.float64), right.astype(np.float64)
    lengths = np.sqrt(wide_left.dot(wide_left) * wide_right.dot(wide_right))
    return float(wide_left.dot(wide_right) / lengths)
