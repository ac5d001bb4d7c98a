"""Clip embedding: projected frames, averaged, plus what an LSTM adds.

The LSTM reads the projected frames in order and its last state is added to their mean (the
residual of CLIP4Clip's seqLSTM, Luo et al. 2021). Its output layer starts at zero, so before
training the embedding equals mean pooling, and training can only add to it.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from encoder.backbone import FEATURE_CHANNELS


@dataclass(frozen=True)
class AlignmentConfig:
    """Sizes of the part that brings clips and texts into one space."""

    dimension: int = 512  # length of an embedding; storage grows with it
    hidden: int = 1024  # width of the projection's second layer
    lstm_hidden: int = 256
    dropout: float = 0.4  # 8,000 pictures are few: the projection overfits without it


class FrameProjection(nn.Module):
    """CNN features of one frame → the joint space: linear plus a two-layer net."""

    def __init__(self, config: AlignmentConfig) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(FEATURE_CHANNELS)
        self.linear = nn.Linear(FEATURE_CHANNELS, config.dimension)
        self.widen = nn.Linear(FEATURE_CHANNELS, config.hidden)
        self.narrow = nn.Linear(config.hidden, config.dimension)
        nn.init.zeros_(self.narrow.weight)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, features: Tensor) -> Tensor:
        """``(..., 1280)`` → ``(..., D)``, of any length."""
        x = self.dropout(self.norm(features))
        straight: Tensor = self.linear(x)  # (..., D)
        bent: Tensor = self.narrow(self.dropout(F.gelu(self.widen(x))))  # (..., D)
        return straight + bent


class TemporalEncoder(nn.Module):
    """Projected frames of clips of any length → one unit vector each."""

    def __init__(self, config: AlignmentConfig) -> None:
        super().__init__()
        self.lstm = nn.LSTM(config.dimension, config.lstm_hidden, batch_first=True)
        self.add = nn.Linear(config.lstm_hidden, config.dimension)
        nn.init.zeros_(self.add.weight)
        nn.init.zeros_(self.add.bias)

    def forward(self, frames: Tensor, lengths: Tensor) -> Tensor:
        """Encode clips; what stands past a clip's length does not count.

        Args:
            frames: ``(B, T, D)`` projected frames, padded at the end.
            lengths: ``(B,)`` how many frames each clip has, at least 1, on the CPU.
        """
        steps = torch.arange(frames.shape[1], device=frames.device)
        real = (steps[None] < lengths.to(frames.device)[:, None])[..., None]  # (B, T, 1)
        mean = (frames * real).sum(1) / real.sum(1)  # (B, D)
        packed = pack_padded_sequence(frames, lengths, batch_first=True, enforce_sorted=False)
        _, (last, _) = self.lstm(packed)  # (1, B, H)
        return F.normalize(mean + self.add(last[-1]), dim=-1)
