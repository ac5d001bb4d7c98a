"""Pieces of films as somebody might have them: stored anew, cropped, mirrored, sped up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ingest.clip import ClipSpan
from ingest.even_frames import even_frames
from ingest.video import Video
from ingest.writing import write_video

FRAMES_PER_SECOND = 10
QUALITY, POOR, WORST = 23, 30, 35
"""Of x264, less is better."""

Frame = NDArray[np.uint8]


@dataclass(frozen=True)
class Alteration:
    """What is done to each frame, how fast they follow, and how well they are stored."""

    frame: Callable[[Frame], Frame] = lambda frame: frame
    faster: int = 1
    quality: int = QUALITY


def cropped(frame: Frame, *, kept: float) -> Frame:
    """The middle of a frame, `kept` of each side."""
    height, width = frame.shape[:2]
    top, left = round(height * (1 - kept) / 2), round(width * (1 - kept) / 2)
    return np.ascontiguousarray(frame[top : height - top, left : width - left])


def shrunk(frame: Frame, *, kept: float) -> Frame:
    height, width = frame.shape[:2]
    size = (round(width * kept), round(height * kept))
    return np.asarray(Image.fromarray(frame).resize(size, Image.Resampling.BICUBIC))


USUAL: Mapping[str, Alteration] = {
    "re-encoded, CRF 30": Alteration(quality=POOR),
    "cropped to 90 % a side": Alteration(lambda frame: cropped(frame, kept=0.9)),
    "cropped to 80 % a side": Alteration(lambda frame: cropped(frame, kept=0.8)),
    "mirrored": Alteration(lambda frame: np.ascontiguousarray(frame[:, ::-1])),
    "twice as fast": Alteration(faster=2),
}
HARD: Mapping[str, Alteration] = {
    "half the size, CRF 35": Alteration(lambda frame: shrunk(frame, kept=0.5), quality=WORST),
    "cropped to 60 % a side": Alteration(lambda frame: cropped(frame, kept=0.6)),
    "mirrored, cropped to 80 %, twice as fast, CRF 30": Alteration(
        lambda frame: cropped(np.ascontiguousarray(frame[:, ::-1]), kept=0.8), 2, POOR
    ),
}


def write_altered(source: Path, span: ClipSpan, target: Path, *, how: Alteration) -> None:
    """Write what `source` shows during `span`, altered.

    Raises ``VideoError`` where the source cannot be used, and ``OSError``.
    """
    with Video.open(source) as video:
        frames = even_frames(
            video.frames_from(span.start_seconds),
            span,
            rate=Fraction(FRAMES_PER_SECOND, how.faster),
            short_side=min(video.info.width, video.info.height),
        )
        write_video(
            target,
            map(how.frame, frames),
            frames_per_second=FRAMES_PER_SECOND,
            quality=how.quality,
        )
