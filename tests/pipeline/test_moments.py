"""Moments: neighbours joined, copies collapsed, pages stable."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from catalog.interface import ClipRecord, SearchHit
from ingest.clip import ClipSpan
from pipeline.found import Found
from pipeline.indexing import index_paths
from pipeline.merging import DEPTHS, merged
from pipeline.moments import search_moments, search_videos
from pipeline.query import Query, QueryError, Text
from tests.catalog_records import clip, direction
from tests.fake_encoder import FakeEncoder
from tests.pipeline.films import LibraryAtHand, shoot


def found(video: str, start: float, score: float, *parts: float) -> Found:
    """A result of four seconds; its vector is its own where no parts are given."""
    noise = np.random.default_rng(int(start) + 100 * ord(video)).standard_normal(8)
    vector = direction(*(parts or noise))
    return Found((SearchHit(clip(video, start, vector), score),))


def starts(clips: tuple[ClipRecord, ...]) -> list[tuple[str, float]]:
    return [(one.video_id, one.span.start_seconds) for one in clips]


def test_clips_side_by_side_that_fit_as_well_are_one_moment() -> None:
    given = [found("v", 4, 0.5), found("v", 12, 0.49), found("v", 8, 0.46), found("v", 16, 0.44)]

    first, second = merged(given)

    assert first.span == ClipSpan(4, 16)
    assert (first.record.clip_id, first.score) == ("v:4000", 0.5)
    assert starts(tuple(hit.record for hit in first.neighbours)) == [("v", 8), ("v", 12)]
    assert second.span == ClipSpan(16, 20)


def test_clips_apart_and_of_other_videos_are_moments_of_their_own() -> None:
    given = [found("v", 4, 0.5), found("w", 8, 0.5), found("v", 9, 0.5)]
    assert merged(given) == given


def test_copies_in_other_videos_are_one_result() -> None:
    given = [
        found("v", 0, 0.5, 1, 0),
        found("w", 8, 0.49, 1, 0.1),
        found("v", 20, 0.48, 1, 0),
        found("x", 0, 0.4, 1, 1),
    ]
    first, second, third = merged(given)
    assert starts(first.copies) == [("w", 8)]
    # The same video again is not a copy: a person may want each time.
    assert starts((second.record, third.record)) == [("v", 20), ("x", 0)]


def test_a_clip_far_down_makes_no_two_moments_one() -> None:
    others = [found("w", 10 * number, 0.48) for number in range(DEPTHS[0] - 2)]
    given = [found("v", 4, 0.5), found("v", 12, 0.49), *others, found("v", 8, 0.47)]

    first, second, *rest = merged(given)

    assert (first.span, second.span) == (ClipSpan(4, 12), ClipSpan(12, 16))
    assert (second, *rest) == tuple(merged(given[: DEPTHS[0]])[1:])


def test_sequences_stay_as_they_are() -> None:
    (one, two) = found("v", 0, 0.5), found("v", 4, 0.5)
    chain = Found(one.hits + two.hits)
    assert merged([chain]) == [chain]
    assert merged([]) == []


@pytest.fixture
def indexed(library: LibraryAtHand, films: Path) -> LibraryAtHand:
    shoot(films / "a.mp4", "red", "green", "red", "blue", "red")
    shoot(films / "b.mp4", "blue", "green")
    index_paths(library.open(FakeEncoder()), [films])
    return library


def test_a_longer_page_begins_with_the_shorter_one(indexed: LibraryAtHand) -> None:
    library, red = indexed.open(FakeEncoder()), Query.of(Text("red"))
    longest = search_moments(library, red, limit=50)
    assert len(longest) == 5  # two in b.mp4 are copies of what a.mp4 shows
    for limit in range(1, 6):
        assert search_moments(library, red, limit=limit) == longest[:limit]
    assert {len(one.copies) for one in longest} == {0, 1}
    with pytest.raises(QueryError, match="the limit is 0"):
        search_moments(library, red, limit=0)


def test_videos_come_with_their_best_moments(indexed: LibraryAtHand) -> None:
    library = indexed.open(FakeEncoder())
    (video,) = search_videos(library, Query.of(Text("red")), limit=1)
    assert [one.record.path.name for one in video.found] == ["a.mp4"] * 3
    assert min(one.score for one in video.found) > 0.9


def test_a_merged_result_keeps_its_best_clip() -> None:
    one = found("v", 4, 0.5)
    joined = replace(one, neighbours=(SearchHit(clip("v", 0, direction(1)), 0.5),))
    assert joined.span == ClipSpan(0, 8)
    assert joined.record == one.record
