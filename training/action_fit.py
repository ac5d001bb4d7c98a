"""Fits the action classifier to some clips: principal components first, then everything else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from encoder.actions import PARTS, ActionClassifier, ActionConfig
from training.action_clips import NO_LABEL, SOURCES, UNSURE
from training.action_features import STRIDES, ActionExample

_PCA_FRAMES = 2000  # more change the components little
_LEAST_CROP = 0.7
_LEAST_SPREAD = 1e-4
_IGNORED = -100


class Order(StrEnum):
    """What the classifier learns of the order of frames."""

    LSTM = "lstm"
    MEAN = "mean pooling"
    SHUFFLED = "shuffled frames"


@dataclass(frozen=True)
class ActionTraining:
    """How the classifier is trained."""

    config: ActionConfig = field(default_factory=ActionConfig)
    folds: int = 5
    epochs: int = 60
    patience: int = 10  # epochs without a better loss on held-out clips before training ends
    batch: int = 64
    rate: float = 1e-3  # constant, so that a stop at any epoch is a training of its own
    weight_decay: float = 0.1
    smoothing: float = 0.1  # of labels: a few hundred clips are soon known by heart
    none_weight: float = 0.15  # clips of none of a family's labels outnumber the others
    seed: int = 0


class ActionFit:
    """A classifier in training on some of the clips."""

    def __init__(
        self,
        examples: Sequence[ActionExample],
        rows: NDArray[np.int64],
        *,
        training: ActionTraining,
        order: Order,
    ) -> None:
        torch.manual_seed(training.seed)
        self._rng = np.random.default_rng(training.seed)
        self._training = training
        self._order = order
        self._rows = rows
        self._targets = targets_of(examples)
        families = [source.family for source in SOURCES]
        self.classifier = ActionClassifier(training.config, families)
        set_components(self.classifier, [examples[i] for i in rows], self._rng)
        # Without the LSTM's training its share stays zero: that is mean pooling.
        for module in (self.classifier.lstm, self.classifier.add):
            module.requires_grad_(order is not Order.MEAN)
        self._views = [_views(self.classifier, example) for example in examples]
        self._optimiser = torch.optim.AdamW(
            [p for p in self.classifier.parameters() if p.requires_grad],
            training.rate,
            weight_decay=training.weight_decay,
        )

    def epoch(self) -> float:
        """Train on every clip once; return the mean loss."""
        self.classifier.train()
        losses = []
        batches = max(1, len(self._rows) // self._training.batch)
        for rows in np.array_split(self._rng.permutation(self._rows), batches):
            loss = self._loss([self._varied(row) for row in rows], rows)
            self._optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimiser.step()
            losses.append(float(loss.detach()))
        return float(np.mean(losses))

    @torch.inference_mode()
    def logits(self, rows: NDArray[np.int64], *, stride: int) -> list[Tensor]:
        """Of every `stride`-th frame of the plain clips, for each family ``(N, L + 1)``."""
        self.classifier.eval()
        return self._scores([self._ordered(self._views[row][0][stride][0]) for row in rows])

    def loss_of(self, logits: Sequence[Tensor], rows: NDArray[np.int64]) -> float:
        """What `epoch` would call the loss of these logits."""
        return float(_family_losses(logits, self._targets[rows], self._training))

    def _loss(self, clips: Sequence[Tensor], rows: NDArray[np.int64]) -> Tensor:
        return _family_losses(self._scores(clips), self._targets[rows], self._training)

    def _scores(self, clips: Sequence[Tensor]) -> list[Tensor]:
        lengths = torch.tensor([len(clip) for clip in clips])
        return self.classifier.classify(pad_sequence(list(clips), batch_first=True), lengths)

    def _varied(self, row: int) -> Tensor:
        """A clip at a random rate, from a random start, perhaps mirrored or cropped in time."""
        mirror = self._views[row][self._rng.integers(len(self._views[row]))]
        stride = int(self._rng.choice(STRIDES))
        clip = mirror[stride][self._rng.integers(len(mirror[stride]))]
        length = int(np.ceil(len(clip) * self._rng.uniform(_LEAST_CROP, 1)))
        start = int(self._rng.integers(len(clip) - length + 1))
        return self._ordered(clip[start : start + length])

    def _ordered(self, clip: Tensor) -> Tensor:
        if self._order is not Order.SHUFFLED:
            return clip
        return clip[torch.from_numpy(self._rng.permutation(len(clip)))]


def targets_of(examples: Sequence[ActionExample]) -> Tensor:
    """``(N, families)`` classes: "none of these" follows the labels, what is unsure is ignored."""
    labels = torch.tensor([example.labels for example in examples])
    none = torch.tensor([len(source.family.labels) for source in SOURCES])
    labels = torch.where(labels == NO_LABEL, none, labels)
    return labels.masked_fill(labels == UNSURE, _IGNORED)


def _family_losses(logits: Sequence[Tensor], targets: Tensor, training: ActionTraining) -> Tensor:
    total = torch.zeros(())
    for scores, truth in zip(logits, targets.T, strict=True):
        weight = torch.ones(scores.shape[1])
        weight[-1] = training.none_weight
        total = total + F.cross_entropy(
            scores,
            truth,
            weight,
            ignore_index=_IGNORED,
            label_smoothing=training.smoothing,
            reduction="sum",
        )
    return total / len(targets)


@torch.no_grad()
def set_components(
    classifier: ActionClassifier, examples: Sequence[ActionExample], rng: np.random.Generator
) -> None:
    """Make the classifier's first layer principal components, and keep them so."""
    frames = torch.cat([example.inputs(stride=1) for example in examples])
    chosen = rng.permutation(len(frames))[:_PCA_FRAMES]
    frames = frames[torch.from_numpy(chosen)]  # (N, 3, C)
    for part in range(PARTS):
        layer = classifier.reduce[part]
        assert isinstance(layer, torch.nn.Linear)
        _set_principal(layer, frames[:, part])
    classifier.reduce.requires_grad_(False)


def _set_principal(layer: torch.nn.Linear, frames: Tensor) -> None:
    spread = frames.std(0)
    # What hardly ever changes must not be blown up.
    spread = spread.clamp(min=max(_LEAST_SPREAD, 0.05 * float(spread.mean())))
    scaled = (frames - frames.mean(0)) / spread  # (N, C)
    kept = min(layer.out_features, len(frames))
    _, lengths, axes = torch.svd_lowrank(scaled, kept)  # (C, kept)
    # One scale for all: the first components vary most, and so are learned from first.
    axes = axes / (lengths.square().mean() / len(frames)).clamp(min=1e-6).sqrt()
    layer.weight.zero_()
    layer.bias.zero_()
    layer.weight[:kept] = (axes / spread[:, None]).T
    layer.bias[:kept] = -(frames.mean(0) / spread) @ axes


@torch.inference_mode()
def _views(classifier: ActionClassifier, example: ActionExample) -> list[dict[int, list[Tensor]]]:
    """Components of each mirror image, at each stride, from each start."""
    return [
        {
            stride: [
                classifier.components(
                    example.inputs(stride=stride, offset=offset, mirrored=bool(mirror))
                ).clone()
                for offset in range(min(stride, example.frames.shape[1]))
            ]
            for stride in STRIDES
        }
        for mirror in range(len(example.frames))
    ]
