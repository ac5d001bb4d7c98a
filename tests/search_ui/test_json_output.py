"""The keys and values that other programs rely on."""

import json
from pathlib import Path

import pytest

from catalog.interface import SearchHit
from pipeline.found import Found
from pipeline.reports import FailedFile, IndexedVideo, IndexReport, SkippedFile
from search_ui.json_output import hits_document, index_document, write
from tests.catalog_records import clip, direction


def test_a_hit_has_exactly_the_agreed_keys() -> None:
    record = clip("v1", 2.5, direction(1), labels=("animals",), caption="a cat sleeps")

    assert hits_document([Found((SearchHit(record, 0.25),))]) == [
        {
            "clip_id": "v1:2500",
            "video_id": "v1",
            "path": "/films/a.mp4",
            "start_seconds": 2.5,
            "end_seconds": 6.5,
            "score": 0.25,
            "probability": None,
            "matches": None,
            "caption": "a cat sleeps",
            "categories": [{"label": "animals", "kind": "topic", "probability": 1 / 3}],
            "shared_words": [],
            "named_categories": [],
        }
    ]


@pytest.mark.parametrize(("probability", "matches"), [(0.49, False), (0.5, True)])
def test_a_judged_hit_says_whether_it_matches(probability: float, matches: bool) -> None:
    hit = SearchHit(clip("v1", 2.5, direction(1)), 0.25)

    (document,) = hits_document([Found((hit,), probability=probability)])

    assert (document["probability"], document["matches"]) == (probability, matches)


def test_an_index_report_has_exactly_the_agreed_keys() -> None:
    report = IndexReport(
        indexed=[IndexedVideo(Path("/a.mp4"), "v1", 3, 20.5)],
        skipped=[SkippedFile(Path("/b.mp4"), "unchanged")],
        failed=[FailedFile(Path("/c.mp4"), "/c.mp4: empty")],
        missing=[Path("/d.mp4")],
    )

    assert index_document(report) == {
        "indexed": [{"path": "/a.mp4", "video_id": "v1", "clips": 3, "seconds": 20.5}],
        "skipped": [{"path": "/b.mp4", "reason": "unchanged"}],
        "failed": [{"path": "/c.mp4", "error": "/c.mp4: empty"}],
    }


def test_a_document_survives_file_names_that_are_no_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write({"path": "/films/\udcff猫.mp4"})

    out = capsys.readouterr().out
    assert out.isascii()
    assert json.loads(out) == {"path": "/films/\udcff猫.mp4"}
