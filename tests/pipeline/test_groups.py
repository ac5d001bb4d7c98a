"""Groups of clips: found again, named by their captions, and written where search finds them."""

from pathlib import Path

import numpy as np
import pytest

from catalog.interface import ClipFilter, ClipRecord
from catalog.memory import MemoryStore
from encoder.interface import Caption, CategoryScore, ClipDescription
from ingest.clip import ClipSpan
from pipeline.groups import KIND, GroupingError, cluster, group_names, regroup
from pipeline.library import Library
from pipeline.settings import Settings
from tests.catalog_records import SPACE, video

CAPTIONS = ("a dog runs over the grass", "a man plays the guitar", "snow on a mountain")
TOPIC = CategoryScore("music", "topic", 0.9)


def near(corner: int, *, spread: float, seed: int) -> np.ndarray:
    """A unit vector near one of the axes."""
    vector = np.random.default_rng(seed).normal(0, spread, SPACE.dimension)
    vector[corner] += 1
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def record(number: int, corner: int) -> ClipRecord:
    vector = near(corner, spread=0.05, seed=number)
    described = ClipDescription(vector, Caption(CAPTIONS[corner], 0.5), (TOPIC,))
    return ClipRecord(f"v:{number}", "v", Path("/a.mp4"), ClipSpan(number, number + 1), described)


def library_of(records: list[ClipRecord], folder: Path) -> Library:
    store = MemoryStore(SPACE)
    store.upsert_clips(records)
    store.upsert_video(video("v"))

    def no_encoder() -> None:
        raise AssertionError("the encoder was loaded")

    return Library(Settings(library=folder), store, no_encoder)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Seven clips of dogs, five of guitars, four of snow."""
    corners = [0] * 7 + [1] * 5 + [2] * 4
    return library_of([record(n, corner) for n, corner in enumerate(corners)], tmp_path)


def test_clips_that_are_alike_are_one_group_largest_first(library: Library) -> None:
    groups = regroup(library)

    assert [len(group.clips) for group in groups] == [7, 5, 4]
    said = [{clip.description.caption.text for clip in group.clips} for group in groups]
    assert said == [{caption} for caption in CAPTIONS]
    assert [group.name for group in groups] == [
        "dog grass runs",
        "guitar man plays",
        "mountain snow",
    ]


def test_search_finds_a_group_by_its_name(library: Library) -> None:
    group = regroup(library)[2]

    where = ClipFilter(categories=(group.name,))
    hits = library.store.search(near(0, spread=0, seed=0), limit=100, where=where)

    assert {hit.record.clip_id for hit in hits} == {clip.clip_id for clip in group.clips}
    (own,) = [c for c in hits[0].record.description.categories if c.kind == KIND]
    assert 0.5 < own.probability <= 1
    assert TOPIC in hits[0].record.description.categories


def test_grouping_again_replaces_the_groups(library: Library) -> None:
    regroup(library)
    library.store.upsert_clips([record(n, 0) for n in range(100, 120)])

    groups = regroup(library)

    assert sum(len(group.clips) for group in groups) == 36
    for clip in library.store.clips_of("v"):
        assert sum(score.kind == KIND for score in clip.description.categories) == 1


def test_typical_clips_come_first(library: Library) -> None:
    for group in regroup(library):
        middle = np.mean([clip.description.embedding for clip in group.clips], axis=0)
        far = [float(np.linalg.norm(c.description.embedding - middle)) for c in group.clips]
        assert far[0] < far[-1]


def test_a_clip_between_two_groups_is_less_certain() -> None:
    ends = [near(corner, spread=0.01, seed=n) for n in range(3) for corner in (0, 1)]
    between = (near(0, spread=0, seed=0) * 1.05 + near(1, spread=0, seed=0)) / 1.45

    found = cluster(np.stack([*ends, between / np.linalg.norm(between)]))

    assert found.certainty[-1] == found.certainty.min()
    assert 0.5 <= found.certainty[-1] < 0.7 < found.certainty[0]


def test_too_few_clips_are_told(tmp_path: Path) -> None:
    few = library_of([record(n, 0) for n in range(5)], tmp_path)

    with pytest.raises(GroupingError, match="5 clips, and groups need at least 6"):
        regroup(few)


def test_names_leave_out_what_all_groups_say_and_are_never_the_same() -> None:
    names = group_names([["a man swims"] * 3, ["a man cooks"] * 3, ["the man swims"], [""]])

    assert names[0].split()[0] == "swims"
    assert names[1].split()[0] == "cooks"
    assert len(set(names)) == 4
    assert names[3] == "group"
