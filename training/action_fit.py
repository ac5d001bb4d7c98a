"""Trains the action classifier's LSTM on what its pooled heads miss.

The LSTM sees, beside each clip, what the heads say of it when its recording is left out (stacked
generalisation, Wolpert 1992): of clips that they were fitted to there would be nothing to add.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from encoder.action_net import ActionConfig
from training.action_clips import UNSURE
from training.action_features import STRIDES
from training.action_pooled import PooledFit

_LEAST_CROP = 0.7


class Order(StrEnum):
    """What the classifier learns of the order of frames."""

    LSTM = "lstm"
    POOLED = "pooled without order"
    SHUFFLED = "lstm over shuffled frames"


@dataclass(frozen=True)
class ActionTraining:
    """How the classifier is trained."""

    config: ActionConfig = field(default_factory=ActionConfig)
    folds: int = 5
    epochs: int = 30
    patience: int = 6  # epochs without a better loss on held-out clips before training ends
    batch: int = 64
    rate: float = 1e-3  # constant, so that a stop at any epoch is a training of its own
    weight_decay: float = 0.1
    seed: int = 0


class ActionFit:
    """A classifier in training on some of the clips."""

    def __init__(self, pooled: PooledFit, training: ActionTraining, *, order: Order) -> None:
        torch.manual_seed(training.seed)  # of the dropout
        self._rng = np.random.default_rng(training.seed)
        self._pooled, self._batch, self._order = pooled, training.batch, order
        self.classifier = copy.deepcopy(pooled.classifier)
        trained = (*self.classifier.lstm.parameters(), *self.classifier.add.parameters())
        self._optimiser = torch.optim.AdamW(
            trained, training.rate, weight_decay=training.weight_decay
        )

    def epoch(self) -> float:
        """Train the LSTM on every clip once; return the mean loss."""
        self.classifier.train()
        rows = self._pooled.rows
        batches = max(1, len(rows) // self._batch)
        shuffled = self._rng.permutation(rows)
        return float(np.mean([self._step(each) for each in np.array_split(shuffled, batches)]))

    def _step(self, rows: NDArray[np.int64]) -> float:
        views = [int(self._rng.integers(len(self._pooled.components[row]))) for row in rows]
        shown = list(zip(rows.tolist(), views, strict=True))
        clips = [self._cropped(self._pooled.components[row][view]) for row, view in shown]
        left_out = torch.stack([self._pooled.left_out[row][view] for row, view in shown])
        sizes = [head.out_features for head in self.classifier.heads]
        said = torch.split(left_out, sizes, 1)
        logits = [old + more for old, more in zip(said, self._added(clips), strict=True)]
        loss = family_losses(logits, self._pooled.labels[rows])
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimiser.step()
        return float(loss.detach())

    @torch.inference_mode()
    def logits(self, rows: NDArray[np.int64], *, stride: int) -> list[Tensor]:
        """Of every `stride`-th frame of the plain clips, for each family ``(N, L + 1)``."""
        self.classifier.eval()
        view = STRIDES.index(stride)
        pools = torch.stack([self._pooled.pools[row][view] for row in rows])
        added = self._added([self._pooled.components[row][view] for row in rows])
        said = self.classifier.of_pools(pools)
        return [old + more for old, more in zip(said, added, strict=True)]

    def loss_of(self, logits: Sequence[Tensor], rows: NDArray[np.int64]) -> float:
        """What `epoch` would call the loss of these logits."""
        return float(family_losses(logits, self._pooled.labels[rows]))

    def _added(self, clips: Sequence[Tensor]) -> list[Tensor]:
        lengths = torch.tensor([len(clip) for clip in clips])
        shown = [self._ordered(clip) for clip in clips]
        return self.classifier.ordered(pad_sequence(shown, batch_first=True), lengths)

    def _ordered(self, clip: Tensor) -> Tensor:
        if self._order is not Order.SHUFFLED:
            return clip
        return clip[torch.from_numpy(self._rng.permutation(len(clip)))]

    def _cropped(self, clip: Tensor) -> Tensor:
        length = int(np.ceil(len(clip) * self._rng.uniform(_LEAST_CROP, 1)))
        start = int(self._rng.integers(len(clip) - length + 1))
        return clip[start : start + length]


def family_losses(logits: Sequence[Tensor], labels: Tensor) -> Tensor:
    """Cross-entropy of the labels, and of any label against none, over ``(N, families)``."""
    total = torch.zeros(())
    for scores, truth in zip(logits, labels.T, strict=True):
        own, sure = truth >= 0, truth != UNSURE
        total = total + F.cross_entropy(scores[own, :-1], truth[own], reduction="sum")
        total = total + F.binary_cross_entropy_with_logits(
            scores[sure, -1], own[sure].float(), reduction="sum"
        )
    return total / len(labels)
