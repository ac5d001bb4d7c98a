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
    assert path == tmp_path / "new" / "folder" / "ab12" / "2500.webp"
    assert path == thumbnail_path(clip().clip_id, tmp_path / "new" / "folder")
    with Image.open(path) as image:
        assert (image.format, image.size) == ("WEBP", (320, 180))
        assert colour_of(np.asarray(image.convert("RGB"))) == "green"


def test_small_frames_are_not_enlarged(tmp_path: Path) -> None:
    with Image.open(write_thumbnail(clip(width=96), tmp_path)) as image:
        assert image.size == (96, 360)


def test_writing_twice_leaves_one_file(tmp_path: Path) -> None:
    write_thumbnail(clip(), tmp_path)
    path = write_thumbnail(clip(), tmp_path)
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    path = thumbnail_path(clip().clip_id, tmp_path)
    path.mkdir(parents=True)
    with pytest.raises(OSError, match="2500"):
        write_thumbnail(clip(), tmp_path)
    assert list(path.parent.iterdir()) == [path]


def test_only_the_thumbnails_of_one_video_are_removed(tmp_path: Path) -> None:
    for start in (0.0, 3.0):
        write_thumbnail(clip("ab", start), tmp_path)
    kept = write_thumbnail(clip("abc"), tmp_path)
    remove_thumbnails("ab", tmp_path)
    assert list(tmp_path.iterdir()) == [kept.parent]
    remove_thumbnails("ab", tmp_path / "nowhere")


def test_those_of_clips_that_stay_are_kept(tmp_path: Path) -> None:
    kept, _ = (write_thumbnail(clip("ab", start), tmp_path) for start in (0.0, 3.0))
    remove_thumbnails("ab", tmp_path, but_of=frozenset({clip("ab", 0.0).clip_id}))
    assert list(kept.parent.iterdir()) == [kept]
