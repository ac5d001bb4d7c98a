"""A piece of a video as a small file of its own, which every browser plays from its first frame."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.clip import WHOLE, ClipSpan, Segment
from ingest.frame import ShownFrame
from ingest.video import Video
from ingest.writing import write_video

FRAMES_PER_SECOND = 25
SHORT_SIDE = 480
"""Pixels; enough for a player in a page, and quick to write."""
SEEK_SECONDS = 2.0
"""About so much is decoded in vain before the piece begins."""


def write_excerpt(source: Path, span: ClipSpan, target: Path) -> None:
    """Write what `source` shows during `span`, without sound, as H.264 in MP4.

    The excerpt begins with the frame shown at the span's very start, wherever key frames are.
    Raises ``VideoError`` where the source cannot be used, and ``OSError`` where it is gone or the
    target cannot be written.
    """
    with Video.open(source) as video:
        segment = _segment_with(video, span)
        write_video(
            target, _steady(video.frames(segment), span), frames_per_second=FRAMES_PER_SECOND
        )


def _segment_with(video: Video, span: ClipSpan) -> Segment:
    """The shortest part of the video that can be decoded by itself and holds the span."""
    before = [s for s in video.segments(SEEK_SECONDS) if s.start_seconds <= span.start_seconds]
    first = before[-1] if before else WHOLE
    return Segment(first.start_seconds, span.end_seconds, first.start_pts)


def _steady(shown: Iterator[ShownFrame], span: ClipSpan) -> Iterator[NDArray[np.uint8]]:
    """Give the picture shown at each tick of an even clock, ``(H, W, 3)`` RGB, from the start."""
    count = max(1, round(span.length_seconds * FRAMES_PER_SECOND))
    ticks = [span.start_seconds + number / FRAMES_PER_SECOND for number in range(count)]
    current = next(shown)
    following = next(shown, None)
    for tick in ticks:
        while following is not None and following.seconds <= tick:
            current, following = following, next(shown, None)
        yield current.rgb(short_side=SHORT_SIDE)
