"""Results that do not repeat themselves: neighbouring clips as one moment, copies as one result."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.batches import batched
from pipeline.found import Found

NEIGHBOUR_SHARE = 0.9
"""A clip joins the moment beside it if it scores at least so much of what the best one does."""
COPY_SIMILARITY = 0.85
"""Clips of two videos that are as similar as this show the same; `docs/search.md` has figures."""
DEPTHS = (200, 1000, 4000, 16_000)
"""How many clips are looked through for moments: the first of these that gives enough."""
TOLERANCE_SECONDS = 1e-3
"""Where one clip ends the next one begins, but for rounding."""
_COMPARED_AT_ONCE = 256


def merged(found: Sequence[Found]) -> list[Found]:
    """Join results of one step, given best first, that touch in one video or are copies.

    Results beyond the first of `DEPTHS` join the moments that those within make, but never make one
    of two of them: so the first moments stay the same, however many results there are. Sequences
    stay as they are.
    """
    if not found or len(found[0].hits) > 1:
        return list(found)
    merging = _Merging(found)
    for begin, end in pairwise((0, *DEPTHS, len(found))):
        merging.look_at(begin, min(end, len(found)))
    return merging.moments()


class _Merging:
    """Moments that grow while results are looked at, best first."""

    def __init__(self, found: Sequence[Found]) -> None:
        self._found = found
        self._beside = _beside(found)
        self._vectors = np.stack([one.record.description.embedding for one in found])  # (N, D)
        self._free = np.full(len(found), False)
        """Which were looked at and belong to no moment yet."""
        self._joined: dict[int, set[int]] = {}
        """The results of each moment, by that of its best one."""
        self._copies: dict[int, list[int]] = {}

    def look_at(self, begin: int, end: int) -> None:
        self._free[begin:end] = True
        new = self._vectors[begin:end]
        for numbers in batched([*self._joined, *range(begin, end)], _COMPARED_AT_ONCE):
            alike = self._vectors[list(numbers)] @ new.T >= COPY_SIMILARITY
            for number, copies in zip(numbers, alike, strict=True):
                if number in self._joined or self._free[number]:
                    self._grow(number)
                    self._gather(number, begin + np.flatnonzero(copies))

    def _grow(self, number: int) -> None:
        """Over what is beside it, in both directions."""
        least = NEIGHBOUR_SHARE * self._found[number].score
        self._free[number] = False
        reached = self._joined.setdefault(number, {number})
        edge = list(reached)
        while edge:
            for other in self._beside[edge.pop()]:
                if self._free[other] and self._found[other].score >= least:
                    self._free[other] = False
                    reached.add(other)
                    edge.append(other)

    def _gather(self, number: int, alike: NDArray[np.intp]) -> None:
        video = self._found[number].record.video_id
        copies = self._copies.setdefault(number, [])
        for other in alike:
            if self._free[other] and self._found[other].record.video_id != video:
                self._free[other] = False
                copies.append(int(other))

    def moments(self) -> list[Found]:
        """Best first."""
        return [
            replace(
                self._found[number],
                neighbours=tuple(
                    self._found[other].hits[0]
                    for other in sorted(joined - {number}, key=lambda n: self._found[n].span)
                ),
                copies=tuple(self._found[other].record for other in self._copies[number]),
            )
            for number, joined in self._joined.items()
        ]


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
