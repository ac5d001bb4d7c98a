"""The camera classifier: its shapes, its files, and what the shipped one says of simple moves."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from encoder.camera import (
    KIND,
    LEAST_STEPS,
    CameraClassifier,
    CameraConfig,
    CameraNet,
)
from encoder.camera_symmetry import SYMMETRIES, Symmetry
from encoder.checkpoint import CAMERA, WEIGHTS, Checkpoint, CheckpointError, save_checkpoint
from ingest.camera import MOVEMENTS, Movement
from ingest.clip import MOTION_CHANNELS


def motion(length: int, *, seed: int = 0) -> np.ndarray:
    steps = np.random.default_rng(seed).normal(0, 0.1, (length, MOTION_CHANNELS))
    return steps.astype(np.float32)


def untrained() -> CameraClassifier:
    torch.manual_seed(0)
    return CameraClassifier(CameraNet(CameraConfig(hidden=4)))


def test_a_clip_has_the_same_probabilities_alone_and_beside_a_longer_one() -> None:
    classifier = untrained()
    short, long = motion(6), motion(40, seed=1)

    together = classifier.probabilities([short, long])

    assert together.shape == (2, len(MOVEMENTS))
    np.testing.assert_allclose(together.sum(1), 1, atol=1e-5)
    np.testing.assert_allclose(classifier.probabilities([short])[0], together[0], atol=1e-6)


def test_the_order_of_steps_counts() -> None:
    steps = motion(10)
    forwards, backwards = untrained().probabilities([steps, steps[::-1].copy()])

    assert np.abs(forwards - backwards).max() > 1e-6


@pytest.mark.parametrize("symmetry", SYMMETRIES)
def test_a_clip_shown_differently_is_the_movement_that_it_looks_like(symmetry: Symmetry) -> None:
    steps = motion(10)
    plain, differently = untrained().probabilities([steps, symmetry.steps(steps)])

    looks_like = [symmetry.movement(number) for number in range(len(MOVEMENTS))]
    np.testing.assert_allclose(differently[looks_like], plain, atol=1e-6)


def test_no_clips_have_no_probabilities() -> None:
    assert untrained().probabilities([]).shape == (0, len(MOVEMENTS))
    assert untrained().categorise([]) == []


def test_a_clip_too_short_to_say_has_no_movement() -> None:
    short = np.zeros((LEAST_STEPS - 1, MOTION_CHANNELS), np.float32)

    assert CameraClassifier.load().categorise([short, short[:0]]) == [(), ()]


def test_an_unlikely_movement_is_not_named() -> None:
    # Untrained, all eight are about as likely.
    assert untrained().categorise([motion(10)]) == [()]


def steady(right: float = 0, down: float = 0, growth: float = 0) -> np.ndarray:
    """Motion of a scene full of corners, all of which do the same for three seconds."""
    steps = np.zeros((30, MOTION_CHANNELS), np.float32)
    steps[:, :6] = [right, down, growth, 0, 1, 0.28]
    steps[:, 12:14] = [right, down]
    steps[:, 14] = float(right == down == growth == 0)
    steps[:, 15] = 0.8
    return steps


@pytest.mark.parametrize(
    ("movement", "steps"),
    [
        (Movement.STATIC, steady()),
        (Movement.PAN_LEFT, steady(right=0.2)),
        (Movement.PAN_RIGHT, steady(right=-0.2)),
        (Movement.TILT_UP, steady(down=0.2)),
        (Movement.TILT_DOWN, steady(down=-0.2)),
        (Movement.ZOOM_IN, steady(growth=0.2)),
        (Movement.ZOOM_OUT, steady(growth=-0.2)),
    ],
)
def test_the_shipped_classifier_names_simple_moves(movement: Movement, steps: np.ndarray) -> None:
    ((score,),) = CameraClassifier.load().categorise([steps])

    assert score.label == movement
    assert score.kind == KIND
    assert score.probability > 0.8


def test_the_shipped_file_is_small() -> None:
    assert (WEIGHTS / CAMERA).stat().st_size < 500_000


def test_weights_that_do_not_fit_are_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"camera\.safetensors: the weights are missing"):
        CameraClassifier.load(tmp_path)

    save_checkpoint(tmp_path / CAMERA, Checkpoint({"x": np.ones(3, np.float32)}, {"hidden": 4}))
    with pytest.raises(CheckpointError, match="do not fit this version"):
        CameraClassifier.load(tmp_path)

    shutil.copy(WEIGHTS / CAMERA, tmp_path)
    assert CameraClassifier.load(tmp_path).probabilities([motion(9)]).shape == (1, 8)
