"""Films of photographs with known camera movement, and what is measured of them."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from encoder.camera_symmetry import Symmetry
from ingest.camera import MOVEMENTS, Movement
from ingest.camerawork import Film, film_photograph
from ingest.clip import MOTION_CHANNELS
from ingest.motion import motion_of
from training.data import CaptionedPictures, TrainingDataError

TRAIN_SEED, DEV_SEED = 0, 1
_PLAIN = 0.05  # share of static films that show nothing to hold on to
_THINGS = 3  # photographs that things are cut out of
_CHUNK = 16


@dataclass(frozen=True, eq=False)
class MeasuredFilms:
    """Motion of films, with the movement that made it."""

    motion: tuple[NDArray[np.float32], ...]
    """``(M, 16)`` each."""
    labels: NDArray[np.int64]
    """``(N,)`` places in `MOVEMENTS`."""


def film(pictures: CaptionedPictures, number: int, *, seed: int) -> Film:
    """Film one picture with movement ``number % 8``; past the last picture, the first again."""
    rng = np.random.default_rng([seed, number])
    movement = MOVEMENTS[number % len(MOVEMENTS)]
    others = rng.integers(0, len(pictures), _THINGS)
    photographs = [np.asarray(pictures.picture(int(i) % len(pictures))) for i in (number, *others)]
    if movement is Movement.STATIC and rng.random() < _PLAIN:
        photographs[0] = np.full_like(photographs[0], photographs[0].mean())
    return film_photograph(photographs, movement, rng)


def measured_films(
    pictures: CaptionedPictures, count: int, *, seed: int, cache: Path
) -> MeasuredFilms:
    """Film `count` times and measure, or read what the folder `cache` keeps of doing so.

    Raises:
        TrainingDataError: a picture cannot be read, or what is kept is damaged.
    """
    path = cache / f"{pictures.name}-{count}-{seed}.camera.npz"
    if not path.exists():
        _keep(path, _measure_all(pictures, count, seed=seed))
    try:
        with np.load(path) as kept:
            parts = np.split(kept["motion"], np.cumsum(kept["lengths"])[:-1])
            labels = np.arange(len(parts)) % len(MOVEMENTS)
    except (OSError, ValueError, KeyError) as error:
        raise TrainingDataError(f"{path}: damaged ({error}); delete it") from error
    return MeasuredFilms(tuple(parts), labels)


def vary(
    steps: NDArray[np.float32], label: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], int]:
    """The motion ``(M, 16)`` and label of the same film mirrored, upside down or backwards."""
    mirrored, upside_down, backwards = rng.random(3) < 0.5
    symmetry = Symmetry(bool(mirrored), bool(upside_down), bool(backwards))
    return symmetry.steps(steps), symmetry.movement(label)


def _measure_all(
    pictures: CaptionedPictures, count: int, *, seed: int
) -> list[NDArray[np.float32]]:
    # Spawned, not forked: OpenCV's and PyTorch's threads do not survive a fork.
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as workers:
        measured = workers.map(partial(_measure, pictures, seed), range(count), chunksize=_CHUNK)
        return list(track(measured, f"filming {pictures.name}", total=count))


def _measure(pictures: CaptionedPictures, seed: int, number: int) -> NDArray[np.float32]:
    shot = film(pictures, number, seed=seed)
    return motion_of(shot.frames, shot.seconds)


def _keep(path: Path, motion: list[NDArray[np.float32]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".partial.npz")
    rows = np.concatenate(motion).reshape(-1, MOTION_CHANNELS)
    np.savez(unfinished, motion=rows, lengths=[len(steps) for steps in motion])
    unfinished.replace(path)
