"""The joint space of clips and texts, as one trained module."""

from collections.abc import Mapping
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from encoder.backbone import OBJECTS, CompactBackbone
from encoder.checkpoint import fitting, load_checkpoint
from encoder.temporal import AlignmentConfig, FrameProjection, Pooling, TemporalEncoder
from encoder.temporal import Sequence as FrameSequence
from encoder.tensors import as_torch
from encoder.text import SENTENCE_CHANNELS

_MOVEMENT_CHANNELS = 32
_OBJECT_WEIGHT = 5.0  # tuned on Flickr8k dev; learned beside captions it would stay near 1


class MovementReader(nn.Module):
    """What a sentence says of movement; it adds nothing to the embedding before training."""

    def __init__(self, config: AlignmentConfig) -> None:
        super().__init__()
        self.enter = nn.Linear(SENTENCE_CHANNELS, _MOVEMENT_CHANNELS)
        self.add = nn.Linear(_MOVEMENT_CHANNELS, config.dimension)
        nn.init.zeros_(self.add.weight)
        nn.init.zeros_(self.add.bias)

    def forward(self, sentences: Tensor) -> Tensor:
        """``(N, 768)`` → ``(N, D)``."""
        added: Tensor = self.add(F.relu(self.enter(sentences)))
        return added


class Alignment(nn.Module):
    """All that training changes: the CNN's tail, both projections, and the LSTM.

    A sentence's embedding is its projected features plus what a narrow net adds where it speaks of
    movement, which pictures cannot teach; that net is silent until `training.order`.

    A frame's embedding is its projected features plus the names of the objects that the CNN's
    classifier sees, weighted by their probabilities and projected like any text. The names reach
    far beyond the captions that the projection was trained on.
    """

    objects: Tensor

    def __init__(self, config: AlignmentConfig) -> None:
        super().__init__()
        self.config = config
        self.backbone = CompactBackbone()
        self.frame = FrameProjection(config)
        self.temporal = TemporalEncoder(config)
        self.sentence = nn.Linear(SENTENCE_CHANNELS, config.dimension)
        self.sentence_dropout = nn.Dropout(config.dropout / 2)
        self.movement = MovementReader(config)
        self.register_buffer("objects", torch.zeros(OBJECTS, SENTENCE_CHANNELS))

    def embed_sentences(self, sentences: Tensor) -> Tensor:
        """``(N, 768)`` sentence features → ``(N, D)`` unit vectors."""
        meant = self.sentence(self.sentence_dropout(sentences)) + self.movement(sentences)
        return F.normalize(meant, dim=-1)

    def embed_frames(self, pooled: Tensor) -> Tensor:
        """``(..., 1280)`` features, averaged over the places → ``(..., D)`` unit vectors."""
        seen = self.backbone.classifier(pooled).softmax(-1) @ self.objects  # (..., 768)
        projected = self.frame(pooled) + _OBJECT_WEIGHT * self.sentence(seen)  # (..., D)
        return F.normalize(projected, dim=-1)


def load_alignment(path: Path) -> Alignment:
    """Read a joint space; what the file does not hold stays as ImageNet made it.

    Raises:
        CheckpointError: the file is missing or damaged, or does not fit this version.
    """
    checkpoint = load_checkpoint(path)
    with fitting(path):
        config = AlignmentConfig(
            dimension=checkpoint.number("dimension"),
            hidden=checkpoint.number("hidden"),
            sequence_hidden=checkpoint.number("sequence_hidden"),
            sequence=FrameSequence(checkpoint.text("sequence")),
            pooling=Pooling(checkpoint.text("pooling")),
        )
        alignment = Alignment(config)
        _load_trained(alignment, as_torch(checkpoint.tensors))
    return alignment.eval()


def _load_trained(module: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    missing, unexpected = module.load_state_dict(tensors, strict=False)
    absent = [name for name in missing if not name.startswith("backbone.")]
    if absent or unexpected:
        raise ValueError(f"absent {absent[:3]}, unexpected {unexpected[:3]}")
