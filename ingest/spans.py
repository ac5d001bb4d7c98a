"""Where clips begin and end: at shots first, then at a length limit. Plain arithmetic."""

import math
from collections import deque
from collections.abc import Iterator
from itertools import pairwise

from ingest.clip import ClipSpan

ROUNDING = 1e-9
"""A piece of exactly the maximum must not become two for the last bit of its length."""


class SpanCutter:
    """Divides a video's time into spans while it is being read.

    The spans follow each other without gap or overlap from `start_seconds` to the end. A span
    begins at a shot, or at an equal part of a shot longer than `max_seconds`. A shot that begins
    less than `min_seconds` after the span before it, or before the end, is joined to what it
    follows. Time is held back for at most ``2 * max_seconds + min_seconds``: of a longer shot,
    pieces of `max_seconds` are given out before its end is known.
    """

    def __init__(
        self, *, min_seconds: float, max_seconds: float, start_seconds: float = 0.0
    ) -> None:
        if not 0 < 2 * min_seconds <= max_seconds:
            raise ValueError(
                f"spans need 0 < 2 * min <= max seconds, got min {min_seconds}, max {max_seconds}"
            )
        self._min = min_seconds
        self._max = max_seconds
        self._start = start_seconds
        self._shots: deque[float] = deque()
        """Where new shots begin; the last may yet prove too short to stand alone."""

    def begin_shot(self, seconds: float) -> None:
        """Note that a shot begins; in rising order, and a little late is no harm."""
        before = self._shots[-1] if self._shots else self._start
        if seconds - before >= self._min:
            self._shots.append(seconds)

    def advance(self, seconds: float) -> Iterator[ClipSpan]:
        """Yield the spans that are settled when the video has been read up to `seconds`."""
        while self._shots and seconds - self._shots[0] >= self._min:
            yield from self._close_at(self._shots.popleft())
        while not self._shots and seconds - self._start > 2 * self._max:
            yield from self._close_at(self._start + self._max)

    def finish(self, end_seconds: float) -> Iterator[ClipSpan]:
        """Yield the spans that remain when the video ends."""
        yield from self.advance(end_seconds)
        yield from self._close_at(end_seconds)

    def _close_at(self, end: float) -> Iterator[ClipSpan]:
        start, self._start = self._start, end
        parts = max(1, math.ceil((end - start) / self._max - ROUNDING))
        borders = [start + (end - start) * part / parts for part in range(parts)] + [end]
        for left, right in pairwise(borders):
            yield ClipSpan(left, right)
