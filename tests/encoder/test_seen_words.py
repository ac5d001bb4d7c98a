"""Words that a clip's embedding speaks for."""

from pathlib import Path

import numpy as np
import pytest

from encoder.checkpoint import (
    ALIGNMENT,
    WEIGHTS,
    WORDS,
    Checkpoint,
    CheckpointError,
    fingerprint,
    save_checkpoint,
)
from encoder.seen_words import SeenWords

MEAN = np.array([1, 0], np.float32)
DOG = np.array([2, 0], np.float32)
OTHER = np.array([1, 1], np.float32)


@pytest.fixture
def net() -> SeenWords:
    """It hears "dog" in the first direction, and "cat" never."""
    return SeenWords(
        ("dog", "cat"),
        MEAN,
        np.eye(2, dtype=np.float32),
        np.zeros(2, np.float32),
        np.array([[100, -100], [-100, -100]], np.float32),
        np.zeros(2, np.float32),
    )


def test_words_are_as_probable_as_the_embedding_says(net: SeenWords) -> None:
    found = net.probabilities(np.stack([DOG, OTHER, MEAN]))

    np.testing.assert_allclose(found, [[1, 0], [0, 0], [0.5, 0.5]], atol=1e-6)


def test_right_words_make_a_caption_better_and_wrong_ones_worse(net: SeenWords) -> None:
    captions = [["dog"], ["dog", "dog"], [], ["dog", "cat"], ["cat"]]

    right, twice, nothing, mixed, wrong = net.worth(DOG, captions)

    assert twice > right > nothing == 0 > mixed > wrong
    assert net.worth(OTHER, [["dog"]])[0] == pytest.approx(wrong, abs=1e-6)


def test_words_that_it_never_learned_count_for_nothing(net: SeenWords) -> None:
    known, more = net.worth(DOG, [["dog"], ["dog", "zeppelin"]])

    assert known == more


@pytest.mark.parametrize(("dimension", "words"), [(3, ["dog", "cat"]), (2, ["dog"])])
def test_a_net_that_does_not_fit_is_refused(
    net: SeenWords, tmp_path: Path, dimension: int, words: list[str]
) -> None:
    (tmp_path / ALIGNMENT).write_bytes((WEIGHTS / ALIGNMENT).read_bytes())
    tensors = {
        name: getattr(net, name) for name in ("mean", "hidden", "hidden_bias", "weight", "bias")
    }
    beside = fingerprint(tmp_path / ALIGNMENT)
    save_checkpoint(tmp_path / WORDS, Checkpoint(tensors, {"words": words, "alignment": beside}))

    with pytest.raises(CheckpointError, match=WORDS):
        SeenWords.load(tmp_path, dimension=dimension)
