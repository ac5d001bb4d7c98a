"""Orientations against what players do: FFmpeg's own reading of the display matrix."""

from pathlib import Path

import av
import numpy as np
import pytest

from ingest.orientation import Orientation
from ingest.video import Video
from tests.tiny_videos import colour_of, plain, write_timed

ONE = 1 << 16


def matrix(a: int, b: int, c: int, d: int) -> np.ndarray:
    return np.array([[a * ONE, b * ONE, 0], [c * ONE, d * ONE, 0], [0, 0, 1 << 30]], np.int32)


@pytest.mark.parametrize(
    ("of", "turns"),
    [((1, 0, 0, 1), 0), ((0, 1, -1, 0), 1), ((-1, 0, 0, -1), 2), ((0, -1, 1, 0), 3)],
)
def test_right_angles(of: tuple[int, int, int, int], turns: int) -> None:
    picture = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    orientation = Orientation.of_matrix(matrix(*of))
    np.testing.assert_array_equal(orientation.apply(picture), np.rot90(picture, -turns))
    assert orientation.rotation_degrees == 90 * turns


def test_mirrored() -> None:
    picture = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    upright = Orientation.of_matrix(matrix(-1, 0, 0, 1)).apply(picture)
    np.testing.assert_array_equal(upright, picture[:, ::-1])


@pytest.mark.parametrize(
    ("name", "turns"), [("video_90.mov", 1), ("video_180.mov", 2), ("video_270.mov", 3)]
)
def test_rotated_files_are_turned_clockwise(shared_data: Path, name: str, turns: int) -> None:
    path = shared_data / "formats" / "decord" / name
    with av.open(str(path)) as container:
        stored = next(container.decode(video=0))
        # FFmpeg gives the turn that was made when recording, counterclockwise.
        assert -stored.rotation % 360 == 90 * turns
        expected = np.rot90(stored.to_ndarray(format="rgb24"), -turns)
    with Video.open(path) as video:
        shown = next(video.frames()).rgb(short_side=10_000)
        assert (video.info.height, video.info.width) == shown.shape[:2] == expected.shape[:2]
        assert video.info.rotation_degrees == 90 * turns
    assert np.abs(shown.astype(int) - expected).mean() < 1


def test_rotated_recording_shows_the_same_as_the_unrotated_one(shared_data: Path) -> None:
    folder = shared_data / "formats" / "torchcodec"
    with (
        Video.open(folder / "nasa_13013.mp4") as straight,
        Video.open(folder / "nasa_13013_rotated.mp4") as rotated,
    ):
        one = next(straight.frames()).rgb(short_side=270).astype(int)
        other = next(rotated.frames()).rgb(short_side=270).astype(int)
    assert other.shape == (480, 270, 3)
    distances = [np.abs(np.rot90(one, turns) - other).mean() for turns in (1, 3)]
    # Stored alike, so it shows turned as its matrix says: counterclockwise.
    assert distances[0] < 1 < distances[1]


@pytest.mark.parametrize(
    ("turned", "corners"),
    [
        ((0, False), ["red", "green", "blue", "white"]),
        ((0, True), ["green", "red", "white", "blue"]),
        ((-90, False), ["blue", "red", "white", "green"]),
        ((90, False), ["green", "white", "red", "blue"]),
        ((180, False), ["white", "blue", "green", "red"]),
    ],
)
def test_corners_end_up_where_a_player_puts_them(
    tmp_path: Path, turned: tuple[float, bool], corners: list[str]
) -> None:
    top = np.concatenate([plain("red"), plain("green")], axis=1)
    bottom = np.concatenate([plain("blue"), plain("white")], axis=1)
    picture = np.concatenate([top, bottom])
    path = write_timed(tmp_path / "corners.mp4", [picture] * 3, [0, 100, 200], turned=turned)
    with Video.open(path) as video:
        shown = next(video.frames()).rgb(short_side=64)
    half_height, half_width = shown.shape[0] // 2, shown.shape[1] // 2
    quarters = [
        shown[:half_height, :half_width],
        shown[:half_height, half_width:],
        shown[half_height:, :half_width],
        shown[half_height:, half_width:],
    ]
    assert [colour_of(quarter) for quarter in quarters] == corners
