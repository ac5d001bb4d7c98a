"""Trains the projections of `encoder.ensemble`, each from its own random start.

They read what the fine-tuned CNN makes of the training pictures, which does not change any more.
"""

import logging
import math
from dataclasses import asdict, dataclass

import numpy as np
import torch
from rich.progress import track
from torch import Tensor, nn

from encoder.alignment import Alignment, load_alignment
from encoder.checkpoint import ALIGNMENT, ENSEMBLE, Checkpoint, fingerprint, save_checkpoint
from encoder.ensemble import Ensemble, EnsembleConfig
from training.contrast import contrastive_loss
from training.data import Folders, TrainingDataError
from training.schedule import one_cycle
from training.sources import Rows, Source, batches, load_source, pooled_features

logger = logging.getLogger(__name__)

TABLES = ("flickr8k/train", "sports/train", "coco-mini/train")


@dataclass(frozen=True)
class EnsembleTraining:
    """How the projections are trained."""

    epochs: int = 12
    batch: int = 512
    rate: float = 1e-3
    captions: int = 3  # per picture and batch
    weight_decay: float = 0.05
    seed: int = 0


def train_ensemble(folders: Folders, training: EnsembleTraining) -> None:
    """Train on the features of the alignment's CNN, find the axes, and save both.

    Raises:
        TrainingDataError: the data is not there, or not as it should be.
        CheckpointError: there is no alignment to build on.
    """
    torch.manual_seed(training.seed)
    alignment = load_alignment(folders.weights / ALIGNMENT)
    sources = [load_source(folders, table, backbone=alignment.backbone) for table in TABLES]
    count = sum(len(source.pictures) for source in sources)
    if count < training.batch:
        raise TrainingDataError(f"{count} pictures make no batch of {training.batch}; add pictures")
    seen = {id(source): pooled_features(source, alignment.backbone) for source in sources}
    ensemble = Ensemble(EnsembleConfig(dimension=alignment.config.dimension))
    _fit(ensemble, sources, seen, training)
    ensemble.eval()
    ensemble.axes.copy_(_axes(ensemble, alignment, sources[0], seen[id(sources[0])][:, :1]))
    tensors = {name: tensor.numpy() for name, tensor in ensemble.state_dict().items()}
    beside = {"alignment": fingerprint(folders.weights / ALIGNMENT)}
    save_checkpoint(
        folders.weights / ENSEMBLE, Checkpoint(tensors, {**asdict(ensemble.config), **beside})
    )


def _fit(
    ensemble: Ensemble,
    sources: list[Source],
    seen: dict[int, Tensor],
    training: EnsembleTraining,
) -> None:
    scales = nn.Parameter(torch.full((ensemble.config.projections,), math.log(20)))
    optimiser = torch.optim.AdamW(
        [*ensemble.parameters(), scales], training.rate, weight_decay=training.weight_decay
    )
    count = sum(len(source.pictures) for source in sources)
    schedule = one_cycle(optimiser, count // training.batch * training.epochs)
    rng = np.random.default_rng(training.seed)
    ensemble.train()
    for epoch in track(range(training.epochs), "ensemble"):
        losses = []
        for drawn in batches(sources, size=training.batch, captions=training.captions, rng=rng):
            loss = _loss(ensemble, scales, drawn, seen)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
            losses.append(loss.item() / ensemble.config.projections)
        logger.info("ensemble %d: loss %.3f", epoch + 1, float(np.mean(losses)))


def _loss(ensemble: Ensemble, scales: Tensor, batch: list[Rows], seen: dict[int, Tensor]) -> Tensor:
    """The sum of the projections' losses: they learn side by side, not from each other."""
    frames = torch.cat([seen[id(rows.source)][rows.pictures, rows.views] for rows in batch])
    sentences = torch.cat([rows.sentences for rows in batch])
    starts = np.cumsum([0, *(len(rows.pictures) for rows in batch)])
    owners = np.concatenate([r.owners + s for r, s in zip(batch, starts, strict=False)])
    positive = torch.from_numpy(owners[:, None] == np.arange(len(frames)))  # (K, B)
    losses = [
        contrastive_loss(
            projection.embed_sentences(sentences) @ projection.embed_frames(frames).T * scale.exp(),
            positive,
        )
        for projection, scale in zip(ensemble.members, scales, strict=True)
    ]
    return torch.stack(losses).sum()


@torch.no_grad()
def _axes(ensemble: Ensemble, alignment: Alignment, source: Source, pooled: Tensor) -> Tensor:
    """The principal axes of texts and clips together, ``(D + projections * W, D)``.

    `pooled` is ``(N, 1, 1280)``, one view of each picture of `source`.
    """
    frames = alignment.embed_frames(pooled)
    clips = alignment.temporal(frames, torch.ones(len(frames), dtype=torch.long))  # (N, D)
    sentences = source.sentences.float()
    texts = alignment.embed_sentences(sentences)
    both = (
        ensemble.join_clips(clips, list(pooled)),
        ensemble.join_sentences(texts, sentences),
    )
    spread = torch.stack([joined.T @ joined / len(joined) for joined in both]).sum(0)
    _, vectors = torch.linalg.eigh(spread)  # least first
    axes: Tensor = vectors[:, -ensemble.config.dimension :]
    return axes
