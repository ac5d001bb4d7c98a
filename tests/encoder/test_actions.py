"""The action classifier: its inputs, its batches, its silence, and its file."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from encoder.actions import (
    ActionClassifier,
    ActionConfig,
    ActionFamily,
    ActionRecogniser,
    Calibration,
    actions_checkpoint,
    change_over,
    frame_inputs,
    load_actions,
)
from encoder.backbone import FEATURE_CHANNELS
from encoder.checkpoint import ACTIONS, ALIGNMENT, Checkpoint, CheckpointError, save_checkpoint

FAMILIES = (ActionFamily("fights", ("fight", "normal")), ActionFamily("play", ("ball", "chess")))
SIZES = ActionConfig(reduced=6, hidden=5)
OPEN = Calibration(1.0, 0.0)


def classifier(*, ordered: bool = True) -> ActionClassifier:
    """Random weights; the LSTM of one that is not `ordered` has never been trained."""
    torch.manual_seed(0)
    made = ActionClassifier(SIZES, FAMILIES).eval()
    if ordered:
        torch.nn.init.normal_(made.add.weight)
    return made


def grids(frames: int, *, seed: int = 0, places: int = 4) -> Tensor:
    return torch.randn(
        frames, places, FEATURE_CHANNELS, generator=torch.Generator().manual_seed(seed)
    )


def answering(*logits: float, least: float = 0.0, temperature: float = 1.0) -> ActionRecogniser:
    """Gives every clip these logits of "fight", "normal" and none, and knows no other family."""
    made = ActionClassifier(SIZES, FAMILIES[:1])
    torch.nn.init.zeros_(made.heads[0].weight)
    with torch.no_grad():
        made.heads[0].bias.copy_(torch.tensor(logits))
    return ActionRecogniser(made, FAMILIES[:1], calibrations=[Calibration(temperature, least)])


def test_change_is_the_mean_difference_to_the_frame_before() -> None:
    seen = torch.tensor([[[0.0], [0.0]], [[1.0], [-3.0]], [[1.0], [1.0]]])  # (3 frames, 2 places)

    assert change_over(seen, 1).flatten().tolist() == [2, 2, 2]
    assert change_over(seen, 2).flatten().tolist() == [1, 0, 1]
    assert change_over(seen[:1], 1).flatten().tolist() == [0]


def test_inputs_are_what_is_seen_its_departure_and_its_change() -> None:
    clip = grids(5)
    inputs = frame_inputs(clip)
    mean = clip.mean(1)

    assert inputs.shape == (5, 3, FEATURE_CHANNELS)
    torch.testing.assert_close(inputs[:, 0], mean)
    torch.testing.assert_close(inputs[:, 1], (mean - mean.mean(0)).abs())
    torch.testing.assert_close(inputs[:, 2], change_over(clip, 1))
    assert frame_inputs(grids(1))[:, 1:].abs().max() == 0  # a still does not move


def test_a_clip_scores_alike_alone_and_padded() -> None:
    recogniser = ActionRecogniser(classifier(), FAMILIES, calibrations=[OPEN, OPEN])
    clips = [grids(3, seed=1), grids(9, seed=2), grids(1, seed=3)]

    together = recogniser.probabilities(clips)
    alone = np.concatenate([recogniser.probabilities([clip]) for clip in clips])

    assert together.shape == (3, 4)
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert np.abs(together[0] - together[1]).max() > 1e-3


def test_before_training_the_order_of_inputs_does_not_count() -> None:
    inputs = torch.randn(1, 6, 3, FEATURE_CHANNELS, generator=torch.Generator().manual_seed(0))
    length = torch.tensor([6])

    def differ(model: ActionClassifier) -> float:
        one, other = model(inputs, length), model(inputs.flip(1), length)
        return max(float((a - b).detach().abs().max()) for a, b in zip(one, other, strict=True))

    assert differ(classifier(ordered=False)) < 1e-5
    assert differ(classifier(ordered=True)) > 1e-3


def test_a_label_is_given_where_it_beats_none_and_the_threshold() -> None:
    [[score]] = answering(2, 0, 1).categorise([grids(2)])
    assert (score.label, score.kind) == ("fight", "action")
    assert score.probability == pytest.approx(np.exp(2) / (np.exp(2) + 1 + np.e), abs=1e-5)

    assert answering(2, 0, 3).categorise([grids(2)]) == [()]
    assert answering(2, 0, 1, least=0.9).categorise([grids(2)]) == [()]


def test_what_nobody_searches_for_is_not_said() -> None:
    assert answering(1, 5, 0).categorise([grids(2), grids(3)]) == [(), ()]


def test_a_high_temperature_makes_less_certain() -> None:
    [[cold]] = answering(3, 0, 0).categorise([grids(2)])
    [[warm]] = answering(3, 0, 0, temperature=3).categorise([grids(2)])

    assert warm.probability < cold.probability
    assert answering(3, 0, 0).labels == ("fight", "normal")
    assert answering(3, 0, 0).categorise([]) == []


def write_alignment(folder: Path, *, value: float, other: float = 0.0) -> None:
    tensors = {
        "backbone.tail.weight": np.full((2, 2), value, np.float32),
        "sentence.weight": np.full((2, 2), other, np.float32),
    }
    save_checkpoint(folder / ALIGNMENT, Checkpoint(tensors, {"dimension": 2}))


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    write_alignment(tmp_path, value=1.0)
    made = actions_checkpoint(
        classifier(),
        FAMILIES,
        calibrations=[Calibration(1.5, 0.25), OPEN],
        config=SIZES,
        weights=tmp_path,
    )
    save_checkpoint(tmp_path / ACTIONS, made)
    return tmp_path


def test_what_was_saved_answers_as_before(weights: Path) -> None:
    before = ActionRecogniser(classifier(), FAMILIES, calibrations=[Calibration(1.5, 0.25), OPEN])
    loaded = load_actions(weights)

    assert loaded.labels == ("fight", "normal", "ball", "chess")
    clips = [grids(4, seed=1), grids(2, seed=2)]
    # Weights are stored in eight bits.
    np.testing.assert_allclose(loaded.probabilities(clips), before.probabilities(clips), atol=0.03)


def test_actions_of_another_cnn_are_refused(weights: Path) -> None:
    write_alignment(weights, value=1.0, other=7.0)
    load_actions(weights)  # only what is not the CNN has changed

    write_alignment(weights, value=2.0)
    with pytest.raises(CheckpointError, match=r"another|learned with the CNN .*training actions"):
        load_actions(weights)


def test_a_file_that_lacks_a_part_is_refused(weights: Path) -> None:
    save_checkpoint(weights / ACTIONS, Checkpoint({}, {"cnn": ["0"], "families": []}))

    with pytest.raises(CheckpointError, match="do not fit this version"):
        load_actions(weights)
