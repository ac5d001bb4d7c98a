"""Topics of a clip: a classifier learned from captions alone, applied to clips.

Captions and clips lie in one space but around different centres (the modality gap, Liang et al.
2022), so each is centred by the mean of its own kind before it is classified.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from encoder.checkpoint import Checkpoint, fitting, load_checkpoint, require_alignment
from encoder.interface import CategoryScore

_LEAST_PROBABILITY = 0.15
_MOST_LABELS = 3


@dataclass(frozen=True, eq=False)
class TopicClassifier:
    """Softmax regression over centred embeddings."""

    labels: tuple[str, ...]
    weight: NDArray[np.float32]
    """``(L, D)``."""
    bias: NDArray[np.float32]
    """``(L,)``."""
    clip_mean: NDArray[np.float32]
    """``(D,)`` mean embedding of pictures."""

    @classmethod
    def load(cls, path: Path, *, dimension: int) -> "TopicClassifier":
        """Read the classifier of embeddings of a length.

        Raises:
            CheckpointError: the file is missing or damaged, does not fit this version or these
                embeddings, or belongs to another alignment than the one beside it.
        """
        checkpoint = load_checkpoint(path)
        require_alignment(checkpoint, path)
        with fitting(path):
            topics = cls.from_checkpoint(checkpoint)
            if topics.weight.shape != (len(topics.labels), dimension):
                expected = f"{len(topics.labels)} labels of embeddings of length {dimension}"
                raise ValueError(f"expected {expected}, got weights {topics.weight.shape}")
        return topics

    @classmethod
    def from_checkpoint(cls, checkpoint: Checkpoint) -> "TopicClassifier":
        """Build the classifier that `training` saved.

        Raises:
            KeyError: a part of it is not in the checkpoint.
        """
        labels = tuple(checkpoint.strings("labels"))
        tensors = {name: t.astype(np.float32) for name, t in checkpoint.tensors.items()}
        return cls(labels, tensors["weight"], tensors["bias"], tensors["clip_mean"])

    def probabilities(self, embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
        """``(N, D)`` clip embeddings → ``(N, L)`` probabilities."""
        logits = (embeddings - self.clip_mean) @ self.weight.T + self.bias
        odds = np.exp(logits - logits.max(1, keepdims=True))
        return np.asarray(odds / odds.sum(1, keepdims=True), np.float32)

    def categorise(self, embeddings: NDArray[np.float32]) -> list[tuple[CategoryScore, ...]]:
        """The likely topics of each clip, most probable first; none where all are unlikely."""
        return [self._likely(row) for row in self.probabilities(embeddings)]

    def _likely(self, row: NDArray[np.float32]) -> tuple[CategoryScore, ...]:
        best = np.argsort(-row)[:_MOST_LABELS]
        return tuple(
            CategoryScore(self.labels[i], "topic", float(row[i]))
            for i in best
            if row[i] >= _LEAST_PROBABILITY
        )


def most_probable_first(
    *kinds: Sequence[tuple[CategoryScore, ...]],
) -> list[tuple[CategoryScore, ...]]:
    """What classifiers of several kinds say of each of the same clips, together."""
    return [
        tuple(sorted((score for scores in clip for score in scores), key=lambda s: -s.probability))
        for clip in zip(*kinds, strict=True)
    ]
