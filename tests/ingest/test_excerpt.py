"""Excerpts begin and end where they should, whatever key frames the source has."""

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from ingest.clip import ClipSpan
from ingest.excerpt import FRAMES_PER_SECOND, write_excerpt
from ingest.sound import SAMPLES_PER_SECOND
from ingest.video import Video
from ingest.writing import write_video
from tests.tiny_videos import RATE, colour_of, plain, scenes, write_scenes, write_timed


@pytest.mark.parametrize(
    ("span", "colours"),
    [
        (ClipSpan(0.0, 1.0), ["red"]),
        (ClipSpan(2.0, 4.0), ["green"]),
        (ClipSpan(3.0, 5.0), ["green", "blue"]),
        (ClipSpan(5.5, 9.0), ["blue"]),
    ],
)
def test_an_excerpt_shows_just_its_span(tmp_path: Path, span: ClipSpan, colours: list[str]) -> None:
    source = write_scenes(tmp_path / "source.mp4", ["red", "green", "blue"])

    write_excerpt(source, span, tmp_path / "excerpt.mp4")

    with Video.open(tmp_path / "excerpt.mp4") as excerpt:
        shown = [colour_of(frame.rgb(short_side=64)) for frame in excerpt.frames()]
    assert list(dict.fromkeys(shown)) == colours
    assert len(shown) == round(span.length_seconds * FRAMES_PER_SECOND)
    if len(colours) == 2:
        assert shown.index(colours[1]) == pytest.approx(FRAMES_PER_SECOND, abs=1)


def test_a_moment_late_in_a_file_that_starts_late_is_found(tmp_path: Path) -> None:
    colours = ["red"] * 10 + ["green"] * 10 + ["blue"] * 10
    ticks = [5000 + 100 * number for number in range(30)]
    source = write_timed(tmp_path / "late.mkv", [plain(colour) for colour in colours], ticks)

    write_excerpt(source, ClipSpan(1.0, 2.0), tmp_path / "excerpt.mp4", video_id="known")

    with Video.open(tmp_path / "excerpt.mp4") as excerpt:
        assert {colour_of(frame.rgb(short_side=64)) for frame in excerpt.frames()} == {"green"}


def test_what_is_heard_is_heard_when_it_is_seen(tmp_path: Path) -> None:
    write_video(
        tmp_path / "source.mp4",
        scenes(["red", "green", "blue"]),
        frames_per_second=RATE,
        sound=[silence(3.0), tone(1.0), silence(2.0)],
    )

    write_excerpt(tmp_path / "source.mp4", ClipSpan(2.5, 5.0), tmp_path / "excerpt.mp4")

    samples = heard(tmp_path / "excerpt.mp4")
    loud = [float(np.abs(part).max()) > 0.1 for part in np.split(samples[: 10 * 12_000], 10)]
    assert loud == [False, False, True, True, True, True, False, False, False, False]
    assert len(samples) == pytest.approx(2.5 * SAMPLES_PER_SECOND, abs=3000)


def test_sound_that_begins_late_or_is_short_stays_in_step(tmp_path: Path) -> None:
    write_video(
        tmp_path / "source.mp4",
        scenes(["red", "green"]),
        frames_per_second=RATE,
        sound=[tone(1.0)],
    )
    write_excerpt(tmp_path / "source.mp4", ClipSpan(0.0, 4.0), tmp_path / "start.mp4")
    write_excerpt(tmp_path / "source.mp4", ClipSpan(2.0, 4.0), tmp_path / "end.mp4")

    assert len(heard(tmp_path / "start.mp4")) == pytest.approx(SAMPLES_PER_SECOND, abs=3000)
    with av.open(str(tmp_path / "end.mp4")) as container:
        assert not container.streams.audio


def tone(seconds: float) -> NDArray[np.float32]:
    times = np.arange(round(seconds * SAMPLES_PER_SECOND)) / SAMPLES_PER_SECOND
    return np.tile(0.5 * np.sin(880 * np.pi * times), (2, 1)).astype(np.float32)


def silence(seconds: float) -> NDArray[np.float32]:
    return np.zeros((2, round(seconds * SAMPLES_PER_SECOND)), np.float32)


def heard(path: Path) -> NDArray[np.float32]:
    """The first channel of what a player would play."""
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray()[0] for frame in container.decode(audio=0) if frame.pts >= 0]
    return np.concatenate(frames)
