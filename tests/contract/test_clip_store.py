"""What every store promises, on every store that there is."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from catalog.interface import (
    ClipFilter,
    ClipStore,
    ClipSummary,
    EmbeddingSpaceMismatchError,
    SpaceChangedError,
)
from catalog.memory import MemoryStore
from catalog.milvus import MilvusStore
from encoder.interface import EmbeddingSpace
from tests.catalog_records import SPACE, clip, direction, facts, video

OTHER = EmbeddingSpace("other-4567cdef", SPACE.dimension)
"""Of the same length, so that nothing but care keeps it apart."""

AWKWARD = [
    'say "cheese"',
    "back\\slash",
    "it's",
    "naïve 猫",
    "two\nlines",
    "a\tb",
    'x"] or ["',
    "%_",
]
"""Labels that a filter expression could be broken with."""


@pytest.fixture(params=["memory", "milvus"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ClipStore]:
    opened: ClipStore
    if request.param == "memory":
        opened = MemoryStore(SPACE)
    else:
        opened = MilvusStore.open(tmp_path / "catalog", space=SPACE)
    yield opened
    opened.close()


def ids(store: ClipStore, query: np.ndarray, where: ClipFilter = ClipFilter()) -> list[str]:
    return [hit.record.clip_id for hit in store.search(query, limit=100, where=where)]


def test_an_empty_store_answers_everything_with_nothing(store: ClipStore) -> None:
    assert store.space == SPACE
    assert store.search(direction(1), limit=5) == []
    assert store.clips_of("v") == []
    assert store.videos() == []
    assert store.count_clips() == 0
    store.upsert_clips([])
    store.delete_video("v")
    store.flush()


def test_what_is_written_comes_back_whole(store: ClipStore) -> None:
    record = clip("v", 1.234, direction(0.3, 0.1, 0.7), labels=("cat", "猫"), caption="naïve 😀")
    store.upsert_clips([record])
    store.upsert_video(video("v"))
    assert [facts(found) for found in store.clips_of("v")] == [facts(record)]
    (hit,) = store.search(direction(0.3, 0.1, 0.7), limit=1)
    assert facts(hit.record) == facts(record)
    assert hit.score == pytest.approx(1, abs=1e-6)
    assert store.videos() == [video("v")]


def test_a_record_written_twice_replaces_itself(store: ClipStore) -> None:
    store.upsert_clips([clip("v", 0, direction(1), caption="old", labels=("old",))])
    store.flush()
    store.upsert_clips([clip("v", 0, direction(0, 1), caption="new")])
    store.upsert_video(video("v"))
    store.upsert_video(video("v", missing=True))
    assert store.count_clips() == 1
    (hit,) = store.search(direction(0, 1), limit=5)
    assert hit.record.description.caption.text == "new"
    assert hit.record.description.categories == ()
    assert hit.score == pytest.approx(1, abs=1e-6)
    assert store.videos() == [video("v", missing=True)]


def test_hits_come_best_first_and_ties_by_clip_id(store: ClipStore) -> None:
    near, far = direction(1, 0.2), direction(-1)
    store.upsert_clips([clip("v", 9, far), clip("w", 0, near), clip("v", 4, near)])
    store.upsert_clips([clip("v", 0, direction(1, 1)), clip("v", 12, direction(1))])
    assert ids(store, direction(1)) == ["v:12000", "v:4000", "w:0", "v:0", "v:9000"]
    scores = [hit.score for hit in store.search(direction(1), limit=100)]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] == pytest.approx(-1, abs=1e-6)


def test_ties_at_the_end_of_the_list_are_cut_by_clip_id(store: ClipStore) -> None:
    names = [f"{number:03}" for number in range(90)]
    for name in reversed(names):
        store.upsert_clips([clip(name, 0, direction(1, 1))])
    found = store.search(direction(1), limit=3)
    assert [hit.record.video_id for hit in found] == names[:3]


def test_filters_by_category_need_every_label(store: ClipStore) -> None:
    store.upsert_clips(
        [
            clip("v", 0, direction(1), labels=("cat", "garden")),
            clip("v", 4, direction(1), labels=("cat",)),
            clip("v", 8, direction(1), labels=("category",)),
            clip("v", 12, direction(1)),
        ]
    )
    store.flush()
    assert ids(store, direction(1), ClipFilter(categories=("cat",))) == ["v:0", "v:4000"]
    assert ids(store, direction(1), ClipFilter(categories=("garden", "cat"))) == ["v:0"]
    assert ids(store, direction(1), ClipFilter(categories=("dog",))) == []


def test_filters_by_video_need_one_of_them(store: ClipStore) -> None:
    store.upsert_clips([clip(name, 0, direction(1), labels=(name,)) for name in "uvw"])
    assert ids(store, direction(1), ClipFilter(video_ids=("u", "w", "x"))) == ["u:0", "w:0"]
    both = ClipFilter(categories=("u",), video_ids=("w", "u"))
    assert ids(store, direction(1), both) == ["u:0"]


@pytest.mark.parametrize("flushed", [False, True])
def test_no_label_or_id_breaks_a_filter(store: ClipStore, flushed: bool) -> None:
    store.upsert_clips([clip(name, 0, direction(1), labels=(name, "all")) for name in AWKWARD])
    if flushed:
        store.flush()
    for name in AWKWARD:
        assert ids(store, direction(1), ClipFilter(categories=(name, "all"))) == [f"{name}:0"]
        assert ids(store, direction(1), ClipFilter(video_ids=(name,))) == [f"{name}:0"]
        assert [record.video_id for record in store.clips_of(name)] == [name]
    assert ids(store, direction(1), ClipFilter(categories=("\udcff",))) == []
    store.delete_video(AWKWARD[0])
    assert store.count_clips() == len(AWKWARD) - 1


def test_a_deleted_video_takes_its_clips_along(store: ClipStore) -> None:
    store.upsert_clips([clip("v", 0, direction(1)), clip("v", 4, direction(1))])
    store.upsert_clips([clip("w", 0, direction(1))])
    store.upsert_video(video("v"))
    store.upsert_video(video("w", "/films/b.mp4"))
    store.delete_video("v")
    assert store.videos() == [video("w", "/films/b.mp4")]
    assert store.video("w") == video("w", "/films/b.mp4")
    assert store.video("v") is None
    assert store.clips_of("v") == []
    assert ids(store, direction(1)) == ["w:0"]
    assert store.count_clips() == 1
    store.upsert_clips([clip("v", 4, direction(1))])
    assert ids(store, direction(1)) == ["v:4000", "w:0"]


def test_clips_come_by_start_and_videos_by_path(store: ClipStore) -> None:
    starts = [100.0, 9.0, 20.5]
    store.upsert_clips([clip("v", start, direction(1)) for start in starts])
    assert [record.span.start_seconds for record in store.clips_of("v")] == sorted(starts)
    for video_id, path in (("1", "/c"), ("2", "/a"), ("3", "/b")):
        store.upsert_video(video(video_id, path))
    assert [record.path for record in store.videos()] == [Path("/a"), Path("/b"), Path("/c")]


def test_clips_come_by_name_in_the_order_asked_for(store: ClipStore) -> None:
    records = [clip(name, 4.0 * n, direction(1, n)) for name in AWKWARD for n in range(2)]
    store.upsert_clips(records)
    wanted = [records[5], records[0], records[2]]
    ids = [record.clip_id for record in wanted]
    found = store.clips([ids[0], "absent:0", *ids[1:], 'x"] or ["'])
    assert [facts(record) for record in found] == [facts(record) for record in wanted]
    assert store.clips([]) == []


def test_summaries_are_of_the_videos_asked_for(store: ClipStore) -> None:
    for name in ("u", AWKWARD[0], "v"):
        records = [clip(name, start, direction(1), labels=("sky", "sea")) for start in (12, 4, 8)]
        store.upsert_clips(records)
    found = store.summaries_of(["v", AWKWARD[0], "absent"])
    by_video = [record for name in (AWKWARD[0], "v") for record in store.clips_of(name)]
    assert found == [ClipSummary.of(record) for record in by_video]
    assert [summary.span.start_seconds for summary in found] == [4, 8, 12] * 2
    assert store.summaries_of([]) == []


def test_more_clips_than_one_page_are_all_there(store: ClipStore) -> None:
    many = [clip("v", start, direction(1, start)) for start in range(1203)]
    store.upsert_clips(many)
    store.flush()
    assert [facts(record) for record in store.clips_of("v")] == [facts(record) for record in many]
    assert store.summaries_of(["v"]) == [ClipSummary.of(record) for record in many]
    assert store.count_clips() == len(many)


def test_vectors_of_another_length_are_refused(store: ClipStore) -> None:
    short = np.array([1, 0, 0], dtype=np.float32)
    with pytest.raises(EmbeddingSpaceMismatchError, match=r"test-0123abcd \(8-d\).*3-d"):
        store.upsert_clips([clip("v", 0, direction(1)), clip("v", 4, short)])
    with pytest.raises(EmbeddingSpaceMismatchError):
        store.search(short, limit=1)
    assert store.count_clips() == 0


@pytest.mark.parametrize(
    "path",
    [
        Path("/films/\udcff\udcfe.mp4"),
        Path("bytes:%41.mp4"),
        Path("/films/100%/quote\"d 'n' \\ 猫.mp4"),
        Path("/films/" + "long/" * 800 + "a.mp4"),
    ],
    ids=["not utf-8", "looks encoded", "awkward", "long"],
)
def test_every_path_survives(store: ClipStore, path: Path) -> None:
    store.upsert_clips([clip("v", 0, direction(1), path=path)])
    store.upsert_video(replace(video("v"), path=path))
    assert store.clips_of("v")[0].path == path
    assert store.videos()[0].path == path


def test_a_successor_takes_over_when_it_is_complete(store: ClipStore) -> None:
    store.upsert_clips([clip("v", 0, direction(1))])
    store.upsert_video(video("v"))
    successor = store.successor(OTHER, encoder="other")
    assert (successor.space, successor.encoder) == (OTHER, "other")
    successor.upsert_clips([clip("v", 0, direction(0, 1)), clip("v", 4, direction(0, 1))])
    assert ids(store.latest(), direction(1)) == ["v:0"]
    assert store.videos() == [video("v")]
    assert successor.videos() == []

    assert not store.give_way(successor, if_complete=lambda: False)
    assert store.latest() is store
    assert ids(store, direction(1)) == ["v:0"]
    successor.upsert_video(video("v"))
    assert store.give_way(successor, if_complete=lambda: True)

    latest = store.latest()
    assert (latest.space, latest.encoder) == (OTHER, "other")
    assert ids(latest, direction(0, 1)) == ["v:0", "v:4000"]
    assert latest.videos() == [video("v")]
    with pytest.raises(SpaceChangedError, match="re-indexed with another encoder"):
        store.search(direction(1), limit=1)
    with pytest.raises(SpaceChangedError):
        store.upsert_clips([clip("w", 0, direction(1))])
    assert latest.latest().count_clips() == 2


def test_a_begun_successor_is_found_again_and_dropped_for_another(store: ClipStore) -> None:
    store.successor(OTHER, encoder="other").upsert_clips([clip("v", 0, direction(1))])
    assert store.successor(OTHER, encoder="other").count_clips() == 1
    assert store.successor(SPACE, encoder="test").space == store.space
    assert store.successor(OTHER, encoder="other").count_clips() == 0
    assert store.count_clips() == 0


def test_random_catalogs_rank_like_the_exact_store(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    exact = MemoryStore(SPACE)
    labels = ("cat", "dog", "sky")
    records = [
        clip(
            f"video{number % 9}",
            number,
            direction(*random.standard_normal(SPACE.dimension)),
            labels=tuple(label for label in labels if random.random() < 0.5),
        )
        for number in range(700)
    ]
    milvus = MilvusStore.open(tmp_path / "catalog", space=SPACE)
    for store in (exact, milvus):
        store.upsert_clips(records[:400])
        store.flush()
        store.delete_video("video3")
        store.upsert_clips(records[350:])
    wheres = [ClipFilter(), ClipFilter(("cat",)), ClipFilter(("sky", "dog"), ("video1", "video3"))]
    for where in wheres:
        query = direction(*random.standard_normal(SPACE.dimension))
        found, expected = (
            [(hit.record.clip_id, hit.score) for hit in store.search(query, limit=20, where=where)]
            for store in (milvus, exact)
        )
        assert found == expected
        assert len(found) == 20
    milvus.close()
