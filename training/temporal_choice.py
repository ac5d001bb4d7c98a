"""Compares what may read the frames in order, each trained alike on the same features."""

import logging
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace

import torch

from encoder.alignment import Alignment, MovementReader, load_alignment
from encoder.checkpoint import ALIGNMENT
from encoder.temporal import AlignmentConfig, Pooling, Sequence, TemporalEncoder
from training.align import dev_recalls
from training.data import Folders
from training.order import OrderData, OrderTraining, fit_order, load_order_data, order_accuracy

logger = logging.getLogger(__name__)

_CHOICES = (
    *((sequence, Pooling.LAST) for sequence in Sequence),
    (Sequence.LSTM, Pooling.AVERAGE),
    (Sequence.LSTM, Pooling.ATTENTION),
)
_CLIPS = 512  # clips of which the speed is taken


@dataclass(frozen=True)
class TemporalFigures:
    """One choice, trained and measured."""

    sequence: Sequence
    pooling: Pooling
    recalls: str
    order_accuracy: float
    """Share of captions with a movement that prefer the clip to its reverse."""
    alike: float
    """Mean cosine similarity of a clip and its reverse."""
    weights: int
    training_seconds: float
    clips_per_second: float
    """Of the network alone, on ready projected frames."""


def compare_temporal(folders: Folders, training: OrderTraining) -> Iterator[TemporalFigures]:
    """Train and measure every choice on top of the saved alignment, saving nothing.

    Raises:
        TrainingDataError: the data is not there, or not as it should be.
        CheckpointError: there is no alignment to start from.
    """
    aligned = load_alignment(folders.weights / ALIGNMENT)
    data = load_order_data(folders, training, backbone=aligned.backbone)
    for sequence, pooling in _CHOICES:
        config = replace(aligned.config, sequence=sequence, pooling=pooling)
        yield _measured(_with_temporal(aligned, config), data, training)


def _with_temporal(aligned: Alignment, config: AlignmentConfig) -> Alignment:
    torch.manual_seed(0)
    model = deepcopy(aligned)
    model.temporal = TemporalEncoder(config)
    model.movement = MovementReader(config)
    model.config = config
    return model


def _measured(model: Alignment, data: OrderData, training: OrderTraining) -> TemporalFigures:
    start = time.perf_counter()
    fit_order(model, data.train, training)
    seconds = time.perf_counter() - start
    right, alike = order_accuracy(model, data.held_out)
    return TemporalFigures(
        model.config.sequence,
        model.config.pooling,
        dev_recalls(model, data.dev),
        right,
        alike,
        sum(weights.numel() for weights in model.temporal.parameters()),
        seconds,
        _speed(model, data),
    )


@torch.inference_mode()
def _speed(model: Alignment, data: OrderData) -> float:
    rows = torch.arange(_CLIPS) % len(data.held_out.frames)
    frames = model.embed_frames(data.held_out.frames[rows])  # (512, T, D)
    lengths = torch.full((_CLIPS,), frames.shape[1])
    start = time.perf_counter()
    model.temporal(frames, lengths)
    return _CLIPS / (time.perf_counter() - start)


def table(figures: Iterator[TemporalFigures]) -> Iterator[str]:
    """The lines of a Markdown table, each as soon as it is known."""
    yield "| network | state | dev | order right | clip · reverse | weights | training | clips/s |"
    yield "|---|---|---|---|---|---|---|---|"
    for row in figures:
        yield (
            f"| {row.sequence} | {row.pooling} | {row.recalls} | {row.order_accuracy:.1%} "
            f"| {row.alike:.3f} | {row.weights / 1e6:.2f} M | {row.training_seconds:.0f} s "
            f"| {row.clips_per_second:.0f} |"
        )
