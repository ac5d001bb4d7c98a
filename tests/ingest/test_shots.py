from pathlib import Path

import numpy as np
import pytest

from ingest.shots import ShotDetector
from ingest.video import Video
from tests.tiny_videos import write_scenes


def shots(path: Path) -> list[float]:
    detector = ShotDetector()
    with Video.open(path) as video:
        looks = [detector.look_at(f.small_bgr(), seconds=f.seconds) for f in video.frames()]
    return [start for start in looks if start is not None]


def test_hard_cuts_are_found_at_the_first_frame_of_the_new_shot(tmp_path: Path) -> None:
    path = write_scenes(tmp_path / "a.mp4", ["red", "green", "blue", "white"], seconds_each=1.5)
    assert shots(path) == pytest.approx([1.5, 3.0, 4.5])


def test_the_cuts_of_a_film_are_those_that_one_sees(shared_data: Path) -> None:
    # Seen by eye: black fades in at once; then the meadow, the brook, the bird, the burrow.
    found = shots(shared_data / "footage" / "big-buck-bunny-480p-30s.mp4")
    assert [cut for cut in found if cut > 1] == pytest.approx([285 / 24, 378 / 24, 553 / 24])


@pytest.mark.parametrize(
    "name", ["car-detection.mp4", "bottle-detection.mp4", "fruit-and-vegetable-detection.mp4"]
)
def test_a_fixed_camera_has_no_cuts_whatever_moves_before_it(shared_data: Path, name: str) -> None:
    assert shots(shared_data / "footage" / name) == []


def test_camera_movement_is_no_cut() -> None:
    wide = np.random.default_rng(0).integers(0, 255, (9, 60, 3), dtype=np.uint8)
    wide = wide.repeat(8, axis=0).repeat(8, axis=1)
    detector = ShotDetector()
    for step in range(88):
        view = np.ascontiguousarray(wide[:, 4 * step : 4 * step + 128])
        assert detector.look_at(view, seconds=step / 25) is None
