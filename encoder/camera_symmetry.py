"""What the same camera work measures in a mirror, upside down or backwards."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ingest.camera import MOVEMENTS, Movement
from ingest.clip import MOTION_CHANNELS

# Channels of a step of motion that change their sign with the direction; see MotionTracker.
_RIGHT, _DOWN, _GROWTH, _TURN = (0, 6, 12), (1, 7, 13), (2, 8), (3, 9)
_MIRRORED = {
    Movement.PAN_LEFT: Movement.PAN_RIGHT,
    Movement.PAN_RIGHT: Movement.PAN_LEFT,
}
_UPSIDE_DOWN = {
    Movement.TILT_UP: Movement.TILT_DOWN,
    Movement.TILT_DOWN: Movement.TILT_UP,
}
_BACKWARDS = {
    **_MIRRORED,
    **_UPSIDE_DOWN,
    Movement.ZOOM_IN: Movement.ZOOM_OUT,
    Movement.ZOOM_OUT: Movement.ZOOM_IN,
}


@dataclass(frozen=True)
class Symmetry:
    """One way to show a film differently, which turns its movement into another one."""

    mirrored: bool
    upside_down: bool
    backwards: bool

    def steps(self, motion: NDArray[np.float32]) -> NDArray[np.float32]:
        """The motion ``(M, 16)`` that the film shown so would measure."""
        signs = np.ones(MOTION_CHANNELS, np.float32)
        if self.mirrored:
            signs[[*_RIGHT, *_TURN]] *= -1
        if self.upside_down:
            signs[[*_DOWN, *_TURN]] *= -1
        if self.backwards:
            signs[[*_RIGHT, *_DOWN, *_GROWTH, *_TURN]] *= -1
        shown: NDArray[np.float32] = (motion[::-1] if self.backwards else motion) * signs
        return shown

    def movement(self, number: int) -> int:
        """Which movement, as its place in `MOVEMENTS`, the given one looks like when shown so."""
        movement = MOVEMENTS[number]
        if self.mirrored:
            movement = _MIRRORED.get(movement, movement)
        if self.upside_down:
            movement = _UPSIDE_DOWN.get(movement, movement)
        if self.backwards:
            movement = _BACKWARDS.get(movement, movement)
        return MOVEMENTS.index(movement)


SYMMETRIES = tuple(Symmetry(*how) for how in product((False, True), repeat=3))
"""All eight, the film as it is first."""
