"""Topics: probabilities, the least that counts, and the order."""

import numpy as np
import pytest

from encoder.categories import TopicClassifier
from encoder.checkpoint import Checkpoint

LABELS = ("music", "sports", "cooking", "travel")
MEAN = np.array([1, 2, 3, 4], np.float32)


@pytest.fixture
def topics() -> TopicClassifier:
    """A classifier whose logits are the embedding itself, less the mean."""
    return TopicClassifier(LABELS, np.eye(4, dtype=np.float32), np.zeros(4, np.float32), MEAN)


def clip(*probabilities: float) -> np.ndarray:
    """The embedding that the classifier gives these probabilities."""
    return (MEAN + np.log(np.array(probabilities))).astype(np.float32)[None]


def test_probabilities_sum_to_one_even_of_huge_logits(topics: TopicClassifier) -> None:
    embeddings = np.concatenate([clip(0.1, 0.2, 0.3, 0.4), 1e4 * clip(0.1, 0.2, 0.3, 0.4)])

    found = topics.probabilities(embeddings)

    np.testing.assert_allclose(found.sum(1), 1, atol=1e-6)
    np.testing.assert_allclose(found[0], [0.1, 0.2, 0.3, 0.4], atol=1e-5)


def test_likely_topics_come_most_probable_first(topics: TopicClassifier) -> None:
    [found] = topics.categorise(clip(0.2, 0.1, 0.3, 0.4))

    assert [score.label for score in found] == ["travel", "cooking", "music"]
    assert [score.probability for score in found] == pytest.approx([0.4, 0.3, 0.2], abs=1e-5)
    assert {score.kind for score in found} == {"topic"}


def test_unlikely_topics_are_left_out(topics: TopicClassifier) -> None:
    [found] = topics.categorise(clip(0.76, 0.14, 0.05, 0.05))

    assert [score.label for score in found] == ["music"]


def test_at_most_three_topics_are_named(topics: TopicClassifier) -> None:
    [found] = topics.categorise(clip(0.25, 0.25, 0.25, 0.25))

    assert len(found) == 3


def test_a_clip_of_nothing_likely_has_no_topics() -> None:
    many = 12
    flat = TopicClassifier(
        tuple(map(str, range(many))),
        np.zeros((many, 4), np.float32),
        np.zeros(many, np.float32),
        MEAN,
    )

    assert flat.categorise(MEAN[None]) == [()]


def test_no_clips_have_no_topics(topics: TopicClassifier) -> None:
    assert topics.categorise(np.zeros((0, 4), np.float32)) == []


def test_the_bias_counts(topics: TopicClassifier) -> None:
    tensors = {
        "weight": np.zeros((4, 4), np.float32),
        "bias": np.log(np.array([0.1, 0.1, 0.7, 0.1])).astype(np.float16),
        "clip_mean": MEAN,
    }
    loaded = TopicClassifier.from_checkpoint(Checkpoint(tensors, {"labels": list(LABELS)}))

    [found] = loaded.categorise(MEAN[None])

    assert [score.label for score in found] == ["cooking"]


def test_a_checkpoint_without_labels_is_told_apart() -> None:
    with pytest.raises(KeyError, match="labels"):
        TopicClassifier.from_checkpoint(Checkpoint({}, {"labels": 3}))
