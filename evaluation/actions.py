"""How often actions are recognised: accuracy, per class, and what was taken for what.

The clips lie in one folder for each class; `hand_shake` holds clips of "hand shake". The answer
for a clip is the most probable of these classes, so "none of these" is no answer here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from encoder.interface import ClipEncoder
from evaluation.images import EvaluationError, ignore_progress
from evaluation.intervals import Interval, share_intervals
from ingest.clip import Clip
from ingest.discovery import find_media
from ingest.errors import VideoError
from ingest.sampling import Sampling, read_clips
from ingest.video import Video

FRAMES_PER_SECOND = 4.0
"""Twice what indexing takes by default: enough to see a blow, and 16 frames in four seconds."""


@runtime_checkable
class ActionEncoder(ClipEncoder, Protocol):
    """An encoder that recognises actions."""

    @property
    def action_labels(self) -> tuple[str, ...]:
        """All actions that it knows."""

    def action_probabilities(self, clips: Sequence[Clip]) -> NDArray[np.float32]:
        """``(N, len(action_labels))``, each against the other labels of its family and none."""


@dataclass(frozen=True)
class ActionClips:
    """The clips of one class."""

    name: str
    """As the folder is called."""
    files: tuple[Path, ...]

    @property
    def label(self) -> str:
        """As encoders call the class."""
        return label_of(self.name)


@dataclass(frozen=True, eq=False)
class ActionReport:
    """One evaluation, shares in percent."""

    classes: tuple[str, ...]
    confusion: NDArray[np.int64]
    """``(C, C)`` how many clips of each class (row) were taken for each (column)."""
    interval: Interval
    """Of the accuracy; clips were resampled one by one, so it is too narrow where several come
    from one recording."""
    unreadable: tuple[str, ...]
    """One line for each clip that does not count, as it cannot be read."""

    @property
    def clips(self) -> int:
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        return float(100 * self.confusion.trace() / self.confusion.sum())

    @property
    def per_class(self) -> dict[str, float]:
        """Of each class's own clips; a class none of whose clips can be read is left out."""
        rows = zip(self.classes, self.confusion, self.confusion.diagonal(), strict=True)
        return {name: float(100 * right / row.sum()) for name, row, right in rows if row.sum()}


def actions_of(encoder: ClipEncoder) -> ActionEncoder:
    """The encoder, as one that recognises actions.

    Raises :class:`EvaluationError` where it does not.
    """
    if not isinstance(encoder, ActionEncoder) or not encoder.action_labels:
        raise EvaluationError(
            f"the encoder of {encoder.space.name} knows no actions; use encoder = 'compact', or "
            "let its weights learn them with: python -m training actions"
        )
    return encoder


def label_of(folder_name: str) -> str:
    """``Hand_Shake`` and ``hand-shake`` hold clips of "hand shake"."""
    return folder_name.lower().replace("_", " ").replace("-", " ").strip()


def find_action_clips(folder: Path, known: Sequence[str]) -> list[ActionClips]:
    """The classes whose clips lie in the folders under `folder`.

    Raises :class:`EvaluationError` where these are fewer than two, or one is not known or empty.
    """
    folders = sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    if len(folders) < 2:
        raise EvaluationError(f"{folder}: needs a folder for each of at least two classes")
    classes = [ActionClips(path.name, tuple(find_media([path]))) for path in folders]
    for path, clips in zip(folders, classes, strict=True):
        if clips.label not in known:
            raise EvaluationError(
                f"{path}: no action is called {clips.label!r}; known are {', '.join(known)}"
            )
        if not clips.files:
            raise EvaluationError(f"{path}: holds no video; put clips there or take it away")
    return classes


def read_action_clip(path: Path, *, frames_per_second: float = FRAMES_PER_SECOND) -> list[Clip]:
    """The clips that a file is cut into: one, where it is no longer than 8 seconds.

    Raises ``VideoError`` where the file cannot be used.
    """
    sampling = Sampling(frames_per_second, max_seconds=8.0, min_seconds=4.0)
    with Video.open(path) as video:
        return list(read_clips(video, sampling))


def evaluate_actions(
    encoder: ActionEncoder,
    classes: Sequence[ActionClips],
    *,
    frames_per_second: float = FRAMES_PER_SECOND,
    on_progress: Callable[[int, int], None] = ignore_progress,
) -> ActionReport:
    """Recognise every file by the mean of its clips' probabilities.

    Raises :class:`EvaluationError` where no file can be read.
    """
    columns = [encoder.action_labels.index(clips.label) for clips in classes]
    files = [(row, path) for row, clips in enumerate(classes) for path in clips.files]
    confusion = np.zeros((len(classes), len(classes)), np.int64)
    unreadable = []
    for done, (row, path) in enumerate(files, start=1):
        try:
            seen = read_action_clip(path, frames_per_second=frames_per_second)
        except (VideoError, OSError) as error:
            unreadable.append(str(error))
        else:
            probabilities = encoder.action_probabilities(seen).mean(0)  # (labels,)
            confusion[row, probabilities[columns].argmax()] += 1
        on_progress(done, len(files))
    if not confusion.sum():
        raise EvaluationError(f"none of {len(files)} clips can be read; the first: {unreadable[0]}")
    right = np.repeat([1.0, 0.0], [confusion.trace(), confusion.sum() - confusion.trace()])
    return ActionReport(
        tuple(clips.name for clips in classes),
        confusion,
        accuracy_interval(right, np.arange(len(right))),
        tuple(unreadable),
    )


def accuracy_interval(right: NDArray[np.float64], groups: NDArray[np.int64]) -> Interval:
    """Of the share of clips that are right ``(N,)``, drawing whole groups ``(N,)``."""
    _, owner = np.unique(groups, return_inverse=True)
    parts = np.bincount(owner, weights=right).astype(np.float64)[:, None]  # (groups, 1)
    (interval,) = share_intervals(parts, np.bincount(owner).astype(np.float64))
    return interval
