"""Simulated filming of a photograph: a moving camera, things that move before it, poor pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.camera import Movement
from ingest.camera_path import CameraPath, draw_path

Picture = NDArray[np.uint8]

_VIEWS = ((128, 72), (128, 96), (128, 128), (72, 128))
"""Widths and heights of the films, pixels; what shots are looked for in is as small."""
_MOST_THINGS = 3
_LEVELS = 255
_UNSHARP = 0.3
"""Share of static films whose scene offers little to hold on to, as bare walls do. Nobody could
tell how a camera moves over such a scene, so there it would only teach guessing."""
_MARKED = 0.4
"""Share of films with bars or panels over them."""


@dataclass(frozen=True, eq=False)
class Film:
    """A short film of a photograph."""

    seconds: NDArray[np.float64]
    """``(T,)`` when each frame is shown; 0 first."""
    frames: Picture
    """``(T, H, W, 3)``, in the photograph's order of colours."""


@dataclass(frozen=True, eq=False)
class _Thing:
    """Something cut out of another photograph, in sides of the view."""

    pixels: Picture
    centres: NDArray[np.float64]
    """``(T, 2)``."""
    sizes: NDArray[np.float64]
    """``(T, 2)`` width and height."""


def film_photograph(
    photographs: Sequence[Picture], movement: Movement, rng: np.random.Generator
) -> Film:
    """Film the first of some photographs ``(H, W, 3)``; things cut out of the others move on it.

    Speed, easing, pauses, unsteadiness, things that cross the view or stay in it, bars and marks
    that stand still, light, noise and compression are drawn from `rng`.
    """
    path = draw_path(movement, rng)
    size = _VIEWS[rng.integers(len(_VIEWS))]
    window = rng.uniform(0.35, 0.75)
    count = int(rng.integers(0, _MOST_THINGS + 1)) if rng.random() < 0.7 else 0
    things = [_draw_thing(photographs[1:], path, rng) for _ in range(count)]
    scene = photographs[0]
    if movement is Movement.STATIC and rng.random() < _UNSHARP:
        scene = np.asarray(cv2.GaussianBlur(scene, (0, 0), rng.uniform(2, 8)), np.uint8)
    views = _views(scene, path, size=size, window=window)
    for thing in things:
        for number, view in enumerate(views):
            _paint(view, thing, number)
    if rng.random() < _MARKED:
        _overlay(views, photographs[-1], rng)
    return Film(path.seconds, np.stack(_worsened(views, rng)))


def _views(
    photograph: Picture, path: CameraPath, *, size: tuple[int, int], window: float
) -> list[Picture]:
    """What the camera sees; beyond its edges the photograph goes on as its mirror image."""
    height, width = photograph.shape[:2]
    # The view's sides as they lie on the photograph, before any zoom.
    sides = np.array(size) * window * min(width / size[0], height / size[1])
    middle = np.array([width, height]) / 2
    way = path.places - path.places.mean(0)
    views = []
    for right, down, closer, turn in way:
        scale = sides[0] / size[0] * np.exp(-closer)
        cosine, sine = scale * np.cos(turn), scale * np.sin(turn)
        linear = np.array([[cosine, sine], [-sine, cosine]])
        origin = middle + sides * (right, down) - linear @ (np.array(size) / 2)
        view = cv2.warpAffine(
            photograph,
            np.column_stack([linear, origin]),
            size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REFLECT_101,
        )
        views.append(np.asarray(view, np.uint8))
    return views


def _draw_thing(
    photographs: Sequence[Picture], path: CameraPath, rng: np.random.Generator
) -> _Thing:
    photograph = photographs[int(rng.integers(len(photographs)))]
    seconds = path.seconds[:, None]
    size = rng.uniform(0.12, 0.5, 2)
    beat = np.sin(seconds * rng.uniform(2, 12) + rng.uniform(0, 6, 2)) * rng.uniform(0, 0.1)
    pace = rng.uniform(-0.5, 0.5, 2) * (rng.random() < 0.7)
    middle = seconds[len(seconds) // 2]
    centres = rng.uniform(0.2, 0.8, 2) + pace * (seconds - middle) + beat * size
    if rng.random() < 0.4:
        # It stands in the scene; otherwise the camera follows it or it goes its own way.
        centres = centres - (path.places[:, :2] - path.places[len(seconds) // 2, :2])
    growth = np.exp(rng.uniform(-0.1, 0.1) * (seconds - middle)) * (1 + beat)
    return _Thing(photograph, centres, np.clip(size * growth, 0.02, 1))


def _paint(view: Picture, thing: _Thing, number: int) -> None:
    """Paint an ellipse of the thing's pixels into the view, in place."""
    height, width = view.shape[:2]
    pixels_wide, pixels_high = np.maximum(3, (thing.sizes[number] * (width, height)).round())
    tall, wide = thing.pixels.shape[:2]
    left, top = thing.centres[number] * (width, height) - (pixels_wide / 2, pixels_high / 2)
    matrix = np.array([[pixels_wide / wide, 0, left], [0, pixels_high / tall, top]])
    mask = np.zeros((tall, wide), np.uint8)
    cv2.ellipse(mask, (wide // 2, tall // 2), (wide // 2, tall // 2), 0, 0, 360, _LEVELS, -1)
    inside = np.asarray(cv2.warpAffine(mask, matrix, (width, height))) > _LEVELS // 2
    view[inside] = np.asarray(cv2.warpAffine(thing.pixels, matrix, (width, height)))[inside]


def _overlay(views: Sequence[Picture], print_: Picture, rng: np.random.Generator) -> None:
    """Black bars, or panels and writing that do not move with the scene, in place."""
    height, width = views[0].shape[:2]
    if rng.random() < 0.3:
        depth = int(rng.uniform(0.03, 0.2) * height)
        for view in views:
            view[:depth] = 0
            view[height - depth :] = 0
        return
    for _ in range(rng.integers(1, 5)):
        wide, high = (rng.uniform(0.08, (0.5, 0.2)) * (width, height)).astype(int) + 1
        left = int(rng.uniform(0, width - wide))
        top = int(rng.choice([0.03, 0.75]) * height)
        panel = np.asarray(cv2.resize(print_, (int(wide), int(high)), interpolation=cv2.INTER_AREA))
        white = (_LEVELS, _LEVELS, _LEVELS)
        cv2.putText(panel, "2019 12:34", (2, 10), cv2.FONT_HERSHEY_SIMPLEX, 0.35, white)
        for view in views:
            room = view[top : top + high, left : left + wide]
            room[:] = panel[: len(room)]


def _worsened(views: Sequence[Picture], rng: np.random.Generator) -> list[Picture]:
    """Light that changes, noise, blur and compression."""
    noise = np.float32(rng.uniform(0, 6) * (rng.random() < 0.6))
    blur = rng.uniform(0.4, 1.2) * (rng.random() < 0.4)
    flicker = rng.uniform(0, 0.05) * (rng.random() < 0.3)
    quality = int(rng.integers(25, 96))
    worse = []
    for view in views:
        seen = cv2.GaussianBlur(view, (0, 0), blur) if blur else view
        light = seen * np.float32(1 + flicker * rng.normal())
        if noise:
            light += noise * rng.standard_normal(view.shape, np.float32)
        pixels = light.clip(0, _LEVELS).astype(np.uint8)
        _, packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
        worse.append(np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8))
    return worse
