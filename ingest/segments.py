"""Where a video can be divided into parts that are read by themselves. Plain arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.clip import WHOLE, Segment

LEAST_SHARE = 0.5
"""A segment is at least this much of the length asked for; the last one half of that."""


@dataclass(frozen=True)
class KeyFrame:
    """A frame that decoding can begin at."""

    pts: int
    """In units of the stream's time base."""
    seconds: float
    """Since the start of the video."""


def divide(
    key_frames: Sequence[KeyFrame], *, end_seconds: float, length_seconds: float
) -> tuple[Segment, ...]:
    """Divide a video that ends at `end_seconds` into segments of about `length_seconds`.

    `key_frames` in rising order. A segment ends at the last key frame within its length, and
    where there is none at the next one, however far that is.
    """
    least = LEAST_SHARE * length_seconds
    borders: list[KeyFrame] = []
    last, candidate = 0.0, None
    for frame in [*key_frames, None]:
        seconds = end_seconds if frame is None else frame.seconds
        if candidate is not None and seconds - last > length_seconds:
            borders.append(candidate)
            last, candidate = candidate.seconds, None
        if frame is not None and seconds - last >= least:
            candidate = frame
    return _between([border for border in borders if end_seconds - border.seconds >= least / 2])


def _between(borders: Sequence[KeyFrame]) -> tuple[Segment, ...]:
    if not borders:
        return (WHOLE,)
    first, last = borders[0], borders[-1]
    return (
        Segment(end_seconds=first.seconds, end_pts=first.pts),
        *(
            Segment(begin.seconds, end.seconds, begin.pts, end.pts)
            for begin, end in pairwise(borders)
        ),
        Segment(start_seconds=last.seconds, start_pts=last.pts),
    )
