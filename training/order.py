"""Teaches order, on photographs filmed forwards and backwards.

A clip and its reverse show the same frames, so their means are equal and only the LSTM can tell
"zooms in" from "zooms out"; of a text, only the net that reads movement. Stills and plain captions
are held where they are, so that they keep finding each other.
"""

import logging
import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from rich.progress import track
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from encoder.alignment import Alignment, load_alignment
from encoder.backbone import CompactBackbone
from encoder.checkpoint import ALIGNMENT
from training.align import DEV_TABLE, TABLES, dev_recalls, save_alignment
from training.contrast import contrastive_loss
from training.data import Folders
from training.filming import MovingPictures, film
from training.sources import Source, load_source

logger = logging.getLogger(__name__)

_SCALE = math.exp(3.1)  # the temperature that alignment ends at


@dataclass(frozen=True)
class OrderTraining:
    """How the LSTM is trained."""

    pictures: int = 1800  # filming 6 frames of each costs as much as aligning all once
    dev_pictures: int = 300
    epochs: int = 40
    batch: int = 96
    rate: float = 5e-4
    still_anchor: float = 100.0  # weight of leaving stills and plain captions where they are
    moving_anchor: float = 0.5  # weight of leaving clips near the mean of their frames
    weight_decay: float = 0.05
    seed: int = 0


@dataclass(frozen=True, eq=False)
class OrderBatch:
    """Stills, moving clips and their reverses of B pictures, with three texts each."""

    texts: Tensor  # (3B, D) plain captions, with the movement, with the reverse movement
    plain: Tensor  # (B, D) the plain captions without the net that reads movement
    clips: Tensor  # (3B, D) stills, clips, reversed clips
    means: Tensor  # (3B, D) what mean pooling makes of the clips
    positive: Tensor  # (3B, 3B) bool, True where text and clip belong together


@dataclass(frozen=True, eq=False)
class OrderData:
    """What order is learned from and measured on."""

    train: MovingPictures
    held_out: MovingPictures
    dev: Source


def load_order_data(
    folders: Folders, training: OrderTraining, *, backbone: CompactBackbone
) -> OrderData:
    """Film photographs, or read what was filmed before.

    Raises:
        TrainingDataError: the data is not there, or not as it should be.
    """
    train, dev = (load_source(folders, name, backbone=backbone) for name in (TABLES[0], DEV_TABLE))
    return OrderData(
        film(train, training.pictures, backbone=backbone, cache=folders.cache),
        film(dev, training.dev_pictures, backbone=backbone, cache=folders.cache),
        dev,
    )


def train_order(folders: Folders, training: OrderTraining) -> None:
    """Start from the saved alignment, train what reads order, save again.

    Raises:
        TrainingDataError: the data is not there, or not as it should be.
        CheckpointError: there is no alignment to start from.
    """
    model = load_alignment(folders.weights / ALIGNMENT)
    data = load_order_data(folders, training, backbone=model.backbone)
    logger.info("before: %s", _figures(model, data))
    fit_order(model, data.train, training)
    logger.info("after: %s", _figures(model, data))
    save_alignment(model, folders.weights / ALIGNMENT)


def _figures(model: Alignment, data: OrderData) -> str:
    right, alike = order_accuracy(model, data.held_out)
    return f"{dev_recalls(model, data.dev)}, order {right:.1%} right, reverse {alike:.4f} alike"


def fit_order(model: Alignment, filmed: MovingPictures, training: OrderTraining) -> None:
    """Train the network over frames, and the net that reads movement in texts."""
    torch.manual_seed(training.seed)
    rng = np.random.default_rng(training.seed)
    optimiser = torch.optim.AdamW(
        [*model.temporal.parameters(), *model.movement.parameters()],
        training.rate,
        weight_decay=training.weight_decay,
    )
    model.eval()  # dropout would move what is to be held where it is
    for _ in track(range(training.epochs), "order"):
        for rows in np.array_split(
            rng.permutation(len(filmed.frames)), max(1, len(filmed.frames) // training.batch)
        ):
            captions = rng.integers(0, filmed.sentences.shape[1], len(rows))
            batch = order_batch(model, filmed, rows=rows, captions=captions)
            contrast = contrastive_loss(batch.texts @ batch.clips.T * _SCALE, batch.positive)
            loss = contrast + _drift(batch, training)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()


def _drift(batch: OrderBatch, training: OrderTraining) -> Tensor:
    """How far everything has moved from where it was before, weighted; 0 at first."""
    plain, _, _ = batch.texts.chunk(3)
    stills, *moving = (1 - (batch.clips * batch.means).sum(1)).chunk(3)
    held = stills.mean() + (1 - (plain * batch.plain).sum(1)).mean()
    return training.still_anchor * held + training.moving_anchor * torch.cat(moving).mean()


def order_batch(
    model: Alignment,
    filmed: MovingPictures,
    *,
    rows: NDArray[np.int64],
    captions: NDArray[np.int64],
) -> OrderBatch:
    """Embed some pictures: `rows` ``(B,)`` chooses them, `captions` ``(B,)`` one caption of each.

    The plain caption belongs to the still and to both clips of its picture; a caption with a
    movement belongs to the clip with that movement alone.
    """
    with torch.no_grad():
        moving = model.embed_frames(filmed.frames[rows])  # (B, T, D)
        stills = model.embed_frames(filmed.stills[rows, captions % 2])[:, None]  # (B, 1, D)
        middle = F.normalize(moving.mean(1), dim=-1)  # (B, D)
    clips = [*stills, *moving, *moving.flip(1)]
    lengths = torch.tensor([len(clip) for clip in clips])
    embedded = model.temporal(pad_sequence(clips, batch_first=True), lengths)
    sentences = filmed.sentences[rows, captions]  # (B, 3, 768)
    texts = model.embed_sentences(sentences.transpose(0, 1).flatten(0, 1))  # (3B, D)
    with torch.no_grad():
        plain = F.normalize(model.sentence(sentences[:, 0]), dim=-1)  # (B, D)
    own = torch.eye(len(rows), dtype=torch.bool)
    none = torch.zeros_like(own)
    positive = torch.cat(
        [
            torch.cat([own, own, own], 1),
            torch.cat([none, own, none], 1),
            torch.cat([none, none, own], 1),
        ]
    )
    means = torch.cat([stills[:, 0], middle, middle])
    return OrderBatch(texts, plain, embedded, means, positive)


@torch.inference_mode()
def order_accuracy(model: Alignment, filmed: MovingPictures) -> tuple[float, float]:
    """How often the caption with the movement prefers the clip to its reverse, and how alike
    the two clips' embeddings are on average (cosine similarity).
    """
    model.eval()
    right, alike = [], []
    for start in range(0, len(filmed.frames), 100):
        rows = np.arange(start, min(start + 100, len(filmed.frames)))
        first = np.zeros(len(rows), np.int64)
        batch = order_batch(model, filmed, rows=rows, captions=first)
        _, moved, _ = batch.texts.chunk(3)
        _, forwards, backwards = batch.clips.chunk(3)
        right += ((moved * forwards).sum(1) > (moved * backwards).sum(1)).tolist()
        alike += (forwards * backwards).sum(1).tolist()
    return float(np.mean(right)), float(np.mean(alike))
