"""What every later stage receives: a video's facts, a span of it, and the frames of a span."""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MOTION_CHANNELS = 16
"""Numbers that tell how the picture moved in one step; `ingest.motion` says which."""


@dataclass(frozen=True)
class VideoInfo:
    """Facts about one video file, as displayed: rotation is already applied to the size."""

    video_id: str
    """Hash of the file's content: the same bytes have the same id wherever they lie."""
    path: Path
    duration_seconds: float
    frame_rate: Fraction
    """Average frames per second; 0 where the container does not say."""
    width: int
    height: int
    rotation_degrees: int
    """Clockwise turn that was applied for display: 0, 90, 180 or 270."""


@dataclass(frozen=True)
class Segment:
    """A part of a video that can be read by itself, ``[start, end)``; it begins at a key frame.

    The segments of a video follow each other without gap or overlap.
    """

    start_seconds: float = 0.0
    end_seconds: float | None = None
    """None: to the end of the video."""
    start_pts: int | None = None
    """Of its first frame, in units of the stream's time base; None: from the video's beginning."""
    end_pts: int | None = None
    """Of the next segment's first frame; None: to the end of the video."""


WHOLE = Segment()
"""All of a video at once."""


@dataclass(frozen=True, order=True)
class ClipSpan:
    """Half-open interval of a video's time, ``[start_seconds, end_seconds)``; 0 is its start."""

    start_seconds: float
    end_seconds: float

    def __post_init__(self) -> None:
        if not 0 <= self.start_seconds < self.end_seconds:
            raise ValueError(
                f"a span needs 0 <= start < end, got [{self.start_seconds}, {self.end_seconds})"
            )

    @property
    def length_seconds(self) -> float:
        return self.end_seconds - self.start_seconds


def _unmeasured() -> NDArray[np.float32]:
    return np.zeros((0, MOTION_CHANNELS), np.float32)


@dataclass(frozen=True, eq=False)
class Clip:
    """One span of a video with the frames sampled from it."""

    video: VideoInfo
    span: ClipSpan
    frames: NDArray[np.uint8]
    """``(T, H, W, 3)`` RGB, upright, T >= 1, in order of time."""
    pts_seconds: NDArray[np.float64]
    """``(T,)`` presentation time of each frame, counted from the start of the video."""
    motion: NDArray[np.float32] = field(default_factory=_unmeasured)
    """``(M, 16)`` how the whole picture moved in steps of about a tenth of a second, in order of
    time; see `ingest.motion.MotionTracker`. Empty where it was not measured."""

    def __post_init__(self) -> None:
        shape = self.frames.shape
        if self.frames.dtype != np.uint8 or len(shape) != 4 or shape[0] < 1 or shape[3] != 3:
            raise ValueError(
                f"frames must be (T >= 1, H, W, 3) uint8, got {shape} {self.frames.dtype}"
            )
        if self.pts_seconds.shape != shape[:1]:
            raise ValueError(
                f"pts_seconds must be ({shape[0]},) like frames, got {self.pts_seconds.shape}"
            )
        if self.motion.ndim != 2 or self.motion.shape[1] != MOTION_CHANNELS:
            raise ValueError(f"motion must be (M, {MOTION_CHANNELS}), got {self.motion.shape}")

    @property
    def clip_id(self) -> str:
        """The same span of the same content always has the same id."""
        return f"{self.video.video_id}:{round(self.span.start_seconds * 1000)}"
