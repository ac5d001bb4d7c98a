"""Learns actions from labelled clips, and measures what the order of frames is worth."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from rich.progress import track
from torch import Tensor

from encoder.actions import UNSAID, Calibration, actions_checkpoint, calibrated
from encoder.checkpoint import ACTIONS, save_checkpoint
from evaluation.actions import FRAMES_PER_SECOND, accuracy_interval
from evaluation.intervals import Interval
from training.action_clips import SOURCES, UNSURE, ActionSource
from training.action_features import STRIDES, ActionExample, action_examples
from training.action_fit import ActionFit, ActionTraining, Order
from training.action_pooled import PooledFit, fit_pooled
from training.data import Folders
from training.loss_curve import LossCurve, draw_loss_curve

logger = logging.getLogger(__name__)

CURVE = "actions-loss.png"
_FALSE_ALARMS = 0.02
"""Share of held-out clips without an action that may get one."""
_LEAST_PROBABILITY = 0.3
_TEMPERATURES = np.geomspace(0.2, 5, 65)
_SLOPES, _OFFSETS = np.geomspace(0.1, 4, 40), np.linspace(-6, 3, 73)


@dataclass(frozen=True)
class ActionFigure:
    """How often clips of recordings that were held out are recognised, percent."""

    family: str
    order: Order
    frames_per_second: float
    accuracy: float
    interval: Interval
    """Recordings were resampled."""

    def __str__(self) -> str:
        what = f"{self.family}, {self.order}, {self.frames_per_second:g} frames a second"
        return f"{what}: {self.accuracy:.1f} % [{self.interval.low:.1f}, {self.interval.high:.1f}]"


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What classifiers say of clips that they were not trained on."""

    epochs: int
    """After which the loss was least."""
    curve: LossCurve
    logits: tuple[list[Tensor], ...]
    """For each of `STRIDES` and each family ``(N, L + 1)``."""


def train_actions(folders: Folders, training: ActionTraining) -> list[ActionFigure]:
    """Train on all clips of the data; see `fit_actions`.

    Raises:
        TrainingDataError: the data is not there, or not as it should be.
        CheckpointError: there is no alignment to build on.
    """
    return fit_actions(action_examples(folders), training, folders=folders)


def fit_actions(
    examples: Sequence[ActionExample], training: ActionTraining, *, folders: Folders
) -> list[ActionFigure]:
    """Measure on folds, train on all examples for as long as the folds say, save.

    Raises:
        CheckpointError: there is no alignment to build on.
    """
    folds = fit_folds(examples, training)
    held = {order: cross_validate(folds, training, order=order) for order in Order}
    figures = [
        figure
        for number in range(len(SOURCES))
        for order, found in held.items()
        for figure in figures_of(examples, found, order, number=number)
    ]
    for figure in figures:
        logger.info("%s", figure)
    chosen = held[Order.LSTM]
    calibrations = calibrate(examples, chosen.logits[-1])  # of the rate of indexing
    rows = np.arange(len(examples))
    pooled = fit_pooled(examples, rows, config=training.config, seed=training.seed)
    fit = ActionFit(pooled, training, order=Order.LSTM)
    for _ in track(range(chosen.epochs), "actions"):
        fit.epoch()
    families = [source.family for source in SOURCES]
    checkpoint = actions_checkpoint(
        fit.classifier,
        families,
        calibrations=calibrations,
        config=training.config,
        weights=folders.weights,
    )
    save_checkpoint(folders.weights / ACTIONS, checkpoint)
    draw_loss_curve(folders.cache / CURVE, chosen.curve)
    return figures


def folds_of(groups: Sequence[str], *, folds: int) -> NDArray[np.int64]:
    """Deal whole groups to folds of about the same size, the same way each time: ``(N,)``."""
    names, owner, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    dealt = np.zeros(folds, np.int64)
    fold_of = np.zeros(len(names), np.int64)
    shuffled = np.random.default_rng(0).permutation(len(names))
    for name in shuffled[np.argsort(-sizes[shuffled], kind="stable")]:
        fold_of[name] = dealt.argmin()
        dealt[fold_of[name]] += sizes[name]
    return fold_of[owner]


def _fold_numbers(examples: Sequence[ActionExample], folds: int) -> NDArray[np.int64]:
    """Each family is dealt by itself, so that every fold has a share of it."""
    numbers = np.zeros(len(examples), np.int64)
    kinds = [example.group.split("-")[0] for example in examples]
    for kind in sorted(set(kinds)):
        rows = [i for i, other in enumerate(kinds) if other == kind]
        numbers[rows] = folds_of([examples[i].group for i in rows], folds=folds)
    return numbers


def fit_folds(examples: Sequence[ActionExample], training: ActionTraining) -> list[PooledFit]:
    """For each fold the pooled part of a classifier that does not know it."""
    numbers = _fold_numbers(examples, training.folds)
    return [
        fit_pooled(
            examples, np.flatnonzero(numbers != fold), config=training.config, seed=training.seed
        )
        for fold in track(range(training.folds), "actions, pooled")
    ]


def cross_validate(
    folds: Sequence[PooledFit], training: ActionTraining, *, order: Order
) -> HeldOut:
    """Train one classifier for each fold, side by side, until their held-out loss rises."""
    held_rows = [np.setdiff1d(np.arange(len(fold.labels)), fold.rows) for fold in folds]
    fits = [ActionFit(fold, training, order=order) for fold in folds]
    curve, best = LossCurve([], []), HeldOut(0, LossCurve([], []), ())
    epochs = 0 if order is Order.POOLED else training.epochs
    for epoch in track(range(epochs + 1), f"actions, {order}"):
        found = [
            [fit.logits(rows, stride=stride) for fit, rows in zip(fits, held_rows, strict=True)]
            for stride in STRIDES
        ]
        losses = [
            fit.loss_of(logits, rows)
            for each in found
            for fit, logits, rows in zip(fits, each, held_rows, strict=True)
        ]
        curve.dev.append(float(np.mean(losses)))
        if curve.dev[-1] == min(curve.dev):
            best = HeldOut(epoch, curve, tuple(_in_order(each, held_rows) for each in found))
        elif epoch - best.epochs >= training.patience:
            break
        if epoch < epochs:
            curve.train.append(float(np.mean([fit.epoch() for fit in fits])))
    return best


def _in_order(folds: Sequence[Sequence[Tensor]], rows: Sequence[NDArray[np.int64]]) -> list[Tensor]:
    """Logits of each fold and family → of each family, in the order of the examples."""
    back = torch.from_numpy(np.argsort(np.concatenate(rows)))
    return [torch.cat(list(family))[back] for family in zip(*folds, strict=True)]


def figures_of(
    examples: Sequence[ActionExample], held: HeldOut, order: Order, *, number: int
) -> list[ActionFigure]:
    """Of one of `SOURCES`, one figure for each rate; its labels compete, none does not."""
    groups = np.unique([example.group for example in examples], return_inverse=True)[1]
    labels = np.array([example.labels[number] for example in examples])
    at_home = [example.group.startswith(SOURCES[number].family.name) for example in examples]
    own = np.flatnonzero(np.array(at_home) & (labels >= 0))
    figures = []
    for stride, logits in zip(STRIDES, held.logits, strict=True):
        answers = logits[number][own, :-1].argmax(1).numpy()
        right = (answers == labels[own]).astype(np.float64)
        figures.append(
            ActionFigure(
                SOURCES[number].family.name,
                order,
                FRAMES_PER_SECOND / stride,
                100 * float(right.mean()),
                accuracy_interval(right, groups[own]),
            )
        )
    return figures


def calibrate(examples: Sequence[ActionExample], logits: Sequence[Tensor]) -> list[Calibration]:
    """For each family, from held-out logits ``(N, L + 1)``: probabilities, then a threshold."""
    labels = torch.tensor([example.labels for example in examples])
    return [
        _calibrated_family(source, scores, truth)
        for source, scores, truth in zip(SOURCES, logits, labels.T, strict=True)
    ]


def _calibrated_family(source: ActionSource, scores: Tensor, truth: Tensor) -> Calibration:
    sure, own = truth != UNSURE, truth >= 0
    losses = [float(F.cross_entropy(scores[own, :-1] / t, truth[own])) for t in _TEMPERATURES]
    temperature = float(_TEMPERATURES[int(np.argmin(losses))])
    slope, offset = _platt(scores[sure, -1], own[sure].float())
    unhindered = Calibration(temperature, slope, offset, 0.0)
    shares = calibrated(scores[sure], unhindered)  # (N, L)
    best, answer = shares.max(1)
    said = torch.tensor([label not in UNSAID for label in source.family.labels])
    given = torch.where(said[answer] & (best > 1 - shares.sum(1)), best, 0.0)  # (N,)
    worth_saying = own[sure] & said[truth[sure]]
    silent = given[~worth_saying]
    allowed = float(silent.quantile(1 - _FALSE_ALARMS, interpolation="higher"))
    least = max(_LEAST_PROBABILITY, allowed)
    right = ((given > least) & (answer == truth[sure]))[worth_saying].float().mean()
    logger.info(
        "%s: temperature %.2f, given from %.2f on: %.1f %% of its held-out clips rightly, "
        "%.1f %% of others wrongly",
        source.family.name,
        temperature,
        least,
        100 * float(right),
        100 * float((silent > least).float().mean()),
    )
    return Calibration(temperature, slope, offset, least)


def _platt(scores: Tensor, truth: Tensor) -> tuple[float, float]:
    """The slope and offset that make the logits ``(N,)`` most probable, among those of a grid."""
    slopes = torch.tensor(_SLOPES, dtype=torch.float32)[:, None, None]
    offsets = torch.tensor(_OFFSETS, dtype=torch.float32)[None, :, None]
    logits = scores * slopes + offsets  # (slopes, offsets, N)
    losses = F.binary_cross_entropy_with_logits(
        logits, truth.expand_as(logits), reduction="none"
    ).mean(2)
    slope, offset = divmod(int(losses.argmin()), len(_OFFSETS))
    return float(_SLOPES[slope]), float(_OFFSETS[offset])
