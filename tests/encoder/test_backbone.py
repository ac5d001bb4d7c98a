"""The CNN as published: what it recognises, what it is fed with, and that it stays as it is."""

import numpy as np
import pytest
import skimage.data
import torch
from numpy.typing import NDArray

from encoder.backbone import (
    FEATURE_CHANNELS,
    FRAME_SIZE,
    GRID_POSITIONS,
    OBJECTS,
    CompactBackbone,
    object_names,
    prepare_pictures,
    views_of,
)
from encoder.devices import best_device, describe_devices
from encoder.engine import FrameEngine

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def backbone() -> CompactBackbone:
    return CompactBackbone()


@pytest.fixture(scope="module")
def engine(backbone: CompactBackbone) -> FrameEngine:
    return FrameEngine(backbone, CPU)


def noise(count: int, height: int, width: int) -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (count, height, width, 3), np.uint8)


@pytest.mark.parametrize(
    ("photograph", "objects"),
    [
        (skimage.data.chelsea, {281, 282, 283, 284, 285}),  # the five domestic cats
        (skimage.data.coffee, {504, 967}),  # coffee mug, espresso
    ],
)
def test_the_published_classifier_names_a_photograph(
    backbone: CompactBackbone, engine: FrameEngine, photograph: object, objects: set[int]
) -> None:
    grids = engine.grids(photograph()[None])  # type: ignore[operator]

    likely = backbone.classifier(grids.mean(1)).softmax(-1)[0]

    assert likely.argmax().item() in objects
    assert likely[list(objects)].sum() > 0.8


def test_objects_have_the_names_of_their_numbers() -> None:
    names = object_names()

    assert len(names) == OBJECTS
    assert "tabby" in names[281]
    assert "espresso" in names[967]


def test_seeing_pictures_does_not_change_the_network() -> None:
    backbone = CompactBackbone()
    before = {name: tensor.clone() for name, tensor in backbone.state_dict().items()}

    with torch.inference_mode():
        backbone(prepare_pictures(noise(2, 32, 32), CPU))
        backbone.train()
        backbone(prepare_pictures(noise(2, 32, 32), CPU))

    for name, tensor in backbone.state_dict().items():
        assert torch.equal(tensor, before[name]), name


def test_the_engine_computes_what_the_network_does(
    backbone: CompactBackbone, engine: FrameEngine
) -> None:
    frames = noise(3, 40, 60)
    with torch.inference_mode():
        expected = backbone(prepare_pictures(frames, CPU))

    torch.testing.assert_close(engine.grids(frames), expected, atol=1e-3, rtol=1e-3)


def test_the_engine_has_the_weights_of_its_backbone() -> None:
    backbone = CompactBackbone()
    with torch.no_grad():
        backbone.tail[-1].weight.mul_(0.5)

    with torch.inference_mode():
        expected = backbone(prepare_pictures(noise(1, 32, 32), CPU))
    seen = FrameEngine(backbone, CPU).grids(noise(1, 32, 32))

    torch.testing.assert_close(seen, expected, atol=1e-3, rtol=1e-3)


def test_a_picture_has_the_same_features_alone_and_among_others(engine: FrameEngine) -> None:
    frames = noise(3, 40, 60)

    together = engine.grids(frames)
    alone = torch.cat([engine.grids(frame[None]) for frame in frames])

    assert together.shape == (3, GRID_POSITIONS, FEATURE_CHANNELS)
    torch.testing.assert_close(together, alone, atol=1e-3, rtol=1e-3)


def test_more_pictures_than_fit_at_once_keep_their_order(engine: FrameEngine) -> None:
    frames = noise(19, 32, 32)

    alone = torch.cat([engine.grids(frame[None]) for frame in frames])

    torch.testing.assert_close(engine.grids(frames), alone, atol=1e-3, rtol=1e-3)


def test_the_grid_reads_row_by_row(engine: FrameEngine) -> None:
    black = np.zeros((1, FRAME_SIZE, FRAME_SIZE, 3), np.uint8)
    marked = black.copy()
    marked[:, :32, -32:] = 255  # the top right corner: the last place of the first row

    change = (engine.grids(marked) - engine.grids(black)).norm(dim=-1)

    assert change[0].argmax().item() in (5, 6, 12, 13)


def test_values_are_scaled_to_what_the_network_was_trained_with() -> None:
    for value, scaled in ((0, -127 / 128), (127, 0.0), (255, 1.0)):
        frames = np.full((1, FRAME_SIZE, FRAME_SIZE, 3), value, np.uint8)

        assert prepare_pictures(frames, CPU).unique().tolist() == [scaled]


@pytest.mark.parametrize("size", [(1, 1), (100, 400), (400, 100), (1080, 1920)])
def test_the_whole_picture_is_squashed_to_a_square(size: tuple[int, int]) -> None:
    height, width = size
    frames = np.zeros((2, height, width, 3), np.uint8)
    frames[0, :, width // 2 :] = (255, 0, 127)

    pictures = prepare_pictures(frames, CPU)

    assert pictures.shape == (2, 3, FRAME_SIZE, FRAME_SIZE)
    assert pictures.min() >= -127 / 128  # what bicubic weights overshoot is cut
    assert pictures.max() <= 1
    right = pictures[0, :, :, -1].mean(1)
    torch.testing.assert_close(right, torch.tensor([1.0, -127 / 128, 0.0]), atol=0.02, rtol=0)


def test_a_still_has_six_views_in_mirrored_pairs() -> None:
    picture = np.zeros((100, 200, 3), np.uint8)
    picture[:, :50] = (255, 0, 0)
    picture[:, 150:] = (0, 0, 255)

    whole, _, left, _, right, _ = views = views_of(picture)

    assert views.shape == (6, FRAME_SIZE, FRAME_SIZE, 3)
    assert (views[1::2] == views[::2, :, ::-1]).all()
    squashed = prepare_pictures(picture[None], CPU)
    torch.testing.assert_close(prepare_pictures(whole[None], CPU), squashed, atol=0.02, rtol=0)
    red, blue = (views[..., colour].mean((1, 2)) for colour in (0, 2))
    assert red[0] == pytest.approx(blue[0], rel=0.05)
    assert left[100, 0].tolist() == [255, 0, 0]
    assert right[100, -1].tolist() == [0, 0, 255]
    # Seven tenths of the width hold all of one colour and none of the other.
    assert red[2] == blue[4] == pytest.approx(red[0] / 0.7, rel=0.05)
    assert blue[2] == red[4] == pytest.approx(0, abs=1)


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (301, 2)])
def test_the_smallest_still_has_views(size: tuple[int, int]) -> None:
    assert (views_of(np.full((*size, 3), 7, np.uint8)) == 7).all()


@pytest.mark.filterwarnings("error")
def test_frames_that_cannot_be_written_are_read_without_a_warning() -> None:
    frames = noise(1, FRAME_SIZE, FRAME_SIZE)
    expected = prepare_pictures(frames, CPU)
    frames.setflags(write=False)

    assert torch.equal(prepare_pictures(frames, CPU), expected)
    mirrored = prepare_pictures(frames[:, :, ::-1], CPU)
    assert torch.equal(mirrored.flip(3), expected)


def test_the_device_has_one_line_for_a_person() -> None:
    line = describe_devices()

    assert line.startswith("CPU" if best_device().type == "cpu" else "GPU")
    assert "\n" not in line
