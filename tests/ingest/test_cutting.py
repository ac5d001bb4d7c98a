"""Cutting: the right frames, copied where that is exact, encoded anew where it is not."""

from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from ingest.clip import ClipSpan
from ingest.cutting import cut
from ingest.video import Video
from tests.numbered_film import RATE, SIDE, delayed, film, numbered, numbers, span
from tests.tiny_videos import COLOURS, colour_of, write_timed


def sounds(path: Path) -> float:
    """Seconds of sound."""
    with av.open(str(path)) as container:
        return sum(f.samples for f in container.decode(audio=0)) / 48_000


@pytest.mark.parametrize(("first", "last"), [(30, 60), (0, 90), (60, 90), (0, 30)])
def test_between_key_frames_the_original_is_copied(tmp_path: Path, first: int, last: int) -> None:
    source = film(tmp_path / "a.mp4")

    copied = cut(source, span(first, last), tmp_path / "cut.mp4")

    assert copied
    assert numbers(tmp_path / "cut.mp4") == list(range(first, last))
    assert sounds(tmp_path / "cut.mp4") == pytest.approx((last - first) / RATE, abs=0.06)


@pytest.mark.parametrize(("first", "last"), [(7, 40), (30, 59), (1, 60), (31, 32)])
def test_elsewhere_it_is_encoded_anew(tmp_path: Path, first: int, last: int) -> None:
    source = film(tmp_path / "a.mp4")

    copied = cut(source, span(first, last), tmp_path / "cut.mp4")

    assert not copied
    assert numbers(tmp_path / "cut.mp4") == list(range(first, last))
    assert sounds(tmp_path / "cut.mp4") == pytest.approx((last - first) / RATE, abs=0.06)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
@pytest.mark.parametrize(("first", "last"), [(30, 60), (13, 47)])
def test_a_file_whose_clock_starts_late_is_cut_at_the_same_frames(
    tmp_path: Path, suffix: str, first: int, last: int
) -> None:
    source = delayed(film(tmp_path / "a.mp4"), tmp_path / f"late{suffix}", seconds=7.3)

    copied = cut(source, span(first, last), tmp_path / "cut.mp4")

    # Packets of MP4 go into MP4 as they are; those of the others need not.
    assert copied or suffix != ".mp4" or (first, last) != (30, 60)
    assert numbers(tmp_path / "cut.mp4") == list(range(first, last))


def test_key_frames_that_others_lean_over_are_no_place_to_cut(tmp_path: Path) -> None:
    source = tmp_path / "open.mp4"
    with av.open(str(source), "w") as container:
        options = {"x264-params": "keyint=30:min-keyint=30:scenecut=0:open-gop=1:bframes=3"}
        stream = container.add_stream("libx264", RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = SIDE, 64, "yuv420p"
        for number in range(90):
            frame = VideoFrame.from_ndarray(numbered(number), format="rgb24")
            frame.pts, frame.time_base = number, 1 / RATE
            container.mux(stream.encode(frame))
        container.mux(stream.encode())

    for first, last in ((0, 31), (31, 61), (0, 30), (30, 60)):
        cut(source, span(first, last), tmp_path / "cut.mp4")
        assert numbers(tmp_path / "cut.mp4") == list(range(first, last))


def test_what_mp4_does_not_hold_is_encoded_anew(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mkv", codec="mpeg2video", sound=False)

    assert not cut(source, span(0, 30), tmp_path / "cut.mp4")
    assert numbers(tmp_path / "cut.mp4") == list(range(30))


def test_a_turned_film_is_cut_upright(tmp_path: Path) -> None:
    left, right = (np.full((64, 48, 3), COLOURS[c], np.uint8) for c in ("red", "blue"))
    pictures = [np.concatenate([left, right], axis=1)] * 20
    ticks = [100 * number for number in range(20)]
    source = write_timed(tmp_path / "a.mp4", pictures, ticks, turned=(90, False))

    assert not cut(source, ClipSpan(0, 2), tmp_path / "cut.mp4")

    with Video.open(tmp_path / "cut.mp4") as video:
        picture = next(video.frames()).rgb(short_side=64)
    with Video.open(source) as video:
        expected = next(video.frames()).rgb(short_side=64)
    assert picture.shape == expected.shape == (96, 64, 3)
    assert colour_of(picture[:40]) == colour_of(expected[:40]) == "blue"


def test_a_span_past_the_end_leaves_what_there_is(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", frames=30, sound=False)

    cut(source, span(20, 40), tmp_path / "cut.mp4")

    found = numbers(tmp_path / "cut.mp4")
    assert found[:10] == list(range(20, 30))
    assert set(found[10:]) <= {29}


def test_nothing_is_left_where_the_target_cannot_be_written(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", frames=30, sound=False)

    for moment in (span(0, 30), span(3, 20)):
        with pytest.raises(OSError, match="absent"):
            cut(source, moment, tmp_path / "absent" / "cut.mp4")
    assert {path.name for path in tmp_path.iterdir()} == {"a.mp4"}
