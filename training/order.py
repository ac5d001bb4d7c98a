"""Teaches the LSTM order, on photographs filmed forwards and backwards.

A clip and its reverse show the same frames, so their means are equal and only the LSTM can tell
"zooms in" from "zooms out". Stills take part, so that they keep finding their captions.
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

from encoder.alignment import Alignment
from encoder.checkpoint import ALIGNMENT
from encoder.compact import load_alignment
from training.align import DEV_TABLE, TABLES, dev_recalls, save_alignment
from training.contrast import contrastive_loss
from training.data import Folders
from training.filming import MovingPictures, film
from training.sources import load_source

logger = logging.getLogger(__name__)

_SCALE = math.exp(3.1)  # the temperature that alignment ends at


@dataclass(frozen=True)
class OrderTraining:
    """How the LSTM is trained."""

    pictures: int = 1800  # filming 6 frames of each costs as much as aligning all once
    dev_pictures: int = 300
    epochs: int = 20
    batch: int = 96
    rate: float = 5e-4
    anchor: float = 20.0  # weight of staying near the mean of the frames; less costs retrieval
    weight_decay: float = 0.05
    seed: int = 0


@dataclass(frozen=True, eq=False)
class OrderBatch:
    """Stills, moving clips and their reverses of B pictures, with three texts each."""

    texts: Tensor  # (3B, D) plain captions, with the movement, with the reverse movement
    clips: Tensor  # (3B, D) stills, clips, reversed clips
    means: Tensor  # (3B, D) what mean pooling makes of the clips
    positive: Tensor  # (3B, 3B) bool, True where text and clip belong together


def train_order(folders: Folders, training: OrderTraining) -> None:
    """Start from the saved alignment, train its LSTM, save again.

    Raises:
        TrainingDataError: the data is not there, or not as it should be.
        CheckpointError: there is no alignment to start from.
    """
    torch.manual_seed(training.seed)
    rng = np.random.default_rng(training.seed)
    model = load_alignment(folders.weights / ALIGNMENT)
    train, dev = (
        load_source(folders, table, backbone=model.backbone) for table in (TABLES[0], DEV_TABLE)
    )
    filmed = film(train, training.pictures, backbone=model.backbone, cache=folders.cache)
    held_out = film(dev, training.dev_pictures, backbone=model.backbone, cache=folders.cache)
    optimiser = torch.optim.AdamW(
        model.temporal.parameters(), training.rate, weight_decay=training.weight_decay
    )
    logger.info("before: %s, order %s", dev_recalls(model, dev), order_accuracy(model, held_out))
    for _ in track(range(training.epochs), "order"):
        model.train()
        for rows in np.array_split(
            rng.permutation(len(filmed.frames)), max(1, len(filmed.frames) // training.batch)
        ):
            captions = rng.integers(0, filmed.sentences.shape[1], len(rows))
            batch = order_batch(model, filmed, rows=rows, captions=captions)
            contrast = contrastive_loss(batch.texts @ batch.clips.T * _SCALE, batch.positive)
            drift = 1 - (batch.clips * batch.means).sum(1).mean()
            loss = contrast + training.anchor * drift
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    logger.info("after: %s, order %s", dev_recalls(model, dev), order_accuracy(model, held_out))
    save_alignment(model, folders.weights / ALIGNMENT)


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
    sentences = filmed.sentences[rows, captions]  # (B, 3, 384)
    with torch.no_grad():
        texts = model.embed_sentences(sentences.transpose(0, 1).flatten(0, 1))  # (3B, D)
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
    return OrderBatch(texts, embedded, means, positive)


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
