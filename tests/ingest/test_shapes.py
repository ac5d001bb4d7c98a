"""Pictures of sizes that nobody films, which small files may hold."""

from fractions import Fraction
from pathlib import Path

import pytest
from av.video.frame import VideoFrame
from PIL import Image

from ingest.clip import ClipSpan
from ingest.cutting import LONGEST_SIDE, cut, short_side
from ingest.frame import MOST_ELONGATED, View
from ingest.video import Video
from ingest.writing import write_video
from tests.tiny_videos import plain


def size_of(path: Path) -> tuple[int, int]:
    with Video.open(path) as video:
        return video.info.width, video.info.height


@pytest.mark.parametrize("size", [(60_000, 32), (32, 60_000)])
def test_a_strip_of_a_picture_does_not_fill_the_memory(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = tmp_path / "strip.gif"
    Image.new("L", size).save(path)
    with Video.open(path) as video:
        frame = next(video.frames()).rgb(short_side=256)
    assert max(frame.shape) <= 32 * MOST_ELONGATED


@pytest.mark.parametrize(("ratio", "width"), [("2", 192), ("30000", 96), ("1/30000", 96)])
def test_pixels_of_an_absurd_shape_are_square(ratio: str, width: int) -> None:
    picture = VideoFrame.from_ndarray(plain("red"), format="rgb24")
    assert View.of(picture, Fraction(ratio)).upright_size == (width, 64)


def test_a_film_of_one_row_is_written(tmp_path: Path) -> None:
    write_video(tmp_path / "row.mp4", [plain("red")[:1]] * 3, frames_per_second=10)
    assert size_of(tmp_path / "row.mp4") == (96, 2)


def test_a_tower_of_a_picture_is_cut_out_smaller(tmp_path: Path) -> None:
    path = tmp_path / "tower.gif"
    Image.new("L", (300, LONGEST_SIDE + 1000)).save(path)
    cut(path, ClipSpan(0.0, 0.04), tmp_path / "cut.mp4")
    assert LONGEST_SIDE / 10 < size_of(tmp_path / "cut.mp4")[1] <= 300 * MOST_ELONGATED


def test_a_cut_keeps_the_size_as_far_as_the_codec_goes() -> None:
    assert short_side(1280, 720) == 720
    assert short_side(3000, LONGEST_SIDE * 2) == 1500
    assert short_side(1, 10**5) == 1
