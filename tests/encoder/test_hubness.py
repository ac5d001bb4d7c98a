from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from encoder.checkpoint import (
    ALIGNMENT,
    HUBNESS,
    Checkpoint,
    CheckpointError,
    fingerprint,
    save_checkpoint,
)
from encoder.hubness import ADDED_DIMENSIONS, Hubness

DIMENSION = 64


def unit(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


@pytest.fixture
def crowd() -> NDArray[np.float32]:
    """Directions around a common one."""
    return unit(np.random.default_rng(0).normal(0.15, 1, (300, DIMENSION)))


@pytest.fixture
def hubness(crowd: NDArray[np.float32]) -> Hubness:
    return Hubness.of(crowd[:200], crowd[200:])


def test_a_clip_that_is_close_to_everything_ranks_behind_one_that_is_not(
    hubness: Hubness, crowd: NDArray[np.float32]
) -> None:
    text = np.eye(DIMENSION, dtype=np.float32)[:1]
    aside = unit(np.where(np.arange(DIMENSION) == 0, 0, np.random.default_rng(1).normal(size=64)))
    hub = unit(np.array(crowd[:, 1:].mean(0)))
    hub = np.concatenate([[0], hub]).astype(np.float32)
    clips = unit(np.stack([aside + 0.45 * text[0], hub + 0.47 * text[0]]))

    (before,) = text @ clips.T
    (after,) = hubness.correct_texts(text) @ hubness.correct_clips(clips).T

    assert before[0] < before[1]
    assert after[0] > after[1]


def test_what_is_taken_off_is_zero_on_average(hubness: Hubness, crowd: NDArray[np.float32]) -> None:
    texts, clips = crowd[:200], crowd[200:]

    after = hubness.correct_texts(texts) @ hubness.correct_clips(clips).T

    assert after.mean() == pytest.approx((texts @ clips.T).mean() / 1.2, abs=2e-3)


def test_what_is_taken_off_depends_on_the_clip_and_the_text_alone(
    hubness: Hubness, crowd: NDArray[np.float32]
) -> None:
    texts, clips = crowd[:5], crowd[290:]

    off = texts @ clips.T - 1.2 * hubness.correct_texts(texts) @ hubness.correct_clips(clips).T

    np.testing.assert_allclose(off - off[:1], (off - off[:1])[:, :1].repeat(10, 1), atol=1e-5)
    assert np.ptp(off, axis=1).min() > 0.01
    assert np.ptp(off, axis=0).min() > 0.01
    assert np.abs(off).max() <= 0.2 + 1e-5


def test_all_stays_of_unit_length(hubness: Hubness, crowd: NDArray[np.float32]) -> None:
    for corrected in (hubness.correct_texts(crowd), hubness.correct_clips(crowd)):
        assert corrected.shape == (300, DIMENSION + ADDED_DIMENSIONS)
        np.testing.assert_allclose(np.linalg.norm(corrected, axis=1), 1, atol=1e-5)


def test_every_clip_stays_closest_to_itself(hubness: Hubness, crowd: NDArray[np.float32]) -> None:
    corrected = hubness.correct_clips(crowd)

    assert (corrected @ corrected.T).argmax(1).tolist() == list(range(len(crowd)))


def test_no_points_are_corrected_to_none(hubness: Hubness) -> None:
    none = np.zeros((0, DIMENSION), np.float32)

    assert hubness.correct_clips(none).shape == (0, DIMENSION + ADDED_DIMENSIONS)
    assert hubness.correct_texts(none).shape == (0, DIMENSION + ADDED_DIMENSIONS)


def test_banks_of_another_length_are_refused(tmp_path: Path, crowd: NDArray[np.float32]) -> None:
    save_checkpoint(tmp_path / ALIGNMENT, Checkpoint({}, {}))
    save_checkpoint(
        tmp_path / HUBNESS,
        Checkpoint(
            {"texts": crowd, "clips": crowd}, {"alignment": fingerprint(tmp_path / ALIGNMENT)}
        ),
    )

    assert Hubness.load(tmp_path, dimension=DIMENSION).texts.shape == crowd.shape
    with pytest.raises(CheckpointError, match="expected length 32"):
        Hubness.load(tmp_path, dimension=32)
