"""Excerpts begin and end where they should, whatever key frames the source has."""

from pathlib import Path

import pytest

from ingest.clip import ClipSpan
from ingest.excerpt import FRAMES_PER_SECOND, write_excerpt
from ingest.video import Video
from tests.tiny_videos import colour_of, write_scenes


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
