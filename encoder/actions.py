"""What is done in a clip: an LSTM over what the CNN sees in each frame and how that changes.

CNN features into an LSTM is LRCN (Donahue et al. 2015); as in `encoder.temporal`, what the LSTM
reads is added to the mean of the frames, and before training it adds nothing. Each family of
labels has a softmax of its own, whose last class is "none of these"; its probabilities are
calibrated by a temperature (Guo et al. 2017).
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

from encoder.backbone import FEATURE_CHANNELS
from encoder.checkpoint import (
    ACTIONS,
    ALIGNMENT,
    WEIGHTS,
    Checkpoint,
    CheckpointError,
    load_checkpoint,
)
from encoder.devices import best_device
from encoder.interface import CategoryScore

KIND = "action"
PARTS = 3
"""Of a frame's input: what is seen, how far that is from the clip's mean, how much it changes."""
UNSAID = frozenset({"normal"})
"""Labels that help to tell others apart, but that nobody searches for."""


@dataclass(frozen=True)
class ActionFamily:
    """Labels that exclude each other."""

    name: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class ActionConfig:
    """Sizes of the classifier."""

    reduced: int = 128  # principal components of each part; the rest is noise for so few clips
    hidden: int = 64
    dropout: float = 0.5  # a few hundred clips are few


def change_over(grids: Tensor, step: int) -> Tensor:
    """How much each frame ``(T, P, C)`` differs from that `step` before: ``(T, C)``.

    The first frames, which have none before them, count as changing like the next ones.
    """
    change = (grids[step:] - grids[:-step]).abs().mean(1)  # (T - step, C), or none
    first = grids.new_zeros(min(step, len(grids)), grids.shape[2])
    first[: len(change)] = change[:step]
    return torch.cat([first, change])


def frame_inputs(grids: Tensor) -> Tensor:
    """CNN features ``(T, P, 1280)`` of one clip's frames → ``(T, 3, 1280)``."""
    return join_parts(grids.mean(1), change_over(grids, 1))


def join_parts(seen: Tensor, change: Tensor) -> Tensor:
    """Mean over the places and change, both ``(T, 1280)`` → ``(T, 3, 1280)``."""
    return torch.stack([seen, (seen - seen.mean(0)).abs(), change], 1)


class ActionClassifier(nn.Module):
    """Inputs of frames → the logits of every family."""

    def __init__(self, config: ActionConfig, families: Sequence[ActionFamily]) -> None:
        super().__init__()
        parts = (nn.Linear(FEATURE_CHANNELS, config.reduced) for _ in range(PARTS))
        self.reduce = nn.ModuleList(parts)
        width = PARTS * config.reduced
        self.lstm = nn.LSTM(width, config.hidden, batch_first=True)
        self.add = nn.Linear(config.hidden, width)
        nn.init.zeros_(self.add.weight)
        nn.init.zeros_(self.add.bias)
        self.heads = nn.ModuleList(nn.Linear(width, len(f.labels) + 1) for f in families)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, inputs: Tensor, lengths: Tensor) -> list[Tensor]:
        """Score clips; what stands past a clip's length does not count.

        Args:
            inputs: ``(B, T, 3, 1280)`` of `frame_inputs`, padded at the end.
            lengths: ``(B,)`` how many frames each clip has, at least 1, on the CPU.

        Returns:
            For each family ``(B, labels + 1)`` logits, "none of these" last.
        """
        return self.classify(self.components(inputs), lengths)

    def components(self, inputs: Tensor) -> Tensor:
        """``(..., 3, 1280)`` → ``(..., 3 * reduced)``; does not change while training goes on."""
        parts = [reduce(inputs[..., part, :]) for part, reduce in enumerate(self.reduce)]
        return torch.cat(parts, -1)

    def classify(self, components: Tensor, lengths: Tensor) -> list[Tensor]:
        """The rest of `forward`, from ``(B, T, W)`` components on; W is ``3 * reduced``."""
        frames = self.dropout(components)  # (B, T, W)
        steps = torch.arange(frames.shape[1], device=frames.device)
        real = (steps[None] < lengths.to(frames.device)[:, None])[..., None]  # (B, T, 1)
        mean = (frames * real).sum(1) / real.sum(1)  # (B, W)
        packed = pack_padded_sequence(frames, lengths, batch_first=True, enforce_sorted=False)
        _, (last, _) = self.lstm(packed)  # (1, B, H)
        clips = self.dropout(mean + self.add(last[-1]))  # (B, W)
        return [head(clips) for head in self.heads]


@dataclass(frozen=True)
class Calibration:
    """What makes one family's logits trustworthy."""

    temperature: float
    """Logits are divided by it."""
    least_probability: float
    """A label that is less probable is not given."""


class ActionRecogniser:
    """A trained classifier with its labels."""

    def __init__(
        self,
        classifier: ActionClassifier,
        families: Sequence[ActionFamily],
        *,
        calibrations: Sequence[Calibration],
    ) -> None:
        self._classifier = classifier.to(best_device()).eval()
        self._families = tuple(families)
        self._calibrations = tuple(calibrations)

    @property
    def labels(self) -> tuple[str, ...]:
        """Those of all families, family by family."""
        return tuple(label for family in self._families for label in family.labels)

    def probabilities(self, grids: Sequence[Tensor]) -> NDArray[np.float32]:
        """How probable each of `labels` is for each clip, against its family: ``(N, L)``.

        Args:
            grids: ``(T, P, 1280)`` CNN features of the frames of each clip.
        """
        shares = [share[:, :-1] for share in self._shares(grids)]
        return np.asarray(np.concatenate(shares, 1), np.float32)

    def categorise(self, grids: Sequence[Tensor]) -> list[tuple[CategoryScore, ...]]:
        """Of each family at most one label, where it is likely and likelier than none of them."""
        if not grids:
            return []
        found: list[list[CategoryScore]] = [[] for _ in grids]
        for family, calibration, shares in zip(
            self._families, self._calibrations, self._shares(grids), strict=True
        ):
            for scores, row in zip(found, shares, strict=True):
                best = int(row.argmax())
                if best == len(family.labels) or row[best] < calibration.least_probability:
                    continue
                if family.labels[best] not in UNSAID:
                    scores.append(CategoryScore(family.labels[best], KIND, float(row[best])))
        return [tuple(sorted(scores, key=lambda s: -s.probability)) for scores in found]

    @torch.inference_mode()
    def _shares(self, grids: Sequence[Tensor]) -> list[NDArray[np.float32]]:
        inputs = [self._classifier.components(frame_inputs(grid)) for grid in grids]
        lengths = torch.tensor([len(clip) for clip in inputs])
        logits = self._classifier.classify(pad_sequence(inputs, batch_first=True), lengths)
        return [
            (scores / calibration.temperature).softmax(1).cpu().numpy()
            for scores, calibration in zip(logits, self._calibrations, strict=True)
        ]


def cnn_fingerprint(alignment: Path) -> str:
    """Eight hexadecimal digits of the CNN's weights in a file of the joint space.

    Not of the whole file: training its LSTM further leaves the features as they are.

    Raises:
        CheckpointError: the file cannot be read.
    """
    checkpoint = load_checkpoint(alignment)
    content = hashlib.blake2b(digest_size=4)
    for name in sorted(name for name in checkpoint.tensors if name.startswith("backbone.")):
        content.update(name.encode() + checkpoint.tensors[name].tobytes())
    return content.hexdigest()


def actions_checkpoint(
    classifier: ActionClassifier,
    families: Sequence[ActionFamily],
    *,
    calibrations: Sequence[Calibration],
    config: ActionConfig,
    weights: Path,
) -> Checkpoint:
    """What `load_actions` reads, with the fingerprint of the CNN in the folder `weights`."""
    tensors = {name: value.cpu().numpy() for name, value in classifier.state_dict().items()}
    tensors["temperatures"] = np.array([c.temperature for c in calibrations], np.float32)
    tensors["least"] = np.array([c.least_probability for c in calibrations], np.float32)
    described: dict[str, int | float | list[str]] = {
        "reduced": config.reduced,
        "hidden": config.hidden,
        "cnn": [cnn_fingerprint(weights / ALIGNMENT)],
        "families": [family.name for family in families],
        **{f"labels of {family.name}": list(family.labels) for family in families},
    }
    return Checkpoint(tensors, described)


def load_actions(weights: Path = WEIGHTS) -> ActionRecogniser:
    """Load the classifier that lies in a folder of weights, by default the shipped ones.

    Raises:
        CheckpointError: the file is missing or damaged, does not fit this version, or was trained
            with another CNN than that of the alignment beside it.
    """
    path = weights / ACTIONS
    checkpoint = load_checkpoint(path)
    with _fitting(path):
        [trained_on] = checkpoint.strings("cnn")
        families = [
            ActionFamily(name, tuple(checkpoint.strings(f"labels of {name}")))
            for name in checkpoint.strings("families")
        ]
        sizes = ActionConfig(checkpoint.number("reduced"), checkpoint.number("hidden"))
        tensors = dict(checkpoint.tensors)
        numbers = zip(tensors.pop("temperatures"), tensors.pop("least"), strict=True)
        calibrations = [Calibration(float(one), float(other)) for one, other in numbers]
        classifier = ActionClassifier(sizes, families)
        classifier.load_state_dict({n: torch.from_numpy(t) for n, t in tensors.items()})
    beside = cnn_fingerprint(weights / ALIGNMENT)
    if trained_on != beside:
        raise CheckpointError(
            path,
            f"the actions were learned with the CNN {trained_on}, but {ALIGNMENT} beside them has "
            f"{beside}; make them again with: python -m training actions",
        )
    return ActionRecogniser(classifier, families, calibrations=calibrations)


@contextmanager
def _fitting(path: Path) -> Iterator[None]:
    try:
        yield
    except (KeyError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200]  # torch lists every tensor on a line of its own
        raise CheckpointError(path, f"the weights do not fit this version ({reason})") from error
