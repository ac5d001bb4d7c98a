"""Edit lists of a film with B-frames, a rate of 30000/1001 and a clock that starts late."""

from pathlib import Path

import opentimelineio as otio
import pytest

from catalog.interface import ClipSummary
from ingest.clip import ClipSpan
from ingest.cutting import cut
from pipeline.edit_lists import edl_text, otio_text
from tests.numbered_film import RATE, delayed, film, numbers, span

SPANS = [(0, 7), (30, 60), (13, 47), (88, 90)]
NTSC_DROP = 30_000 / 1001


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return delayed(film(tmp_path / "a.mp4"), tmp_path / "late.mp4", seconds=7.3)


@pytest.mark.parametrize("adapter", ["otio_json", "cmx_3600"])
def test_lists_name_the_frames_that_a_cut_shows(source: Path, tmp_path: Path, adapter: str) -> None:
    clips = [
        ClipSummary(f"v:{n}", "v", source, span(*part), "", ()) for n, part in enumerate(SPANS)
    ]
    if adapter == "otio_json":
        timeline = otio.adapters.read_from_string(otio_text(clips, title="t"), adapter)
    else:
        text = edl_text(clips, title="t")
        timeline = otio.adapters.read_from_string(text, adapter, rate=NTSC_DROP)

    for number, (part, event) in enumerate(zip(SPANS, timeline.find_clips(), strict=True)):
        named = event.source_range
        first = named.start_time.to_frames()
        assert named.start_time.rate == pytest.approx(NTSC_DROP)
        assert (first, first + named.duration.to_frames()) == part
        seconds = ClipSpan(first / RATE, (first + named.duration.to_frames()) / RATE)
        cut(source, seconds, tmp_path / f"{number}.mp4")
        assert numbers(tmp_path / f"{number}.mp4") == list(range(*part))
