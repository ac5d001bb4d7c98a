"""From queries of every kind to moments, and what is said of those that cannot be answered."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from catalog.interface import ClipFilter
from ingest.errors import VideoError
from pipeline.found import Found
from pipeline.indexing import index_paths
from pipeline.query import (
    ImageFile,
    LibraryClip,
    Part,
    Query,
    QueryError,
    Step,
    Text,
    VideoFile,
)
from pipeline.searching import search
from tests.fake_encoder import COLOURS, FakeEncoder
from tests.pipeline.films import LibraryAtHand, shoot


@pytest.fixture
def indexed(library: LibraryAtHand, films: Path) -> LibraryAtHand:
    shoot(films / "a.mp4", "red", "green")
    shoot(films / "b.mp4", "blue", "red")
    index_paths(library.open(FakeEncoder()), [films])
    return library


def places(found: list[Found]) -> list[tuple[str, int]]:
    """File and second of each result."""
    return [(one.record.path.name, round(one.span.start_seconds)) for one in found]


def test_the_closest_moment_comes_first(indexed: LibraryAtHand) -> None:
    hits = search(indexed.open(FakeEncoder()), Query.of(Text("  something green  ")), limit=3)
    assert len(hits) == 3
    assert places(hits)[0] == ("a.mp4", 2)
    assert hits[0].score > 0.9 > hits[1].score


def test_a_filter_narrows_the_search(indexed: LibraryAtHand) -> None:
    library, green = indexed.open(FakeEncoder()), Query.of(Text("green"))
    hits = search(library, green, where=ClipFilter(categories=("red",)))
    assert sorted(places(hits)) == [("a.mp4", 0), ("b.mp4", 2)]
    (video_id,) = {hit.record.video_id for hit in hits if hit.record.path.name == "b.mp4"}
    (hit,) = search(library, green, where=ClipFilter(("red",), (video_id,)))
    assert hit.record.description.caption.text == "something red"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("", "the query is empty"),
        (" \n\t", "the query is empty"),
        ("x" * 1001, "1001 characters, 1000 are allowed"),
        ("red \udcff", "bytes that are no text"),
    ],
)
def test_bad_words_are_one_clear_line(words: str, reason: str) -> None:
    with pytest.raises(QueryError, match=reason) as caught:
        Text(words)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("limit", [0, -3])
def test_a_limit_below_one_is_refused(library: LibraryAtHand, limit: int) -> None:
    with pytest.raises(QueryError, match=f"the limit is {limit}"):
        search(library.open(), Query.of(Text("red")), limit=limit)


def test_the_longest_text_is_searched(indexed: LibraryAtHand) -> None:
    text = "red ".ljust(1000, "x")
    assert len(search(indexed.open(FakeEncoder()), Query.of(Text(text)), limit=1)) == 1


def test_clips_like_a_clip_come_without_itself_and_without_the_encoder(
    indexed: LibraryAtHand,
) -> None:
    (first, *_) = search(indexed.open(FakeEncoder()), Query.of(Text("red")), limit=1)

    hits = search(indexed.open(), Query.of(LibraryClip(first.record.clip_id)), limit=2)

    assert first.record.clip_id not in {hit.record.clip_id for hit in hits}
    assert len(hits) == 2
    assert hits[0].record.description.caption.text == "something red"
    with pytest.raises(QueryError, match="search anew"):
        search(indexed.open(), Query.of(LibraryClip("gone:0")))


def test_a_picture_finds_what_looks_like_it(indexed: LibraryAtHand, tmp_path: Path) -> None:
    Image.new("RGB", (40, 30), (0, 0, 255)).save(tmp_path / "blue.png")
    hits = search(indexed.open(FakeEncoder()), Query.of(ImageFile(tmp_path / "blue.png")))
    assert places(hits)[0] == ("b.mp4", 0)


def test_a_part_of_a_video_finds_what_looks_like_it(indexed: LibraryAtHand, tmp_path: Path) -> None:
    query = shoot(tmp_path / "query.mp4", "red", "green", "blue")
    library = indexed.open(FakeEncoder())
    green = search(library, Query.of(VideoFile(query, 2.0, 4.0)))
    assert places(green)[0] == ("a.mp4", 2)
    assert green[0].score > 0.99
    assert places(search(library, Query.of(VideoFile(query, 4.5))))[0] == ("b.mp4", 0)
    whole = search(library, Query.of(VideoFile(query)))
    assert max(hit.score for hit in whole) < 0.7


def test_a_part_of_an_indexed_video_is_its_clip(indexed: LibraryAtHand, films: Path) -> None:
    library = indexed.open(FakeEncoder())
    _, record = library.store.clips_of(library.store.videos()[0].video_id)
    part = VideoFile(record.path, record.span.start_seconds, record.span.end_seconds)
    (hit, *_) = search(library, Query.of(part))
    assert hit.record.clip_id == record.clip_id
    assert hit.score == pytest.approx(1, abs=1e-6)


def test_what_is_taken_away_moves_the_search(indexed: LibraryAtHand) -> None:
    library = indexed.open(FakeEncoder())
    both = Query.of(Text("red blue"), minus=[Text("red")])
    assert places(search(library, both))[0] == ("b.mp4", 0)
    (red, *_) = search(library, Query.of(Text("red")))
    unlike = Query.of(Text("red blue"), minus=[LibraryClip(red.record.clip_id)])
    assert places(search(library, unlike))[0] == ("b.mp4", 0)


def test_weights_decide_a_mixture(indexed: LibraryAtHand) -> None:
    library = indexed.open(FakeEncoder())
    for weight, place in ((0.5, ("a.mp4", 2)), (2.0, ("b.mp4", 0))):
        step = Step((Part(Text("green")), Part(Text("blue"), weight)))
        assert places(search(library, Query((step,))))[0] == place


def test_a_step_says_what_is_wanted() -> None:
    with pytest.raises(QueryError, match="only says what is not wanted"):
        Step((), (Part(Text("red")),))


def test_files_that_cannot_be_used_are_one_line(indexed: LibraryAtHand, tmp_path: Path) -> None:
    library = indexed.open(FakeEncoder())
    (tmp_path / "a.png").write_text("no picture")
    (tmp_path / "a.mp4").write_text("no film")
    film = shoot(tmp_path / "film.mp4", "red")
    for example in (
        ImageFile(tmp_path / "a.png"),
        ImageFile(Path("/dev/zero")),
        ImageFile(tmp_path),
        VideoFile(tmp_path / "a.mp4"),
        VideoFile(tmp_path / "absent.mp4"),
    ):
        with pytest.raises(VideoError) as caught:
            search(library, Query.of(example))
        assert "\n" not in str(caught.value)
    with pytest.raises(QueryError, match=r"film.mp4 lasts 2.0 s"):
        search(library, Query.of(VideoFile(film, 7)))


@pytest.mark.parametrize(("start", "end"), [(-1, None), (2, 2), (3, 1), (np.nan, 4), (1, np.nan)])
def test_a_part_needs_a_beginning_before_its_end(start: float, end: float | None) -> None:
    with pytest.raises(QueryError, match="0 <= start < end"):
        VideoFile(Path("a.mp4"), start, end)


def test_one_step_follows_another_in_the_same_video(indexed: LibraryAtHand) -> None:
    library = indexed.open(FakeEncoder())

    def then(first: str, second: str, within: float = 30) -> list[Found]:
        steps = (Step((Part(Text(first)),)), Step((Part(Text(second)),)))
        return search(library, Query(steps, within))

    (best, *_) = then("red", "green")
    assert places([best]) == [("a.mp4", 0)]
    assert best.span.end_seconds == pytest.approx(4, abs=0.3)
    assert [hit.record.description.caption.text for hit in best.hits] == [
        "something red",
        "something green",
    ]
    assert then("green", "red")[0].score < 0.9
    assert places(then("blue", "red"))[0] == ("b.mp4", 0)
    assert len(COLOURS) == 3
