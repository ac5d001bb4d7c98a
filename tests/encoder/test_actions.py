"""Naming actions: batches, silence, calibrated probabilities, and the file of weights."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from encoder.action_net import (
    INPUT_CHANNELS,
    MOVEMENT_SIZE,
    ActionClassifier,
    ActionConfig,
    ActionFamily,
    ClipChanges,
)
from encoder.actions import ActionRecogniser, Calibration, actions_checkpoint, load_actions
from encoder.checkpoint import ACTIONS, ALIGNMENT, Checkpoint, CheckpointError, save_checkpoint

FAMILIES = (
    ActionFamily("fights", ("fight", "normal"), reads_movement=True),
    ActionFamily("play", ("ball", "chess")),
)
SIZES = ActionConfig(reduced=6, hidden=5)
PLAIN = Calibration(temperature=1, slope=1, offset=0, least_probability=0)


def classifier() -> ActionClassifier:
    torch.manual_seed(0)
    made = ActionClassifier(SIZES, FAMILIES).eval()
    for layer in made.add.parameters():
        torch.nn.init.normal_(layer)
    return made


def clip(frames: int, *, seed: int = 0) -> ClipChanges:
    random = torch.Generator().manual_seed(seed)
    changes = torch.rand(frames, INPUT_CHANNELS, generator=random)
    return ClipChanges(changes, torch.rand(MOVEMENT_SIZE, generator=random))


def answering(fight: float, normal: float, any_label: float, how: Calibration) -> ActionRecogniser:
    """Gives every clip these logits, and knows no other family."""
    made = ActionClassifier(SIZES, FAMILIES[:1])
    head = made.pooled[0]
    assert isinstance(head, torch.nn.Linear)
    with torch.no_grad():
        head.weight.zero_()
        head.bias.copy_(torch.tensor([fight, normal, any_label]))
    return ActionRecogniser(made, FAMILIES[:1], calibrations=[how])


def test_a_clip_scores_alike_alone_and_padded() -> None:
    recogniser = ActionRecogniser(classifier(), FAMILIES, calibrations=[PLAIN, PLAIN])
    clips = [clip(3, seed=1), clip(9, seed=2), clip(1, seed=3)]

    together = recogniser.probabilities(clips)
    alone = np.concatenate([recogniser.probabilities([one]) for one in clips])

    assert together.shape == (3, 4)
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert np.abs(together[0] - together[1]).max() > 1e-3


def test_a_label_is_given_where_it_beats_none_and_the_threshold() -> None:
    [[score]] = answering(2, 0, 1, PLAIN).categorise([clip(2)])
    share, any_label = 1 / (1 + math.exp(-2)), 1 / (1 + math.exp(-1))

    assert (score.label, score.kind) == ("fight", "action")
    assert score.probability == pytest.approx(share * any_label, abs=1e-5)
    assert answering(2, 0, -1, PLAIN).categorise([clip(2)]) == [()]
    strict = Calibration(temperature=1, slope=1, offset=0, least_probability=0.9)
    assert answering(2, 0, 1, strict).categorise([clip(2)]) == [()]


def test_what_nobody_searches_for_is_not_said() -> None:
    assert answering(1, 5, 9, PLAIN).categorise([clip(2), clip(3)]) == [(), ()]


def test_calibration_changes_how_sure_it_is() -> None:
    how = Calibration(temperature=2, slope=0.5, offset=1, least_probability=0)

    [[fight, normal]] = answering(2, 0, 4, how).probabilities([clip(2)])

    any_label = 1 / (1 + math.exp(-(4 * 0.5 + 1)))
    assert fight == pytest.approx(any_label / (1 + math.exp(-1)), abs=1e-5)
    assert fight + normal == pytest.approx(any_label, abs=1e-5)


def test_no_clips_have_no_actions() -> None:
    assert answering(3, 0, 0, PLAIN).categorise([]) == []


def write_alignment(folder: Path, *, value: float, other: float = 0.0) -> None:
    tensors = {
        "backbone.tail.weight": np.full((2, 2), value, np.float32),
        "sentence.weight": np.full((2, 2), other, np.float32),
    }
    save_checkpoint(folder / ALIGNMENT, Checkpoint(tensors, {"dimension": 2}))


CALIBRATIONS = [Calibration(1.5, 0.7, -0.3, 0.25), PLAIN]


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    write_alignment(tmp_path, value=1.0)
    made = actions_checkpoint(
        classifier(), FAMILIES, calibrations=CALIBRATIONS, config=SIZES, weights=tmp_path
    )
    save_checkpoint(tmp_path / ACTIONS, made)
    return tmp_path


def test_what_was_saved_answers_as_before(weights: Path) -> None:
    before = ActionRecogniser(classifier(), FAMILIES, calibrations=CALIBRATIONS)
    loaded = load_actions(weights)

    assert loaded.labels == ("fight", "normal", "ball", "chess")
    clips = [clip(4, seed=1), clip(2, seed=2)]
    # Weights are stored in eight bits.
    np.testing.assert_allclose(loaded.probabilities(clips), before.probabilities(clips), atol=0.03)


def test_actions_of_another_cnn_are_refused(weights: Path) -> None:
    write_alignment(weights, value=1.0, other=7.0)
    load_actions(weights)  # only what is not the CNN has changed

    write_alignment(weights, value=2.0)
    with pytest.raises(CheckpointError, match=r"learned with the CNN .*training actions"):
        load_actions(weights)


def test_a_file_that_lacks_a_part_is_refused(weights: Path) -> None:
    save_checkpoint(weights / ACTIONS, Checkpoint({}, {"cnn": ["0"], "families": []}))

    with pytest.raises(CheckpointError, match="do not fit this version"):
        load_actions(weights)
