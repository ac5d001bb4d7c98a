"""What is done in a clip: how much its frames change, pooled over time, plus what an LSTM adds.

CNN features into an LSTM is LRCN (Donahue et al. 2015). As in `encoder.temporal` the LSTM's share
is added to that of pooling, and before training it is nothing. The labels of a family exclude
each other; whether any of them fits is decided apart.

Fights are also told by how jerkily the whole picture moves, which is measured while a video is
decoded. Interactions, all filmed from one place, were told worse with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from encoder.backbone import FEATURE_CHANNELS
from ingest.clip import MOTION_CHANNELS

MOTION_SIDE = 8
"""Pixels move in 8 x 8 parts of the picture."""
INPUT_CHANNELS = FEATURE_CHANNELS + MOTION_SIDE**2
"""Called C below."""
MOVEMENT_SIZE = 5 * MOTION_CHANNELS
"""Numbers of `movement_of`."""
_SMALL_SIDE = 64  # of the picture whose pixels are compared: less sees no hand, more sees noise


@dataclass(frozen=True)
class ActionFamily:
    """Labels that exclude each other."""

    name: str
    labels: tuple[str, ...]
    reads_movement: bool = False
    """Whether `ClipChanges.movement` counts."""


@dataclass(frozen=True, eq=False)
class ClipChanges:
    """All that is known of one clip."""

    frames: Tensor
    """``(T, C)`` of `frame_inputs`."""
    movement: Tensor
    """``(80,)`` of `movement_of`."""


@dataclass(frozen=True)
class ActionConfig:
    """Sizes of the classifier."""

    reduced: int = 128  # principal components of a frame that the LSTM reads
    hidden: int = 64
    dropout: float = 0.5  # a few hundred clips are few


def change_between(seen: Tensor, step: int) -> Tensor:
    """How much each frame ``(T, P, C)`` differs from that `step` before: ``(T, C)``.

    Averaged over the places. The first frames, which have none before them, count as changing
    like the next ones.
    """
    change = (seen[step:] - seen[:-step]).abs().mean(1)  # (T - step, C), or none
    first = seen.new_zeros(min(step, len(seen)), seen.shape[2])
    first[: len(change)] = change[:step]
    return torch.cat([first, change])


def pixels_by_part(frames: NDArray[np.uint8]) -> Tensor:
    """Grey pixels in ``[0, 1]`` of small pictures of ``(T, H, W, 3)`` frames.

    Returns:
        ``(T, 64, 64)``: 64 pixels for each of 8 x 8 parts.
    """
    # A tenth of the time that NumPy's mean over three numbers takes.
    grey = torch.from_numpy(frames.astype(np.float32) @ np.full(3, 1 / (3 * 255), np.float32))
    small = F.adaptive_avg_pool2d(grey[:, None], _SMALL_SIDE)[:, 0]  # (T, 64, 64)
    side = _SMALL_SIDE // MOTION_SIDE
    parts = small.reshape(-1, MOTION_SIDE, side, MOTION_SIDE, side)
    return parts.permute(0, 2, 4, 1, 3).flatten(3).flatten(1, 2)  # (T, 64 pixels, 64 parts)


def frame_inputs(grids: Tensor, pixels: Tensor, step: int = 1) -> Tensor:
    """How much each frame differs from that `step` before: ``(T, C)``.

    Only change counts, so that a place does not pass for what was done there. Square roots, as
    for histograms (Arandjelovic and Zisserman 2012), keep single strong changes from outweighing
    the rest.

    Args:
        grids: ``(T, P, FEATURE_CHANNELS)`` CNN features of the frames.
        pixels: ``(T, 64, 64)`` of `pixels_by_part`.
        step: how many frames lie between those that are compared, and one.
    """
    changes = (change_between(grids, step), change_between(pixels.to(grids.device), step))
    return torch.cat(changes, 1).sqrt()


def movement_of(motion: NDArray[np.float32]) -> Tensor:
    """How much, and how jerkily, the whole picture moves in a clip: ``(M, 16)`` → ``(80,)``.

    Mean, standard deviation and maximum of each number's size, then mean and maximum of its change
    from step to step; roots as in `frame_inputs`. Directions do not count. 0 where nothing was
    measured.
    """
    steps = torch.from_numpy(np.asarray(motion, np.float32))
    if not len(steps):
        return torch.zeros(MOVEMENT_SIZE)
    jerks = steps.diff(dim=0) if len(steps) > 1 else torch.zeros_like(steps)
    sizes, jumps = steps.abs().sqrt(), jerks.abs().sqrt()  # (M, 16), (M - 1, 16)
    spread = sizes.std(0, unbiased=False)
    return torch.cat([sizes.mean(0), spread, sizes.amax(0), jumps.mean(0), jumps.amax(0)])


class ActionClassifier(nn.Module):
    """What is known of clips → the logits of every family."""

    centre: Tensor
    scale: Tensor

    def __init__(self, config: ActionConfig, families: Sequence[ActionFamily]) -> None:
        super().__init__()
        pooled = 3 * INPUT_CHANNELS
        width = pooled + MOVEMENT_SIZE
        self.register_buffer("centre", torch.zeros(width))
        self.register_buffer("scale", torch.ones(width))
        sizes = [len(family.labels) + 1 for family in families]
        self.pooled = nn.ModuleList(
            nn.Linear(width if family.reads_movement else pooled, size)
            for family, size in zip(families, sizes, strict=True)
        )
        self.reduce = nn.Linear(INPUT_CHANNELS, config.reduced, bias=False)
        self.lstm = nn.LSTM(config.reduced, config.hidden, batch_first=True)
        self.add = nn.ModuleList(nn.Linear(config.hidden, size) for size in sizes)
        for layer in self.add.parameters():
            nn.init.zeros_(layer)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, inputs: Tensor, lengths: Tensor, movement: Tensor) -> list[Tensor]:
        """Score clips; what stands past a clip's length does not count.

        Args:
            inputs: ``(B, T, C)`` of `frame_inputs`, padded at the end.
            lengths: ``(B,)`` how many frames each clip has, at least 1, on the CPU.
            movement: ``(B, 80)`` of `movement_of`.

        Returns:
            For each family ``(B, labels + 1)`` logits: of each label against the others, then of
            any label against none of them.
        """
        said = self.of_pools(torch.cat([pool(inputs, lengths), movement], 1))
        added = self.ordered(self.components(inputs), lengths)
        return [old + more for old, more in zip(said, added, strict=True)]

    def standardised(self, pools: Tensor) -> Tensor:
        """``(B, 3 * C + 80)`` of `pool` and of `movement_of`, every part with its say."""
        return (pools - self.centre) * self.scale

    def of_pools(self, pools: Tensor) -> list[Tensor]:
        """What is said before the LSTM: ``(B, 3 * C + 80)`` → for each family ``(B, labels + 1)``.

        Each head reads as many columns as it is wide; movement comes last.
        """
        standard = self.standardised(pools)
        return [head(standard[:, : head.in_features]) for head in self.heads]

    @property
    def heads(self) -> list[nn.Linear]:
        """Those for pools, family by family."""
        return [head for head in self.pooled if isinstance(head, nn.Linear)]

    def components(self, inputs: Tensor) -> Tensor:
        """``(..., C)`` → ``(..., reduced)``."""
        centre, scale = self.centre[:INPUT_CHANNELS], self.scale[:INPUT_CHANNELS]
        reduced: Tensor = self.reduce((inputs - centre) * scale)
        return reduced

    def ordered(self, components: Tensor, lengths: Tensor) -> list[Tensor]:
        """What the LSTM adds: ``(B, T, reduced)`` → for each family ``(B, labels + 1)``."""
        packed = pack_padded_sequence(
            self.dropout(components), lengths, batch_first=True, enforce_sorted=False
        )
        _, (last, _) = self.lstm(packed)  # (1, B, H)
        return [layer(self.dropout(last[-1])) for layer in self.add]


def pool(inputs: Tensor, lengths: Tensor) -> Tensor:
    """Mean, standard deviation and maximum over time: ``(B, T, C)`` → ``(B, 3 * C)``."""
    steps = torch.arange(inputs.shape[1], device=inputs.device)
    counts = lengths.to(inputs.device)[:, None]
    real = (steps[None] < counts)[..., None]  # (B, T, 1)
    mean = (inputs * real).sum(1) / counts  # (B, C)
    spread = (((inputs - mean[:, None]) * real).square().sum(1) / counts).sqrt()  # (B, C)
    most = inputs.masked_fill(~real, 0).amax(1)  # (B, C); inputs are not negative
    return torch.cat([mean, spread, most], 1)
