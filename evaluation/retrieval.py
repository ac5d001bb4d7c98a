"""How well texts find images and images find texts: recall at 1, 5 and 10, and median rank.

The protocol is that of image-caption retrieval (Hodosh et al. 2013, Karpathy and Fei-Fei 2015):
all images and all captions of one file compete with each other. Ties count against the encoder,
so one that gives every pair the same similarity scores worst, not best.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from encoder.interface import ClipEncoder
from evaluation.images import CaptionedImage, ignore_progress, image_clips
from evaluation.intervals import Interval, share_intervals

BATCH = 32  # enough to keep a device busy, and 32 decoded images are little memory


@dataclass(frozen=True)
class RetrievalFigures:
    """One direction of search, over all its queries."""

    recall_at_1: float
    """Queries whose answer came first, percent."""
    recall_at_5: float
    recall_at_10: float
    median_rank: float
    """Rank 1 is the best."""


@dataclass(frozen=True)
class RecallIntervals:
    """How certain the recalls of one direction are; images were resampled."""

    recall_at_1: Interval
    recall_at_5: Interval
    recall_at_10: Interval


@dataclass(frozen=True)
class RetrievalReport:
    """Both directions of one evaluation."""

    text_to_image: RetrievalFigures
    """Every caption a query; its answer is its image."""
    image_to_text: RetrievalFigures
    """Every image a query; its answer is the best ranked of its captions."""
    text_to_image_intervals: RecallIntervals
    image_to_text_intervals: RecallIntervals
    images: int
    captions: int


def evaluate_retrieval(
    encoder: ClipEncoder,
    images_folder: Path,
    *,
    images: Sequence[CaptionedImage],
    on_progress: Callable[[int, int], None] = ignore_progress,
) -> RetrievalReport:
    """Search all images with all captions and the reverse; every image is a one-frame clip.

    Raises :class:`EvaluationError` for an image that is missing or cannot be read.
    """
    embedded: list[NDArray[np.float32]] = []
    for clips in image_clips(images_folder, images, batch=BATCH):
        embedded.append(encoder.embed_clips(clips))
        on_progress(sum(map(len, embedded)), len(images))
    texts = encoder.embed_texts([caption for image in images for caption in image.captions])
    owner = np.repeat(np.arange(len(images)), [len(image.captions) for image in images])
    similarity = texts @ np.concatenate(embedded).T  # (captions, images)
    image_ranks = text_to_image_ranks(similarity, owner)
    text_ranks = image_to_text_ranks(similarity, owner)
    return RetrievalReport(
        text_to_image=figures(image_ranks),
        image_to_text=figures(text_ranks),
        text_to_image_intervals=recall_intervals(image_ranks, owner),
        image_to_text_intervals=recall_intervals(text_ranks, np.arange(len(images))),
        images=len(images),
        captions=len(owner),
    )


def text_to_image_ranks(
    similarity: NDArray[np.float32], owner: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Rank of each caption's image among all images: ``(captions,)``, 1 is the best.

    `similarity` is ``(captions, images)``; `owner` gives each caption's image as its column.
    Images as similar as the right one count as ranked before it.
    """
    own = similarity[np.arange(len(owner)), owner]  # (captions,)
    # The right image is not below itself, so it counts itself: that is the rank's 1.
    # Not below, rather than at or above: a similarity that is no number must not win.
    ranks: NDArray[np.int64] = np.count_nonzero(~(similarity < own[:, None]), axis=1)
    return ranks


def image_to_text_ranks(
    similarity: NDArray[np.float32], owner: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Rank of each image's best caption among all captions: ``(images,)``, 1 is the best.

    Arguments as for :func:`text_to_image_ranks`. Captions of other images that are as similar
    as the best own one count as ranked before it.
    """
    is_own = owner[:, None] == np.arange(similarity.shape[1])  # (captions, images)
    best_own = np.where(is_own, similarity, -np.inf).max(axis=0)  # (images,)
    ranks: NDArray[np.int64] = 1 + np.count_nonzero(~is_own & ~(similarity < best_own), axis=0)
    return ranks


def figures(ranks: NDArray[np.int64]) -> RetrievalFigures:
    """Summarise the ranks of all queries of one direction."""

    def recall_at(depth: int) -> float:
        return float(100 * np.mean(ranks <= depth))

    return RetrievalFigures(
        recall_at_1=recall_at(1),
        recall_at_5=recall_at(5),
        recall_at_10=recall_at(10),
        median_rank=float(np.median(ranks)),
    )


def recall_intervals(ranks: NDArray[np.int64], owner: NDArray[np.int64]) -> RecallIntervals:
    """How certain the recalls of ``(Q,)`` ranks are; `owner` gives each query's image."""
    found = [np.bincount(owner, weights=ranks <= depth) for depth in (1, 5, 10)]  # (images,) each
    queries = np.bincount(owner).astype(np.float64)  # (images,)
    return RecallIntervals(*share_intervals(np.stack(found, axis=1), queries))
