"""The action classifier's net: its inputs, its pooling, and what the LSTM adds."""

import numpy as np
import pytest
import torch
from torch import Tensor

from encoder.action_net import (
    INPUT_CHANNELS,
    MOVEMENT_SIZE,
    ActionClassifier,
    ActionConfig,
    ActionFamily,
    change_between,
    frame_inputs,
    movement_of,
    pixels_by_part,
    pool,
)
from encoder.backbone import FEATURE_CHANNELS
from ingest.clip import MOTION_CHANNELS

FAMILIES = (
    ActionFamily("fights", ("fight", "normal"), reads_movement=True),
    ActionFamily("play", ("ball", "chess")),
)


def classifier(*, ordered: bool) -> ActionClassifier:
    """Random weights; the LSTM of one that is not `ordered` has never been trained."""
    torch.manual_seed(0)
    made = ActionClassifier(ActionConfig(reduced=6, hidden=5), FAMILIES).eval()
    if ordered:
        for layer in made.add.parameters():
            torch.nn.init.normal_(layer)
    return made


def random_inputs(*shape: int) -> Tensor:
    return torch.rand(*shape, INPUT_CHANNELS, generator=torch.Generator().manual_seed(0))


def test_change_is_the_mean_difference_to_the_frame_before() -> None:
    seen = torch.tensor([[[0.0], [0.0]], [[1.0], [-3.0]], [[1.0], [1.0]]])  # (3 frames, 2 places)

    assert change_between(seen, 1).flatten().tolist() == [2, 2, 2]
    assert change_between(seen, 2).flatten().tolist() == [1, 0, 1]
    assert change_between(seen[:1], 1).flatten().tolist() == [0]
    assert change_between(seen[:2], 4).flatten().tolist() == [0, 0]


def test_pixels_are_told_apart_by_where_they_are() -> None:
    frames = np.zeros((2, 96, 160, 3), np.uint8)
    frames[1, 12:24, 40:60] = 255  # the second part from above, the third from the left

    pixels = pixels_by_part(frames)
    change = (pixels[1] - pixels[0]).abs().mean(0).reshape(8, 8)

    assert pixels.shape == (2, 64, 64)
    assert change[1, 2] == 1
    assert change.sum() == 1


def test_inputs_are_roots_of_both_changes() -> None:
    frames = np.random.default_rng(0).integers(0, 256, (4, 64, 64, 3), np.uint8)
    grids = torch.rand(4, 9, FEATURE_CHANNELS, generator=torch.Generator().manual_seed(0))
    pixels = pixels_by_part(frames)

    inputs = frame_inputs(grids, pixels, 2)

    assert inputs.shape == (4, INPUT_CHANNELS)
    torch.testing.assert_close(inputs[:, :FEATURE_CHANNELS] ** 2, change_between(grids, 2))
    torch.testing.assert_close(inputs[:, FEATURE_CHANNELS:] ** 2, change_between(pixels, 2))
    assert frame_inputs(grids[:1], pixels[:1]).abs().max() == 0  # a still does not move


def test_pooling_does_not_see_what_stands_past_the_end() -> None:
    clip = random_inputs(1, 4)
    padded = torch.cat([clip, 9 * torch.ones(1, 3, INPUT_CHANNELS)], 1)

    mean, spread, most = pool(padded, torch.tensor([4])).split(INPUT_CHANNELS, 1)

    torch.testing.assert_close(mean, clip.mean(1))
    torch.testing.assert_close(spread, clip.std(1, unbiased=False))
    torch.testing.assert_close(most, clip.amax(1))


def test_before_training_the_order_of_frames_does_not_count() -> None:
    inputs, length, still = random_inputs(1, 6), torch.tensor([6]), torch.zeros(1, MOVEMENT_SIZE)

    def differ(model: ActionClassifier) -> float:
        one, other = model(inputs, length, still), model(inputs.flip(1), length, still)
        return max(float((a - b).detach().abs().max()) for a, b in zip(one, other, strict=True))

    assert differ(classifier(ordered=False)) < 1e-4
    assert differ(classifier(ordered=True)) > 1e-2


def test_what_the_lstm_says_is_added_to_the_pooled_logits() -> None:
    model, clip, length = classifier(ordered=True), random_inputs(1, 5), torch.tensor([5])
    movement = torch.rand(1, MOVEMENT_SIZE, generator=torch.Generator().manual_seed(1))
    said = model.of_pools(torch.cat([pool(clip, length), movement], 1))
    added = model.ordered(model.components(clip), length)

    for found, old, more in zip(model(clip, length, movement), said, added, strict=True):
        torch.testing.assert_close(found, old + more)
        assert found.shape == (1, 3)


def test_movement_counts_only_where_a_family_reads_it() -> None:
    model, clip, length = classifier(ordered=True), random_inputs(1, 5), torch.tensor([5])
    still, moving = torch.zeros(1, MOVEMENT_SIZE), torch.ones(1, MOVEMENT_SIZE)

    [fights, play], [other_fights, same_play] = (model(clip, length, m) for m in (still, moving))

    assert float((fights - other_fights).detach().abs().max()) > 1e-2
    torch.testing.assert_close(play, same_play)


def test_movement_is_told_by_its_size_and_its_jumps_whatever_its_direction() -> None:
    steps = np.zeros((3, MOTION_CHANNELS), np.float32)
    steps[:, 1] = (4, -4, 0)

    parts = movement_of(steps).reshape(5, MOTION_CHANNELS)  # mean, spread, most; jumps' mean, most

    assert parts[0, 1] == pytest.approx(4 / 3)
    assert parts[2, 1] == 2
    assert parts[3, 1] == pytest.approx((8**0.5 + 2) / 2)
    assert parts[4, 1] == pytest.approx(8**0.5)
    assert parts[:, 0].abs().max() == 0
    torch.testing.assert_close(movement_of(-steps), movement_of(steps))


@pytest.mark.parametrize("steps", [0, 1])
def test_what_was_hardly_measured_makes_no_jumps(steps: int) -> None:
    movement = movement_of(np.ones((steps, MOTION_CHANNELS), np.float32))

    assert movement.shape == (MOVEMENT_SIZE,)
    assert movement[:MOTION_CHANNELS].tolist() == [steps] * MOTION_CHANNELS
    assert movement[-2 * MOTION_CHANNELS :].abs().max() == 0
