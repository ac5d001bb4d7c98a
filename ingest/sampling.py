"""Reads a video once, from start to end, as clips."""

import math
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.ahead import read_ahead
from ingest.clip import MOTION_CHANNELS, WHOLE, Clip, ClipSpan, Segment
from ingest.frame import ShownFrame
from ingest.motion import MotionTracker
from ingest.shots import ShotDetector
from ingest.spans import SpanCutter
from ingest.video import Video

CLIPS_AHEAD = 8
"""So that decoding goes on while a batch is being encoded; 6 MB each where two frames a second are
kept of wide pictures."""


@dataclass(frozen=True)
class Sampling:
    """How a video is cut into clips, and which of its frames they keep."""

    frames_per_second: float = 2.0
    """Moments a second at which the shown frame is kept; each frame at most once."""
    max_seconds: float = 8.0
    min_seconds: float = 1.0
    short_side: int = 256
    """Longest shorter side of a kept frame, pixels; frames are never enlarged."""

    def __post_init__(self) -> None:
        if self.frames_per_second * self.min_seconds < 1:
            raise ValueError(
                "the shortest clip must hold a frame, but at "
                f"{self.frames_per_second} frames a second {self.min_seconds} s holds none"
            )
        if not 0 < 2 * self.min_seconds <= self.max_seconds or self.short_side < 1:
            raise ValueError(f"need 0 < 2 * min <= max seconds and a short side >= 1, got {self}")


def ignore_clip(clip: Clip) -> None:
    """Do nothing with a clip: the default where it is only read."""


def read_clips(
    video: Video,
    sampling: Sampling,
    *,
    segments: Sequence[Segment] = (WHOLE,),
    on_clip: Callable[[Clip], object] = ignore_clip,
) -> Generator[Clip]:
    """Yield the clips of some segments, one after another, decoding each once.

    The spans tile a segment; see `SpanCutter`. Nothing outside the segment has an influence on
    them. A clip holds the frames shown at moments a fixed time apart, with their own times; where
    a single frame stands longer than a clip, that frame (and its time, which then lies before the
    span). A thread reads a few clips ahead, and calls `on_clip` with each; closing the generator
    ends it. What is held in memory does not grow with the video. Raises ``CorruptVideoError`` and
    others as `Video.frames`, and what `on_clip` raises.
    """

    def read() -> Iterator[Clip]:
        for segment in segments:
            for clip in _clips(video, sampling, segment):
                on_clip(clip)
                yield clip

    return read_ahead(read(), depth=CLIPS_AHEAD)


def _clips(video: Video, sampling: Sampling, segment: Segment) -> Iterator[Clip]:
    cutter = SpanCutter(
        min_seconds=sampling.min_seconds,
        max_seconds=sampling.max_seconds,
        start_seconds=segment.start_seconds,
    )
    detector = ShotDetector()
    assembly = _Assembly(video)
    end = segment.start_seconds
    for step in _steps(video, sampling, segment):
        end = step.end_seconds
        if step.sample is not None:
            assembly.add(step.sample)
        if step.motion is not None:
            assembly.add_motion(step.motion)
        if step.small_bgr is None:
            continue
        start = detector.look_at(step.small_bgr, seconds=step.seconds)
        if start is not None:
            cutter.begin_shot(start)
        yield from map(assembly.clip, cutter.advance(step.seconds))
    if end > segment.start_seconds:
        yield from map(assembly.clip, cutter.finish(end))


@dataclass(frozen=True, eq=False)
class _Sample:
    seconds: float
    rgb: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class _Motion:
    """How the picture moved between two looks."""

    begin_seconds: float
    end_seconds: float
    step: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class _Step:
    """What one frame contributes: a look at it, and the frame before it where that is kept."""

    seconds: float
    end_seconds: float
    sample: _Sample | None
    small_bgr: NDArray[np.uint8] | None
    """None for the last step, which is no new frame but the end."""
    motion: _Motion | None = None


def _steps(video: Video, sampling: Sampling, segment: Segment) -> Iterator[_Step]:
    moments = 0
    """How many sampling moments have passed."""
    shown: ShownFrame | None = None
    tracker = MotionTracker()
    for frame in video.frames(segment):
        sample = None
        if shown is not None and moments / sampling.frames_per_second < frame.seconds:
            # Only now is it known that the frame before was the one shown at that moment.
            sample = _Sample(shown.seconds, shown.rgb(short_side=sampling.short_side))
            moments = math.ceil(frame.seconds * sampling.frames_per_second)
        small = frame.small_bgr()
        motion = _measured(tracker, small, frame.seconds)
        yield _Step(frame.seconds, frame.end_seconds, sample, small, motion)
        shown = frame
    if shown is not None:
        # The last frame stands until the next segment begins.
        end = shown.end_seconds if segment.end_seconds is None else segment.end_seconds
        sample = None
        if moments / sampling.frames_per_second < end:
            sample = _Sample(shown.seconds, shown.rgb(short_side=sampling.short_side))
        yield _Step(shown.seconds, end, sample, None)


def _measured(
    tracker: MotionTracker, small_bgr: NDArray[np.uint8], seconds: float
) -> _Motion | None:
    if not tracker.wants(seconds):
        return None
    measured = tracker.look_at(small_bgr, seconds=seconds)
    return None if measured is None else _Motion(measured[0], seconds, measured[1])


class _Assembly:
    """Keeps frames and motion until it is known which clip they belong to."""

    def __init__(self, video: Video) -> None:
        self._info = video.info
        self._waiting: deque[_Sample] = deque()
        self._moving: deque[_Motion] = deque()
        self._newest: _Sample | None = None
        """The last frame that went into a clip: what is shown until the next one."""

    def add(self, sample: _Sample) -> None:
        self._waiting.append(sample)

    def add_motion(self, motion: _Motion) -> None:
        self._moving.append(motion)

    def clip(self, span: ClipSpan) -> Clip:
        samples: list[_Sample] = []
        while self._waiting and self._waiting[0].seconds < span.end_seconds:
            samples.append(self._waiting.popleft())
        if not samples and self._newest is not None:
            samples.append(self._newest)
        self._newest = samples[-1]
        return Clip(
            video=self._info,
            span=span,
            frames=np.stack([sample.rgb for sample in samples]),
            pts_seconds=np.array([sample.seconds for sample in samples]),
            motion=self._motion_within(span),
        )

    def _motion_within(self, span: ClipSpan) -> NDArray[np.float32]:
        steps = [np.zeros((0, MOTION_CHANNELS), np.float32)]
        while self._moving and self._moving[0].begin_seconds < span.end_seconds:
            motion = self._moving.popleft()
            # A step into or out of the span says how two shots differ, not how one moves.
            if motion.begin_seconds >= span.start_seconds and motion.end_seconds < span.end_seconds:
                steps.append(motion.step[None])
        return np.concatenate(steps)
