"""How well texts find images and images find texts: recall at 1, 5 and 10, and median rank.

The protocol is that of image-caption retrieval (Hodosh et al. 2013, Karpathy and Fei-Fei 2015):
all images and all captions of one file compete with each other. Ties count against the encoder,
so one that gives every pair the same similarity scores worst, not best.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from encoder.interface import ClipEncoder
from ingest.clip import Clip
from ingest.errors import VideoError
from ingest.still import still_clip

HEADER = ("image", "caption")
BATCH = 32  # enough to keep a device busy, and 32 decoded images are little memory
SHORT_SIDE = 256  # pixels; frames of videos are sampled at this size, too


class EvaluationError(Exception):
    """The figures cannot be computed from what was given; the message says what to change."""


@dataclass(frozen=True)
class CaptionedImage:
    """One image and all sentences that belong to it."""

    name: str
    """File name within the folder of images."""
    captions: tuple[str, ...]


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
class RetrievalReport:
    """Both directions of one evaluation."""

    text_to_image: RetrievalFigures
    """Every caption a query; its answer is its image."""
    image_to_text: RetrievalFigures
    """Every image a query; its answer is the best ranked of its captions."""
    images: int
    captions: int


def read_captions(file: Path) -> list[CaptionedImage]:
    """Read lines of ``image<TAB>caption``, with or without a header, grouped by image.

    Raises :class:`EvaluationError` naming the line that is not such a pair.
    """
    grouped: dict[str, list[str]] = {}
    for image, caption in _pairs(file):
        grouped.setdefault(image, []).append(caption)
    if not grouped:
        raise EvaluationError(f"{file}: no captions; write lines of image<TAB>caption")
    return [CaptionedImage(image, tuple(captions)) for image, captions in grouped.items()]


def _pairs(file: Path) -> Iterator[tuple[str, str]]:
    try:
        # -sig, because spreadsheets put a byte order mark before the header.
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{file}: cannot be read as UTF-8 text: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        columns = tuple(column.strip() for column in line.split("\t"))
        if number == 1 and tuple(map(str.lower, columns)) == HEADER:
            continue
        if len(columns) != 2 or not all(columns):
            raise EvaluationError(
                f"{file}, line {number}: expected image<TAB>caption, got {line[:80]!r}"
            )
        yield columns[0], columns[1]


def ignore_progress(images_done: int, images_total: int) -> None:
    """Listen to nothing: the default where nobody watches."""


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
    embedded = []
    for start in range(0, len(images), BATCH):
        batch = images[start : start + BATCH]
        clips = [_load(images_folder / image.name) for image in batch]
        embedded.append(encoder.embed_clips(clips))
        on_progress(start + len(batch), len(images))
    texts = encoder.embed_texts([caption for image in images for caption in image.captions])
    owner = np.repeat(np.arange(len(images)), [len(image.captions) for image in images])
    similarity = texts @ np.concatenate(embedded).T  # (captions, images)
    return RetrievalReport(
        text_to_image=figures(text_to_image_ranks(similarity, owner)),
        image_to_text=figures(image_to_text_ranks(similarity, owner)),
        images=len(images),
        captions=len(owner),
    )


def _load(path: Path) -> Clip:
    try:
        return still_clip(path, short_side=SHORT_SIDE)
    except (VideoError, OSError) as error:
        raise EvaluationError(f"an image of the captions file cannot be used: {error}") from error


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
