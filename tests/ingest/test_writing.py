from pathlib import Path

import av
import numpy as np
import pytest

from ingest.video import Video
from ingest.writing import write_video
from tests.tiny_videos import colour_of, plain, scenes


def test_what_was_written_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    write_video(path, scenes(["red", "blue"], seconds_each=1), frames_per_second=10)
    with Video.open(path) as video:
        colours = [colour_of(frame.rgb(short_side=64)) for frame in video.frames()]
        assert video.info.duration_seconds == pytest.approx(2.0)
    assert colours == ["red"] * 10 + ["blue"] * 10


def test_it_is_of_the_kind_that_plays_everywhere(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", scenes(["red"]), frames_per_second=10)
    with av.open(str(tmp_path / "a.mp4")) as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")


def test_colours_survive(tmp_path: Path) -> None:
    for colour in ("red", "green", "blue"):
        write_video(tmp_path / "a.mp4", [plain(colour)] * 5, frames_per_second=5)
        with Video.open(tmp_path / "a.mp4") as video:
            shown = next(video.frames()).rgb(short_side=64).astype(int)
        assert np.abs(shown - plain(colour)).max() <= 6


def test_odd_sizes_lose_their_last_row_and_column(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", [plain("red", width=97, height=65)] * 5, frames_per_second=5)
    with Video.open(tmp_path / "a.mp4") as video:
        assert (video.info.width, video.info.height) == (96, 64)


@pytest.mark.parametrize(
    ("frames", "message"),
    [([], "no frames"), ([plain("red"), plain("red", width=64)], "frame 1")],
)
def test_frames_that_make_no_video_leave_no_file(
    tmp_path: Path, frames: list[np.ndarray], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        write_video(tmp_path / "a.mp4", frames, frames_per_second=10)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        write_video(tmp_path / "nowhere" / "a.mp4", scenes(["red"]), frames_per_second=10)
    assert "nowhere" in str(caught.value.filename)
