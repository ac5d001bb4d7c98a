"""What alignment learns from: pictures with kept features, and batches of them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from encoder.backbone import FEATURE_CHANNELS, CompactBackbone, as_grid
from training.data import CaptionedPictures, Folders, read_pictures
from training.features import VIEWS, half_precision, sentence_features, stem_features


@dataclass(frozen=True, eq=False)
class Source:
    """Pictures with all features that alignment reads."""

    pictures: CaptionedPictures
    stems: NDArray[np.float16]
    """``(N, VIEWS, 112, 14, 14)``."""
    sentences: Tensor
    """``(number of captions, 768)``, picture by picture."""


@dataclass(frozen=True, eq=False)
class Rows:
    """One view each of some pictures of one source, with captions of them."""

    source: Source
    pictures: NDArray[np.int64]
    """``(B,)``."""
    views: NDArray[np.int64]
    """``(B,)``."""
    captions: NDArray[np.int64]
    """``(K,)`` caption numbers."""
    owners: NDArray[np.int64]
    """``(K,)`` place of each caption's picture in `pictures`."""

    @property
    def stems(self) -> Tensor:
        """``(B, 112, 14, 14)``."""
        return torch.from_numpy(self.source.stems[self.pictures, self.views])

    @property
    def sentences(self) -> Tensor:
        """``(K, 768)``."""
        return self.source.sentences[torch.from_numpy(self.captions)]


def load_source(folders: Folders, table: str, *, backbone: CompactBackbone) -> Source:
    """Read one table, for instance ``flickr8k/train``, and compute what is not kept yet."""
    pictures = read_pictures(folders.data, table)
    stems = stem_features(pictures, backbone, cache=folders.cache)
    sentences = sentence_features(pictures.name, pictures.sentences, cache=folders.cache)
    return Source(pictures, stems, sentences)


def batches(
    sources: list[Source], *, size: int, captions: int, rng: np.random.Generator
) -> Iterator[list[Rows]]:
    """One epoch: a random view of each picture and up to `captions` random captions of it.

    All batches hold `size` pictures; the few that are left over wait for another epoch.
    """
    numbers = np.concatenate(
        [
            np.stack([np.full(len(s.pictures), n), np.arange(len(s.pictures))], 1)
            for n, s in enumerate(sources)
        ]
    )
    rng.shuffle(numbers)
    for start in range(0, len(numbers) - size + 1, size):
        chosen = numbers[start : start + size]
        split = [(s, chosen[chosen[:, 0] == n, 1]) for n, s in enumerate(sources)]
        yield [
            _rows(s, pictures, captions=captions, rng=rng) for s, pictures in split if len(pictures)
        ]


def _rows(
    source: Source, pictures: NDArray[np.int64], *, captions: int, rng: np.random.Generator
) -> Rows:
    counts = np.array([len(group) for group in source.pictures.captions])
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    drawn = [first[p] + rng.permutation(counts[p])[:captions] for p in pictures]
    owners = np.repeat(np.arange(len(pictures)), [len(group) for group in drawn])
    views = rng.integers(0, VIEWS, len(pictures))
    return Rows(source, pictures, views, np.concatenate(drawn), owners)


@torch.inference_mode()
def pooled_features(source: Source, backbone: CompactBackbone) -> Tensor:
    """Mean over places of what the CNN makes of each view: ``(N, VIEWS, 1280)``."""
    rows = []
    for start in range(0, len(source.pictures), 64):
        stems = torch.from_numpy(np.array(source.stems[start : start + 64])).flatten(0, 1).float()
        with half_precision():
            grids = as_grid(backbone.tail(stems.contiguous(memory_format=torch.channels_last)))
        rows.append(grids.float().mean(1).reshape(-1, VIEWS, FEATURE_CHANNELS))
    return torch.cat(rows).clone()
