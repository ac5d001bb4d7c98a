"""Several projections into joint spaces of their own, joined to the one that captions come from.

Each was trained from another random start, so each errs elsewhere; the mean of their similarities
errs less (ensembles of image-text embeddings, as in VSE++, Faghri et al. 2018). All that the joined
vectors hold is turned onto fewer axes (PCA), which costs nothing that dev can tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from encoder.checkpoint import ENSEMBLE, fitting, load_checkpoint, require_alignment
from encoder.temporal import AlignmentConfig, FrameProjection
from encoder.tensors import as_torch
from encoder.text import SENTENCE_CHANNELS

_SHARE = 0.3
"""What the projections weigh together, where the alignment has the rest; tuned on Flickr8k dev."""


@dataclass(frozen=True)
class EnsembleConfig:
    """The sizes of an ensemble."""

    dimension: int = 512
    """D, of what comes out and of the alignment's own embeddings."""
    projections: int = 4
    width: int = 256
    """Of the space of each projection."""
    hidden: int = 1024


class Projection(nn.Module):
    """One pair of projections of frames and sentences."""

    def __init__(self, config: EnsembleConfig) -> None:
        super().__init__()
        sizes = AlignmentConfig(dimension=config.width, hidden=config.hidden)
        self.frame = FrameProjection(sizes)
        self.sentence = nn.Linear(SENTENCE_CHANNELS, config.width)
        self.dropout = nn.Dropout(sizes.dropout / 2)

    def embed_frames(self, pooled: Tensor) -> Tensor:
        """``(..., 1280)`` → ``(..., W)`` unit vectors."""
        return F.normalize(self.frame(pooled), dim=-1)

    def embed_sentences(self, sentences: Tensor) -> Tensor:
        """``(..., 768)`` → ``(..., W)`` unit vectors."""
        return F.normalize(self.sentence(self.dropout(sentences)), dim=-1)


class Ensemble(nn.Module):
    """Joins the alignment's embeddings with those of further projections."""

    axes: Tensor
    """``(D + projections * W, D)``, orthonormal columns."""

    def __init__(self, config: EnsembleConfig) -> None:
        super().__init__()
        self.config = config
        self.projections = nn.ModuleList(Projection(config) for _ in range(config.projections))
        joined = config.dimension + config.projections * config.width
        self.register_buffer("axes", torch.eye(joined, config.dimension))

    @classmethod
    def load(cls, weights: Path) -> "Ensemble":
        """Read the ensemble that lies in a folder of weights.

        Raises:
            CheckpointError: the file is missing or damaged, does not fit this version, or belongs
                to another alignment than the one beside it.
        """
        path = weights / ENSEMBLE
        checkpoint = load_checkpoint(path)
        require_alignment(checkpoint, path)
        with fitting(path):
            config = EnsembleConfig(
                **{name: checkpoint.number(name) for name in EnsembleConfig.__annotations__}
            )
            ensemble = cls(config)
            ensemble.load_state_dict(as_torch(checkpoint.tensors))
        return ensemble.eval()

    @property
    def members(self) -> list[Projection]:
        """The projections."""
        return [member for member in self.projections if isinstance(member, Projection)]

    def embed_clips(self, aligned: Tensor, pooled: Sequence[Tensor]) -> Tensor:
        """Clips of any length → unit vectors ``(N, D)``.

        Args:
            aligned: ``(N, D)`` what the alignment makes of the clips.
            pooled: ``(T, 1280)`` of each clip, its frames' features, averaged over the places.
        """
        return self._turn(self.join_clips(aligned, pooled))

    def embed_sentences(self, aligned: Tensor, sentences: Tensor) -> Tensor:
        """What the alignment makes of sentences, ``(N, D)``, and their features → ``(N, D)``."""
        return self._turn(self.join_sentences(aligned, sentences))

    def join_clips(self, aligned: Tensor, pooled: Sequence[Tensor]) -> Tensor:
        """As `embed_clips`, before the turn: ``(N, D + projections * W)``."""
        frames, lengths = torch.cat(list(pooled)), [len(rows) for rows in pooled]
        parts = []
        for projection in self.members:
            runs = torch.split(projection.embed_frames(frames), lengths)
            parts.append(F.normalize(torch.stack([run.mean(0) for run in runs]), dim=-1))
        return self._join(aligned, parts)

    def join_sentences(self, aligned: Tensor, sentences: Tensor) -> Tensor:
        """As `embed_sentences`, before the turn: ``(N, D + projections * W)``."""
        return self._join(aligned, [p.embed_sentences(sentences) for p in self.members])

    def _join(self, aligned: Tensor, parts: Sequence[Tensor]) -> Tensor:
        share = _SHARE / len(parts)
        weighed = [(1 - _SHARE) ** 0.5 * aligned, *(share**0.5 * part for part in parts)]
        return torch.cat(weighed, dim=-1)  # unit vectors whose product is the weighed mean

    def _turn(self, joined: Tensor) -> Tensor:
        return F.normalize(joined @ self.axes, dim=-1)
