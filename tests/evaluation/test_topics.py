"""Topics of sentences, with a classifier and an encoder that are worked out by hand."""

from pathlib import Path

import numpy as np
import pytest

from encoder.categories import TopicClassifier
from encoder.checkpoint import compact_space
from evaluation.images import EvaluationError
from evaluation.topics import TopicCaption, evaluate_topics, read_topic_captions, topics_of
from tests.fake_encoder import FakeEncoder

COLOURS = TopicClassifier(
    ("blood", "grass", "sky"),
    np.eye(3, dtype=np.float32),
    np.zeros(3, np.float32),
    np.full(3, 100, np.float32),  # the mean of clips must not matter to sentences
)


def test_shares_are_of_all_captions_and_of_each_topic() -> None:
    rows = [
        ("v1", "blood", "red"),
        ("v1", "blood", "red"),
        ("v1", "blood", "green"),
        ("v2", "grass", "green"),
    ]

    report = evaluate_topics(FakeEncoder(), COLOURS, captions=[TopicCaption(*r) for r in rows])

    assert report.accuracy == 75
    assert report.per_topic == {"blood": pytest.approx(200 / 3), "grass": 100}
    assert (report.videos, report.captions) == (2, 4)
    # Two videos: at worst v1 is drawn twice, at best v2.
    assert (report.interval.low, report.interval.high) == pytest.approx((200 / 3, 100))


def test_sentences_are_centred_by_their_own_mean() -> None:
    # All mention red, so red tells nothing.
    captions = [TopicCaption("v1", "grass", "red green"), TopicCaption("v2", "sky", "red blue")]

    assert evaluate_topics(FakeEncoder(), COLOURS, captions=captions).accuracy == 100


def test_a_category_that_is_not_known_is_named() -> None:
    with pytest.raises(EvaluationError, match="'sea' is not known; known are blood, grass, sky"):
        evaluate_topics(FakeEncoder(), COLOURS, captions=[TopicCaption("v", "sea", "blue")])


def test_the_shipped_topics_are_not_used_with_another_encoder() -> None:
    with pytest.raises(EvaluationError, match="encoder = 'compact'"):
        topics_of(FakeEncoder())
    fitting = topics_of(FakeEncoder(space=compact_space()))
    assert 0 < fitting.weight.shape[1] < compact_space().dimension


def test_lines_of_three_columns_are_read_with_or_without_a_header(tmp_path: Path) -> None:
    file = tmp_path / "captions.tsv"
    file.write_text("video\tcategory\tcaption\nv1\tmusic\ta man sings\n")
    assert read_topic_captions(file) == [TopicCaption("v1", "music", "a man sings")]

    file.write_text("v1\tmusic\n")
    with pytest.raises(EvaluationError, match=r"line 1: expected video<TAB>category<TAB>caption"):
        read_topic_captions(file)
