"""Where shots begin, told from the frames as they are decoded."""

from collections import deque

import numpy as np
from numpy.typing import NDArray
from scenedetect.common import FrameTimecode
from scenedetect.detectors import AdaptiveDetector

WINDOW_FRAMES = 2
"""Neighbours on each side that a frame's change is compared with."""

NOMINAL_RATE = 25.0
"""The detector wants a frame rate but only counts; times are kept here."""


class ShotDetector:
    """Finds hard cuts, frame by frame.

    A cut is a frame that differs from the one before it much more than its neighbours do from
    theirs, so camera movement is none (PySceneDetect's ``AdaptiveDetector``, its own thresholds).
    """

    def __init__(self) -> None:
        # The least length of a shot is the business of the spans.
        self._detector = AdaptiveDetector(min_scene_len=0, window_width=WINDOW_FRAMES)
        self._frames = 0
        self._recent: deque[float] = deque(maxlen=WINDOW_FRAMES + 1)

    def look_at(self, small_bgr: NDArray[np.uint8], *, seconds: float) -> list[float]:
        """Take in the next frame, ``(H, W, 3)`` BGR; return the starts of shots now certain.

        A shot is certain two frames after its first one.
        """
        self._recent.append(seconds)
        cuts = self._detector.process_frame(FrameTimecode(self._frames, NOMINAL_RATE), small_bgr)
        starts = [self._recent[cut.frame_num - self._frames - 1] for cut in cuts]
        self._frames += 1
        return starts
