"""The space that clips are searched in: the ensemble's embeddings, without what hubs add."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from encoder.checkpoint import compact_space
from encoder.ensemble import Ensemble
from encoder.hubness import Hubness, plain
from encoder.interface import EmbeddingSpace
from encoder.rewording import mix_words
from encoder.tensors import as_numpy


@dataclass(frozen=True, eq=False)
class SearchSpace:
    """Makes the vectors that are stored, and those that they are compared with.

    The plain ones, ``(N, D)``, are for comparing clips and texts one by one; the corrected ones,
    ``(N, D + 4)``, rank all clips of a library, or all texts of a list, against each other.
    """

    ensemble: Ensemble
    hubness: Hubness
    space: EmbeddingSpace

    @classmethod
    def load(cls, weights: Path) -> "SearchSpace":
        """Read it from a folder of weights.

        Raises:
            CheckpointError: a file is missing or damaged, or does not fit this version.
        """
        ensemble = Ensemble.load(weights)
        dimension = ensemble.config.dimension
        return cls(ensemble, Hubness.load(weights, dimension=dimension), compact_space(weights))

    @torch.inference_mode()
    def plain_clips(self, aligned: Tensor, pooled: Sequence[Tensor]) -> NDArray[np.float32]:
        """See `Ensemble.embed_clips`: ``(N, D)`` unit vectors."""
        return as_numpy(self.ensemble.embed_clips(aligned, pooled))

    @torch.inference_mode()
    def plain_texts(self, aligned: Tensor, sentences: Tensor) -> NDArray[np.float32]:
        """See `Ensemble.embed_sentences`: ``(N, D)`` unit vectors."""
        return as_numpy(self.ensemble.embed_sentences(aligned, sentences))

    def reword(
        self, embedding: NDArray[np.float32], words: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Move a corrected clip, ``(D + 4,)``, towards a plain text, ``(D,)``."""
        mixed: NDArray[np.float32] = mix_words(plain(embedding), words)
        (corrected,) = self.hubness.correct_clips(mixed[None])
        return np.asarray(corrected, np.float32)
