"""What the caption decoder learns from: captioned pictures, and captions without pictures."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from encoder.alignment import Alignment
from encoder.backbone import FEATURE_CHANNELS
from encoder.captioner import Captioner, DecoderState, Places
from encoder.checkpoint import ALIGNMENT
from encoder.vocabulary import PAD, Vocabulary
from training.data import CaptionedPictures, Folders, read_pictures, read_topics
from training.features import place_features, sentence_features

_MOST_WORDS = 25  # longer captions are cut, "start" and "end" included
_GIST_NOISE = 0.04
"""Standard deviation of what is added to each channel of a gist while learning: about as long as
the gist itself, since a text lies near a picture of the same, not at its place, and pictures that
the alignment was trained on lie nearer to their captions than others do."""


class CaptionSource(Protocol):
    """Sentences, and what the decoder may look at as it learns to say them."""

    @property
    def sentences(self) -> list[str]:
        """What is to be said."""

    def look(
        self, captioner: Captioner, rows: NDArray[np.int64], rng: np.random.Generator
    ) -> tuple[Places, DecoderState]:
        """Prepare some sentences, ``(B,)``, as `Captioner.look` does."""


@dataclass(frozen=True, eq=False)
class Pictures:
    """Captioned pictures, whole and mirrored."""

    pictures: CaptionedPictures
    places: NDArray[np.float16]
    """``(N, 2, P, 1280)``."""
    embeddings: Tensor
    """``(N, 2, D)``."""

    @property
    def sentences(self) -> list[str]:
        return self.pictures.sentences

    def look(
        self, captioner: Captioner, rows: NDArray[np.int64], rng: np.random.Generator
    ) -> tuple[Places, DecoderState]:
        owners, views = self.pictures.owners[rows], rng.integers(0, 2, len(rows))
        gist = self.embeddings[owners, views] - captioner.gist_mean
        return captioner.look_at(*self.places_of(owners, views), _noisy(gist))

    def places_of(
        self, pictures: NDArray[np.int64], views: NDArray[np.int64]
    ) -> tuple[Tensor, Tensor]:
        """``(B, P, 1280)`` features and ``(B, P)`` which of them are real: all."""
        features = torch.from_numpy(self.places[pictures, views].astype(np.float32))
        return features, torch.ones(features.shape[:2], dtype=torch.bool)


@dataclass(frozen=True, eq=False)
class Texts:
    """Captions of videos that are not here; their own embedding is the gist."""

    sentences: list[str]
    embeddings: Tensor
    """``(N, D)``."""
    mean: Tensor
    """``(D,)``."""

    def look(
        self, captioner: Captioner, rows: NDArray[np.int64], rng: np.random.Generator
    ) -> tuple[Places, DecoderState]:
        gist = self.embeddings[torch.from_numpy(rows)] - self.mean
        unseen = torch.zeros(len(rows), 1, FEATURE_CHANNELS)
        return captioner.look_at(unseen, torch.zeros(len(rows), 1, dtype=torch.bool), _noisy(gist))


def _noisy(gist: Tensor) -> Tensor:
    return F.normalize(F.normalize(gist, dim=-1) + _GIST_NOISE * torch.randn_like(gist), dim=-1)


@torch.inference_mode()
def load_pictures(folders: Folders, table: str, *, alignment: Alignment) -> Pictures:
    """Read one table and look at its pictures through a trained alignment."""
    pictures = read_pictures(folders.data, table)
    places = place_features(pictures, folders.weights / ALIGNMENT, cache=folders.cache)
    rows = []
    for start in range(0, len(places), 256):
        pooled = torch.from_numpy(places[start : start + 256].astype(np.float32)).mean(2)
        frames = alignment.embed_frames(pooled).flatten(0, 1)[:, None]  # (2B, 1, D)
        clips = alignment.temporal(frames, torch.ones(len(frames), dtype=torch.long))
        rows.append(clips.reshape(len(pooled), 2, -1))
    return Pictures(pictures, places, torch.cat(rows).clone())


@torch.inference_mode()
def load_texts(folders: Folders, *, alignment: Alignment) -> Texts:
    """The captions of MSR-VTT's training videos."""
    sentences, _ = read_topics(folders.data)
    features = sentence_features("msrvtt", sentences, cache=folders.cache)
    embeddings = alignment.embed_sentences(features).clone()
    return Texts(sentences, embeddings, embeddings.mean(0))


def numbered(vocabulary: Vocabulary, sentences: list[str]) -> Tensor:
    """``(B, L)`` word numbers between "start" and "end", padded."""
    numbers = [torch.tensor(vocabulary.encode(text)[:_MOST_WORDS]) for text in sentences]
    return pad_sequence(numbers, batch_first=True, padding_value=PAD)
