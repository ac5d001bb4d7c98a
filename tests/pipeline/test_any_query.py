"""No query of any kind or length breaks a search."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from pipeline.curves import similarity_curve
from pipeline.indexing import index_paths
from pipeline.library import Library
from pipeline.moments import search_moments, search_videos
from pipeline.query import LibraryClip, Part, Query, QueryError, Step, Text
from pipeline.query_language import parse
from pipeline.searching import search
from tests.fake_encoder import FakeEncoder
from tests.pipeline.films import LibraryAtHand, shoot


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    place = tmp_path_factory.mktemp("any")
    shoot(place / "films" / "a.mp4", "red", "green", "blue")
    shoot(place / "films" / "b.mp4", "blue", "red")
    opened = LibraryAtHand(place / "library").open(FakeEncoder())
    index_paths(opened, [place / "films"])
    return opened


words = some.sampled_from(["red", "green", "blue", "red blue", "nothing", "\x00"]) | some.text()
weights = some.floats(0.01, 100) | some.floats()


@some.composite
def queries(draw: some.DrawFn) -> Query:
    def parts(least: int) -> tuple[Part, ...]:
        # The id of a clip that is there is known only when the test runs.
        examples = some.builds(Text, words) | some.just(LibraryClip("gone:0"))
        some_parts = some.lists(some.builds(Part, examples, weights), min_size=least, max_size=3)
        return tuple(draw(some_parts))

    steps = draw(some.integers(1, 3))
    return Query(
        tuple(Step(parts(1), parts(0)) for _ in range(steps)),
        draw(some.floats(0, 100) | some.floats()),
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=some.data(), limit=some.integers(-1, 10**6))
def test_any_query_is_answered_or_refused(
    library: Library, data: some.DataObject, limit: int
) -> None:
    try:
        query = data.draw(queries())
        found = search(library, query, limit=limit)
        moments = search_moments(library, query, limit=limit)
        grouped = search_videos(library, query, limit=limit)
        curve = similarity_curve(library, query, library.store.videos()[0].video_id)
    except QueryError:
        return
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)
    assert all(-1.001 <= score <= 1.001 for score in scores)
    assert all(len(one.hits) == len(query.steps) for one in found)
    assert {v.record.video_id for v in grouped} >= {one.record.video_id for one in moments}
    assert len(curve.points) == 3


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.lists(some.sampled_from(["red", "then", "minus", "blue", "in:a.mp4", "within 1"])))
def test_any_words_are_answered_or_refused(library: Library, pieces: list[str]) -> None:
    found = []
    with suppress(QueryError):
        asked = parse(" ".join(pieces))
        if asked.query is not None:
            found = search(library, asked.query, where=asked.where)
    assert "in:a.mp4" not in pieces or {one.record.path.name for one in found} <= {"a.mp4"}
