"""A library as a map: clips that are alike lie near each other.

Embeddings are seen from the side that shows discovered groups farthest apart: along the first two
principal components of the groups' middles, or of the clips where there are few groups. So the map
is ready at once, and the same clips give the same map.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.interface import ClipRecord, ClipStore, ClipSummary
from pipeline.batches import batched
from pipeline.corrections import GROUP

MOST_POINTS = 1500
"""More hide each other on a page; larger libraries are sampled."""
READ_AT_ONCE = 500
"""With their vectors: about a megabyte."""
FEWEST_GROUPS = 3
"""Between two there is one direction."""
LEAST_SPREAD = 1e-6
"""What lies closer together is the same, but for rounding."""
OTHERS = "in no group"


@dataclass(frozen=True)
class MapPoint:
    """A clip on the map, both ways from -1 to 1."""

    clip: ClipSummary
    x: float
    y: float


def map_of(store: ClipStore, clips: Sequence[ClipSummary]) -> list[MapPoint]:
    """Lay out `clips`, of many a sample that is spread evenly.

    Raises ``CatalogError`` where the catalog cannot be read.
    """
    sample = [clip.clip_id for clip in _spread(clips, MOST_POINTS)]
    records: list[ClipRecord] = []
    for clip_ids in batched(sample, READ_AT_ONCE):
        records += store.clips(clip_ids)
    if not records:
        return []
    clips = [ClipSummary.of(record) for record in records]
    vectors = np.stack([record.description.embedding for record in records])
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


def _spread(clips: Sequence[ClipSummary], most: int) -> list[ClipSummary]:
    if len(clips) <= most:
        return list(clips)
    chosen = np.linspace(0, len(clips) - 1, most).round().astype(int)
    return [clips[number] for number in chosen]
