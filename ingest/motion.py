"""How the whole picture moves, measured between small frames a tenth of a second apart.

Two frames half a second apart, as clips keep them, often share too little to be matched. Frames
that are looked at for shots anyway are closer: corners of one are found again in the next
(pyramidal Lucas-Kanade, Bouguet 2001, forwards and backwards), and the similarity transform that
most of them agree on (RANSAC, Fischler and Bolles 1981) is the movement of the camera.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.clip import MOTION_CHANNELS, ClipSpan
from ingest.video import Video

# Frames this small are done before another thread wakes up.
cv2.setNumThreads(1)

Points = NDArray[np.float32]
"""``(K, 2)`` places, x and y in pixels."""

INTERVAL_SECONDS = 0.1
"""Least time between two looks: less shows too little movement, more costs the sight of shakes."""

_ROUNDING = 1e-6
_MOST_POINTS = 120
_LEAST_POINTS = 6
_QUALITY = 0.01
"""Weakest corner as a share of the strongest."""
_DISTANCE = 5.0
"""Least pixels between corners, so that they spread over the picture."""
_WINDOW = (16, 15)
"""Pixels around a corner, across and down. OpenCV takes eight of a row at once: 15 across take half
as long again."""
_LEVELS = 3
_AGREEMENT = 0.8
"""Pixels that a corner may miss the common movement by and still count."""
_RETURN = 0.7
"""Pixels that a corner may miss its start by when it is followed back again."""
_STILL = 0.25
"""Pixels within which a corner counts as not moved."""
_SPEEDS = [0, 1, 2, 3, 6, 7, 8, 9, 12, 13]
"""The channels that are counted by the second."""
_BORDER = 0.25
"""Width of the frame's border as a share of its sides: the subject is rarely there."""


class MotionTracker:
    """Measures one video, frame by frame.

    A step of motion is ``(16,)``: what the picture's content did since the look before, movements
    a second and as a share of the picture's sides.

    - 0 to 5, the movement that most corners agree on: to the right, down, natural logarithm of
      the growth, clockwise turn in radians, share of the corners, and how far these are spread
      (standard deviation of their places).
    - 6 to 11, the same of the other corners, which may belong to something that moves by itself,
      or to the scene where the others belong to what is written over it.
    - 12 and 13, the middle movement of the corners near the border, to the right and down.
    - 14, share of the corners that stay where they are.
    - 15, corners found again out of the most that are looked for.

    What cannot be told is 0.
    """

    def __init__(self) -> None:
        self._grey: NDArray[np.uint8] | None = None
        self._seconds = 0.0

    def wants(self, seconds: float) -> bool:
        """Whether the frame shown at `seconds` is to be looked at."""
        return self._grey is None or seconds - self._seconds >= INTERVAL_SECONDS - _ROUNDING

    def look_at(
        self, small_bgr: NDArray[np.uint8], *, seconds: float
    ) -> tuple[float, NDArray[np.float32]] | None:
        """Take in an upright ``(H, W, 3)`` BGR frame; return when the step began, and the step.

        The first frame, and one of another size, has no step.
        """
        before, since = self._grey, self._seconds
        grey = np.asarray(cv2.cvtColor(small_bgr, cv2.COLOR_BGR2GRAY), np.uint8)
        self._grey, self._seconds = grey, seconds
        if before is None or before.shape != grey.shape:
            return None
        return since, motion_between(before, grey, seconds=seconds - since)


def motion_of(rgb: NDArray[np.uint8], seconds: NDArray[np.float64]) -> NDArray[np.float32]:
    """All steps ``(M, 16)`` of a film of small frames ``(T, H, W, 3)``, shown at ``(T,)``."""
    tracker = MotionTracker()
    steps = [np.zeros((0, MOTION_CHANNELS), np.float32)]
    for frame, moment in zip(rgb, seconds, strict=True):
        if tracker.wants(moment):
            measured = tracker.look_at(np.ascontiguousarray(frame[..., ::-1]), seconds=moment)
            steps += [] if measured is None else [measured[1][None]]
    return np.concatenate(steps)


def motion_in(video: Video, span: ClipSpan) -> NDArray[np.float32]:
    """All steps ``(M, 16)`` of the part of a video that lies within `span`, as one clip.

    Raises a ``VideoError`` as `Video.frames` does.
    """
    tracker = MotionTracker()
    steps = [np.zeros((0, MOTION_CHANNELS), np.float32)]
    for frame in video.frames():
        if frame.seconds >= span.end_seconds:
            break
        if frame.seconds >= span.start_seconds and tracker.wants(frame.seconds):
            measured = tracker.look_at(frame.small_bgr(), seconds=frame.seconds)
            steps += [] if measured is None else [measured[1][None]]
    return np.concatenate(steps)


def motion_between(
    before: NDArray[np.uint8], after: NDArray[np.uint8], *, seconds: float
) -> NDArray[np.float32]:
    """One step of motion ``(16,)`` from two grey frames ``(H, W)``; see `MotionTracker`."""
    start, end = _followed(before, after)
    sides = np.array(before.shape[::-1], np.float64)  # width, height
    if len(start) < _LEAST_POINTS:
        return np.zeros(MOTION_CHANNELS, np.float32)
    first, agreeing = _common_movement(start, end, sides)
    second, _ = _common_movement(start[~agreeing], end[~agreeing], sides)
    place = start / sides
    outer = (np.minimum(place, 1 - place) < _BORDER).any(axis=1)
    border = np.median((end - start)[outer], axis=0) / sides if outer.any() else np.zeros(2)
    still = np.mean(np.linalg.norm(end - start, axis=1) < _STILL)
    step = np.concatenate([first, second, border, [still, len(start) / _MOST_POINTS]])
    step[[4, 10]] /= len(start)
    step[_SPEEDS] /= seconds
    return step.astype(np.float32)


def _common_movement(
    start: Points, end: Points, sides: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """What most points did: ``(6,)`` right, down, growth, turn, how many, spread; and which."""
    nothing = np.zeros(6), np.zeros(len(start), np.bool_)
    if len(start) < _LEAST_POINTS:
        return nothing
    matrix, mask = cv2.estimateAffinePartial2D(
        start, end, method=cv2.RANSAC, ransacReprojThreshold=_AGREEMENT, maxIters=200
    )
    if matrix is None:
        return nothing
    agreeing = np.asarray(mask.ravel() == 1)
    linear, shift, middle = matrix[:, :2], matrix[:, 2], sides / 2
    moved = (linear @ middle + shift - middle) / sides
    growth = np.log(max(float(np.hypot(linear[0, 0], linear[1, 0])), 1e-3))
    turn = np.arctan2(linear[1, 0], linear[0, 0])
    spread = float((start[agreeing] / sides).std(axis=0).mean())
    return np.array([*moved, growth, turn, agreeing.sum(), spread]), agreeing


def _followed(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> tuple[Points, Points]:
    """Corners of one frame, and where they are in the next: ``(K, 2)`` each."""
    none = np.zeros((0, 2), np.float32)
    corners = cv2.goodFeaturesToTrack(before, _MOST_POINTS, _QUALITY, _DISTANCE)
    if corners is None:
        return none, none
    there, found, _ = cv2.calcOpticalFlowPyrLK(
        before, after, corners, corners.copy(), winSize=_WINDOW, maxLevel=_LEVELS
    )
    back, returned, _ = cv2.calcOpticalFlowPyrLK(
        after, before, there, there.copy(), winSize=_WINDOW, maxLevel=_LEVELS
    )
    start, end, again = (p.reshape(-1, 2) for p in (corners, there, back))
    sure = (found.ravel() == 1) & (returned.ravel() == 1)
    sure &= np.linalg.norm(again - start, axis=1) < _RETURN
    return start[sure], end[sure]
