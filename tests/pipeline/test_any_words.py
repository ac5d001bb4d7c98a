"""No words in the query language, and no filter, break a search in Milvus."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from catalog.interface import ClipFilter, LabelCondition
from catalog.memory import MemoryStore
from catalog.milvus import MilvusStore
from pipeline.indexing import index_paths
from pipeline.library import Library
from pipeline.moments import search_moments
from pipeline.query import (
    MAX_QUERY_CHARACTERS,
    LibraryClip,
    LongQueryError,
    Query,
    QueryError,
    Text,
)
from pipeline.query_language import KEYS, QuerySyntaxError, parse
from pipeline.searching import search
from tests.fake_encoder import COLOUR_SPACE, FakeEncoder
from tests.pipeline.films import LibraryAtHand, shoot

EVERY_TIME = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    place = tmp_path_factory.mktemp("words")
    shoot(place / "films" / "a.mp4", "red", "green", "blue")
    shoot(place / "films" / "b.mp4", "blue", "red")
    store = MilvusStore.open(place / "catalog", space=COLOUR_SPACE)
    with Library(LibraryAtHand(place / "library").settings, store, FakeEncoder) as opened:
        index_paths(opened, [place / "films"])
        yield opened


digits = some.from_regex(r"-?[0-9]{1,400}(\.[0-9]{0,9})?|\.|inf|nan|1e9|٣", fullmatch=True)
anything = (
    some.text(max_size=40) | digits | some.sampled_from(["red", "2024-02-30", "0000", "9999"])
)
weights = some.integers(1, 10**12).map(str) | some.floats(0.001, 99).map("{:.3f}".format)
keys = some.sampled_from([*KEYS, "colour", "LIKE"])
pieces = some.one_of(
    some.sampled_from(["red", "then", "minus", "plus", "within", "within 1", '"', "^", ":", ">"]),
    anything,
    some.builds("{}:{}".format, keys, anything),
    some.builds('{}:"{}">{}'.format, keys, anything, digits),
    some.builds('"{}"'.format, anything),
    some.builds("red^{}".format, anything),
    some.builds("then red within {}".format, anything),
)
words = some.sampled_from(["red", "green", "blue and red"]) | some.text(max_size=20).map(
    lambda text: '"' + text.replace('"', "") + 'x"'
)
steps = some.lists(
    some.builds("{} {}^{}".format, some.sampled_from(["plus", "minus"]), words, weights), max_size=6
).flatmap(lambda parts: words.map(lambda first: " ".join([first, *parts])))
chains = some.builds(
    "{} within {} height:{} in:{}".format,
    some.lists(steps, min_size=1, max_size=9).map(" then ".join),
    weights,
    weights,
    some.sampled_from(["films", "a.mp4", "nowhere"]),
)
"""Queries that can be read, of steps that hold a lot."""


@EVERY_TIME
@given(some.lists(pieces, max_size=70).map(" ".join) | chains)
@example("red " + "then red minus blue " * 49)
@example("like:a:0 " * 100)
@example("red within " + "9" * 900)
@example("red longer:" + "9" * 900)
@example('red category:"\x00\\\\" in:"%"')
def test_any_words_are_answered_or_refused(library: Library, text: str) -> None:
    error: QueryError | None = None
    try:
        asked = parse(text)
        found = search_moments(library, asked.query, where=asked.where) if asked.query else []
    except QueryError as raised:
        error = raised
    if error is None:
        assert all(len(one.hits) == len(asked.query.steps) for one in found if asked.query)
    else:
        assert "\n" not in str(error)
    if isinstance(error, QuerySyntaxError):
        assert 0 <= error.at <= len(text)
        piece, caret = error.pointed.split("\n")
        assert len(caret) <= len(piece) + 1


@given(some.text(min_size=MAX_QUERY_CHARACTERS + 1, max_size=20_000).filter(str.strip))
@settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))
@example("red then " * 2000)
@example("(" * 100_000)
def test_no_query_is_too_long_to_be_refused(text: str) -> None:
    if len(text.strip()) > MAX_QUERY_CHARACTERS:
        with pytest.raises(LongQueryError):
            parse(text)


@EVERY_TIME
@given(some.lists(some.text() | some.sampled_from(["\ud800:0", "a:b:0", ":"]), max_size=3))
def test_any_clip_is_found_or_missed(library: Library, names: list[str]) -> None:
    query = Query.of(Text("red"), *map(LibraryClip, names))
    if names:
        with pytest.raises(QueryError, match="not in the library"):
            search(library, query)
    else:
        assert search(library, query)


@pytest.fixture(scope="module")
def exact(library: Library) -> MemoryStore:
    """The same clips and videos, looked at one by one."""
    store = MemoryStore(COLOUR_SPACE)
    for video in library.store.videos():
        store.upsert_clips(library.store.clips_of(video.video_id))
        store.upsert_video(video)
    return store


labels = some.text() | some.sampled_from(["red", "blue", 'x"', "\\", "\ud800", "red\n"])
chances = some.floats(0, 1)


@EVERY_TIME
@given(
    some.builds(
        ClipFilter,
        categories=some.lists(labels, max_size=2).map(tuple),
        video_ids=some.lists(labels, max_size=1).map(tuple),
        labels=some.lists(
            some.builds(
                LabelCondition, labels, some.sampled_from(["", "colour"]) | labels, chances
            ),
            max_size=2,
        ).map(tuple),
        places=some.lists(labels | some.just("films"), max_size=2).map(tuple),
        least_seconds=some.floats(),
        most_seconds=some.floats(0),
        least_height=some.floats(),
    )
)
def test_any_filter_admits_the_same_everywhere(
    library: Library, exact: MemoryStore, where: ClipFilter
) -> None:
    (towards,) = FakeEncoder().embed_texts(["red"])
    found = library.store.search(towards, limit=9, where=where)
    wanted = exact.search(towards, limit=9, where=where)
    assert [hit.record.clip_id for hit in found] == [hit.record.clip_id for hit in wanted]
