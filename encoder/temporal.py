"""Clip embedding: projected frames, averaged, plus what a network over their sequence adds.

The network reads the projected frames in order and what it makes of them is added to their mean
(the residual of CLIP4Clip's seqLSTM and seqTransf, Luo et al. 2021). Its output layer starts at
zero, so before training the embedding equals mean pooling, and training can only add to it.
"""

from dataclasses import dataclass
from enum import StrEnum

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from encoder.backbone import FEATURE_CHANNELS

FRAMES_READ = 6
"""Frames that the network reads of a longer clip, evenly spread: what it is trained on. A longer
sequence than any in training would carry the embedding far off."""
_HEADS = 4


class Sequence(StrEnum):
    """What reads the frames in order."""

    MEAN = "mean"
    GRU = "gru"
    LSTM = "lstm"
    BILSTM = "bilstm"
    TRANSFORMER = "transformer"


class Pooling(StrEnum):
    """How the network's states become one vector."""

    LAST = "last"
    """The state after the last frame (of each direction)."""
    AVERAGE = "average"
    """The mean of all states: LRCN's average of what is decided at each frame (Donahue et al.
    2015)."""
    ATTENTION = "attention"
    """A mean with learned weights."""


@dataclass(frozen=True)
class AlignmentConfig:
    """Sizes of the part that brings clips and texts into one space."""

    dimension: int = 512  # length of an embedding; storage grows with it
    hidden: int = 1024  # width of the projection's second layer
    sequence_hidden: int = 256
    dropout: float = 0.4  # 8,000 pictures are few: the projection overfits without it
    sequence: Sequence = Sequence.LSTM
    pooling: Pooling = Pooling.LAST


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
        self.pooling = config.pooling
        self.states: nn.Module | None = None
        if config.sequence is Sequence.MEAN:
            return
        if config.sequence is Sequence.TRANSFORMER:
            self.states = TransformerStates(config)
        else:
            self.states = RecurrentStates(config)
        self.weigh = (
            nn.Linear(self.states.channels, 1) if self.pooling is Pooling.ATTENTION else None
        )
        self.add = nn.Linear(self.states.channels, config.dimension)
        nn.init.zeros_(self.add.weight)
        nn.init.zeros_(self.add.bias)

    def forward(self, frames: Tensor, lengths: Tensor) -> Tensor:
        """Encode clips; what stands past a clip's length does not count.

        Args:
            frames: ``(B, T, D)`` projected frames, padded at the end.
            lengths: ``(B,)`` how many frames each clip has, at least 1, on the CPU.
        """
        steps = torch.arange(frames.shape[1], device=frames.device)
        real = steps[None] < lengths.to(frames.device)[:, None]  # (B, T)
        mean = _masked_mean(frames, real)  # (B, D)
        if self.states is None:
            return F.normalize(mean, dim=-1)
        frames, lengths = _spread(frames, lengths)  # (B, T', D), (B,)
        real = real[:, : frames.shape[1]]
        states, last = self.states(frames, lengths, real)  # (B, T', H), (B, H)
        return F.normalize(mean + self.add(self._pool(states, last, real)), dim=-1)

    def _pool(self, states: Tensor, last: Tensor, real: Tensor) -> Tensor:
        if self.pooling is Pooling.LAST:
            return last
        if self.weigh is None:
            return _masked_mean(states, real)
        energy = self.weigh(states).squeeze(-1).masked_fill(~real, -torch.inf)  # (B, T)
        return torch.bmm(energy.softmax(-1)[:, None], states).squeeze(1)  # (B, H)


class RecurrentStates(nn.Module):
    """A GRU or LSTM, in one direction or both."""

    def __init__(self, config: AlignmentConfig) -> None:
        super().__init__()
        network = nn.GRU if config.sequence is Sequence.GRU else nn.LSTM
        both = config.sequence is Sequence.BILSTM
        self.network = network(
            config.dimension, config.sequence_hidden, batch_first=True, bidirectional=both
        )
        self.channels = config.sequence_hidden * (2 if both else 1)

    def forward(self, frames: Tensor, lengths: Tensor, real: Tensor) -> tuple[Tensor, Tensor]:
        """``(B, T, D)`` → the states ``(B, T, H)`` and the last of them ``(B, H)``."""
        packed = pack_padded_sequence(frames, lengths, batch_first=True, enforce_sorted=False)
        packed_states, memory = self.network(packed)
        last = memory[0] if isinstance(memory, tuple) else memory  # (directions, B, H)
        states, _ = pad_packed_sequence(packed_states, batch_first=True)  # (B, T, H)
        return states, last.transpose(0, 1).flatten(1)


class TransformerStates(nn.Module):
    """One layer of self-attention (Vaswani et al. 2017) over frames with learned places."""

    def __init__(self, config: AlignmentConfig) -> None:
        super().__init__()
        self.channels = config.sequence_hidden
        self.enter = nn.Linear(config.dimension, self.channels)
        self.places = nn.Parameter(0.02 * torch.randn(FRAMES_READ, self.channels))
        self.layer = nn.TransformerEncoderLayer(
            self.channels, _HEADS, 4 * self.channels, batch_first=True, norm_first=True
        )

    def forward(self, frames: Tensor, lengths: Tensor, real: Tensor) -> tuple[Tensor, Tensor]:
        """``(B, T, D)`` → the states ``(B, T, H)`` and the last of them ``(B, H)``."""
        inside = torch.where(real[..., None], frames, 0.0)  # padding may hold anything
        states = self.layer(
            self.enter(inside) + self.places[: frames.shape[1]], src_key_padding_mask=~real
        )  # (B, T, H)
        return states, states[torch.arange(len(states)), (lengths - 1).to(states.device)]


def _spread(frames: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
    """At most `FRAMES_READ` of each clip's frames, first and last among them, and how many."""
    counts = lengths.clamp(max=FRAMES_READ)
    steps = torch.arange(int(counts.max()))
    stride = (lengths - 1) / (counts - 1).clamp(min=1)  # (B,) exactly 1 where all are read
    places = (steps * stride[:, None]).round().long()  # (B, T')
    places = torch.minimum(places, (lengths - 1)[:, None]).to(frames.device)
    return frames.gather(1, places[..., None].expand(-1, -1, frames.shape[2])), counts


def _masked_mean(values: Tensor, real: Tensor) -> Tensor:
    """``(B, T, C)``, ``(B, T)`` → ``(B, C)``."""
    inside = torch.where(real[..., None], values, 0.0)
    return inside.sum(1) / real.sum(1, keepdim=True)
