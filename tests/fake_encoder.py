"""An encoder that sees nothing but colour: small, quick and predictable."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from encoder.interface import NEAREST, Caption, CategoryScore, ClipDescription, EmbeddingSpace
from encoder.rewording import mix_words
from ingest.clip import Clip

COLOURS = {"red": (1.0, 0.0, 0.0), "green": (0.0, 1.0, 0.0), "blue": (0.0, 0.0, 1.0)}

COLOUR_SPACE = EmbeddingSpace("colour-00000000", 3)


@dataclass
class FakeEncoder:
    """A clip's vector is its mean colour; a text's is that of the colours that it names."""

    space: EmbeddingSpace = COLOUR_SPACE
    seen: list[str] = field(default_factory=list)
    """The ids of the clips that were described, in order."""

    def describe(self, clips: Sequence[Clip]) -> list[ClipDescription]:
        self.seen.extend(clip.clip_id for clip in clips)
        return [self._describe(vector) for vector in self.embed_clips(clips)]

    def embed_clips(self, clips: Sequence[Clip]) -> NDArray[np.float32]:
        # Never all black: a vector of no length has no direction.
        colours = [clip.frames.mean(axis=(0, 1, 2)) + 1.0 for clip in clips]
        return unit_rows(np.array(colours, dtype=np.float32).reshape(-1, 3))

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        named = [[COLOURS[word] for word in text.split() if word in COLOURS] for text in texts]
        vectors = [np.sum(colours or [(1.0, 1.0, 1.0)], axis=0) for colours in named]
        return unit_rows(np.array(vectors, dtype=np.float32).reshape(-1, 3))

    def reword(self, embedding: NDArray[np.float32], caption: str) -> NDArray[np.float32]:
        return mix_words(embedding, self.embed_texts([caption])[0])

    def _describe(self, vector: NDArray[np.float32]) -> ClipDescription:
        name = list(COLOURS)[int(vector.argmax())]
        probability = float(vector.max())
        return ClipDescription(
            embedding=vector,
            caption=Caption(f"something {name}", probability),
            categories=(CategoryScore(name, "colour", probability),),
        )


class JudgingFakeEncoder(FakeEncoder):
    """It takes similarities for probabilities, and half of them where no caption names a colour."""

    def relevance(
        self, text: str, clips: Sequence[ClipDescription], *, nearest: Sequence[Caption], among: int
    ) -> NDArray[np.float32]:
        assert 1 <= len(nearest) <= min(NEAREST, among)
        (words,) = self.embed_texts([text])
        named = any(word in caption.text for caption in nearest for word in text.split())
        return np.stack([clip.embedding for clip in clips]) @ words * (1 if named else 0.5)


def unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each ``(D,)`` row of ``(N, D)`` at length 1."""
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
