"""The clips of one video along its time, as high as each is similar: plain arithmetic."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from search_ui.page.moments import Moment

MOST_BARS = 240
"""More would be narrower than can be clicked."""
LOWEST, EVEN = 0.12, 0.5
"""Height of the least similar clip, and of all where none is more similar than the others."""


@dataclass(frozen=True)
class Bar:
    """A clip that stands for its part of the timeline; all from 0 to 1."""

    moment: Moment
    left: float
    width: float
    height: float


def bars(moments: Sequence[Moment], *, chosen: str) -> list[Bar]:
    """One bar for each clip of a video, by start; of too many, the most similar of neighbours.

    The clip with the id `chosen` always has its own.
    """
    ordered = sorted(moments, key=lambda moment: moment.clip.span)
    end = max((moment.clip.span.end_seconds for moment in ordered), default=0.0)
    each = max(1, math.ceil(len(ordered) / MOST_BARS))
    neighbours = [ordered[begin : begin + each] for begin in range(0, len(ordered), each)]
    scores = [moment.score for moment in ordered if moment.score is not None]
    lowest, highest = min(scores, default=0.0), max(scores, default=0.0)
    return [_bar(group, chosen, end, (lowest, highest)) for group in neighbours]


def _bar(group: Sequence[Moment], chosen: str, end: float, extremes: tuple[float, float]) -> Bar:
    best = max(group, key=lambda moment: (moment.clip.clip_id == chosen, _rank(moment)))
    begin = group[0].clip.span.start_seconds
    return Bar(
        best,
        left=begin / end,
        width=(group[-1].clip.span.end_seconds - begin) / end,
        height=_height(best.score, extremes),
    )


def _rank(moment: Moment) -> float:
    return -math.inf if moment.score is None else moment.score


def _height(score: float | None, extremes: tuple[float, float]) -> float:
    lowest, highest = extremes
    if highest <= lowest:
        return EVEN
    if score is None:
        return LOWEST
    return LOWEST + (1 - LOWEST) * (score - lowest) / (highest - lowest)
