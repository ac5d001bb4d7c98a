"""What an encoder promises, without the libraries that it takes.

Embeddings of clips and of texts lie in one space and have unit length, so their dot product
is the cosine similarity: larger is closer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ingest.clip import Clip


@dataclass(frozen=True)
class EmbeddingSpace:
    """Where vectors can be compared: a model with its weights, and the length of its vectors."""

    name: str
    """Model and fingerprint of its weights, for instance ``compact-1f3a5c7e``."""
    dimension: int


@dataclass(frozen=True)
class Caption:
    """One generated sentence."""

    text: str
    confidence: float
    """Geometric mean of the words' probabilities, in ``[0, 1]``."""


@dataclass(frozen=True)
class CategoryScore:
    """One label that a clip may be filed under."""

    label: str
    kind: str
    """The family that the label belongs to, for instance ``topic``."""
    probability: float


@dataclass(frozen=True, eq=False)
class ClipDescription:
    """All that an encoder says of one clip."""

    embedding: NDArray[np.float32]
    """``(D,)`` of unit length."""
    caption: Caption
    categories: tuple[CategoryScore, ...]
    """Most probable first."""

    def __post_init__(self) -> None:
        if self.embedding.dtype != np.float32 or self.embedding.ndim != 1:
            raise ValueError(
                f"embedding must be (D,) float32, got {self.embedding.shape} {self.embedding.dtype}"
            )
        length = float(np.linalg.norm(self.embedding))
        if abs(length - 1) > 1e-3:
            raise ValueError(f"embedding must have unit length, got {length:.4f}")


@dataclass(frozen=True, eq=False)
class CaptionAttention:
    """Where an encoder looked in a clip for each word of a caption."""

    words: tuple[str, ...]
    frames: NDArray[np.int64]
    """``(F,)`` numbers of the clip's frames that it could look at."""
    maps: NDArray[np.float32]
    """``(len(words), F, S, S)`` shares of attention; those of each word add up to one."""

    def __post_init__(self) -> None:
        shape = self.maps.shape
        if len(shape) != 4 or shape[:2] != (len(self.words), len(self.frames)):
            raise ValueError(
                f"maps must be ({len(self.words)}, {len(self.frames)}, S, S), got {shape}"
            )


NEAREST = 5
"""Captions that tell whether a library shows anything of the kind: a single one may be wrong."""


class ClipEncoder(Protocol):
    """Turns clips and texts into vectors of one space, and clips into words."""

    @property
    def space(self) -> EmbeddingSpace:
        """The space that every vector of this encoder lies in."""

    def describe(self, clips: Sequence[Clip]) -> list[ClipDescription]:
        """Describe each clip, in order. A clip's result does not depend on its neighbours."""

    def embed_clips(self, clips: Sequence[Clip]) -> NDArray[np.float32]:
        """Embed each clip, without caption and categories: ``(N, D)``, unit rows."""

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed each text: ``(N, D)``, unit rows. Texts past the model's length are cut."""

    def reword(self, embedding: NDArray[np.float32], caption: str) -> NDArray[np.float32]:
        """Move a clip's embedding, ``(D,)``, to where it belongs if `caption` is true of it."""


@runtime_checkable
class JudgingEncoder(ClipEncoder, Protocol):
    """An encoder that can say how probably a clip shows what a text says."""

    def relevance(
        self, text: str, clips: Sequence[ClipDescription], *, nearest: Sequence[Caption], among: int
    ) -> NDArray[np.float32]:
        """``(N,)`` how probably each of some clips shows what the text says.

        `nearest` are the captions of the `NEAREST` clips that come first in a search for it, or of
        as many as there are, and `among` says among how many clips they do.
        """


@runtime_checkable
class AttentiveEncoder(ClipEncoder, Protocol):
    """An encoder that can show where it looks."""

    def attend(self, clip: Clip, caption: str) -> CaptionAttention:
        """Where it looks when it says `caption` of the clip, as `describe` does."""
