"""A video in segments: where they begin, and that each is read as if alone."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from ingest.clip import WHOLE, Clip, Segment
from ingest.sampling import Sampling, read_clips
from ingest.segments import KeyFrame, divide
from ingest.video import Video
from tests.tiny_videos import plain, write_scenes, write_timed

COLOURS = ["red", "green", "blue", "white", "black", "green", "red", "blue"]
SAMPLING = Sampling(min_seconds=0.5, max_seconds=2)


def key_frames(*seconds: float) -> list[KeyFrame]:
    return [KeyFrame(round(second * 1000), second) for second in seconds]


def borders(*seconds: float, end: float, length: float = 10) -> list[float]:
    segments = divide(key_frames(*seconds), end_seconds=end, length_seconds=length)
    for before, after in pairwise(segments):
        assert (before.end_seconds, before.end_pts) == (after.start_seconds, after.start_pts)
    assert (segments[0].start_pts, segments[-1].end_pts) == (None, None)
    return [segment.start_seconds for segment in segments[1:]]


def test_a_segment_ends_at_the_last_key_frame_within_its_length() -> None:
    assert borders(0, 4, 8, 12, 16, 20, 24, end=28) == [8, 16, 24]


def test_where_key_frames_are_rare_a_segment_is_longer() -> None:
    assert borders(0, 25, 50, end=60) == [25, 50]


def test_a_short_rest_belongs_to_the_segment_before() -> None:
    assert borders(0, 9, 18, end=19) == [9]


def test_no_segment_is_tiny() -> None:
    assert borders(0, 1, 2, 30, end=60) == [30]


@pytest.mark.parametrize("end", [0.5, 10])
def test_a_short_video_is_one_segment(end: float) -> None:
    assert divide(key_frames(0, 5), end_seconds=end, length_seconds=10) == (WHOLE,)


def read(path: Path, segment: Segment) -> list[Clip]:
    with Video.open(path) as video:
        return list(read_clips(video, SAMPLING, segments=[segment]))


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
def test_segments_show_what_the_whole_video_shows(tmp_path: Path, suffix: str) -> None:
    pictures = [plain(colour) for colour in COLOURS for _ in range(20)]
    path = write_timed(
        tmp_path / f"a.{suffix}", pictures, [500 + 100 * n for n in range(len(pictures))]
    )
    with Video.open(path) as video:
        segments = video.segments(4)
        whole = list(read_clips(video, SAMPLING))
        together = list(read_clips(video, SAMPLING, segments=segments))
    assert len(segments) >= 3
    assert [clip.clip_id for clip in together] == [clip.clip_id for clip in whole]
    for part, clip in zip(together, whole, strict=True):
        assert part.span.start_seconds == clip.span.start_seconds
        assert part.span.end_seconds == pytest.approx(clip.span.end_seconds)
        np.testing.assert_array_equal(part.frames, clip.frames)
        np.testing.assert_array_equal(part.pts_seconds, clip.pts_seconds)


def test_a_segment_alone_is_the_same_as_after_the_others(tmp_path: Path) -> None:
    path = write_scenes(tmp_path / "a.mp4", COLOURS)
    with Video.open(path) as video:
        segments = video.segments(4)
        in_turn = [list(read_clips(video, SAMPLING, segments=[part])) for part in segments]
    for segment, clips in reversed(list(zip(segments, in_turn, strict=True))):
        alone = read(path, segment)
        assert [clip.span for clip in alone] == [clip.span for clip in clips]
        for one, other in zip(alone, clips, strict=True):
            np.testing.assert_array_equal(one.frames, other.frames)
            np.testing.assert_array_equal(one.motion, other.motion)


def test_a_border_within_a_shot_divides_it(tmp_path: Path) -> None:
    """A key frame need not be a cut."""
    path = write_scenes(tmp_path / "a.mp4", ["red"], seconds_each=60)
    with Video.open(path) as video:
        segments = video.segments(20)
    assert len(segments) > 1
    spans = [clip.span for segment in segments for clip in read(path, segment)]
    assert spans[0].start_seconds == 0
    assert all(one.end_seconds == other.start_seconds for one, other in pairwise(spans))
    assert spans[-1].end_seconds == pytest.approx(60, abs=0.2)


def test_after_reading_a_segment_the_video_can_be_read_whole(tmp_path: Path) -> None:
    path = write_scenes(tmp_path / "a.mp4", COLOURS)
    with Video.open(path) as video:
        part = video.segments(4)[2]
        assert len(list(video.frames(part))) == 40
        assert len(list(video.frames())) == 160


def test_a_clock_that_starts_anew_forbids_dividing(tmp_path: Path) -> None:
    pictures = [plain(colour) for colour in COLOURS for _ in range(20)]
    one = write_timed(tmp_path / "one.ts", pictures, [100 * n for n in range(len(pictures))])
    joined = tmp_path / "joined.ts"
    joined.write_bytes(one.read_bytes() + one.read_bytes())
    with Video.open(joined) as video:
        assert video.segments(4) == (WHOLE,)
