"""How well a query fits a video over its time, and where it fits best."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.interface import ClipStore, SpaceChangedError
from catalog.vectors import cosine
from ingest.clip import ClipSpan
from pipeline.examples import step_vectors
from pipeline.library import Library
from pipeline.query import Query, QueryError
from pipeline.searching import MOST_CHANGES

MOST_PEAKS = 5
LEAST_RISE = 0.5
"""A peak rises at least so far from the middle of the curve to its top."""


@dataclass(frozen=True)
class CurvePoint:
    """How well a query fits one clip."""

    clip_id: str
    span: ClipSpan
    score: float
    """Cosine similarity; of a query of several steps the best one's."""


@dataclass(frozen=True)
class SimilarityCurve:
    """How well a query fits one video."""

    points: tuple[CurvePoint, ...]
    """One for each clip, in order of time."""
    peaks: tuple[CurvePoint, ...]
    """Those of `points` that stand out from what is around them, best first."""


def similarity_curve(library: Library, query: Query, video_id: str) -> SimilarityCurve:
    """Compare a query with every clip of one video.

    Raises as ``searching.search``, and ``QueryError`` where the library holds no such video.
    """
    for _ in range(MOST_CHANGES):
        store = library.store
        try:
            vectors = step_vectors(library, store, query)
            points = _points(store, vectors, video_id)
        except SpaceChangedError:
            continue
        return SimilarityCurve(points, _peaks(points))
    raise SpaceChangedError


def _points(
    store: ClipStore, vectors: list[NDArray[np.float32]], video_id: str
) -> tuple[CurvePoint, ...]:
    records = store.clips_of(video_id)
    if not records:
        raise QueryError("the video is not in the library any more; search anew")
    return tuple(
        CurvePoint(
            record.clip_id,
            record.span,
            max(cosine(record.description.embedding, vector) for vector in vectors),
        )
        for record in records
    )


def _peaks(points: tuple[CurvePoint, ...]) -> tuple[CurvePoint, ...]:
    scores = np.array([point.score for point in points])
    middle = float(np.median(scores))
    least = middle + LEAST_RISE * (float(scores.max()) - middle)
    # Of equals side by side the first one is the peak.
    before = np.concatenate([[-np.inf], scores[:-1]])
    after = np.concatenate([scores[1:], [-np.inf]])
    is_peak = (scores > before) & (scores >= after) & (scores >= least)
    found = [points[number] for number in np.flatnonzero(is_peak)]
    return tuple(sorted(found, key=lambda point: -point.score)[:MOST_PEAKS])
