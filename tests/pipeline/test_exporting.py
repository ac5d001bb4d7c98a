"""Exports: read back by the programs that they are for."""

import csv
import io
import json
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import opentimelineio as otio
import pytest
from PIL import Image

from catalog.interface import ClipSummary
from ingest.video import Video
from pipeline.edit_lists import edl_rate
from pipeline.exporting import ExportError, export, file_name, named_moments
from pipeline.indexing import index_paths
from pipeline.library import Library
from tests.fake_encoder import FakeEncoder
from tests.pipeline.films import FRAMES_PER_SECOND, LibraryAtHand, shoot
from tests.tiny_videos import colour_of

COLOURS = ["red", "green", "blue"]


@pytest.fixture
def opened(library: LibraryAtHand, films: Path) -> Library:
    shoot(films / "a film, x;y.mp4", *COLOURS)
    shoot(films / "b.mp4", "blue", "red")
    opened = library.open(FakeEncoder())
    index_paths(opened, [films])
    return opened


@pytest.fixture
def clips(opened: Library) -> list[ClipSummary]:
    """All moments of the first film, then the last of the second."""
    first, second = opened.store.videos()
    every = [*opened.store.clips_of(first.video_id), opened.store.clips_of(second.video_id)[-1]]
    return [*map(ClipSummary.of, every)]


def colours_at(frames: list[int], path: Path) -> list[str]:
    with Video.open(path) as video:
        shown = [colour_of(frame.rgb(short_side=48)) for frame in video.frames()]
    return [shown[number] for number in frames]


def file_at(url: str) -> Path:
    return Path(unquote(urlsplit(url).path))


def test_a_timeline_points_at_the_right_frames(
    opened: Library, clips: list[ClipSummary], tmp_path: Path
) -> None:
    export(opened, clips, tmp_path / "cut.otio")

    timeline = otio.adapters.read_from_file(str(tmp_path / "cut.otio"))
    events = list(timeline.find_clips())
    shown = []
    for event in events:
        source = event.source_range
        assert source.start_time.rate == FRAMES_PER_SECOND
        whole = event.media_reference.available_range
        assert source.end_time_exclusive() <= whole.end_time_exclusive()
        first = source.start_time.to_frames()
        last = first + source.duration.to_frames() - 1
        shown.append(colours_at([first, last], file_at(event.media_reference.target_url)))
    assert shown == [[colour, colour] for colour in (*COLOURS, "red")]
    assert [event.metadata["clipseek"]["clip_id"] for event in events] == [
        clip.clip_id for clip in clips
    ]


def test_an_edl_points_at_the_right_frames(
    opened: Library, clips: list[ClipSummary], tmp_path: Path
) -> None:
    export(opened, clips, tmp_path / "cut.edl")

    text = (tmp_path / "cut.edl").read_text(encoding="ascii")
    assert text.splitlines()[:2] == ["TITLE: cut", "FCM: NON-DROP FRAME"]
    assert "* something green" in text
    timeline = otio.adapters.read_from_file(str(tmp_path / "cut.edl"), rate=30)
    events = list(timeline.find_clips())
    for event, clip, colour in zip(events, clips, (*COLOURS, "red"), strict=True):
        start, duration = event.source_range.start_time, event.source_range.duration
        assert start.to_seconds() == pytest.approx(clip.span.start_seconds, abs=0.5 / 30)
        first = round(start.to_seconds() * FRAMES_PER_SECOND)
        last = first + round(duration.to_seconds() * FRAMES_PER_SECOND) - 1
        assert colours_at([first, last], clip.path) == [colour, colour]


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (Fraction(24_000, 1001), Fraction(24_000, 1001)),
        (Fraction(2997, 100), Fraction(30_000, 1001)),
        (Fraction(24), Fraction(24)),
        (Fraction(10), Fraction(30)),
        (Fraction(15_000, 1001), Fraction(30_000, 1001)),
        (Fraction(1234, 51), Fraction(60)),
    ],
)
def test_edls_have_rates_that_timecode_knows(rate: Fraction, expected: Fraction) -> None:
    assert edl_rate(rate) == expected


def test_films_of_moments_hold_the_moments(
    opened: Library, clips: list[ClipSummary], tmp_path: Path
) -> None:
    written = export(opened, clips, tmp_path / "cuts")

    assert [file.path.name for file in written] == [
        "1 a film_ x_y 0.00s.mp4", "2 a film_ x_y 2.00s.mp4", "3 a film_ x_y 4.00s.mp4",
        "4 b 2.00s.mp4",
    ]  # fmt: skip
    for file, colour in zip(written, (*COLOURS, "red"), strict=True):
        assert colours_at([0, 2 * FRAMES_PER_SECOND - 1], file.path) == [colour, colour]
    with pytest.raises(ExportError, match="exists"):
        export(opened, clips, tmp_path / "cuts")


def test_tables_say_what_the_library_says(
    opened: Library, clips: list[ClipSummary], tmp_path: Path
) -> None:
    export(opened, clips, tmp_path / "moments.csv")
    export(opened, clips, tmp_path / "moments.json")

    text = (tmp_path / "moments.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    objects = json.loads((tmp_path / "moments.json").read_text())
    for row, found, clip in zip(rows, objects, clips, strict=True):
        assert row["clip_id"] == found["clip_id"] == clip.clip_id
        assert row["path"] == found["path"] == str(clip.path)
        assert float(row["start_seconds"]) == found["start_seconds"] == clip.span.start_seconds
        assert row["caption"] == found["caption"] == clip.caption
        assert row["categories"] == found["categories"][0]["label"] == clip.categories[0].label


def test_a_contact_sheet_shows_each_moment(
    opened: Library, clips: list[ClipSummary], tmp_path: Path
) -> None:
    export(opened, clips * 2, tmp_path / "sheet.png")

    with Image.open(tmp_path / "sheet.png") as sheet:
        pixels = np.asarray(sheet.convert("RGB"))
    step_x, step_y = pixels.shape[1] // 4, pixels.shape[0] // 2
    seen = [
        colour_of(pixels[row * step_y + 90 : row * step_y + 110, x * step_x + 150 :][:, :40])
        for row in range(2)
        for x in range(4)
    ]
    assert seen == [*COLOURS, "red"] * 2


def test_moments_are_named_by_id_or_by_file(opened: Library, clips: list[ClipSummary]) -> None:
    path = str(clips[0].path)

    assert named_moments(opened, [clips[3].clip_id, path, path]) == [clips[3], *clips[:3]]
    with pytest.raises(ExportError, match="no such moment"):
        named_moments(opened, ["../x.mp4"])


def test_what_cannot_be_written_is_refused(
    opened: Library, clips: list[ClipSummary], tmp_path: Path
) -> None:
    for target, reason in (
        ("a.doc", "give one of"),
        ("a.mp4", "name a folder"),
    ):
        with pytest.raises(ExportError, match=reason):
            export(opened, clips, tmp_path / target)
    with pytest.raises(ExportError, match="exists"):
        export(opened, clips[:1], clips[0].path)
    with pytest.raises(ExportError, match="nothing to export"):
        export(opened, [], tmp_path / "a.csv")
    assert not list(tmp_path.glob("a.*"))


def test_names_of_files_stay_in_their_folder(clips: list[ClipSummary]) -> None:
    name = file_name(clips[0])

    assert not set(name) & set("/\\:*?<>|\n")
