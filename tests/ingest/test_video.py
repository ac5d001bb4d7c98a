import threading
from itertools import islice, pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from ingest.video import Video
from tests.tiny_videos import RATE, colour_of, plain, scenes, write_scenes, write_timed


def seconds_of(path: Path) -> list[float]:
    with Video.open(path) as video:
        return [frame.seconds for frame in video.frames()]


def test_facts(tmp_path: Path) -> None:
    path = write_scenes(tmp_path / "a.mp4", ["red"], seconds_each=1.5)
    with Video.open(path) as video:
        info = video.info
    assert (info.path, info.width, info.height, info.rotation_degrees) == (path, 96, 64, 0)
    assert info.duration_seconds == pytest.approx(1.5)
    assert info.frame_rate == RATE


def test_every_frame_comes_once_in_order(tmp_path: Path) -> None:
    path = write_scenes(tmp_path / "a.mp4", ["red", "green", "blue"], seconds_each=1.0)
    with Video.open(path) as video:
        frames = list(video.frames())
        colours = [colour_of(frame.rgb(short_side=16)) for frame in frames]
    assert [frame.seconds for frame in frames] == pytest.approx(np.arange(30) / RATE)
    assert colours == ["red"] * 10 + ["green"] * 10 + ["blue"] * 10
    assert all(a.end_seconds == pytest.approx(b.seconds) for a, b in pairwise(frames))


def test_frames_can_be_read_again(tmp_path: Path) -> None:
    with Video.open(write_scenes(tmp_path / "a.mp4", ["red", "blue"])) as video:
        begun = video.frames()
        next(begun)
        first = [frame.seconds for frame in video.frames()]
        second = [frame.seconds for frame in video.frames()]
    assert first == second
    assert len(second) == 40


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_variable_frame_rate_is_timed_by_timestamps(tmp_path: Path, suffix: str) -> None:
    milliseconds = [0, 40, 80, 500, 520, 1900, 1940, 4000]
    pictures = list(scenes(["red"], seconds_each=0.8))
    path = write_timed(tmp_path / f"variable.{suffix}", pictures, milliseconds)
    assert seconds_of(path) == pytest.approx([ms / 1000 for ms in milliseconds], abs=0.001)


def test_a_start_other_than_zero_is_zero(tmp_path: Path, shared_data: Path) -> None:
    pictures = list(scenes(["red"], seconds_each=0.5))
    late = write_timed(tmp_path / "late.mkv", pictures, [7000 + 100 * n for n in range(5)])
    assert seconds_of(late) == pytest.approx([0, 0.1, 0.2, 0.3, 0.4], abs=0.001)
    other = seconds_of(shared_data / "formats" / "torchcodec" / "test_non_zero_start.mp4")
    assert other == pytest.approx(np.arange(12) / 30, abs=0.001)


def test_avi_with_frames_stored_out_of_order_is_timed_right(tmp_path: Path) -> None:
    # x264 reorders frames, and AVI keeps no times that would say how.
    pictures = list(scenes(["red", "green"]))
    path = write_timed(tmp_path / "a.avi", pictures, range(40), ticks_per_second=RATE)
    with Video.open(path) as video:
        frames = list(video.frames())
        cut = next(f.seconds for f in frames if colour_of(f.rgb(short_side=16)) == "green")
        assert next(video.frames_at([3.9])).seconds == pytest.approx(3.9, abs=0.01)
    steps = np.diff([frame.seconds for frame in frames])
    assert len(frames) == 40
    assert steps == pytest.approx(np.full(39, 0.1), abs=0.01)
    assert cut == pytest.approx(2.0, abs=0.01)


def test_a_raw_stream_without_any_times_follows_its_frame_rate(tmp_path: Path) -> None:
    path = write_timed(
        tmp_path / "a.h264", list(scenes(["red", "green"])), [100 * n for n in range(40)]
    )
    with Video.open(path) as video:
        frames = list(video.frames())
        assert video.info.duration_seconds == 0
        period = 1 / float(video.info.frame_rate)
        assert [frame.seconds for frame in frames] == pytest.approx(np.arange(40) * period)
        assert [f.seconds for f in video.frames_at([5.5 * period, 0])] == pytest.approx(
            [5 * period, 0]
        )


def test_recordings_joined_byte_by_byte_go_on(tmp_path: Path) -> None:
    part = write_timed(
        tmp_path / "part.ts", list(scenes(["red"], seconds_each=3)), [100 * n for n in range(30)]
    )
    (tmp_path / "joined.ts").write_bytes(part.read_bytes() * 2)
    assert seconds_of(tmp_path / "joined.ts") == pytest.approx(np.arange(60) / 10, abs=0.001)


def test_small_videos_are_not_enlarged_and_large_ones_keep_their_shape(tmp_path: Path) -> None:
    with Video.open(write_scenes(tmp_path / "a.mp4", ["red"])) as video:
        frame = next(video.frames())
        assert frame.rgb(short_side=256).shape == (64, 96, 3)
        assert frame.rgb(short_side=32).shape == (32, 48, 3)


def test_pixels_that_are_not_square_are_made_so(shared_data: Path) -> None:
    with Video.open(shared_data / "footage" / "mmaction2-demo.mp4") as video:
        assert (video.info.width, video.info.height) == (427, 256)
        assert next(video.frames()).rgb(short_side=128).shape == (128, 214, 3)


def test_a_sliver_stays_a_small_sliver(tmp_path: Path) -> None:
    sliver = plain("red", width=4, height=1200)
    with Video.open(write_timed(tmp_path / "a.mp4", [sliver] * 3, [0, 100, 200])) as video:
        frame = next(video.frames())
        assert frame.rgb(short_side=256).shape == (32, 1, 3)  # 8 times its 4 pixels
        assert frame.rgb(short_side=2).shape == (16, 1, 3)
        assert max(frame.small_bgr().shape) == 128


def test_a_change_of_size_on_the_way_does_not_change_the_frames(tmp_path: Path) -> None:
    one = write_timed(tmp_path / "1.ts", [plain("red")] * 20, [100 * n for n in range(20)])
    large = plain("blue", width=192, height=128)
    two = write_timed(tmp_path / "2.ts", [large] * 20, [100 * n for n in range(20)])
    (tmp_path / "both.ts").write_bytes(one.read_bytes() + two.read_bytes())
    with Video.open(tmp_path / "both.ts") as video:
        pictures = [frame.rgb(short_side=64) for frame in video.frames()]
    assert {picture.shape for picture in pictures} == {(64, 96, 3)}
    assert [colour_of(pictures[0]), colour_of(pictures[-1])] == ["red", "blue"]


def test_transparent_pixels_become_white(shared_data: Path) -> None:
    with Video.open(shared_data / "formats" / "torchcodec" / "transparent.gif") as video:
        picture = next(video.frames()).rgb(short_side=48)
    assert colour_of(picture[0, 0]) == "white"


def test_frames_at_are_the_frames_shown_then(tmp_path: Path) -> None:
    path = write_scenes(tmp_path / "a.mp4", ["red", "green", "blue"], seconds_each=1.0)
    with Video.open(path) as video:
        wanted = [2.95, 0.0, 1.04, 1.0, 99.0]
        frames = list(video.frames_at(wanted))
        assert [f.seconds for f in frames] == pytest.approx([2.9, 0.0, 1.0, 1.0, 2.9])
        colours = [colour_of(frame.rgb(short_side=16)) for frame in frames]
    assert colours == ["blue", "red", "green", "green", "blue"]


def test_the_time_of_a_frame_leads_back_to_it(shared_data: Path) -> None:
    with Video.open(shared_data / "formats" / "torchcodec" / "nasa_13013.mp4") as video:
        times = [frame.seconds for frame in video.frames()][::40]
        assert [frame.seconds for frame in video.frames_at(times)] == times


def test_closing_ends_an_iteration_that_another_thread_runs(tmp_path: Path) -> None:
    path = write_scenes(tmp_path / "a.mp4", ["red", "blue"], seconds_each=3.0)
    begun, ended = threading.Event(), threading.Event()
    errors: list[str] = []

    def read_forever(video: Video) -> None:
        try:
            while True:
                for _ in video.frames():
                    begun.set()
        except RuntimeError as error:
            errors.append(str(error))
            ended.set()

    with Video.open(path) as video:
        threading.Thread(target=read_forever, args=[video], daemon=True).start()
        assert begun.wait(10)
    assert ended.wait(10)
    assert str(path) in errors[0]


def test_what_is_cut_out_is_exact_and_what_is_looked_at_nearly(shared_data: Path) -> None:
    path = shared_data / "footage" / "big-buck-bunny-480p-30s.mp4"
    with av.open(str(path)) as container:
        decoded = islice(container.decode(video=0), 400, 424)
        pictures = [picture.to_ndarray(format="rgb24").astype(int) for picture in decoded]
    with Video.open(path) as video:
        exact = [f.rgb(short_side=480) for f in islice(video.frames_from(0), 400, 424)]
        rough = [f.rgb(short_side=480) for f in islice(video.frames(), 400, 424)]
    off = [np.abs(picture - frame).mean() for picture, frame in zip(pictures, rough, strict=True)]
    assert all(np.array_equal(*pair) for pair in zip(pictures, exact, strict=True))
    assert 0 == min(off) < max(off) < 2
