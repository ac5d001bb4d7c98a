"""From words to moments, and what is said of words that cannot be searched."""

from pathlib import Path

import pytest

from catalog.interface import ClipFilter
from pipeline.indexing import index_paths
from pipeline.searching import QueryError, search, search_like
from tests.fake_encoder import FakeEncoder
from tests.pipeline.films import LibraryAtHand, shoot


@pytest.fixture
def indexed(library: LibraryAtHand, films: Path) -> LibraryAtHand:
    shoot(films / "a.mp4", "red", "green")
    shoot(films / "b.mp4", "blue", "red")
    index_paths(library.open(FakeEncoder()), [films])
    return library


def test_the_closest_moment_comes_first(indexed: LibraryAtHand) -> None:
    hits = search(indexed.open(FakeEncoder()), "  something green  ", limit=3)
    assert len(hits) == 3
    assert hits[0].record.path.name == "a.mp4"
    assert hits[0].record.span.start_seconds == pytest.approx(2, abs=0.3)
    assert hits[0].score > 0.9 > hits[1].score


def test_a_filter_narrows_the_search(indexed: LibraryAtHand) -> None:
    library = indexed.open(FakeEncoder())
    hits = search(library, "green", where=ClipFilter(categories=("red",)))
    assert [hit.record.path.name for hit in hits] in (["a.mp4", "b.mp4"], ["b.mp4", "a.mp4"])
    (video_id,) = {hit.record.video_id for hit in hits if hit.record.path.name == "b.mp4"}
    (hit,) = search(library, "green", where=ClipFilter(("red",), (video_id,)))
    assert hit.record.description.caption.text == "something red"


@pytest.mark.parametrize(
    ("text", "limit", "reason"),
    [
        ("", 10, "the query is empty"),
        (" \n\t", 10, "the query is empty"),
        ("x" * 1001, 10, "1001 characters, 1000 are allowed"),
        ("red \udcff", 10, "bytes that are no text"),
        ("red", 0, "the limit is 0"),
        ("red", -3, "the limit is -3"),
    ],
)
def test_a_bad_query_is_one_clear_line(
    library: LibraryAtHand, text: str, limit: int, reason: str
) -> None:
    with pytest.raises(QueryError, match=reason) as caught:
        search(library.open(), text, limit=limit)
    assert "\n" not in str(caught.value)


def test_the_longest_query_is_searched(indexed: LibraryAtHand) -> None:
    text = "red ".ljust(1000, "x")
    assert len(search(indexed.open(FakeEncoder()), text, limit=1)) == 1


def test_clips_like_a_clip_come_without_itself(library: LibraryAtHand, films: Path) -> None:
    shoot(films / "a.mp4", "red", "green")
    shoot(films / "b.mp4", "blue", "red")
    opened = library.open(FakeEncoder())
    index_paths(opened, [films])
    (first, *_) = search(opened, "red", limit=1)

    hits = search_like(opened, first.record.clip_id, limit=2)

    assert first.record.clip_id not in {hit.record.clip_id for hit in hits}
    assert len(hits) == 2
    assert hits[0].record.description.caption.text == "something red"
    with pytest.raises(QueryError, match="search anew"):
        search_like(opened, "gone:0")
