"""Where a simulated camera looks, look by look: drawn at random, as people move cameras."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.camera import Movement

_RIGHT, _DOWN, _CLOSER, _TURN = range(4)
_MAIN: dict[Movement, tuple[int, int]] = {
    Movement.PAN_LEFT: (_RIGHT, -1),
    Movement.PAN_RIGHT: (_RIGHT, 1),
    Movement.TILT_UP: (_DOWN, -1),
    Movement.TILT_DOWN: (_DOWN, 1),
    Movement.ZOOM_IN: (_CLOSER, 1),
    Movement.ZOOM_OUT: (_CLOSER, -1),
}
"""The channel of the path that a movement is about, and its sign."""
_SPEEDS = {_RIGHT: (0.04, 0.9), _DOWN: (0.04, 0.9), _CLOSER: (0.03, 0.5)}
"""Slowest and fastest a second, in sides of the view or as logarithm of the zoom."""
_LEAST = 0.12
"""Sides of the view, or logarithm of the zoom, below which nobody would speak of a movement."""
_MOST = {_RIGHT: 3.0, _DOWN: 3.0, _CLOSER: 1.1}
_ASIDE = 0.35
"""Most that a movement strays into another direction, as a share of itself."""
_ZOOM_ASIDE = 0.5
"""Most that a pan or tilt zooms beside: a zoom of 1 moves what is at the edge by half a side."""
_STEADY = (0.001, 0.045)
"""Speed of a camera on a stand or in a calm hand, sides of the view a second."""
_SHAKY = (0.07, 0.8)


@dataclass(frozen=True, eq=False)
class CameraPath:
    """A camera's way over a photograph."""

    seconds: NDArray[np.float64]
    """``(T,)`` when each frame is taken; 0 first."""
    places: NDArray[np.float64]
    """``(T, 4)`` right and down in sides of the first view, logarithm of the zoom, and clockwise
    turn in radians, all from where the camera is at first."""


def draw_path(movement: Movement, rng: np.random.Generator) -> CameraPath:
    """Draw speed, easing, pauses, straying and unsteadiness of one movement, and its length."""
    rate = rng.uniform(6, 10) if rng.random() < 0.8 else rng.uniform(2, 6)
    length = rng.uniform(1.5, 7)
    seconds = np.arange(max(5, round(length * rate))) / rate
    places = np.zeros((len(seconds), 4))
    if movement in _MAIN:
        channel, sign = _MAIN[movement]
        places, speed = _journey(seconds, channel, rng)
        places *= sign
        unsteady = speed * rng.uniform(0, 0.5) if rng.random() < 0.7 else 0.0
        return CameraPath(seconds, places + _shake(seconds, min(unsteady, 0.2), rng))
    if movement is Movement.SHAKY:
        speed = _log_uniform(*_SHAKY, rng)
        places[:, :2] = seconds[:, None] * speed * rng.uniform(-0.3, 0.3, 2)
        return CameraPath(seconds, places + _shake(seconds, speed, rng))
    steady = _log_uniform(*_STEADY, rng) if rng.random() < 0.5 else 0.0
    return CameraPath(seconds, places + _shake(seconds, steady, rng))


def _journey(
    seconds: NDArray[np.float64], channel: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], float]:
    """A movement along one channel, perhaps with a pause at either end, and its speed."""
    pauses = rng.uniform(0, 0.3, 2) * (rng.random(2) < 0.4)
    length = seconds[-1]
    begin, end = length * pauses[0], length * (1 - pauses[1])
    share = np.clip((seconds - begin) / (end - begin), 0, 1)
    eased = share + rng.uniform(0, 1) * (share**2 * (3 - 2 * share) - share)
    speed = _log_uniform(*_SPEEDS[channel], rng)
    way = float(np.clip(speed * (end - begin), _LEAST, _MOST[channel]))
    places = np.zeros((len(seconds), 4))
    aside = way * rng.uniform(-_ASIDE, _ASIDE, 2) * (rng.random(2) < 0.6)
    places[:, :2] = eased[:, None] * aside
    zoom = way * rng.uniform(-_ZOOM_ASIDE, _ZOOM_ASIDE) * (rng.random() < 0.6)
    places[:, _CLOSER] = eased * np.clip(zoom, -_MOST[_CLOSER], _MOST[_CLOSER])
    places[:, channel] = eased * way
    return places, way / (end - begin)


def _shake(
    seconds: NDArray[np.float64], speed: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """``(T, 4)`` wobble about one place whose root mean square speed is `speed`."""
    smoothing = int(rng.integers(1, 5))
    noise = rng.normal(0, 1, (len(seconds) + smoothing - 1, 4))
    kernel = np.hanning(smoothing + 2)[1:-1]
    smooth = np.stack([np.convolve(channel, kernel, "valid") for channel in noise.T], 1)
    steps = np.diff(smooth[:, :2], axis=0) / seconds[1]
    pace = float(np.sqrt((steps**2).sum(1).mean()))
    weights = np.array([1, rng.uniform(0.5, 1.5), *rng.uniform(0, 0.3, 2)])
    return np.asarray((smooth - smooth[0]) * weights * (speed / pace))


def _log_uniform(low: float, high: float, rng: np.random.Generator) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))
