"""Trains the joint space of pictures and texts, in two steps.

1. *projections*: pooled CNN features and sentence features, both fixed, are projected together.
2. *tail*: the last blocks of the CNN learn along.

The LSTM then learns from moving pictures in `training.order`.
"""

import logging
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from rich.progress import track
from torch import Tensor, nn

from encoder.alignment import Alignment
from encoder.backbone import OBJECTS, as_grid, object_names
from encoder.checkpoint import ALIGNMENT, Checkpoint, save_checkpoint
from encoder.temporal import AlignmentConfig
from evaluation.retrieval import figures, image_to_text_ranks, text_to_image_ranks
from training.contrast import contrastive_loss
from training.data import Folders, TrainingDataError
from training.features import half_precision, sentence_features
from training.loss_curve import LossCurve, draw_loss_curve
from training.schedule import one_cycle
from training.sources import Rows, Source, batches, load_source, pooled_features

logger = logging.getLogger(__name__)

TABLES = ("flickr8k/train", "sports/train", "coco-mini/train")
DEV_TABLE = "flickr8k/dev"
_DEV_BATCH = 250
_OBJECT_DISTANCE = 4.2  # mean over the 120 dev pictures whose object is seen with 70 % or more


@dataclass(frozen=True)
class AlignmentTraining:
    """How the joint space is trained."""

    projection_epochs: int = 24
    projection_batch: int = 512
    projection_rate: float = 1e-3
    tail_epochs: int = 8
    tail_batch: int = 384  # more negatives give better figures; 384 pictures take 6 GB
    tail_rate: float = 1.5e-4
    tail_projection_rate: float = 3e-4
    captions: int = 3  # per picture and batch: sentence features are free, so use several
    weight_decay: float = 0.05
    naming: float = 0.3  # weight of learning objects by name; see `AlignmentTrainer._naming`
    seed: int = 0


class AlignmentTrainer:
    """Holds what the steps share: the data, the model and the temperature."""

    def __init__(self, folders: Folders, training: AlignmentTraining) -> None:
        torch.manual_seed(training.seed)
        self.training = training
        self.rng = np.random.default_rng(training.seed)
        self.model = Alignment(AlignmentConfig())
        self.log_scale = nn.Parameter(torch.tensor(math.log(20)))
        backbone = self.model.backbone
        self.sources = [load_source(folders, table, backbone=backbone) for table in TABLES]
        self.dev = load_source(folders, DEV_TABLE, backbone=backbone)
        self._published = {
            id(source): pooled_features(source, backbone) for source in [*self.sources, self.dev]
        }
        self._curves = folders.cache
        names = sentence_features("objects", object_names(), cache=folders.cache)
        self.model.objects.copy_(names)

    def train_projections(self) -> None:
        """Step 1, on pooled features of the published CNN."""
        groups = [{"params": self._projections(), "lr": self.training.projection_rate}]
        self._run(
            "projections",
            groups,
            epochs=self.training.projection_epochs,
            size=self.training.projection_batch,
            features=self._published_features,
        )

    def train_tail(self) -> None:
        """Step 2, from what the fixed stem of the CNN made of each view."""
        tail = self.model.backbone.tail.requires_grad_(True)
        groups = [
            {"params": self._projections(), "lr": self.training.tail_projection_rate},
            {"params": list(tail.parameters()), "lr": self.training.tail_rate},
        ]
        self._run(
            "tail",
            groups,
            epochs=self.training.tail_epochs,
            size=self.training.tail_batch,
            features=self._tail_features,
        )
        tail.requires_grad_(False)

    def _projections(self) -> list[nn.Parameter]:
        model = self.model
        return [*model.frame.parameters(), *model.sentence.parameters()]

    def _published_features(self, rows: Rows) -> Tensor:
        return self._published[id(rows.source)][rows.pictures, rows.views]

    def _tail_features(self, rows: Rows) -> Tensor:
        stems = rows.stems.float().contiguous(memory_format=torch.channels_last)
        with half_precision():
            grids = as_grid(self.model.backbone.tail(stems))  # (B, 49, 1280)
        return grids.float().mean(1)

    def _run(
        self,
        name: str,
        groups: list[dict[str, object]],
        *,
        epochs: int,
        size: int,
        features: Callable[[Rows], Tensor],
    ) -> None:
        """Train one step; `features` gives the ``(B, 1280)`` features of a batch's pictures."""
        count = sum(len(source.pictures) for source in self.sources)
        if count < size:
            raise TrainingDataError(f"{count} pictures make no batch of {size}; add pictures")
        temperature = {
            "params": [self.log_scale],
            "lr": self.training.projection_rate,
            "weight_decay": 0.0,
        }
        optimiser = torch.optim.AdamW(
            [*groups, temperature], weight_decay=self.training.weight_decay
        )
        schedule = one_cycle(optimiser, count // size * epochs)
        curve = LossCurve([], [])
        for epoch in track(range(epochs), name):
            self.model.train()
            losses = []
            for batch in batches(
                self.sources, size=size, captions=self.training.captions, rng=self.rng
            ):
                loss = self._loss(batch, features)
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                nn.utils.clip_grad_norm_(optimiser.param_groups[0]["params"], 1.0)
                optimiser.step()
                schedule.step()
                losses.append(loss.item())
            curve.train.append(float(np.mean(losses)))
            curve.dev.append(self._dev_loss(features))
            logger.info("%s %d: loss %.3f", name, epoch + 1, curve.train[-1])
        draw_loss_curve(self._curves / f"align-{name}.png", curve)
        logger.info("dev: %s", dev_recalls(self.model, self.dev))

    def _loss(self, batch: list[Rows], features: Callable[[Rows], Tensor]) -> Tensor:
        seen = torch.cat([features(rows) for rows in batch])  # (B, 1280)
        before = torch.cat([self._published_features(rows) for rows in batch])
        naming = self._naming(before) * self.training.naming
        return self._contrast(batch, seen) + naming + self._forgetting(seen, before)

    @torch.inference_mode()
    def _dev_loss(self, features: Callable[[Rows], Tensor]) -> float:
        """The contrast of dev pictures with each other; it lies lower where batches are smaller."""
        self.model.eval()
        rng = np.random.default_rng(0)  # the same views and captions after each epoch
        size = min(_DEV_BATCH, len(self.dev.pictures))
        drawn = batches([self.dev], size=size, captions=self.training.captions, rng=rng)
        return float(np.mean([self._contrast(b, features(b[0])).item() for b in drawn]))

    def _contrast(self, batch: list[Rows], seen: Tensor) -> Tensor:
        clips = self.model.embed_frames(seen)  # (B, D)
        texts = torch.cat([self.model.embed_sentences(rows.sentences) for rows in batch])
        starts = np.cumsum([0, *(len(rows.pictures) for rows in batch)])
        owners = np.concatenate([r.owners + s for r, s in zip(batch, starts, strict=False)])
        positive = torch.from_numpy(owners[:, None] == np.arange(len(clips)))  # (K, B)
        return contrastive_loss(texts @ clips.T * self.log_scale.exp(), positive)

    def _naming(self, before: Tensor) -> Tensor:
        """Learn the names of objects that the captions never mention.

        There are no pictures of them, but the classifier knows where they lie: features are moved
        towards a random class, as far as pictures of that class lie, and must find its name.
        """
        weight = self.model.backbone.classifier.weight  # (1000, 1280)
        towards = F.normalize(weight - weight.mean(0), dim=-1)
        classes = torch.from_numpy(self.rng.integers(0, OBJECTS, len(before)))
        shown = (before + _OBJECT_DISTANCE * towards[classes]).clamp(min=0)  # (B, 1280)
        clips = F.normalize(self.model.frame(shown), dim=-1)  # (B, D)
        names = self.model.embed_sentences(self.model.objects)  # (1000, D)
        return F.cross_entropy(clips @ names.T * self.log_scale.exp(), classes)

    def _forgetting(self, now: Tensor, before: Tensor) -> Tensor:
        """How far the objects seen have moved from what ImageNet's training saw: 0 at first.

        Learning without forgetting (Li and Hoiem 2016); it keeps the tail general.
        """
        classify = self.model.backbone.classifier
        return F.kl_div(
            classify(now).log_softmax(-1), classify(before).softmax(-1), reduction="batchmean"
        )


@torch.inference_mode()
def dev_recalls(model: Alignment, dev: Source) -> str:
    """Recall at 1, 5, 10 of dev, both ways, each picture seen whole and mirrored."""
    model.eval()
    pooled = pooled_features(dev, model.backbone)[:, :2]  # (N, 2, 1280)
    views = model.embed_frames(pooled).flatten(0, 1)[:, None]  # (2N, 1, D)
    embedded = model.temporal(views, torch.ones(len(views), dtype=torch.long))
    clips = F.normalize(embedded.reshape(len(pooled), 2, -1).mean(1), dim=-1)  # (N, D)
    similarity = (model.embed_sentences(dev.sentences) @ clips.T).numpy()
    owners = dev.pictures.owners
    both = (text_to_image_ranks(similarity, owners), image_to_text_ranks(similarity, owners))
    shown = []
    for name, ranks in zip(("text to image", "image to text"), both, strict=True):
        found = figures(ranks)
        recalls = (found.recall_at_1, found.recall_at_5, found.recall_at_10)
        shown.append(f"{name} " + " / ".join(f"{recall:.1f}" for recall in recalls))
    return ", ".join(shown)


def save_alignment(model: Alignment, path: Path) -> None:
    """Write what training changed, and the tail of the CNN."""
    tensors = {
        name: tensor.numpy()
        for name, tensor in model.state_dict().items()
        if not name.startswith(("backbone.stem.", "backbone.classifier."))
    }
    save_checkpoint(path, Checkpoint(tensors, asdict(model.config)))


def train_alignment(folders: Folders, training: AlignmentTraining) -> None:
    """Both steps, then the weights on disk.

    Raises:
        TrainingDataError: the data is not there, or not as it should be.
    """
    trainer = AlignmentTrainer(folders, training)
    trainer.train_projections()
    trainer.train_tail()
    save_alignment(trainer.model, folders.weights / ALIGNMENT)
