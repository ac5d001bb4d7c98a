"""Frames that come whenever they like, as an even stream of pictures."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ingest.clip import ClipSpan
from ingest.frame import ShownFrame

COARSE_SECONDS = 0.0005
"""Clocks in files are coarse: a frame that comes so little late is on time."""


def even_frames(
    shown: Iterator[ShownFrame], span: ClipSpan, *, rate: Fraction, short_side: int
) -> Iterator[NDArray[np.uint8]]:
    """Give the picture shown at each tick of an even clock, ``(H, W, 3)`` RGB, from the start."""
    count = max(1, round(span.length_seconds * rate))
    period = float(1 / rate)
    ticks = [span.start_seconds + number * period for number in range(count)]
    current = next(shown)
    following = next(shown, None)
    for tick in ticks:
        while following is not None and following.seconds <= tick + COARSE_SECONDS:
            current, following = following, next(shown, None)
        yield current.rgb(short_side=short_side)
