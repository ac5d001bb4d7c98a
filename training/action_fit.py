"""Fits the action classifier: its pooled heads in closed form, then the LSTM on what they miss.

The LSTM sees, beside each clip, what the heads say of it when its recording is left out (stacked
generalisation, Wolpert 1992): of clips that they were fitted to there would be nothing to add.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from encoder.action_net import INPUT_CHANNELS, ActionClassifier, ActionConfig, pool
from encoder.backbone import FEATURE_CHANNELS
from training.action_clips import SOURCES, UNSURE
from training.action_features import STRIDES, ActionExample
from training.action_heads import fit_ridge

_LEAST_CROP = 0.7
_LEAST_SPREAD = 1e-4
_GAIN = 4.0  # least squares aims at -1 and 1, logits of two classes lie farther apart
_MOTION_SAY = 0.25  # of the pixels' motion beside the change of the CNN's features
_PCA_FRAMES = 3000


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
        self._rows, self._batch, self._order = rows, training.batch, order
        self._labels = torch.tensor([example.labels for example in examples])
        self._views = [_views(example) for example in examples]
        families = [source.family for source in SOURCES]
        self.classifier = ActionClassifier(training.config, families)
        with torch.no_grad():
            self._pools = [
                torch.cat([pool(v[None], torch.tensor([len(v)])) for v in views])
                for views in self._views
            ]
            self._standardise()
            self._offsets = self._fit_heads(examples)
            self._components = [
                [self.classifier.components(v) for v in views] for views in self._views
            ]
        trained = (*self.classifier.lstm.parameters(), *self.classifier.add.parameters())
        self._optimiser = torch.optim.AdamW(
            trained, training.rate, weight_decay=training.weight_decay
        )

    def epoch(self) -> float:
        """Train the LSTM on every clip once; return the mean loss."""
        self.classifier.train()
        losses = []
        batches = max(1, len(self._rows) // self._batch)
        for rows in np.array_split(self._rng.permutation(self._rows), batches):
            views = [int(self._rng.integers(len(self._views[row]))) for row in rows]
            clips = [
                self._cropped(self._components[row][view])
                for row, view in zip(rows, views, strict=True)
            ]
            offsets = torch.stack(
                [self._offsets[row][view] for row, view in zip(rows, views, strict=True)]
            )
            sizes = [layer.out_features for layer in self._heads]
            logits = [
                offset + added
                for offset, added in zip(
                    torch.split(offsets, sizes, 1), self._added(clips), strict=True
                )
            ]
            loss = family_losses(logits, self._labels[rows])
            self._optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimiser.step()
            losses.append(float(loss.detach()))
        return float(np.mean(losses))

    @torch.inference_mode()
    def logits(self, rows: NDArray[np.int64], *, stride: int) -> list[Tensor]:
        """Of every `stride`-th frame of the plain clips, for each family ``(N, L + 1)``."""
        self.classifier.eval()
        view = STRIDES.index(stride)
        pools = torch.stack([self._pools[row][view] for row in rows])
        added = self._added([self._components[row][view] for row in rows])
        standard = self.classifier.standardised(pools)
        return [head(standard) + more for head, more in zip(self._heads, added, strict=True)]

    def loss_of(self, logits: Sequence[Tensor], rows: NDArray[np.int64]) -> float:
        """What `epoch` would call the loss of these logits."""
        return float(family_losses(logits, self._labels[rows]))

    @property
    def _heads(self) -> list[torch.nn.Linear]:
        return [head for head in self.classifier.pooled if isinstance(head, torch.nn.Linear)]

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

    def _standardise(self) -> None:
        """Give each kind of pool and of input its say, and find the LSTM's components."""
        pools = torch.cat([self._pools[row] for row in self._rows])  # (V, 3 * C)
        scale = torch.empty(pools.shape[1])
        say = {FEATURE_CHANNELS: 1.0, INPUT_CHANNELS - FEATURE_CHANNELS: _MOTION_SAY}
        start = 0
        for width in 3 * tuple(say):
            spread = pools[:, start : start + width].std(0)
            # What hardly ever changes must not be blown up.
            spread = spread.clamp(min=max(_LEAST_SPREAD, 0.05 * float(spread.mean())))
            scale[start : start + width] = (say[width] / width) ** 0.5 / spread
            start += width
        self.classifier.centre.copy_(pools.mean(0))
        self.classifier.scale.copy_(scale)
        self._find_components()

    def _find_components(self) -> None:
        frames = torch.cat([self._views[row][0] for row in self._rows])
        frames = frames[torch.from_numpy(self._rng.permutation(len(frames))[:_PCA_FRAMES])]
        scale = self.classifier.scale[:INPUT_CHANNELS]
        scaled = (frames - self.classifier.centre[:INPUT_CHANNELS]) * scale
        layer = self.classifier.reduce
        kept = min(layer.out_features, *scaled.shape)
        _, lengths, axes = torch.svd_lowrank(scaled, kept)  # (C, kept)
        layer.weight.zero_()
        size = (lengths.square().mean() / len(scaled)).sqrt().clamp(min=_LEAST_SPREAD)
        layer.weight[:kept] = (axes / size).T

    def _fit_heads(self, examples: Sequence[ActionExample]) -> list[Tensor]:
        """Set the pooled heads; return what they say of each view, its recording left out.

        Returns:
            Of each example ``(views, all logits)``; 0 where a head was not fitted to it.
        """
        counts = [len(self._pools[row]) for row in self._rows]
        owner = np.repeat(self._rows, counts)
        pools = self.classifier.standardised(torch.cat([self._pools[row] for row in self._rows]))
        groups = np.unique([example.group for example in examples], return_inverse=True)[1]
        said = [
            _fit_head(head, pools, labels=self._labels[owner, number], groups=groups[owner])
            for number, head in enumerate(self._heads)
        ]
        offsets = [torch.empty(0)] * len(examples)
        for row, views in zip(self._rows, torch.split(torch.cat(said, 1), counts), strict=True):
            offsets[row] = views
        return offsets


def _fit_head(
    head: torch.nn.Linear, pools: Tensor, *, labels: Tensor, groups: NDArray[np.int64]
) -> Tensor:
    """Fit to ``(V, 3 * C)`` pools with ``(V,)`` labels; return the left-out logits."""
    left_out = torch.zeros(len(pools), head.out_features)
    own, sure = labels >= 0, labels != UNSURE
    which = F.one_hot(labels[own], head.out_features - 1) * 2.0 - 1
    fit = fit_ridge(pools[own], which, weights=torch.ones(len(which)), groups=groups[own.numpy()])
    head.weight[:-1], head.bias[:-1] = _GAIN * fit.weight, _GAIN * fit.bias
    left_out[own, :-1] = _GAIN * fit.left_out
    share = own[sure].float().mean()
    weights = torch.where(own[sure], 0.5 / share, 0.5 / (1 - share))
    any_label = own[sure, None] * 2.0 - 1
    fit = fit_ridge(pools[sure], any_label, weights=weights, groups=groups[sure.numpy()])
    head.weight[-1:], head.bias[-1:] = _GAIN * fit.weight, _GAIN * fit.bias
    left_out[sure, -1:] = _GAIN * fit.left_out
    return left_out


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


def _views(example: ActionExample) -> list[Tensor]:
    """At each rate, first plain, then perhaps mirrored."""
    return [
        example.inputs(stride=stride, mirrored=bool(mirror))
        for mirror in range(len(example.frames))
        for stride in STRIDES
    ]
