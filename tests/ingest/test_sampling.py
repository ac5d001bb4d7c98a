from itertools import pairwise
from pathlib import Path
from weakref import WeakSet

import numpy as np
import pytest

import ingest.frame
import ingest.sampling
from ingest.clip import Clip
from ingest.errors import CorruptVideoError
from ingest.sampling import CLIPS_AHEAD, Sampling, read_clips
from ingest.video import Video
from ingest.writing import write_video
from tests.tiny_videos import RATE, colour_of, plain, scenes, write_scenes, write_timed


def clips_of(path: Path, sampling: Sampling = Sampling()) -> list[Clip]:  # noqa: B008
    with Video.open(path) as video:
        return list(read_clips(video, sampling))


def test_clips_are_the_shots_with_frames_of_their_own(tmp_path: Path) -> None:
    path = write_scenes(tmp_path / "a.mp4", ["red", "green", "blue"], seconds_each=2.3)
    clips = clips_of(path)
    spans = [(clip.span.start_seconds, clip.span.end_seconds) for clip in clips]
    assert spans == [pytest.approx(span) for span in [(0, 2.3), (2.3, 4.6), (4.6, 6.9)]]
    for clip, colour in zip(clips, ["red", "green", "blue"], strict=True):
        assert {colour_of(frame) for frame in clip.frames} == {colour}
    assert [c.pts_seconds.round(3).tolist() for c in clips] == [
        [0.0, 0.5, 1.0, 1.5, 2.0],
        [2.5, 3.0, 3.5, 4.0, 4.5],
        [5.0, 5.5, 6.0, 6.5],
    ]
    assert len({clip.clip_id for clip in clips}) == 3


def test_the_frame_kept_is_the_one_shown_at_the_moment(tmp_path: Path) -> None:
    # 3 frames a second: at 0.5 s the frame of 1/3 s is shown.
    pictures = [plain("red")] * 9
    path = write_timed(tmp_path / "a.mkv", pictures, [round(1000 * n / 3) for n in range(9)])
    (clip,) = clips_of(path)
    assert clip.pts_seconds == pytest.approx([0, 1 / 3, 1, 4 / 3, 2, 7 / 3], abs=0.002)


def test_the_rate_is_that_of_the_setting_and_no_frame_comes_twice(tmp_path: Path) -> None:
    path = write_scenes(tmp_path / "a.mp4", ["red"], seconds_each=4.0)
    assert len(clips_of(path, Sampling(frames_per_second=1))[0].frames) == 4
    assert len(clips_of(path, Sampling(frames_per_second=100))[0].frames) == 4 * RATE


def test_a_picture_that_stands_still_for_long_is_in_every_clip(tmp_path: Path) -> None:
    # A slide show: one frame each half minute.
    pictures = [plain("red"), plain("green"), plain("blue")]
    clips = clips_of(write_timed(tmp_path / "slides.mkv", pictures, [0, 30_000, 60_000]))
    assert all(a.span.end_seconds == b.span.start_seconds for a, b in pairwise(clips))
    assert max(clip.span.length_seconds for clip in clips) <= 8
    for clip in clips:
        newest = max(time for time in (0, 30, 60) if time < clip.span.end_seconds)
        assert clip.pts_seconds.tolist() == [newest]
        assert colour_of(clip.frames[0]) == {0: "red", 30: "green", 60: "blue"}[newest]


def test_a_video_of_one_frame_is_one_clip(shared_data: Path) -> None:
    (clip,) = clips_of(shared_data / "formats" / "torchcodec" / "gradient.gif")
    assert clip.frames.shape == (1, 256, 455, 3)
    assert clip.span.start_seconds == 0


def test_two_runs_give_the_same(shared_data: Path) -> None:
    path = shared_data / "footage" / "big-buck-bunny-480p-30s.mp4"
    one, other = clips_of(path), clips_of(path)
    assert [clip.clip_id for clip in one] == [clip.clip_id for clip in other]
    for a, b in zip(one, other, strict=True):
        assert a.span == b.span
        np.testing.assert_array_equal(a.pts_seconds, b.pts_seconds)
        np.testing.assert_array_equal(a.frames, b.frames)


def test_clips_of_a_film_begin_at_its_cuts(shared_data: Path) -> None:
    clips = clips_of(shared_data / "footage" / "big-buck-bunny-480p-30s.mp4")
    starts = [clip.span.start_seconds for clip in clips]
    assert {285 / 24, 378 / 24} < set(starts)
    assert clips[-1].span.end_seconds == pytest.approx(30.0)


def test_what_is_held_does_not_grow_with_the_video(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = {name: count_instances(name, monkeypatch) for name in ("_Sample", "Clip")}
    path = tmp_path / "long.mp4"
    write_video(path, scenes(["red"], seconds_each=300), frames_per_second=RATE)
    samples, clips = [], []
    with Video.open(path) as video:
        for _ in read_clips(video, Sampling()):
            samples.append(len(held["_Sample"]))
            clips.append(len(held["Clip"]))
    assert len(clips) == pytest.approx(300 / 8, abs=1)
    # What waits, the one in hand, and the one that waits for room.
    assert 1 <= max(clips) <= CLIPS_AHEAD + 2
    # Of the clip in the making, and of the longest time held back.
    assert 1 <= max(samples) < 2 * 17 + 10


def count_instances(name: str, monkeypatch: pytest.MonkeyPatch) -> "WeakSet[object]":
    """Those of a class of `ingest.sampling` that there are, as they come and go."""
    kind = getattr(ingest.sampling, name)
    alive: WeakSet[object] = WeakSet()

    def make(*args: object, **named: object) -> object:
        made = kind(*args, **named)
        alive.add(made)
        return made

    monkeypatch.setattr(ingest.sampling, name, make)
    return alive


def test_only_frames_that_are_kept_are_converted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    converted = []
    convert = ingest.frame.Converter.rgb

    def count(self: ingest.frame.Converter, picture: object, short_side: int) -> object:
        converted.append(short_side)
        return convert(self, picture, short_side)  # type: ignore[arg-type]

    monkeypatch.setattr(ingest.frame.Converter, "rgb", count)
    clips = clips_of(write_scenes(tmp_path / "a.mp4", ["red", "green"], seconds_each=5.0))
    assert len(converted) == sum(len(clip.frames) for clip in clips) == 20


def test_leaving_early_lets_go_of_the_file(tmp_path: Path) -> None:
    path = write_scenes(tmp_path / "a.mp4", ["red", "green"] * 10)
    with Video.open(path) as video:
        clips = read_clips(video, Sampling())
        next(clips)
    # The video is closed while the reader is still at work, and that is what it says.
    with pytest.raises(RuntimeError, match="closed"):
        list(clips)


def test_errors_of_the_decoder_reach_whoever_reads(tmp_path: Path) -> None:
    path = write_scenes(tmp_path / "a.mp4", ["red"])
    with Video.open(path) as video:
        list(video.frames())
        content = bytearray(path.read_bytes())
        start, end = content.index(b"mdat") + 4, content.index(b"moov") - 4
        content[start:end] = bytes(end - start)
        path.write_bytes(content)
        with pytest.raises(CorruptVideoError):
            list(read_clips(video, Sampling()))


@pytest.mark.parametrize(
    "setting",
    [
        {"frames_per_second": 0.5},
        {"frames_per_second": 0},
        {"min_seconds": 0},
        {"max_seconds": 1.5},
        {"short_side": 0},
    ],
)
def test_settings_that_cannot_work_are_refused(setting: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"seconds|second"):
        Sampling(**setting)  # type: ignore[arg-type]
