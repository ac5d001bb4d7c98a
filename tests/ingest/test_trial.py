"""Files that are made to use up a machine: one clear error each, and this process lives on."""

import re
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.video.frame import VideoFrame
from PIL import Image

from ingest.errors import UnreadableVideoError, UnsafeMediaError, VideoError
from ingest.length import MAX_SECONDS
from ingest.sampling import Sampling, read_clips
from ingest.timeline import LONGEST_STILL_SECONDS
from ingest.trial import Bounds, try_out
from ingest.video import Video
from tests.tiny_videos import plain, write_scenes, write_timed

GIB = 1 << 30


def refusal(path: Path, kind: type[VideoError], bounds: Bounds) -> str:
    with pytest.raises(kind) as caught:
        try_out(path, bounds=bounds)
    message = str(caught.value)
    assert re.fullmatch(rf"{re.escape(str(path))}: [^\n]+; [^\n]+", message)
    return message


@pytest.fixture(scope="module")
def bomb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GIF of 300 kB whose pictures are of 64 million pixels each."""
    path = tmp_path_factory.mktemp("bomb") / "bomb.gif"
    Image.new("L", (8000, 8000)).save(path)
    one = path.read_bytes()
    picture = one.index(b"\x2c" + bytes(4) + one[6:10])
    tenth = b"\x21\xf9\x04\x00\x0a\x00\x00\x00"
    path.write_bytes(one[:picture] + (tenth + one[picture:-1]) * 6 + b"\x3b")
    assert path.stat().st_size < 300_000
    return path


def test_a_sound_file_passes(tmp_path: Path) -> None:
    try_out(write_scenes(tmp_path / "a.mp4", ["red"]))


def test_a_refusal_is_that_of_opening_the_file(tmp_path: Path) -> None:
    path = tmp_path / "none.mp4"
    path.write_text("#EXTM3U\nother.ts\n")
    with pytest.raises(UnsafeMediaError) as opened:
        Video.open(path)
    assert refusal(path, UnsafeMediaError, Bounds()) == str(opened.value)


def test_pictures_that_do_not_fit_into_memory(bomb: Path) -> None:
    message = refusal(bomb, UnsafeMediaError, Bounds(memory_bytes=GIB // 2))
    assert "memory to decode" in message


def test_pictures_that_take_too_long(bomb: Path) -> None:
    assert "takes more than 1 s" in refusal(bomb, UnsafeMediaError, Bounds(cpu_seconds=1))
    assert "within 0.2 s" in refusal(bomb, UnsafeMediaError, Bounds(patience_seconds=0.2))


def test_a_child_that_fails_otherwise_says_how(tmp_path: Path) -> None:
    path = write_scenes(tmp_path / "a.mp4", ["red"])
    # So little that not even the interpreter goes on.
    message = refusal(path, VideoError, Bounds(memory_bytes=1 << 20))
    assert "makes the decoder fail (" in message


@pytest.mark.parametrize("atom", [b"avc1", b"tkhd"])
def test_a_size_that_no_memory_holds(tmp_path: Path, atom: bytes) -> None:
    path = write_scenes(tmp_path / "a.mp4", ["red"])
    content = bytearray(path.read_bytes())
    place = content.index(atom) + (28 if atom == b"avc1" else 80)
    content[place : place + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    # What the pictures themselves say counts.
    with Video.open(path) as video:
        assert next(video.frames()).rgb(short_side=256).nbytes < 1_000_000


def test_a_few_frames_that_last_for_days(tmp_path: Path) -> None:
    path = tmp_path / "days.mkv"
    with av.open(str(path), "w") as container:
        # Key frames alone, so that times can be told without decoding.
        stream = container.add_stream("ffv1", rate=1)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for hours in range(0, round(MAX_SECONDS / 3600) + 3):
            frame = VideoFrame.from_ndarray(plain("red"), format="rgb24")
            frame.pts, frame.time_base = hours * 3600, Fraction(1)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    with Video.open(path) as video:
        with pytest.raises(UnreadableVideoError, match="longer than 48 hours; cut it"):
            list(video.frames())
        with pytest.raises(UnreadableVideoError, match="longer than 48 hours; cut it"):
            video.segments(300)


def test_a_last_frame_that_lasts_for_years(tmp_path: Path) -> None:
    path = write_timed(tmp_path / "years.mp4", [plain("red")] * 3, [0, 100, 200])
    content = bytearray(path.read_bytes())
    # The table of frames' durations: how many, how long.
    place = content.index(b"stts") + 8
    entries = int.from_bytes(content[place : place + 4], "big")
    last = place + 4 + 8 * (entries - 1) + 4
    content[last : last + 4] = (0x7FFFFFFF).to_bytes(4, "big")
    path.write_bytes(content)
    with Video.open(path) as video:
        clips = list(read_clips(video, Sampling()))
    assert clips[-1].span.end_seconds < LONGEST_STILL_SECONDS
