"""Results that do not repeat themselves: neighbouring clips as one moment, copies as one result."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from catalog.interface import ClipFilter
from pipeline.found import Found, FoundVideo, by_video
from pipeline.library import Library
from pipeline.query import Query
from pipeline.relevance import judged
from pipeline.searching import ranked

_T = TypeVar("_T")

NEIGHBOUR_SHARE = 0.9
"""A clip joins the moment beside it if it scores at least so much of what the best one does."""
COPY_SIMILARITY = 0.85
"""Clips of two videos that are as similar as this show the same; `docs/search.md` has figures."""
CLIPS_PER_MOMENT = 5
LEAST_DEPTH = 200
MOST_DEPTH = 10_000
"""How many clips are looked through for moments, at least and at most."""
MOMENTS_PER_VIDEO = 3
TOLERANCE_SECONDS = 1e-3
"""Where one clip ends the next one begins, but for rounding."""


def search_moments(
    library: Library, query: Query, *, limit: int = 10, where: ClipFilter = ClipFilter()
) -> list[Found]:
    """The `limit` best moments, best first: clips side by side are one, and copies are one.

    A larger limit gives the same moments first. Raises as ``searching.search`` does.
    """
    moments, nearest = _enough(
        library, query, where, limit=limit, made=lambda found: merged(found)[:limit]
    )
    return judged(library, query, moments, nearest=nearest)


def search_videos(
    library: Library, query: Query, *, limit: int = 10, where: ClipFilter = ClipFilter()
) -> list[FoundVideo]:
    """The `limit` videos with the best moments, with up to three moments of each.

    Raises as ``searching.search`` does.
    """

    def videos(found: Sequence[Found]) -> list[FoundVideo]:
        groups = by_video(merged(found))[:limit]
        return [FoundVideo(group.found[:MOMENTS_PER_VIDEO]) for group in groups]

    found, nearest = _enough(library, query, where, limit=limit, made=videos)
    moments = judged(library, query, [one for v in found for one in v.found], nearest=nearest)
    return by_video(moments)


def merged(found: Sequence[Found]) -> list[Found]:
    """Join results of one step, given best first, that touch in one video or are copies.

    Sequences stay as they are.
    """
    if not found or len(found[0].hits) > 1:
        return list(found)
    vectors = np.stack([one.record.description.embedding for one in found])  # (N, D)
    beside = _beside(found)
    free = np.full(len(found), True)
    moments = []
    for number, one in enumerate(found):
        if not free[number]:
            continue
        joined = _joined(number, found, beside, free)
        free[[number, *joined]] = False
        alike = free & (vectors @ vectors[number] >= COPY_SIMILARITY)
        copies = [
            other
            for other in map(int, np.flatnonzero(alike))
            if found[other].record.video_id != one.record.video_id
        ]
        free[copies] = False
        moments.append(
            replace(
                one,
                neighbours=tuple(found[other].record for other in joined),
                copies=tuple(found[other].record for other in copies),
            )
        )
    return moments


def _enough(
    library: Library,
    query: Query,
    where: ClipFilter,
    *,
    limit: int,
    made: Callable[[Sequence[Found]], list[_T]],
) -> tuple[list[_T], list[Found]]:
    """What is `made` of as many clips as it takes for `limit` of it, and all of those clips."""
    depth = max(LEAST_DEPTH, CLIPS_PER_MOMENT * limit) if limit > 0 else limit
    while True:
        found = ranked(library, query, limit=depth, where=where)
        results = made(found)
        if len(results) >= limit or len(found) < depth or depth >= MOST_DEPTH:
            return results, found
        depth = min(4 * depth, MOST_DEPTH)


def _beside(found: Sequence[Found]) -> dict[int, tuple[int, ...]]:
    """For each result the numbers of those that end where it begins, or begin where it ends."""
    order = sorted(range(len(found)), key=lambda n: (found[n].record.video_id, found[n].span))
    beside: dict[int, tuple[int, ...]] = dict.fromkeys(order, ())
    for before, after in pairwise(order):
        gap = found[after].span.start_seconds - found[before].span.end_seconds
        same = found[after].record.video_id == found[before].record.video_id
        if same and abs(gap) < TOLERANCE_SECONDS:
            beside[before] += (after,)
            beside[after] += (before,)
    return beside


def _joined(
    number: int,
    found: Sequence[Found],
    beside: dict[int, tuple[int, ...]],
    free: NDArray[np.bool_],
) -> list[int]:
    """The results that one grows over, in both directions."""
    least = NEIGHBOUR_SHARE * found[number].score
    reached, edge = {number}, [number]
    while edge:
        for other in beside[edge.pop()]:
            if other not in reached and free[other] and found[other].score >= least:
                reached.add(other)
                edge.append(other)
    return sorted(reached - {number}, key=lambda n: found[n].span)
