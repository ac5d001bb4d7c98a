from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ingest.clip import Clip, ClipSpan, VideoInfo
from ingest.thumbnails import remove_thumbnails, thumbnail_path, write_thumbnail
from tests.tiny_videos import colour_of, plain


def clip(video_id: str = "ab12", start: float = 2.5, width: int = 640) -> Clip:
    pictures = [plain(colour, width=width, height=360) for colour in ("red", "green", "blue")]
    info = VideoInfo(video_id, Path("a.mp4"), 9.0, Fraction(25), width, 360, 0)
    return Clip(info, ClipSpan(start, start + 3), np.stack(pictures), np.array([2.5, 3.5, 4.5]))


def test_the_middle_frame_is_written_small(tmp_path: Path) -> None:
    path = write_thumbnail(clip(), tmp_path / "new" / "folder")
    assert path == tmp_path / "new" / "folder" / "ab12_2500.webp"
    assert path == thumbnail_path(clip().clip_id, path.parent)
    with Image.open(path) as image:
        assert (image.format, image.size) == ("WEBP", (320, 180))
        assert colour_of(np.asarray(image.convert("RGB"))) == "green"


def test_small_frames_are_not_enlarged(tmp_path: Path) -> None:
    with Image.open(write_thumbnail(clip(width=96), tmp_path)) as image:
        assert image.size == (96, 360)


def test_writing_twice_leaves_one_file(tmp_path: Path) -> None:
    write_thumbnail(clip(), tmp_path)
    path = write_thumbnail(clip(), tmp_path)
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    thumbnail_path(clip().clip_id, tmp_path).mkdir()
    with pytest.raises(OSError, match="ab12_2500"):
        write_thumbnail(clip(), tmp_path)
    assert [entry.is_dir() for entry in tmp_path.iterdir()] == [True]


def test_only_the_thumbnails_of_one_video_are_removed(tmp_path: Path) -> None:
    for start in (0.0, 3.0):
        write_thumbnail(clip("ab", start), tmp_path)
    kept = write_thumbnail(clip("abc"), tmp_path)
    remove_thumbnails("ab", tmp_path)
    assert list(tmp_path.iterdir()) == [kept]
    remove_thumbnails("ab", tmp_path / "nowhere")
