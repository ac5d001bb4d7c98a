"""The joint space of clips and texts, as one trained module."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from encoder.backbone import OBJECTS, CompactBackbone
from encoder.temporal import AlignmentConfig, FrameProjection, TemporalEncoder
from encoder.text import SENTENCE_CHANNELS


class Alignment(nn.Module):
    """All that training changes: the CNN's tail, both projections, and the LSTM.

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
        self.object_weight = nn.Parameter(torch.ones(()))
        self.register_buffer("objects", torch.zeros(OBJECTS, SENTENCE_CHANNELS))

    def embed_sentences(self, sentences: Tensor) -> Tensor:
        """``(N, 384)`` sentence features → ``(N, D)`` unit vectors."""
        return F.normalize(self.sentence(self.sentence_dropout(sentences)), dim=-1)

    def embed_frames(self, pooled: Tensor) -> Tensor:
        """``(..., 1280)`` features, averaged over the places → ``(..., D)`` unit vectors."""
        seen = self.backbone.classifier(pooled).softmax(-1) @ self.objects  # (..., 384)
        projected = self.frame(pooled) + self.object_weight * self.sentence(seen)  # (..., D)
        return F.normalize(projected, dim=-1)
