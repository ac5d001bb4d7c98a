"""Clips of one video that follow each other as the steps of a query do: A, then B, then C."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from catalog.interface import SearchHit
from pipeline.found import Found

TOLERANCE_SECONDS = 1e-3
"""Where one clip ends the next one begins, but for rounding."""


def sequences(steps: Sequence[Sequence[SearchHit]], *, within_seconds: float) -> list[Found]:
    """The best sequences of hits, one of each step in order, best mean score first.

    Each begins no later than `within_seconds` after the one before ended, and not before that. For
    each clip that a sequence can begin with there is the best one, unless it shares a clip with a
    better one.
    """
    by_video = [_by_video(hits) for hits in steps]
    videos = set.intersection(*map(set, by_video))
    found = [
        chain
        for video in videos
        for chain in _chains([hits[video] for hits in by_video], within_seconds)
    ]
    found.sort(key=lambda chain: (-chain.score, [hit.record.clip_id for hit in chain.hits]))
    return _disjoint(found)


def _by_video(hits: Sequence[SearchHit]) -> dict[str, list[SearchHit]]:
    """The hits of each video by start."""
    ordered = sorted(hits, key=lambda hit: (hit.record.video_id, hit.record.span))
    groups = groupby(ordered, key=lambda hit: hit.record.video_id)
    return {video: list(group) for video, group in groups}


def _chains(steps: list[list[SearchHit]], within_seconds: float) -> list[Found]:
    """For each hit of the first step the best sequence in one video that it begins."""
    following: list[NDArray[np.int64]] = []
    totals = _scores(steps[-1])
    for hits, after in zip(reversed(steps[:-1]), reversed(steps[1:]), strict=True):
        best = _best_following(hits, after, totals, within_seconds)
        following.insert(0, best)
        totals = np.where(best < 0, -np.inf, _scores(hits) + totals[best])
    chains = []
    for first in np.flatnonzero(np.isfinite(totals)):
        chosen = [int(first)]
        for best in following:
            chosen.append(int(best[chosen[-1]]))
        members = (step[number] for step, number in zip(steps, chosen, strict=True))
        chains.append(Found(tuple(members)))
    return chains


def _best_following(
    hits: list[SearchHit],
    after: list[SearchHit],
    totals: NDArray[np.float64],
    within_seconds: float,
) -> NDArray[np.int64]:
    """For each hit the number of the best one of `after` that follows in time, or -1."""
    starts = np.array([hit.record.span.start_seconds for hit in after])
    ends = np.array([hit.record.span.end_seconds for hit in hits])
    first = np.searchsorted(starts, ends - TOLERANCE_SECONDS, side="left")
    last = np.searchsorted(starts, ends + within_seconds + TOLERANCE_SECONDS, side="right")
    best = np.full(len(hits), -1)
    for number, (low, high) in enumerate(zip(first, last, strict=True)):
        if low < high:
            winner = low + int(np.argmax(totals[low:high]))
            best[number] = winner if np.isfinite(totals[winner]) else -1
    return best


def _scores(hits: list[SearchHit]) -> NDArray[np.float64]:
    return np.array([hit.score for hit in hits])


def _disjoint(found: list[Found]) -> list[Found]:
    """Those that share no clip with one before."""
    taken: set[str] = set()
    kept = []
    for chain in found:
        clips = {hit.record.clip_id for hit in chain.hits}
        if taken.isdisjoint(clips):
            taken |= clips
            kept.append(chain)
    return kept
