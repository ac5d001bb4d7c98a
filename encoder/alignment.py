"""The joint space of clips and texts, as one trained module."""

import torch.nn.functional as F
from torch import Tensor, nn

from encoder.backbone import CompactBackbone
from encoder.temporal import AlignmentConfig, FrameProjection, TemporalEncoder
from encoder.text import SENTENCE_CHANNELS


class Alignment(nn.Module):
    """All that training changes: the CNN's tail, both projections, and the LSTM."""

    def __init__(self, config: AlignmentConfig) -> None:
        super().__init__()
        self.config = config
        self.backbone = CompactBackbone()
        self.frame = FrameProjection(config)
        self.temporal = TemporalEncoder(config)
        self.sentence = nn.Linear(SENTENCE_CHANNELS, config.dimension)
        self.sentence_dropout = nn.Dropout(config.dropout / 2)

    def embed_sentences(self, sentences: Tensor) -> Tensor:
        """``(N, 384)`` sentence features → ``(N, D)`` unit vectors."""
        return F.normalize(self.sentence(self.sentence_dropout(sentences)), dim=-1)

    def embed_frames(self, grids: Tensor) -> Tensor:
        """``(..., 49, 1280)`` frame features → ``(..., D)`` unit vectors."""
        return self.frame(grids.mean(-2))  # type: ignore[no-any-return]
