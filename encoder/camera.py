"""How the camera moves in a clip: an LSTM over the measured motion of the whole picture.

Directions are the camera's: in a pan to the left it turns left, so what is seen travels to the
right; when it tilts up, what is seen sinks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from encoder.camera_symmetry import SYMMETRIES
from encoder.checkpoint import CAMERA, WEIGHTS, fitting, load_checkpoint
from encoder.interface import CategoryScore
from encoder.tensors import as_numpy, as_torch
from ingest.camera import MOVEMENTS
from ingest.clip import MOTION_CHANNELS

KIND = "camera"
LEAST_STEPS = 5
"""Half a second: fewer steps of motion do not show what the camera does."""
_LEAST_PROBABILITY = 0.5
_SLOW = 0.02  # movement a second that a viewer begins to notice; larger ones count by their order


@dataclass(frozen=True)
class CameraConfig:
    """Sizes of the classifier."""

    hidden: int = 48
    dropout: float = 0.2  # films are simulated: what fits them alone must not be learned


class CameraNet(nn.Module):
    """Steps of motion → bidirectional LSTM → mean and maximum over time → scores."""

    def __init__(self, config: CameraConfig) -> None:
        super().__init__()
        self.lstm = nn.LSTM(MOTION_CHANNELS, config.hidden, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(config.dropout)
        self.score = nn.Linear(4 * config.hidden, len(MOVEMENTS))

    def forward(self, motion: Tensor, lengths: Tensor) -> Tensor:
        """Score clips; what stands past a clip's length does not count.

        Args:
            motion: ``(B, M, 16)`` steps of motion, padded at the end.
            lengths: ``(B,)`` how many steps each clip has, at least 1, on the CPU.

        Returns:
            ``(B, 8)`` logits of `MOVEMENTS`.
        """
        scaled = torch.asinh(motion / _SLOW)  # (B, M, 16)
        packed = pack_padded_sequence(scaled, lengths, batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True)  # (B, M, 2H)
        steps = torch.arange(states.shape[1], device=states.device)
        real = (steps[None] < lengths.to(states.device)[:, None])[..., None]  # (B, M, 1)
        mean = (states * real).sum(1) / real.sum(1)  # (B, 2H)
        most = states.masked_fill(~real, -1.0).amax(1)  # (B, 2H); states lie above -1
        scores: Tensor = self.score(self.dropout(torch.cat([mean, most], 1)))  # (B, 8)
        return scores


class CameraClassifier:
    """Tells the camera's movement from measured motion."""

    def __init__(self, net: CameraNet) -> None:
        self._net = net.eval()

    @classmethod
    def load(cls, weights: Path = WEIGHTS) -> "CameraClassifier":
        """Load the classifier from a folder of weights, by default the shipped ones.

        Raises:
            CheckpointError: the file is missing or damaged, or does not fit this version.
        """
        path = weights / CAMERA
        checkpoint = load_checkpoint(path)
        with fitting(path):
            net = CameraNet(CameraConfig(hidden=checkpoint.number("hidden")))
            net.load_state_dict(as_torch(checkpoint.tensors))
        return cls(net)

    @torch.inference_mode()
    def probabilities(self, motion: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Motion of clips, ``(M >= 1, 16)`` each → ``(N, 8)`` probabilities of `MOVEMENTS`.

        The mean of what the net says of each clip as it is, mirrored, upside down and backwards:
        what is a pan to the left must be one to the right in the mirror.
        """
        mean = np.zeros((len(motion), len(MOVEMENTS)), np.float32)
        if not motion:
            return mean
        lengths = torch.tensor([len(steps) for steps in motion])
        for symmetry in SYMMETRIES:
            shown = [torch.from_numpy(symmetry.steps(steps)) for steps in motion]
            said = as_numpy(self._net(pad_sequence(shown, batch_first=True), lengths).softmax(1))
            mean += said[:, [symmetry.movement(i) for i in range(len(MOVEMENTS))]]
        mean /= len(SYMMETRIES)
        return mean

    def categorise(self, motion: Sequence[NDArray[np.float32]]) -> list[tuple[CategoryScore, ...]]:
        """The movement of each clip; none where it is unlikely, or the clip too short to say."""
        shown = [number for number, steps in enumerate(motion) if len(steps) >= LEAST_STEPS]
        found: list[tuple[CategoryScore, ...]] = [()] * len(motion)
        for number, row in zip(
            shown, self.probabilities([motion[number] for number in shown]), strict=True
        ):
            best = int(row.argmax())
            if row[best] >= _LEAST_PROBABILITY:
                found[number] = (CategoryScore(MOVEMENTS[best], KIND, float(row[best])),)
        return found
