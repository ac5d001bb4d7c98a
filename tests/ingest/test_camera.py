"""Simulated movement goes the way that its name says."""

import numpy as np
import pytest

from ingest.camera import Movement, simulate_movement
from tests.training.pictures import centre_of_light

FRAMES = 5
SIZE = 48

REVERSED = [
    (Movement.PAN_LEFT, Movement.PAN_RIGHT),
    (Movement.TILT_UP, Movement.TILT_DOWN),
    (Movement.ZOOM_IN, Movement.ZOOM_OUT),
]


def bright_square() -> np.ndarray:
    """A wide black photograph ``(100, 200, 3)`` with a white square in its middle."""
    image = np.zeros((100, 200, 3), np.uint8)
    image[40:60, 90:110] = 255
    return image


def film(movement: Movement, *, seed: int = 0) -> np.ndarray:
    return simulate_movement(bright_square(), movement, frames=FRAMES, size=SIZE, seed=seed)


def centres(movement: Movement) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.array([centre_of_light(frame) for frame in film(movement)]).T
    return x, y


@pytest.mark.parametrize("movement", Movement)
@pytest.mark.parametrize("frames", [1, 2, 9])
def test_each_movement_gives_square_frames(movement: Movement, frames: int) -> None:
    clip = simulate_movement(bright_square(), movement, frames=frames, size=SIZE)

    assert clip.shape == (frames, SIZE, SIZE, 3)
    assert clip.dtype == np.uint8
    assert all(frame.max() > 200 for frame in clip)


def test_a_camera_that_pans_makes_the_content_travel_the_other_way() -> None:
    right, height = centres(Movement.PAN_RIGHT)
    left, _ = centres(Movement.PAN_LEFT)

    assert (np.diff(right) < -0.05).all()
    assert (np.diff(left) > 0.05).all()
    np.testing.assert_allclose(height, 0.5, atol=0.02)


def test_a_camera_that_tilts_up_makes_the_content_sink() -> None:
    side, up = centres(Movement.TILT_UP)
    _, down = centres(Movement.TILT_DOWN)

    assert (np.diff(up) > 0.05).all()
    assert (np.diff(down) < -0.05).all()
    np.testing.assert_allclose(side, 0.5, atol=0.02)


def test_what_is_zoomed_in_on_grows_in_the_middle() -> None:
    light = [int(frame.sum()) for frame in film(Movement.ZOOM_IN)]

    assert light == sorted(light)
    assert light[-1] > 2 * light[0]
    np.testing.assert_allclose(centres(Movement.ZOOM_IN), 0.5, atol=0.02)


@pytest.mark.parametrize(("movement", "reverse"), REVERSED)
def test_a_movement_played_backwards_is_the_reverse_movement(
    movement: Movement, reverse: Movement
) -> None:
    difference = film(movement)[::-1].astype(int) - film(reverse)

    assert np.abs(difference).max() <= 1


def test_a_static_camera_sees_the_whole_photograph_all_the_time() -> None:
    clip = film(Movement.STATIC)

    assert (clip == clip[0]).all()
    # A tenth of the width and a fifth of the height, squashed to a square.
    assert (clip[0, :, :, 0] > 127).sum() == pytest.approx(SIZE * SIZE * 0.02, rel=0.2)


def test_a_shaky_camera_jumps_about_as_its_seed_says() -> None:
    one, again, other = (
        film(Movement.SHAKY, seed=1),
        film(Movement.SHAKY, seed=1),
        film(Movement.SHAKY, seed=2),
    )

    assert (one == again).all()
    assert (one != other).any()
    assert (one[0] != one[1]).any()
