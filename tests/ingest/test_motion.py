"""Measured motion has the direction, speed and kind of the movement that was made."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from ingest.clip import MOTION_CHANNELS, ClipSpan
from ingest.motion import motion_between, motion_in, motion_of
from ingest.sampling import Sampling, read_clips
from ingest.video import Video
from ingest.writing import write_video
from tests.tiny_videos import plain, write_timed

RIGHT, DOWN, GROWTH, TURN, AGREEING, SPREAD = range(6)
OTHERS = 6
STILL, FOUND = 14, 15


def scene(height: int = 72, width: int = 128) -> np.ndarray:
    """A grey picture with something to see everywhere, the same at every call."""
    noise = np.random.default_rng(7).integers(0, 256, (height // 4, width // 4), np.uint8)
    return np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC))


def warped(picture: np.ndarray, *, right: float = 0, growth: float = 1, turn: float = 0):
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -turn, growth)
    matrix[0, 2] += right
    return cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)


def test_content_that_goes_right_is_counted_in_widths_a_second() -> None:
    step = motion_between(scene(), warped(scene(), right=6.4), seconds=0.1)

    assert step.shape == (MOTION_CHANNELS,)
    assert step[RIGHT] == pytest.approx(0.5, abs=0.02)
    assert step[12] == pytest.approx(0.5, abs=0.02)
    assert np.abs(step[[DOWN, GROWTH, TURN]]).max() < 0.02
    assert step[AGREEING] > 0.9


def test_content_that_sinks_is_counted_in_heights_a_second() -> None:
    picture = scene(96, 96)
    step = motion_between(picture, warped(picture.T, right=4.8).T.copy(), seconds=0.5)

    assert step[DOWN] == pytest.approx(0.1, abs=0.01)
    assert abs(step[RIGHT]) < 0.01


def test_growth_and_turn_are_told_apart() -> None:
    grown = motion_between(scene(), warped(scene(), growth=1.05), seconds=0.1)
    turned = motion_between(scene(), warped(scene(), turn=2), seconds=0.1)

    assert grown[GROWTH] == pytest.approx(np.log(1.05) * 10, abs=0.03)
    assert abs(grown[TURN]) < 0.03
    assert turned[TURN] == pytest.approx(np.radians(2) * 10, abs=0.03)
    assert abs(turned[GROWTH]) < 0.03


def test_what_moves_by_itself_is_kept_apart_from_the_camera() -> None:
    before, after = scene(), scene()
    after[20:50, 60:100] = warped(scene(), right=5)[20:50, 60:100]
    step = motion_between(before, after, seconds=0.1)

    assert abs(step[RIGHT]) < 0.01
    assert step[OTHERS + RIGHT] == pytest.approx(5 / 128 * 10, abs=0.05)
    assert step[OTHERS + SPREAD] < step[SPREAD]
    assert 0.5 < step[STILL] < 1


def test_a_plain_picture_shows_no_motion() -> None:
    grey = np.full((72, 128), 90, np.uint8)

    assert not motion_between(grey, grey, seconds=0.1).any()


def film(count: int, *, step: float) -> list[np.ndarray]:
    """Colour frames of a scene that travels right by `step` pixels a frame."""
    wide = np.repeat(scene(72, 256)[..., None], 3, 2)
    return [warped(wide, right=step * number)[:, 64:192] for number in range(count)]


def test_steps_are_a_tenth_of_a_second_apart_at_least() -> None:
    frames = np.stack(film(25, step=0.5))

    assert len(motion_of(frames, np.arange(25) / 25)) == 8  # every third frame
    assert len(motion_of(frames, np.arange(25) / 5)) == 24


def test_clips_carry_their_own_motion_and_none_across_a_cut(tmp_path: Path) -> None:
    frames = film(20, step=1) + film(20, step=0)[::-1]
    frames[20:] = [255 - frame[::-1] for frame in frames[20:]]
    write_video(tmp_path / "a.mp4", frames, frames_per_second=10)
    with Video.open(tmp_path / "a.mp4") as video:
        first, second = read_clips(video, Sampling())

    assert len(first.motion) == len(second.motion) == 19
    assert first.motion.dtype == np.float32
    assert np.median(first.motion[:, RIGHT]) == pytest.approx(10 / 128, abs=0.01)
    assert np.abs(second.motion[:, RIGHT]).max() < 0.02


def test_motion_within_a_span_starts_and_ends_there(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", film(30, step=1), frames_per_second=10)
    with Video.open(tmp_path / "a.mp4") as video:
        assert len(motion_in(video, ClipSpan(1, 2))) == 9
        assert len(motion_in(video, ClipSpan(0, 100))) == 29
        assert len(motion_in(video, ClipSpan(50, 60))) == 0


def test_motion_is_that_of_the_upright_picture(tmp_path: Path) -> None:
    frames = [np.ascontiguousarray(frame) for frame in film(10, step=2)]
    path = write_timed(tmp_path / "a.mp4", frames, range(0, 1000, 100), turned=(-90, False))
    with Video.open(path) as video:
        (clip,) = read_clips(video, Sampling())

    middle = np.median(clip.motion, axis=0)
    assert (video.info.width, video.info.height) == (72, 128)
    assert abs(middle[DOWN]) == pytest.approx(20 / 128, abs=0.02)
    assert abs(middle[RIGHT]) < 0.02


def test_a_plain_video_has_motion_that_says_nothing(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", [plain("red")] * 20, frames_per_second=10)
    with Video.open(tmp_path / "a.mp4") as video:
        (clip,) = read_clips(video, Sampling())

    assert clip.motion.shape == (19, MOTION_CHANNELS)
    assert not clip.motion.any()
