"""How the whole picture moves, measured between small frames a tenth of a second apart.

Two frames half a second apart, as clips keep them, often share too little to be matched. Frames
that are looked at for shots anyway are closer: corners of one are found again in the next
(pyramidal Lucas-Kanade, Bouguet 2001, forwards and backwards), and the similarity transform that
most of them agree on (RANSAC, Fischler and Bolles 1981) is the movement of the camera.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.clip import MOTION_CHANNELS

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
_WINDOW = (15, 15)
_LEVELS = 3
_AGREEMENT = 0.8
"""Pixels that a corner may miss the common movement by and still count."""
_RETURN = 0.7
"""Pixels that a corner may miss its start by when it is followed back again."""
_STILL = 0.25
"""Pixels within which a corner counts as not moved."""
_BORDER = 0.25
"""Width of the frame's border as a share of its sides: the subject is rarely there."""


class MotionTracker:
    """Measures one video, frame by frame.

    A step of motion is ``(10,)``, what the picture's content did since the look before, a second
    and as a share of the picture's sides: 0 right, 1 down, 2 natural logarithm of its growth,
    3 clockwise turn in radians, 4 and 5 middle movement of the corners near the border right and
    down, 6 mean distance of the corners from the common movement. The others are shares: 7 corners
    that agree on the movement, 8 corners that stay where they are, 9 corners found again out of
    the most that are looked for. Where too few are found, all ten are 0.
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


def motion_between(
    before: NDArray[np.uint8], after: NDArray[np.uint8], *, seconds: float
) -> NDArray[np.float32]:
    """One step of motion ``(10,)`` from two grey frames ``(H, W)``; see `MotionTracker`."""
    start, end = _followed(before, after)
    nothing = np.zeros(MOTION_CHANNELS, np.float32)
    if len(start) < _LEAST_POINTS:
        return nothing
    matrix, agreeing = cv2.estimateAffinePartial2D(
        start, end, method=cv2.RANSAC, ransacReprojThreshold=_AGREEMENT, maxIters=200
    )
    if matrix is None:
        return nothing
    sides = np.array(before.shape[::-1], np.float64)  # width, height
    middle = sides / 2
    linear, shift = matrix[:, :2], matrix[:, 2]
    moved = (linear @ middle + shift - middle) / sides
    missed = np.linalg.norm(start @ linear.T + shift - end, axis=1).mean() / sides.max()
    growth = np.log(max(float(np.hypot(linear[0, 0], linear[1, 0])), 1e-3))
    turn = np.arctan2(linear[1, 0], linear[0, 0])
    border = _border_movement(start, end, sides)
    speeds = np.array([*moved, growth, turn, *border, missed]) / seconds
    still = np.mean(np.linalg.norm(end - start, axis=1) < _STILL)
    shares = [float(agreeing.mean()), float(still), len(start) / _MOST_POINTS]
    return np.concatenate([speeds, shares]).astype(np.float32)


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


def _border_movement(start: Points, end: Points, sides: NDArray[np.float64]) -> Points:
    """Median movement ``(2,)`` of the points near the border; 0 where there are none."""
    place = start / sides
    outer = (np.minimum(place, 1 - place) < _BORDER).any(axis=1)
    if not outer.any():
        return np.zeros(2, np.float32)
    return np.asarray(np.median((end - start)[outer], axis=0) / sides, np.float32)
