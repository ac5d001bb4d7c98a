"""Every file of the conformance set is decoded; frame times are those of torchcodec."""

import json
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from ingest.sampling import Sampling, read_clips
from ingest.video import Video

COUNTS = {
    "animated.gif": 4,
    "av1_video.mkv": 125,
    "bt2020_10bit.mp4": 60,
    "discard_first_keyframe.mp4": 25,
    "flipping_a_pancake.mkv": 310,
    "h264_10bits.mp4": 30,
    "nasa_13013.mp4": 390,
    "nasa_13013_hdr.mp4": 325,
    "test_non_zero_start.mp4": 12,
    "testsrc2_12bit_hdr.mp4": 60,
    "testsrc2_444_12bit_hevc.mp4": 25,
    "testsrc2_mpeg4.avi": 30,
    "testsrc2_odd_height_and_width_mpeg2.mp4": 10,
    "testsrc2_vp8.webm": 30,
    "unordered.mov": 4,
    "video_0.mov": 3,
}
"""How many frames some files have, as counted by other decoders."""


def test_every_file_is_read_as_clips(shared_data: Path) -> None:
    files = [
        p for p in sorted((shared_data / "formats").rglob("*")) if p.suffix not in ("", ".json")
    ]
    assert len(files) > 40
    for path in files:
        with Video.open(path) as video:
            info = video.info
            clips = list(read_clips(video, Sampling(short_side=64)))
        assert clips[0].span.start_seconds == 0, path
        assert all(a.span.end_seconds == b.span.start_seconds for a, b in pairwise(clips)), path
        scale = min(1, 64 / min(info.width, info.height))
        expected = (info.height * scale, info.width * scale)
        assert clips[0].frames.shape[1:3] == pytest.approx(expected, abs=1), path
        assert all(clip.pts_seconds[0] < clip.span.end_seconds for clip in clips), path
        if info.duration_seconds:
            assert clips[-1].span.end_seconds == pytest.approx(info.duration_seconds, abs=0.2), path


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_no_frame_is_lost(shared_data: Path, name: str, count: int) -> None:
    (path,) = (shared_data / "formats").rglob(name)
    with Video.open(path) as video:
        assert sum(1 for _ in video.frames()) == count


def test_frame_times_are_those_of_torchcodec(shared_data: Path) -> None:
    folder = shared_data / "formats" / "torchcodec"
    facts = json.loads((folder / "nasa_13013.mp4.stream3.all_frames_info.json").read_text())
    times = np.array([float(fact["pts_time"]) for fact in facts])
    with Video.open(folder / "nasa_13013.mp4") as video:
        found = [frame.seconds for frame in video.frames()]
    # The file gives six decimals.
    np.testing.assert_allclose(found, times - times[0], atol=1e-6)


@pytest.mark.parametrize(
    ("name", "red_weight", "blue_weight", "full_range"),
    [
        ("bt601_limited_range.mp4", 0.299, 0.114, False),
        ("bt601_full_range.mp4", 0.299, 0.114, True),
        ("bt709_full_range.mp4", 0.2126, 0.0722, True),
    ],
)
def test_colours_follow_the_stated_matrix_and_range(
    shared_data: Path, name: str, red_weight: float, blue_weight: float, full_range: bool
) -> None:
    path = shared_data / "formats" / "torchcodec" / name
    with av.open(str(path)) as container:
        planes = next(container.decode(video=0)).reformat(format="yuv444p").to_ndarray()
    y, u, v = planes.astype(float)
    if not full_range:
        y, u, v = (y - 16) * 255 / 219, (u - 128) * 255 / 224 + 128, (v - 128) * 255 / 224 + 128
    red = y + 2 * (1 - red_weight) * (v - 128)
    blue = y + 2 * (1 - blue_weight) * (u - 128)
    green = (y - red_weight * red - blue_weight * blue) / (1 - red_weight - blue_weight)
    expected = np.stack([red, green, blue], axis=-1).clip(0, 255)
    with Video.open(path) as video:
        found = next(video.frames()).rgb(short_side=10_000)
    # The scaler blends colours where they meet; elsewhere the two agree.
    assert np.median(np.abs(found - expected)) < 1.5
