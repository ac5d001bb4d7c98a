"""Free labels: deviations worked out by hand, probabilities, and what is added to clips."""

import numpy as np
import pytest

from encoder.checkpoint import Checkpoint, CheckpointError, save_checkpoint
from encoder.interface import Caption, CategoryScore, ClipDescription
from encoder.labels import (
    BACKGROUND,
    KIND,
    LABELS,
    FreeLabels,
    LabelCalibration,
    deviations,
)
from tests.fake_encoder import FakeEncoder

CURVE = LabelCalibration(scale=2.0, offset=3.0)


class Namer(FakeEncoder):
    """Knows the colours in sentences; half of the background is red, half is green."""

    def embed_texts(self, texts: list[str]) -> np.ndarray:
        if len(texts) == len(BACKGROUND):
            texts = ["red", "green"] * (len(BACKGROUND) // 2)
        return super().embed_texts(texts)


def described(*vector: float) -> ClipDescription:
    embedding = np.array(vector, np.float32)
    topic = CategoryScore("music", "topic", 0.5)
    return ClipDescription(embedding / np.linalg.norm(embedding), Caption("a", 1), (topic,))


def test_deviations_are_counted_from_what_is_usual_for_the_clip() -> None:
    clips = np.array([[1, 0], [0, 1]], np.float32)
    labels = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
    background = np.array([[0.6, 0.8], [0.8, 0.6]], np.float32)  # 0.7 +- 0.1 for either clip

    found = deviations(clips, labels, background)

    np.testing.assert_allclose(found, [[3, -7, -1], [-7, 3, 1]], atol=1e-4)


def test_the_curve_is_a_half_at_its_offset_and_never_breaks() -> None:
    found = CURVE.probabilities(np.array([3.0, 4.0, 1e9, -1e9], np.float32))

    assert found[:2] == pytest.approx([0.5, 1 / (1 + np.exp(-2))])
    assert found[2:] == pytest.approx([1, 0], abs=1e-6)


def test_probable_labels_join_the_categories_most_probable_first() -> None:
    labels = FreeLabels(Namer(), ["blue", "red"], LabelCalibration(2.0, 0.5))

    # As close to blue as the unusual can be; red is one deviation above what is usual.
    (found,) = labels.added_to([described(0.6, 0.0, 0.8)])

    assert [score.label for score in found.categories] == ["blue", "red", "music"]
    assert [score.kind for score in found.categories] == [KIND, KIND, "topic"]
    assert found.categories[0].probability > found.categories[1].probability > 0.5


def test_improbable_labels_are_left_out_and_nothing_else_changes() -> None:
    before = described(1.0, 0.0, 0.1)

    (found,) = FreeLabels(Namer(), ["blue"], CURVE).added_to([before])

    assert found.categories == before.categories
    assert (found.caption, found.embedding) == (before.caption, before.embedding)


def test_without_labels_no_text_is_embedded() -> None:
    class Mute(FakeEncoder):
        def embed_texts(self, texts: list[str]) -> np.ndarray:
            raise AssertionError("a text was embedded")

    before = [described(1.0, 0.0, 0.0)]

    assert FreeLabels.load(Mute(), []).added_to(before) == before


def test_no_clips_get_no_labels() -> None:
    assert FreeLabels.load(FakeEncoder(), ["blue"]).added_to([]) == []


def test_a_calibration_that_lacks_a_part_is_refused(tmp_path) -> None:
    save_checkpoint(tmp_path / LABELS, Checkpoint({"scale": np.array(1, np.float32)}, {}))

    with pytest.raises(CheckpointError, match=r"labels\.safetensors: the weights lack 'offset'"):
        FreeLabels.load(FakeEncoder(), ["blue"], weights=tmp_path)
