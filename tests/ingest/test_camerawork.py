"""Simulated films move as their name says, and differ as their random numbers do."""

import numpy as np
import pytest

from ingest.camera import Movement
from ingest.camera_path import draw_path
from ingest.camerawork import film_photograph
from ingest.motion import motion_of

SEEDS = range(12)
DIRECTIONS = {
    Movement.PAN_LEFT: (0, -1),
    Movement.PAN_RIGHT: (0, 1),
    Movement.TILT_UP: (1, -1),
    Movement.TILT_DOWN: (1, 1),
    Movement.ZOOM_IN: (2, 1),
    Movement.ZOOM_OUT: (2, -1),
}


def photographs(count: int = 2) -> list[np.ndarray]:
    """Pictures with something to see everywhere."""
    rng = np.random.default_rng(3)
    coarse = rng.integers(0, 256, (count, 28, 28, 3), np.uint8)
    return list(coarse.repeat(8, 1).repeat(8, 2))


@pytest.mark.parametrize("movement", DIRECTIONS)
def test_a_moving_camera_travels_its_way_more_than_any_other(movement: Movement) -> None:
    channel, sign = DIRECTIONS[movement]
    for seed in SEEDS:
        path = draw_path(movement, np.random.default_rng(seed))
        way = path.places[-1] - path.places[0]
        assert way[channel] * sign > 0.05
        assert way[channel] * sign == np.abs(way[:3]).max()


def test_a_shaky_camera_turns_about_and_a_static_one_stays() -> None:
    for seed in SEEDS:
        shaky = draw_path(Movement.SHAKY, np.random.default_rng(seed)).places
        static = draw_path(Movement.STATIC, np.random.default_rng(seed)).places
        turns = np.diff(np.sign(np.diff(shaky[:, :2], axis=0)), axis=0) != 0
        assert turns.mean() > 0.2
        assert np.abs(static[:, :2]).max() < 0.03


def test_films_of_the_same_seed_are_the_same() -> None:
    one, again, other = (
        film_photograph(photographs(), Movement.PAN_LEFT, np.random.default_rng(seed))
        for seed in (1, 1, 2)
    )

    assert (one.frames == again.frames).all()
    assert one.frames.shape != other.frames.shape or (one.frames != other.frames).any()
    assert one.frames.dtype == np.uint8
    assert len(one.frames) == len(one.seconds)
    assert one.seconds[0] == 0


def test_content_travels_against_the_camera() -> None:
    """Measured from the pictures: things and marks may hide it in some, not in most."""
    for movement, sign in ((Movement.PAN_LEFT, 1), (Movement.PAN_RIGHT, -1)):
        films = [
            film_photograph(photographs(), movement, np.random.default_rng(seed)) for seed in SEEDS
        ]
        middle = [np.median(motion_of(film.frames, film.seconds)[:, 12]) for film in films]
        assert np.median(middle) * sign > 0.02
