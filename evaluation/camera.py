"""How often the camera's movement is named rightly."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from encoder.camera import CameraClassifier
from evaluation.images import EvaluationError, read_table
from evaluation.intervals import Interval, share_intervals
from ingest.camera import MOVEMENTS, Movement
from ingest.clip import ClipSpan
from ingest.discovery import find_media
from ingest.errors import VideoError
from ingest.motion import motion_in
from ingest.video import Video

COLUMNS = ("file", "start", "end", "movement")
_WHOLE = ClipSpan(0, math.inf)


@dataclass(frozen=True)
class CameraMove:
    """One stretch of a video in which the camera does one thing."""

    path: Path
    movement: Movement
    span: ClipSpan = _WHOLE


@dataclass(frozen=True, eq=False)
class CameraReport:
    """One evaluation of camera movement, in percent of the moves."""

    accuracy: float
    interval: Interval
    per_class: dict[str, float]
    """Of each movement's own clips; only movements that there are clips of."""
    confusion: NDArray[np.int64]
    """``(8, 8)`` how often each movement (row) was taken for each (column), in the order of
    `encoder.camera.MOVEMENTS`."""

    @property
    def clips(self) -> int:
        return int(self.confusion.sum())


def moves_in_folders(folder: Path) -> list[CameraMove]:
    """Every video under ``folder/<movement>/``, for instance ``pan_left/``, taken as one move.

    Raises :class:`EvaluationError` where a folder is named like no movement, or there is no video.
    """
    moves = [
        CameraMove(found, _movement(part.name, part))
        for part in sorted(path for path in folder.iterdir() if path.is_dir())
        for found in find_media([part])
    ]
    if not moves:
        raise EvaluationError(f"{folder}: no videos; put them into one folder for each movement")
    return moves


def moves_in_table(file: Path, folder: Path) -> list[CameraMove]:
    """Read lines of ``file<TAB>start<TAB>end<TAB>movement``, seconds; files lie in `folder`.

    Raises :class:`EvaluationError` naming the file or movement that is not right.
    """
    return [_move(file, folder, row) for row in read_table(file, COLUMNS)]


def _move(file: Path, folder: Path, row: tuple[str, ...]) -> CameraMove:
    name, start, end, movement = row
    try:
        span = ClipSpan(float(start), float(end))
    except ValueError as error:
        raise EvaluationError(f"{file}: {name}: start and end are no span ({error})") from error
    return CameraMove(folder / name, _movement(movement, file), span)


def _movement(name: str, where: Path) -> Movement:
    try:
        return Movement(name.replace("_", " ").lower())
    except ValueError as error:
        known = ", ".join(MOVEMENTS)
        raise EvaluationError(
            f"{where}: {name!r} is no camera movement; known are {known}"
        ) from error


def ignore_progress(moves_done: int, moves_total: int) -> None:
    """Listen to nothing: the default where nobody watches."""


def evaluate_camera(
    classifier: CameraClassifier,
    moves: Sequence[CameraMove],
    *,
    on_progress: Callable[[int, int], None] = ignore_progress,
) -> CameraReport:
    """Name the movement of each clip, all eight competing, and compare.

    Raises :class:`EvaluationError` where there are no moves, or a video cannot be used or has
    fewer than two frames a tenth of a second apart within the span.
    """
    if not moves:
        raise EvaluationError("there are no moves to evaluate; give at least one")
    confusion = np.zeros((len(MOVEMENTS), len(MOVEMENTS)), np.int64)
    right = []
    for move, motion in zip(moves, _measured(moves), strict=True):
        found = int(classifier.probabilities([motion])[0].argmax())
        confusion[MOVEMENTS.index(move.movement), found] += 1
        right.append(MOVEMENTS[found] is move.movement)
        on_progress(len(right), len(moves))
    (interval,) = share_intervals(np.array(right, np.float64)[:, None], np.ones(len(right)))
    counts = confusion.sum(1)
    return CameraReport(
        accuracy=100 * float(np.mean(right)),
        interval=interval,
        per_class={
            str(movement): 100 * float(confusion[i, i] / counts[i])
            for i, movement in enumerate(MOVEMENTS)
            if counts[i]
        },
        confusion=confusion,
    )


def _measured(moves: Sequence[CameraMove]) -> Iterator[NDArray[np.float32]]:
    for move in moves:
        try:
            with Video.open(move.path) as video:
                motion = motion_in(video, move.span)
        except (VideoError, OSError) as error:
            raise EvaluationError(f"a clip to evaluate cannot be used: {error}") from error
        if not len(motion):
            raise EvaluationError(f"{move.path}: too short to show a movement; leave it out")
        yield motion
