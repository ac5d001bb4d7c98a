"""Simulated camera movement: a window that travels over a photograph gives a moving picture."""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_TIGHT = 0.6
"""Side of the small window as a share of the photograph's."""
_SHAKE = 0.04
"""Standard deviation of a shaky camera's place in each frame, as a share of the photograph."""


class Movement(StrEnum):
    """What the camera does; a pan to the right makes the picture's content travel left."""

    STATIC = "static"
    PAN_LEFT = "pan left"
    PAN_RIGHT = "pan right"
    TILT_UP = "tilt up"
    TILT_DOWN = "tilt down"
    ZOOM_IN = "zoom in"
    ZOOM_OUT = "zoom out"
    SHAKY = "shaky"


MOVEMENTS = tuple(Movement)
"""All movements, in the order in which classifiers and figures give them."""

# Where the window is at the start and at the end: (x, y, side), place as a share of the free room.
_PATHS: dict[Movement, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    Movement.STATIC: ((0.5, 0.5, 1.0), (0.5, 0.5, 1.0)),
    Movement.PAN_LEFT: ((1.0, 0.5, _TIGHT), (0.0, 0.5, _TIGHT)),
    Movement.PAN_RIGHT: ((0.0, 0.5, _TIGHT), (1.0, 0.5, _TIGHT)),
    Movement.TILT_UP: ((0.5, 1.0, _TIGHT), (0.5, 0.0, _TIGHT)),
    Movement.TILT_DOWN: ((0.5, 0.0, _TIGHT), (0.5, 1.0, _TIGHT)),
    Movement.ZOOM_IN: ((0.5, 0.5, 1.0), (0.5, 0.5, _TIGHT)),
    Movement.ZOOM_OUT: ((0.5, 0.5, _TIGHT), (0.5, 0.5, 1.0)),
    Movement.SHAKY: ((0.5, 0.5, 0.85), (0.5, 0.5, 0.85)),
}


def simulate_movement(
    image: NDArray[np.uint8], movement: Movement, *, frames: int, size: int, seed: int = 0
) -> NDArray[np.uint8]:
    """Film a photograph ``(H, W, 3)`` with a moving camera: ``(T, size, size, 3)``.

    The window has the photograph's proportions and is squashed to a square, like every frame that
    the compact encoder sees. `seed` chooses the path of a shaky camera.
    """
    photograph = Image.fromarray(image)
    begin, end = np.array(_PATHS[movement][0]), np.array(_PATHS[movement][1])
    share = np.linspace(0, 1, frames)[:, None]  # (T, 1)
    windows = begin + share * (end - begin)  # (T, 3)
    if movement is Movement.SHAKY:
        jumps = np.random.default_rng(seed).normal(0, _SHAKE, (frames, 2)) / (1 - windows[:, 2:])
        windows[:, :2] = np.clip(0.5 + jumps, 0, 1)
    return np.stack([_view(photograph, *window, size=size) for window in windows])


def _view(
    photograph: Image.Image, x: float, y: float, side: float, *, size: int
) -> NDArray[np.uint8]:
    width, height = photograph.width * side, photograph.height * side
    left, top = (photograph.width - width) * x, (photograph.height - height) * y
    box = (left, top, left + width, top + height)
    return np.asarray(photograph.resize((size, size), Image.Resampling.BICUBIC, box=box))
