"""Fits what the action classifier says of pooled changes, before its LSTM learns anything."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from encoder.action_net import (
    INPUT_CHANNELS,
    MOVEMENT_SIZE,
    ActionClassifier,
    ActionConfig,
    movement_of,
    pool,
)
from encoder.backbone import FEATURE_CHANNELS
from training.action_clips import SOURCES, UNSURE
from training.action_features import STRIDES, ActionExample
from training.action_heads import fit_ridge

_LEAST_SPREAD = 1e-4
_GAIN = 4.0  # least squares aims at -1 and 1, logits of two classes lie farther apart
_KINDS = 3 * ((FEATURE_CHANNELS, 1.0), (INPUT_CHANNELS - FEATURE_CHANNELS, 0.25)) + (
    (MOVEMENT_SIZE, 1.0),
)
"""Widths of the kinds of columns of a pool, and their says: three times the features' changes and
the pixels', then the movement of the whole picture."""
_PCA_FRAMES = 3000


@dataclass(frozen=True, eq=False)
class PooledFit:
    """A classifier whose LSTM adds nothing yet, and what its training goes on with.

    A view of a clip is one of `STRIDES`, plain, then perhaps of its mirror image.
    """

    classifier: ActionClassifier
    rows: NDArray[np.int64]
    """``(R,)`` the examples that it was fitted to."""
    labels: Tensor
    """``(N, families)`` of all examples."""
    pools: tuple[Tensor, ...]
    """Of each example ``(views, 3 * C + 80)``."""
    components: tuple[tuple[Tensor, ...], ...]
    """Of each view of each example ``(T, reduced)``."""
    left_out: dict[int, Tensor]
    """Of each of `rows` what the heads say of each view when they are fitted without its whole
    recording: ``(views, all logits)``; 0 where a head was not fitted to it at all."""


@torch.no_grad()
def fit_pooled(
    examples: Sequence[ActionExample], rows: NDArray[np.int64], *, config: ActionConfig, seed: int
) -> PooledFit:
    """Fit to some of the examples."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    classifier = ActionClassifier(config, [source.family for source in SOURCES])
    views = [_views(example) for example in examples]
    pools = [_pools(example, clip) for example, clip in zip(examples, views, strict=True)]
    labels = torch.tensor([example.labels for example in examples])
    _standardise(classifier, torch.cat([pools[row] for row in rows]))
    _find_components(classifier, torch.cat([views[row][0] for row in rows]), rng)
    groups = np.unique([example.group for example in examples], return_inverse=True)[1]
    return PooledFit(
        classifier,
        rows,
        labels,
        tuple(pools),
        tuple(tuple(classifier.components(view) for view in clip) for clip in views),
        _fit_heads(classifier, rows, pools=pools, labels=labels, groups=groups),
    )


def _views(example: ActionExample) -> list[Tensor]:
    return [
        example.inputs(stride=stride, mirrored=bool(mirror))
        for mirror in range(len(example.frames))
        for stride in STRIDES
    ]


def _pools(example: ActionExample, views: Sequence[Tensor]) -> Tensor:
    """``(views, 3 * C + 80)``; movement is the same in each."""
    pooled = torch.cat([pool(view[None], torch.tensor([len(view)])) for view in views])
    return torch.cat([pooled, movement_of(example.motion).expand(len(views), -1)], 1)


def _standardise(classifier: ActionClassifier, pools: Tensor) -> None:
    """Give each kind of column of ``(V, 3 * C + 80)`` pools its say."""
    scale = torch.empty(pools.shape[1])
    start = 0
    for width, say in _KINDS:
        spread = pools[:, start : start + width].std(0)
        # What hardly ever changes must not be blown up.
        spread = spread.clamp(min=max(_LEAST_SPREAD, 0.05 * float(spread.mean())))
        scale[start : start + width] = (say / width) ** 0.5 / spread
        start += width
    classifier.centre.copy_(pools.mean(0))
    classifier.scale.copy_(scale)


def _find_components(
    classifier: ActionClassifier, frames: Tensor, rng: np.random.Generator
) -> None:
    """Set what the LSTM reads to the principal components of ``(F, C)`` frames."""
    frames = frames[torch.from_numpy(rng.permutation(len(frames))[:_PCA_FRAMES])]
    scale = classifier.scale[:INPUT_CHANNELS]
    scaled = (frames - classifier.centre[:INPUT_CHANNELS]) * scale
    layer = classifier.reduce
    kept = min(layer.out_features, *scaled.shape)
    _, lengths, axes = torch.svd_lowrank(scaled, kept)  # (C, kept)
    size = (lengths.square().mean() / len(scaled)).sqrt().clamp(min=_LEAST_SPREAD)
    layer.weight.zero_()
    layer.weight[:kept] = (axes / size).T


def _fit_heads(
    classifier: ActionClassifier,
    rows: NDArray[np.int64],
    *,
    pools: Sequence[Tensor],
    labels: Tensor,
    groups: NDArray[np.int64],
) -> dict[int, Tensor]:
    """Set the pooled heads; return `PooledFit.left_out`."""
    counts = [len(pools[row]) for row in rows]
    owner = np.repeat(rows, counts)
    shown = classifier.standardised(torch.cat([pools[row] for row in rows]))  # (V, 3 * C + 80)
    said = [
        _fit_head(
            head, shown[:, : head.in_features], labels=labels[owner, number], groups=groups[owner]
        )
        for number, head in enumerate(classifier.heads)
    ]
    of_each = torch.split(torch.cat(said, 1), counts)
    return dict(zip(rows.tolist(), of_each, strict=True))


def _fit_head(
    head: nn.Linear, pools: Tensor, *, labels: Tensor, groups: NDArray[np.int64]
) -> Tensor:
    """Fit to ``(V, W)`` pools with ``(V,)`` labels; return the left-out logits."""
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
