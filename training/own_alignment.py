"""Teaches the joint space what a user's own pictures show, and holds it where it was elsewhere.

Only the two projections learn. What they made of objects' names, of all sorts of sentences and of
features that look like other objects is a lesson, too, so that the old is not forgotten.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from encoder.alignment import Alignment
from encoder.labels import BACKGROUND
from encoder.text import SentenceEncoder
from training.contrast import contrastive_loss
from training.own_features import Listener, OwnClip, OwnFeatures, embed, embed_all

_SCALE = math.exp(3.1)  # the temperature that alignment ends at
_OBJECT_DISTANCE = 4.2  # how far pictures of an object lie from the mean towards its class


@dataclass(frozen=True)
class OwnAlignmentTraining:
    """How the projections are trained."""

    epochs: int = 40
    patience: int = 8  # epochs without a better rank on the held-out items
    batch: int = 128
    captions: int = 3  # per item and batch
    rate: float = 1e-4
    anchor: float = 20.0  # weight of leaving everything else where it is
    weight_decay: float = 0.01
    seed: int = 0


@dataclass(frozen=True)
class Ranks:
    """How early the held-out texts find their clips, and clips their texts, percent."""

    recall_at_1: float
    recall_at_10: float
    text_recall_at_1: float
    text_recall_at_10: float
    mean_reciprocal: float
    """Of both directions, in ``[0, 1]``; finer than recalls where few items are held out."""


@dataclass(frozen=True, eq=False)
class Anchors:
    """What must stay where it is."""

    sentences: Tensor  # (S, 768)
    frames: Tensor  # (O, 1280)
    sentence_goals: Tensor  # (S, D)
    frame_goals: Tensor  # (O, D)

    @classmethod
    @torch.no_grad()
    def of(cls, model: Alignment, clips: tuple[OwnClip, ...]) -> "Anchors":
        """Objects' names and sentences about anything; frames with each object in the middle."""
        model.eval()
        sentences = torch.cat([model.objects, SentenceEncoder()(BACKGROUND)]).clone()
        weight = model.backbone.classifier.weight  # (O, 1280)
        towards = F.normalize(weight - weight.mean(0), dim=-1)
        mean = torch.cat([clip.frames for clip in clips]).mean(0)  # (1280,)
        frames = (mean + _OBJECT_DISTANCE * towards).clamp(min=0)
        return cls(sentences, frames, model.embed_sentences(sentences), model.embed_frames(frames))

    def drift(self, model: Alignment) -> Tensor:
        """How far both have moved on average, 0 at first."""
        sentences = (model.embed_sentences(self.sentences) * self.sentence_goals).sum(1)
        frames = (model.embed_frames(self.frames) * self.frame_goals).sum(1)
        return 2 - sentences.mean() - frames.mean()


def fit_alignment(
    model: Alignment,
    train: OwnFeatures,
    *,
    held_out: OwnFeatures,
    training: OwnAlignmentTraining,
    on_progress: Listener,
) -> bool:
    """Train `model`, and leave it at the epoch that ranks the held-out items best.

    Returns False, and leaves it as it was, where no epoch is better than the start.
    """
    torch.manual_seed(training.seed)
    rng = np.random.default_rng(training.seed)
    trained = [*model.frame.parameters(), *model.sentence.parameters()]
    optimiser = torch.optim.AdamW(trained, training.rate, weight_decay=training.weight_decay)
    anchors = Anchors.of(model, train.clips)
    best, best_epoch = ranks(model, held_out).mean_reciprocal, 0
    kept = [parameter.detach().clone() for parameter in trained]
    for epoch in range(1, training.epochs + 1):
        on_progress("learning to find", epoch, training.epochs)
        for rows in _batches(len(train.clips), training.batch, rng):
            loss = _contrast(model, train, rows=rows, captions=training.captions, rng=rng)
            loss = loss + training.anchor * anchors.drift(model.eval())
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        reached = ranks(model, held_out).mean_reciprocal
        if reached > best:
            best, best_epoch = reached, epoch
            kept = [parameter.detach().clone() for parameter in trained]
        elif epoch - best_epoch >= training.patience:
            break
    with torch.no_grad():
        for parameter, value in zip(trained, kept, strict=True):
            parameter.copy_(value)
    return best_epoch > 0


def _batches(count: int, size: int, rng: np.random.Generator) -> list[NDArray[np.int64]]:
    return np.array_split(rng.permutation(count), math.ceil(count / size))


def _contrast(
    model: Alignment,
    data: OwnFeatures,
    *,
    rows: NDArray[np.int64],
    captions: int,
    rng: np.random.Generator,
) -> Tensor:
    model.train()
    clips = embed(model, [_view(data.clips[row], rng) for row in rows])  # (B, D)
    said = data.texts_of(rows.tolist())
    drawn = sorted({int(text) for own in said for text in rng.permutation(own)[:captions]})
    texts = model.embed_sentences(data.sentences[drawn])  # (K, D)
    # A sentence belongs to every clip that it is said of, not only to the one it was drawn for.
    positive = torch.tensor([[text in own for own in said] for text in drawn])
    return contrastive_loss(texts @ clips.T * _SCALE, positive)


def _view(clip: OwnClip, rng: np.random.Generator) -> Tensor:
    """All frames of a moving clip, one view of a still: ``(T, 1280)``."""
    if not clip.still:
        return clip.frames
    view = int(rng.integers(len(clip.frames)))
    return clip.frames[view : view + 1]


@torch.inference_mode()
def ranks(model: Alignment, data: OwnFeatures) -> Ranks:
    """Let all texts and all clips of `data` find each other."""
    clips = embed_all(model, data.clips)
    similarity = (model.embed_sentences(data.sentences) @ clips.T).numpy()  # (K, N)
    said = [set(own) for own in data.texts_of(range(len(data.clips)))]
    positive = np.array([[text in own for own in said] for text in range(len(data.texts))])
    finding, naming = _best_ranks(similarity, positive), _best_ranks(similarity.T, positive.T)
    reciprocal = float((np.mean(1 / finding) + np.mean(1 / naming)) / 2)
    return Ranks(
        recall_at_1=_share(finding <= 1),
        recall_at_10=_share(finding <= 10),
        text_recall_at_1=_share(naming <= 1),
        text_recall_at_10=_share(naming <= 10),
        mean_reciprocal=reciprocal,
    )


def _share(found: NDArray[np.bool_]) -> float:
    return float(100 * found.mean())


def _best_ranks(similarity: NDArray[np.float32], positive: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Rank of each row's best answer among all that are none: ``(rows,)``; ties count against."""
    best = np.where(positive, similarity, -np.inf).max(axis=1, keepdims=True)
    wrong: NDArray[np.int64] = np.count_nonzero(~positive & ~(similarity < best), axis=1)
    return 1 + wrong
