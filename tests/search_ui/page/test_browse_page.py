"""The page Browse, the safety of what cards show, and the names of the page's files."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

import search_ui.page
from catalog.interface import ClipSummary
from ingest.clip import ClipSpan
from pipeline.library import Library
from pipeline.shelf import CLIPS_AT_HAND
from search_ui.page.clip_cards import picture_html
from search_ui.page.moments import Moment, by_video
from search_ui.page.opened import opened
from tests.search_ui.page.drawn import PATIENCE_SECONDS, browse_page


def test_each_label_stands_with_its_count(filled: Library) -> None:
    page = browse_page().run()

    assert not page.exception
    labels = [b.label for b in page.button if (b.key or "").startswith("show-colour-")]
    assert labels == ["red: 3 moments", "blue: 1 moment", "green: 1 moment"]


def test_a_large_library_is_read_while_the_page_is_there(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, may_read = filled.store, Event()
    read = store.summaries_of
    store.upsert_video(replace(store.videos()[0], clip_count=CLIPS_AT_HAND + 1))
    monkeypatch.setattr(store, "summaries_of", lambda ids: may_read.wait(60) and read(ids))

    page = browse_page().run()
    assert [caption.value for caption in page.caption] == ["Reading all moments of the library."]
    assert not page.button

    may_read.set()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while opened().holdings_at_hand() is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    page.run()
    assert not page.caption
    assert "red: 3 moments" in [button.label for button in page.button]


def browse_by(way: str):
    page = browse_page()
    page.session_state["browse by"] = way
    return page.run()


def test_words_are_offered_with_their_counts(filled: Library) -> None:
    page = browse_by("Words")

    assert not page.exception
    assert page.button_group(key="word of captions").options == ["red 3", "blue 1", "green 1"]


def test_a_map_has_a_point_for_each_moment(filled: Library) -> None:
    page = browse_by("Map")

    assert not page.exception
    (chart,) = (element for element in page.main if element.type == "vega_lite_chart")
    for video in filled.store.videos():
        for clip in filled.store.clips_of(video.video_id):
            assert clip.clip_id.encode() in chart.proto.data.data


def test_videos_are_shown_by_name_and_by_month(filled: Library) -> None:
    for way in ("Videos", "Dates"):
        page = browse_by(way)
        assert not page.exception
        drawn = " ".join(block.proto.body for block in page.get("html"))
        assert drawn.count("/video?v=") == 2
        assert "a.mp4" in drawn
        assert "0:06, 3 moments" in drawn


def test_moments_are_grouped_by_video_in_order() -> None:
    moments = [Moment(clip("b:0")), Moment(clip("a:0")), Moment(clip("b:2000"))]

    groups = by_video(moments)

    assert [[m.clip.clip_id for m in group.moments] for group in groups] == [
        ["b:0", "b:2000"],
        ["a:0"],
    ]


def test_a_caption_is_never_markup(tmp_path: Path) -> None:
    shown = picture_html(clip("a:0", caption='"><script>alert(1)</script>'), tmp_path)

    assert "<script" not in shown
    assert "&lt;script" in shown


def test_no_file_of_the_page_hides_a_module() -> None:
    folder = Path(search_ui.page.__path__[0])
    names = sorted(path.stem for path in folder.glob("[!_]*.py"))
    look = "import importlib.util as u, sys; print([n for n in sys.argv[1:] if u.find_spec(n)])"

    found = subprocess.run(
        [sys.executable, "-c", look, *names], capture_output=True, text=True, check=True
    )

    assert found.stdout.strip() == "[]"


def clip(clip_id: str, caption: str = "") -> ClipSummary:
    video_id = clip_id.partition(":")[0]
    return ClipSummary(
        clip_id, video_id, Path(f"/films/{video_id}.mp4"), ClipSpan(0, 2), caption, ()
    )
