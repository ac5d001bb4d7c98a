"""Orders and pages: what matches is arranged, and every result comes once."""

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from catalog.interface import VideoRecord
from catalog.memory import MemoryStore
from encoder.interface import EmbeddingSpace
from pipeline.found import Found
from pipeline.library import Library
from pipeline.moments import search_moments, search_videos
from pipeline.query import LibraryClip, Query, QueryError, Sort, Text
from pipeline.searching import search
from tests.catalog_records import clip
from tests.fake_encoder import FakeEncoder, JudgingFakeEncoder, unit_rows
from tests.pipeline.films import LibraryAtHand

VIDEOS, CLIPS = 9, 40
SPACE = EmbeddingSpace("many-00000000", 16)
"""Of so many dimensions that clips are no copies of each other by chance."""
RED = Query.of(Text("red"))


class Asking(FakeEncoder):
    """Every text asks for the first dimension."""

    def __init__(self) -> None:
        super().__init__(SPACE)

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.eye(1, SPACE.dimension, dtype=np.float32).repeat(len(texts), 0)


class Judging(Asking, JudgingFakeEncoder):
    """It takes similarities for probabilities."""


@pytest.fixture
def at_hand(library: LibraryAtHand) -> LibraryAtHand:
    """Videos of clips in mixed colours, with gaps between; the third one's file is the latest."""
    dice = np.random.default_rng(0)
    library.store = MemoryStore(SPACE)
    for number in range(VIDEOS):
        name, path = f"v{number}", Path(f"/films/{number}.mp4")
        vectors = dice.standard_normal((CLIPS, SPACE.dimension), np.float32)
        vectors[:, 0] = 4 * dice.random(CLIPS)
        library.store.upsert_clips(
            [
                clip(name, 5.0 * place, vector, caption="something red", path=path)
                for place, vector in enumerate(unit_rows(vectors))
            ]
        )
        changed = 10**18 + (number * 7) % VIDEOS
        library.store.upsert_video(VideoRecord(name, path, 1, changed, 5.0 * CLIPS, CLIPS))
    return library


@pytest.fixture
def judging(at_hand: LibraryAtHand) -> Library:
    return at_hand.open(Judging())


def ids(found: list[Found]) -> list[str]:
    return [one.record.clip_id for one in found]


def age(found: Found) -> int:
    return -((int(found.record.video_id[1:]) * 7) % VIDEOS)


@pytest.mark.parametrize("sort", Sort)
def test_pages_hold_each_result_once_in_one_order(judging: Library, sort: Sort) -> None:
    every = search_moments(judging, RED, limit=1000, sort=sort)
    assert len(every) > 100
    pages = [
        search_moments(judging, RED, limit=7, offset=offset, sort=sort)
        for offset in range(0, len(every) + 7, 7)
    ]
    assert [*chain(*pages)] == every
    assert not pages[-1] or len(pages[-1]) < 7
    assert len({*ids(every)}) == len(every)
    assert {*ids(every)} == {*ids(search_moments(judging, RED, limit=1000))}


def test_what_matches_is_arranged_by_date_and_by_place(judging: Library) -> None:
    matching = [one for one in search_moments(judging, RED, limit=1000) if one.matches]
    assert 10 < len(matching) < VIDEOS * CLIPS

    def best_first(one: Found) -> int:
        return [other.record.video_id for other in matching].index(one.record.video_id)

    by_date = search_moments(judging, RED, limit=1000, sort=Sort.DATE)
    assert by_date[: len(matching)] == sorted(matching, key=lambda one: (age(one), one.span))
    assert not any(one.matches for one in by_date[len(matching) :])
    by_place = search_moments(judging, RED, limit=1000, sort=Sort.PLACE)
    assert by_place[: len(matching)] == sorted(
        matching, key=lambda one: (best_first(one), one.span)
    )


def test_where_nothing_matches_the_nearest_stay_as_they_are(at_hand: LibraryAtHand) -> None:
    class Unconvinced(Judging):
        def relevance(self, *args: object, **more: object) -> np.ndarray:
            return super().relevance(*args, **more) * 0.4

    library = at_hand.open(Unconvinced())
    nearest = search_moments(library, RED, limit=20)
    assert ids(search_moments(library, RED, limit=20, sort=Sort.DATE)) == ids(nearest)


def test_without_a_cut_off_each_page_is_arranged_by_itself(at_hand: LibraryAtHand) -> None:
    library, alike = at_hand.open(Asking()), Query.of(LibraryClip("v0:0"))
    for offset in (0, 10):
        page = search_moments(library, alike, limit=10, offset=offset)
        dated = search_moments(library, alike, limit=10, offset=offset, sort=Sort.DATE)
        assert ids(dated) == ids(sorted(page, key=lambda one: (age(one), one.span)))
    (first, *_) = search_videos(library, alike, limit=4, sort=Sort.DATE)
    best = [video.record.video_id for video in search_videos(library, alike, limit=4)]
    assert first.record.video_id == max(best, key=lambda name: int(name[1:]) * 7 % VIDEOS)


def test_videos_come_page_by_page_in_order_of_date(judging: Library) -> None:
    videos = [
        video.record.video_id
        for offset in range(0, 12, 4)
        for video in search_videos(judging, RED, limit=4, offset=offset, sort=Sort.DATE)
    ]
    assert videos == sorted(videos, key=lambda name: -(int(name[1:]) * 7 % VIDEOS))
    assert len(videos) == VIDEOS


def test_clips_have_the_same_orders(judging: Library) -> None:
    found = search(judging, RED, limit=1000)
    matching = [one for one in found if one.matches]
    dated = search(judging, RED, limit=5, sort=Sort.DATE)
    assert dated == sorted(matching, key=lambda one: (age(one), one.span))[:5]


def test_an_offset_is_not_below_zero(judging: Library) -> None:
    with pytest.raises(QueryError, match="the offset is -1"):
        search_moments(judging, RED, offset=-1)
