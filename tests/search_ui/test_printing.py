"""Human output: names, times, scores and captions are there, and nothing in them is markup."""

from dataclasses import replace
from pathlib import Path

import pytest

from catalog.interface import SearchHit
from ingest.clip import ClipSpan
from pipeline.checks import Finding
from pipeline.found import Found, FoundVideo, Reason
from pipeline.reports import FailedFile, IndexedVideo, IndexReport
from search_ui.printing import (
    clock,
    description_text,
    print_findings,
    print_hits,
    print_index_report,
    print_videos,
    span_text,
)
from tests.catalog_records import clip, direction


def hit(name: str, caption: str, *, labels: tuple[str, ...] = ()) -> Found:
    record = clip(
        "v", 61.4, direction(1), labels=labels, caption=caption, path=Path("/films") / name
    )
    return Found((SearchHit(record, 0.4567),))


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0:00"), (9, "0:09"), (75, "1:15"), (3599, "59:59"), (3661, "1:01:01")],
)
def test_times_read_like_those_of_a_player(seconds: int, shown: str) -> None:
    assert clock(seconds) == shown


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [(61.9, 68.1, "1:01-1:08"), (61.9, 68.6, "1:01-1:09"), (2.1, 2.4, "0:02-0:03")],
)
def test_a_span_begins_early_enough_and_is_never_empty(
    start: float, end: float, shown: str
) -> None:
    assert span_text(ClipSpan(start, end)) == shown


def test_a_hit_shows_file_time_score_caption_and_labels_on_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_hits([hit("cat [1].mp4", "a cat [sleeps]", labels=("animals", "indoor"))])

    line = next(line for line in capsys.readouterr().out.splitlines() if "cat" in line)
    for part in ("1", "0.457", "/films/cat [1].mp4", "1:01-1:05", "a cat [sleeps]", "animals"):
        assert part in line


def test_hits_keep_their_order(capsys: pytest.CaptureFixture[str]) -> None:
    print_hits([hit("b.mp4", ""), hit("a.mp4", "")])

    out = capsys.readouterr().out
    assert out.index("b.mp4") < out.index("a.mp4")


def test_that_nothing_matches_is_said_before_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    poor = replace(hit("a.mp4", "a cat"), probability=0.123)
    print_hits([poor, replace(poor, probability=0.7)])
    one_matches = capsys.readouterr().out
    print_hits([poor])
    first, *rest = capsys.readouterr().out.splitlines()

    assert first == "Nothing matches; the nearest are:"
    assert "12%" in rest[1]
    assert "Nothing matches" not in one_matches


def test_a_later_page_does_not_say_that_nothing_matches(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_hits([replace(hit("a.mp4", "a cat"), probability=0.1)], after=10)
    first, *rows = capsys.readouterr().out.splitlines()

    assert first == "None of these matches:"
    assert rows[1].split()[0] == "11"


def test_what_the_query_shares_is_bold() -> None:
    reason = Reason(("cat",), ("animals",))
    record = hit("a.mp4", "a Cat sleeps", labels=("animals", "indoor")).record
    text = description_text(record.description, reason)

    bold = [text.plain[s.start : s.end] for s in text.spans if s.style == "bold"]
    assert text.plain == "a Cat sleeps  (animals, indoor)"
    assert bold == ["Cat", "animals"]


def test_videos_of_which_none_matches_are_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    poor = replace(hit("a.mp4", "a cat"), probability=0.123)
    print_videos([FoundVideo((poor,))])
    assert "Nothing matches; the nearest are:" in capsys.readouterr().out
    print_videos([FoundVideo((poor, replace(poor, probability=0.5)))])
    assert "Nothing matches" not in capsys.readouterr().out


def test_no_hits_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    print_hits([])

    assert "nothing found" in capsys.readouterr().out


def test_an_index_report_counts_and_names_what_failed(capsys: pytest.CaptureFixture[str]) -> None:
    print_index_report(
        IndexReport(
            indexed=[IndexedVideo(Path("/a.mp4"), "v", 3, 20.0)],
            failed=[FailedFile(Path("/b.mp4"), "/b.mp4: empty file; copy it again")],
            missing=[Path("/gone.mp4")],
        )
    )

    out = capsys.readouterr().out
    assert "1 video indexed (3 clips, 0:20 of footage)" in out
    assert "failed: /b.mp4: empty file; copy it again" in out
    assert "missing: /gone.mp4" in out


def test_an_empty_index_report_says_that_there_were_no_videos(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_index_report(IndexReport())

    assert "no videos found" in capsys.readouterr().out


def test_a_finding_shows_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    print_findings(
        [Finding("python", True, "3.11", ""), Finding("disk", False, "full", "delete something")]
    )

    out = capsys.readouterr().out.splitlines()
    assert out[0].split() == ["ok", "python", "3.11"]
    assert out[1].split() == ["no", "disk", "full"]
    assert out[2].strip() == "do: delete something"
