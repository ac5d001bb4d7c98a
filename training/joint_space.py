"""Pictures and sentences in the space that clips are searched in, before its correction."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from encoder.alignment import Alignment, load_alignment
from encoder.checkpoint import ALIGNMENT
from encoder.ensemble import Ensemble


@dataclass(frozen=True, eq=False)
class JointSpace:
    """What the models that build on it learn from."""

    alignment: Alignment
    ensemble: Ensemble

    @classmethod
    def load(cls, weights: Path) -> "JointSpace":
        """Raises ``CheckpointError`` where there is no such space in the folder `weights`."""
        return cls(load_alignment(weights / ALIGNMENT), Ensemble.load(weights))

    @torch.inference_mode()
    def pictures(self, pooled: Tensor) -> Tensor:
        """Features of one view of each picture, ``(N, 1280)`` → ``(N, D)`` unit vectors."""
        frames = self.alignment.embed_frames(pooled)[:, None]  # (N, 1, D)
        clips = self.alignment.temporal(frames, torch.ones(len(frames), dtype=torch.long))
        return self.ensemble.embed_clips(clips, list(pooled[:, None]))

    @torch.inference_mode()
    def sentences(self, features: Tensor) -> Tensor:
        """``(N, 768)`` → ``(N, D)`` unit vectors."""
        return self.ensemble.embed_sentences(self.alignment.embed_sentences(features), features)
