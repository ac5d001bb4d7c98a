"""What the CNN makes of the clips that actions are learned from: computed once, kept on disk."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track
from torch import Tensor

from encoder.action_net import frame_inputs, pixels_by_part
from encoder.actions import cnn_fingerprint
from encoder.alignment import load_alignment
from encoder.backbone import CompactBackbone, prepare_pictures
from encoder.checkpoint import ALIGNMENT
from training.action_clips import SOURCES, ActionClip, clips_of_family, ordinary_clips
from training.data import Folders, TrainingDataError
from training.features import half_precision

STRIDES = (1, 2)
"""Every frame, as in an evaluation, or every second, as in indexing by default."""
_FRAMES_AT_ONCE = 16
T = TypeVar("T", np.float16, np.float32)


@dataclass(frozen=True, eq=False)
class ActionExample:
    """One clip to learn from."""

    group: str
    labels: tuple[int, ...]
    frames: NDArray[np.float16]
    """``(M, T, len(STRIDES), C)``: `frame_inputs` over each stride; M is 2 where the mirror
    image is there, else 1."""
    motion: NDArray[np.float32]
    """``(S, 16)`` steps, see `Clip.motion`."""

    def inputs(self, *, stride: int, offset: int = 0, mirrored: bool = False) -> Tensor:
        """What `frame_inputs` makes of every `stride`-th frame: ``(T', C)``."""
        frames = self.frames[int(mirrored), offset::stride, STRIDES.index(stride)]
        return torch.from_numpy(frames.astype(np.float32))


def action_examples(folders: Folders) -> list[ActionExample]:
    """All clips of all families, and of none.

    Raises:
        TrainingDataError: the data is not there, or not as it should be.
        CheckpointError: there is no alignment to build on.
    """
    examples = []
    for number, source in enumerate(SOURCES):
        clips = clips_of_family(folders.data, number)
        examples += kept_examples(folders, source.family.name, clips, mirrored=source.mirrored)
    return examples + kept_examples(folders, "ordinary", ordinary_clips(folders), mirrored=False)


def kept_examples(
    folders: Folders, name: str, clips: Sequence[ActionClip], *, mirrored: bool
) -> list[ActionExample]:
    """The clips with what is kept of them under `name`, or is computed now and kept.

    Raises:
        TrainingDataError: what is kept is of other clips.
        CheckpointError: there is no alignment to build on.
    """
    alignment = folders.weights / ALIGNMENT

    def features() -> Iterator[NDArray[np.float16]]:
        backbone = load_alignment(alignment).backbone
        return (_compute(backbone, clip.frames(), mirrored=mirrored) for clip in clips)

    path = folders.cache / f"actions-{name}-{cnn_fingerprint(alignment)}.npz"
    frames = _kept(path, features, count=len(clips), axis=1)
    path = folders.cache / f"actions-{name}-motion.npz"
    motion = _kept(path, lambda: (clip.motion() for clip in clips), count=len(clips), axis=0)
    return [
        ActionExample(clip.group, clip.labels, seen, moved)
        for clip, seen, moved in zip(clips, frames, motion, strict=True)
    ]


def _kept(
    path: Path, compute: Callable[[], Iterator[NDArray[T]]], *, count: int, axis: int
) -> list[NDArray[T]]:
    """The arrays of `count` clips in a file, which is written where there is none."""
    if not path.exists():
        _save(path, list(track(compute(), path.stem, total=count)), axis=axis)
    with np.load(path) as file:
        frames, lengths = file["frames"], file["lengths"]
    if len(lengths) != count:
        raise TrainingDataError(
            f"{path}: features of {len(lengths)} clips are kept, but the data has {count} now; "
            "delete the file, or name another folder with --cache"
        )
    return np.split(frames, np.cumsum(lengths)[:-1], axis=axis)


def _save(path: Path, clips: Sequence[NDArray[T]], *, axis: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        lengths = np.array([clip.shape[axis] for clip in clips])
        np.savez(file, frames=np.concatenate(clips, axis), lengths=lengths)
    partial.rename(path)


@torch.inference_mode()
def _compute(
    backbone: CompactBackbone, frames: NDArray[np.uint8], *, mirrored: bool
) -> NDArray[np.float16]:
    views = [frames, frames[:, :, ::-1]] if mirrored else [frames]
    return np.stack([kept_inputs(_grids(backbone, v), pixels_by_part(v)) for v in views])


def _grids(backbone: CompactBackbone, frames: NDArray[np.uint8]) -> Tensor:
    pictures = prepare_pictures(frames, torch.device("cpu"))
    starts = range(0, len(pictures), _FRAMES_AT_ONCE)
    with half_precision():
        grids = [backbone(pictures[start : start + _FRAMES_AT_ONCE]) for start in starts]
    return torch.cat(grids).float()


def kept_inputs(grids: Tensor, pixels: Tensor) -> NDArray[np.float16]:
    """Features ``(T, P, C')`` and pixels ``(T, 64, 64)`` → ``(T, len(STRIDES), C)``."""
    inputs = [frame_inputs(grids, pixels, stride) for stride in STRIDES]
    return np.asarray(torch.stack(inputs, 1).numpy(), np.float16)
