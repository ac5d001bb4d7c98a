"""Caption figures: BLEU (Papineni et al. 2002), CIDEr-D (Vedantam et al. 2015), ROUGE-L (Lin 2004).

The scorers are pycocoevalcap's, fed with lower-case words without punctuation.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pycocoevalcap.bleu.bleu_scorer import BleuScorer
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.rouge.rouge import Rouge

from encoder.interface import ClipEncoder
from encoder.vocabulary import split_words
from evaluation.images import CaptionedImage, ignore_progress, image_clips
from evaluation.intervals import Interval, interval_of, resampled_sums

BATCH = 16  # the decoder holds five sentences of each image at a time
_ORDERS = 4


@dataclass(frozen=True)
class CaptionFigures:
    """Corpus figures, all times 100."""

    bleu1: float
    bleu2: float
    bleu3: float
    bleu4: float
    cider: float
    rouge_l: float


@dataclass(frozen=True)
class CaptionIntervals:
    """How certain each of the :class:`CaptionFigures` is; images were resampled.

    What CIDEr-D knows of how rare words are stays that of all images.
    """

    bleu1: Interval
    bleu2: Interval
    bleu3: Interval
    bleu4: Interval
    cider: Interval
    rouge_l: Interval


@dataclass(frozen=True)
class CaptionReport:
    """One evaluation of generated captions."""

    figures: CaptionFigures
    intervals: CaptionIntervals
    images: int
    captions: int
    """References of all images together."""


@dataclass(frozen=True, eq=False)
class _Scored:
    """The figures, and what each image adds to them."""

    figures: CaptionFigures
    bleu: NDArray[np.float64]
    """``(N, 2 + 2 * 4)``: words, reference's words, n-grams said and n-grams right for n = 1 to 4.
    """
    cider: NDArray[np.float64]
    """``(N,)``."""
    rouge: NDArray[np.float64]
    """``(N,)``."""


def evaluate_captions(
    encoder: ClipEncoder,
    images_folder: Path,
    *,
    images: Sequence[CaptionedImage],
    on_progress: Callable[[int, int], None] = ignore_progress,
) -> CaptionReport:
    """Let the encoder describe each image, and compare that with the image's own captions.

    Raises :class:`EvaluationError` for an image that is missing or cannot be read.
    """
    generated: list[str] = []
    for clips in image_clips(images_folder, images, batch=BATCH):
        generated += [description.caption.text for description in encoder.describe(clips)]
        on_progress(len(generated), len(images))
    scored = _score(generated, [image.captions for image in images])
    return CaptionReport(
        figures=scored.figures,
        intervals=_intervals(scored),
        images=len(images),
        captions=sum(len(image.captions) for image in images),
    )


def score_captions(generated: Sequence[str], references: Sequence[Sequence[str]]) -> CaptionFigures:
    """Score one generated sentence per picture against that picture's references.

    Raises ValueError where there is not one sentence for each group of references.
    """
    return _score(generated, references).figures


def _score(generated: Sequence[str], references: Sequence[Sequence[str]]) -> _Scored:
    if len(generated) != len(references):
        raise ValueError(f"{len(generated)} sentences for {len(references)} groups of references")
    truth = {i: [" ".join(split_words(r)) for r in group] for i, group in enumerate(references)}
    found = {i: [" ".join(split_words(sentence))] for i, sentence in enumerate(generated)}
    counted = BleuScorer(n=_ORDERS)
    for i, (sentence,) in found.items():
        counted += (sentence, truth[i])
    bleu, _ = counted.compute_score(option="closest")
    cider, ciders = Cider().compute_score(truth, found)
    rouge, rouges = Rouge().compute_score(truth, found)
    figures = CaptionFigures(*(100 * float(value) for value in (*bleu, cider, rouge)))
    return _Scored(figures, _bleu_counts(counted), np.asarray(ciders), np.asarray(rouges))


def _bleu_counts(counted: BleuScorer) -> NDArray[np.float64]:
    rows = []
    for image in counted.ctest:
        said = image["testlen"]
        # The reference of the length that comes closest, the shorter of two.
        closest = min(image["reflen"], key=lambda length: (abs(length - said), length))
        rows.append([said, closest, *image["guess"], *image["correct"]])
    return np.array(rows, np.float64)


def _bleu(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """``(..., 10)`` sums of counts → ``(..., 4)`` BLEU-1 to BLEU-4, in ``[0, 1]``."""
    said, closest = counts[..., :1], counts[..., 1:2]
    guessed, right = counts[..., 2 : 2 + _ORDERS], counts[..., 2 + _ORDERS :]
    with np.errstate(divide="ignore"):  # nothing right of some order: the logarithm of 0
        precision = np.log(right / np.maximum(guessed, 1))  # (..., 4)
    mean = np.cumsum(precision, axis=-1) / np.arange(1, _ORDERS + 1)
    brevity = np.minimum(0, 1 - closest / np.maximum(said, 1e-9))  # (..., 1)
    return np.asarray(np.exp(mean + brevity), np.float64)


def _intervals(scored: _Scored) -> CaptionIntervals:
    means = np.stack([scored.cider, scored.rouge], axis=1) / len(scored.bleu)
    sums = resampled_sums(np.concatenate([scored.bleu, means], axis=1))  # (R, 12)
    figures = np.concatenate([_bleu(sums[:, :-2]), sums[:, -2:]], axis=1)  # (R, 6)
    return CaptionIntervals(*(interval_of(100 * figure) for figure in figures.T))
