"""How often the topics are right about a single sentence, which is what they learned from.

That says how well topics are told apart in the joint space, not how well clips are filed: the
classifier sees clips only when it is used.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from encoder.categories import TopicClassifier
from encoder.checkpoint import TOPICS, WEIGHTS, compact_space, load_checkpoint
from encoder.interface import ClipEncoder
from evaluation.images import EvaluationError, read_table
from evaluation.intervals import Interval, share_intervals

COLUMNS = ("video", "category", "caption")


@dataclass(frozen=True)
class TopicCaption:
    """One sentence about a video of a known topic."""

    video: str
    topic: str
    caption: str


@dataclass(frozen=True)
class TopicReport:
    """One evaluation of topics, in percent of the captions."""

    accuracy: float
    interval: Interval
    """Videos were resampled."""
    per_topic: dict[str, float]
    """Of each topic's own captions."""
    videos: int
    captions: int


def read_topic_captions(file: Path) -> list[TopicCaption]:
    """Read lines of ``video<TAB>category<TAB>caption``, with or without a header.

    Raises :class:`EvaluationError` naming the line that is not such a triple.
    """
    return [TopicCaption(*row) for row in read_table(file, COLUMNS)]


def topics_of(encoder: ClipEncoder, weights: Path = WEIGHTS) -> TopicClassifier:
    """The topics in a folder of weights, by default the shipped ones.

    Raises :class:`EvaluationError` where they belong to another encoder, and ``CheckpointError``
    where they are missing or damaged.
    """
    space = compact_space(weights)
    if encoder.space != space:
        raise EvaluationError(
            f"the topics were learned in the space of {space.name}, not of "
            f"{encoder.space.name}; evaluate them with encoder = 'compact'"
        )
    return TopicClassifier.from_checkpoint(load_checkpoint(weights / TOPICS))


def evaluate_topics(
    encoder: ClipEncoder, topics: TopicClassifier, *, captions: Sequence[TopicCaption]
) -> TopicReport:
    """Classify every sentence by itself, all topics competing.

    As in training, sentences are centred by their own mean; so a table of few sentences, or of
    few topics, makes them worse than they are.

    Raises :class:`EvaluationError` where a topic is not one that the classifier knows.
    """
    unknown = sorted({caption.topic for caption in captions} - set(topics.labels))
    if unknown:
        raise EvaluationError(
            f"the category {unknown[0]!r} is not known; known are {', '.join(topics.labels)}"
        )
    # The topics read the first coordinates; what an encoder appends to them is for search.
    texts = encoder.embed_texts([c.caption for c in captions])[:, : topics.weight.shape[1]]
    texts = texts / np.linalg.norm(texts, axis=1, keepdims=True)  # (N, D)
    best = replace(topics, clip_mean=texts.mean(0)).probabilities(texts).argmax(1)  # (N,)
    truth = np.array([topics.labels.index(caption.topic) for caption in captions])
    right = (best == truth).astype(np.float64)
    videos, owner = np.unique([caption.video for caption in captions], return_inverse=True)
    parts = np.bincount(owner, weights=right)[:, None]  # (videos, 1)
    sizes = np.bincount(owner).astype(np.float64)  # (videos,)
    (interval,) = share_intervals(parts.astype(np.float64), sizes)
    return TopicReport(
        accuracy=float(100 * right.mean()),
        interval=interval,
        per_topic=_per_topic(topics.labels, truth, right),
        videos=len(videos),
        captions=len(captions),
    )


def _per_topic(
    labels: Sequence[str], truth: NDArray[np.int64], right: NDArray[np.float64]
) -> dict[str, float]:
    return {labels[i]: float(100 * right[truth == i].mean()) for i in np.unique(truth)}
