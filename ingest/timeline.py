"""From timestamps in a file to seconds since its first frame."""

from fractions import Fraction

LONGEST_STILL_SECONDS = 3600.0
"""A screen recording may stand still for long; a longer jump is a damaged timestamp."""

RESTART_SECONDS = 1.0
"""Frames that come later than this are out of order; a longer step back is a new start."""


class Timeline:
    """Turns the timestamps of frames, in the order they are shown, into rising seconds.

    The first frame is at 0. Times come from timestamps, never from counting, so a variable frame
    rate is right; only a frame without a timestamp follows its predecessor by one period.
    """

    def __init__(
        self, time_base: Fraction, period_seconds: float, *, origin: int | None = None
    ) -> None:
        self._time_base = time_base
        self._period = period_seconds
        self._origin = origin
        """The video's first timestamp; None where the first frame to come has it."""
        self._shift = 0.0
        """Added to times after a restart of the clock, as in recordings that were joined."""
        self._last: float | None = None

    def seconds_of(self, pts: int | None) -> float | None:
        """Return when the next frame is shown, or None for one that comes too late to be shown."""
        if self._last is None:
            self._last = self._first(pts)
            return self._last
        follows = self._last + self._period
        seconds = follows if pts is None else self._place(pts, follows)
        if seconds <= self._last:
            return None
        self._last = seconds
        return seconds

    def _first(self, pts: int | None) -> float:
        if self._origin is None or pts is None:
            self._origin = pts
            return 0.0
        return float((pts - self._origin) * self._time_base)

    def _place(self, pts: int, follows: float) -> float:
        if self._origin is None:
            self._origin = pts
            self._shift = follows
        seconds = float((pts - self._origin) * self._time_base) + self._shift
        gap = seconds - follows
        if gap < -RESTART_SECONDS or gap > LONGEST_STILL_SECONDS:
            self._shift -= gap
            return follows
        return seconds
