"""A library as a map: clips that are alike lie near each other.

Embeddings are seen from the side that shows discovered groups farthest apart: along the first two
principal components of the groups' middles, or of the clips where there are few groups. So the map
is ready at once, and the same clips give the same map.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from catalog.interface import ClipRecord, VideoRecord
from pipeline.browsing import ClipSummary
from pipeline.corrections import GROUP
from pipeline.library import Library

MOST_POINTS = 1500
"""More hide each other on a page; larger libraries are sampled."""
MOST_VIDEOS = 240
"""So many are read at most."""
FEWEST_GROUPS = 3
"""Between two there is one direction."""
LEAST_SPREAD = 1e-6
"""What lies closer together is the same, but for rounding."""
OTHERS = "in no group"

_Each = TypeVar("_Each")


@dataclass(frozen=True)
class MapPoint:
    """A clip on the map, both ways from -1 to 1."""

    clip: ClipSummary
    x: float
    y: float


def map_of(library: Library, videos: Sequence[VideoRecord]) -> list[MapPoint]:
    """Lay out the clips of `videos`, of many a sample that is spread evenly.

    Raises ``CatalogError`` where the catalog cannot be read.
    """
    store = library.store
    records: list[ClipRecord] = []
    for video in _spread(videos, MOST_VIDEOS):
        records += store.clips_of(video.video_id)
    sample = _spread(records, MOST_POINTS)
    if not sample:
        return []
    clips = [ClipSummary.of(record) for record in sample]
    vectors = np.stack([record.description.embedding for record in sample])
    places = layout(vectors, [*map(group_of, clips)])
    return [MapPoint(clip, float(x), float(y)) for clip, (x, y) in zip(clips, places, strict=True)]


def group_of(clip: ClipSummary) -> str:
    """The discovered group that a clip is in."""
    return next((c.label for c in clip.categories if c.kind == GROUP), OTHERS)


def layout(vectors: NDArray[np.float32], groups: Sequence[str]) -> NDArray[np.float64]:
    """Places in ``[-1, 1]`` of ``(N, D)`` vectors, each in one of `groups`: ``(N, 2)``."""
    centred = np.asarray(vectors - vectors.mean(axis=0), np.float64)
    names, numbers = np.unique(np.asarray(groups), return_inverse=True)
    spread_of = centred
    if len(names) >= FEWEST_GROUPS:
        members = [centred[numbers == number] for number in range(len(names))]
        # As heavy as they are large.
        spread_of = np.stack([group.mean(axis=0) * np.sqrt(len(group)) for group in members])
    _, _, directions = np.linalg.svd(spread_of, full_matrices=False)
    places = centred @ directions[:2].T  # (N, up to 2)
    places = np.pad(places, ((0, 0), (0, 2 - places.shape[1])))
    return np.asarray(places / max(np.abs(places).max(), LEAST_SPREAD), np.float64)


def _spread(all_of_them: Sequence[_Each], most: int) -> list[_Each]:
    if len(all_of_them) <= most:
        return list(all_of_them)
    chosen = np.linspace(0, len(all_of_them) - 1, most).round().astype(int)
    return [all_of_them[number] for number in chosen]
