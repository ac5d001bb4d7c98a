"""Which words people would use of a clip, as far as its embedding tells.

A decoder says what sounds likely; this net was asked, for every word alone, whether any caption of
a picture has it (attributes, as in Wu et al. 2016). So it tells a right word from a fluent one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from encoder.checkpoint import WORDS, Checkpoint, fitting, load_checkpoint, require_alignment

_USUAL = 0.66
"""The share of words that is right in good captions: a word that is likelier makes a caption
better, another one worse. Tuned on half of Flickr8k dev."""


@dataclass(frozen=True, eq=False)
class SeenWords:
    """Two layers over centred plain embeddings of clips."""

    words: tuple[str, ...]
    mean: NDArray[np.float32]
    """``(D,)`` of the embeddings of pictures."""
    hidden: NDArray[np.float32]
    """``(H, D)``."""
    hidden_bias: NDArray[np.float32]
    """``(H,)``."""
    weight: NDArray[np.float32]
    """``(V, H)``, a row for each word."""
    bias: NDArray[np.float32]
    """``(V,)``."""

    @classmethod
    def load(cls, weights: Path, *, dimension: int) -> "SeenWords":
        """Read the net over embeddings of a length from a folder of weights.

        Raises:
            CheckpointError: the file is missing or damaged, does not fit this version or these
                embeddings, or belongs to another alignment than the one beside it.
        """
        path = weights / WORDS
        checkpoint = load_checkpoint(path)
        require_alignment(checkpoint, path)
        with fitting(path):
            net = cls.from_checkpoint(checkpoint)
            made = (len(net.words), len(net.hidden), dimension)
            if made != (*net.weight.shape, net.hidden.shape[1]):
                raise ValueError(f"expected {made}, got {net.weight.shape}, {net.hidden.shape}")
        return net

    @classmethod
    def from_checkpoint(cls, checkpoint: Checkpoint) -> "SeenWords":
        """Build the net that `training` saved.

        Raises:
            KeyError: a part of it is not in the checkpoint.
        """
        t = {name: value.astype(np.float32) for name, value in checkpoint.tensors.items()}
        return cls(
            tuple(checkpoint.strings("words")),
            t["mean"],
            t["hidden"],
            t["hidden_bias"],
            t["weight"],
            t["bias"],
        )

    def probabilities(self, clips: NDArray[np.float32]) -> NDArray[np.float32]:
        """Plain embeddings ``(N, D)`` → ``(N, V)``: how probably some caption has each word."""
        inner = np.maximum((clips - self.mean) @ self.hidden.T + self.hidden_bias, 0)  # (N, H)
        logits = np.clip(inner @ self.weight.T + self.bias, -30, 30)
        return np.asarray(1 / (1 + np.exp(-logits)), np.float32)

    def worth(
        self, clip: NDArray[np.float32], captions: Sequence[Sequence[str]]
    ) -> NDArray[np.float32]:
        """How many words more are right in each caption than is usual for its length: ``(K,)``.

        Words that the net does not know count for nothing. `clip` is ``(D,)``.
        """
        (probable,) = self.probabilities(clip[None]) - _USUAL
        known = [[self._numbers[w] for w in words if w in self._numbers] for words in captions]
        return np.array([probable[numbers].sum() for numbers in known], np.float32)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.words)}
