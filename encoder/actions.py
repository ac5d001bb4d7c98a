"""Names what is done in a clip: trained weights, calibrated probabilities, and silence."""

import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from encoder.action_net import ActionClassifier, ActionConfig, ActionFamily, ClipChanges
from encoder.checkpoint import (
    ACTIONS,
    ALIGNMENT,
    WEIGHTS,
    Checkpoint,
    CheckpointError,
    fitting,
    load_checkpoint,
)
from encoder.devices import best_device
from encoder.interface import CategoryScore
from encoder.tensors import as_numpy, as_torch

KIND = "action"
UNSAID = frozenset({"normal"})
"""Labels that help to tell others apart, but that nobody searches for."""


@dataclass(frozen=True)
class Calibration:
    """What makes one family's logits trustworthy."""

    temperature: float
    """The labels' logits are divided by it (Guo et al. 2017)."""
    slope: float
    offset: float
    """Any label: the logit times `slope`, plus `offset` (Platt 1999)."""
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

    def probabilities(self, clips: Sequence[ClipChanges]) -> NDArray[np.float32]:
        """How probable each of `labels` is for each clip: ``(N, L)``.

        The labels of one family and "none of these" exclude each other.
        """
        return np.asarray(np.concatenate(self._shares(clips), 1), np.float32)

    def categorise(self, clips: Sequence[ClipChanges]) -> list[tuple[CategoryScore, ...]]:
        """Of each family at most one label, where it is likely and likelier than none of them."""
        if not clips:
            return []
        found: list[list[CategoryScore]] = [[] for _ in clips]
        for family, calibration, shares in zip(
            self._families, self._calibrations, self._shares(clips), strict=True
        ):
            for scores, row in zip(found, shares, strict=True):
                best = int(row.argmax())
                none = 1 - float(row.sum())
                if row[best] <= max(none, calibration.least_probability):
                    continue
                if family.labels[best] not in UNSAID:
                    scores.append(CategoryScore(family.labels[best], KIND, float(row[best])))
        return [tuple(sorted(scores, key=lambda s: -s.probability)) for scores in found]

    @torch.inference_mode()
    def _shares(self, clips: Sequence[ClipChanges]) -> list[NDArray[np.float32]]:
        lengths = torch.tensor([len(clip.frames) for clip in clips])
        frames = pad_sequence([clip.frames for clip in clips], batch_first=True)
        movement = torch.stack([clip.movement for clip in clips]).to(frames.device)
        logits = self._classifier(frames, lengths, movement)
        return [
            as_numpy(calibrated(scores, calibration))
            for scores, calibration in zip(logits, self._calibrations, strict=True)
        ]


def calibrated(logits: Tensor, calibration: Calibration) -> Tensor:
    """One family's logits ``(N, labels + 1)`` → the labels' probabilities ``(N, labels)``."""
    any_label = (logits[:, -1:] * calibration.slope + calibration.offset).sigmoid()  # (N, 1)
    return (logits[:, :-1] / calibration.temperature).softmax(1) * any_label


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
    tensors["calibrations"] = np.array([astuple(c) for c in calibrations], np.float64)
    described: dict[str, int | float | list[str]] = {
        "reduced": config.reduced,
        "hidden": config.hidden,
        "cnn": [cnn_fingerprint(weights / ALIGNMENT)],
        "families": [family.name for family in families],
        "reading movement": [family.name for family in families if family.reads_movement],
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
    with fitting(path):
        [trained_on] = checkpoint.strings("cnn")
        reading = checkpoint.strings("reading movement")
        families = [
            ActionFamily(name, tuple(checkpoint.strings(f"labels of {name}")), name in reading)
            for name in checkpoint.strings("families")
        ]
        sizes = ActionConfig(checkpoint.number("reduced"), checkpoint.number("hidden"))
        tensors = dict(checkpoint.tensors)
        rows = tensors.pop("calibrations").astype(float)
        calibrations = [Calibration(*map(float, row)) for row in rows]
        classifier = ActionClassifier(sizes, families)
        classifier.load_state_dict(as_torch(tensors))
    beside = cnn_fingerprint(weights / ALIGNMENT)
    if trained_on != beside:
        raise CheckpointError(
            path,
            f"the actions were learned with the CNN {trained_on}, but {ALIGNMENT} beside them has "
            f"{beside}; make them again with: python -m training actions",
        )
    return ActionRecogniser(classifier, families, calibrations=calibrations)
