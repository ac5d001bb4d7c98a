"""The action classifier's net: its inputs, its pooling, and what the LSTM adds."""

import numpy as np
import torch
from torch import Tensor

from encoder.action_net import (
    INPUT_CHANNELS,
    ActionClassifier,
    ActionConfig,
    ActionFamily,
    change_between,
    frame_inputs,
    pixels_by_part,
    pool,
)
from encoder.backbone import FEATURE_CHANNELS

FAMILIES = (ActionFamily("fights", ("fight", "normal")), ActionFamily("play", ("ball", "chess")))


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
    inputs, length = random_inputs(1, 6), torch.tensor([6])

    def differ(model: ActionClassifier) -> float:
        one, other = model(inputs, length), model(inputs.flip(1), length)
        return max(float((a - b).detach().abs().max()) for a, b in zip(one, other, strict=True))

    assert differ(classifier(ordered=False)) < 1e-4
    assert differ(classifier(ordered=True)) > 1e-2


def test_what_the_lstm_says_is_added_to_the_pooled_logits() -> None:
    model, clip, length = classifier(ordered=True), random_inputs(1, 5), torch.tensor([5])
    pooled = model.standardised(pool(clip, length))
    added = model.ordered(model.components(clip), length)

    for found, head, more in zip(model(clip, length), model.pooled, added, strict=True):
        torch.testing.assert_close(found, head(pooled) + more)
        assert found.shape == (1, 3)
