"""How probable results are: by words alone, and by those that fit least."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from catalog.memory import MemoryStore
from encoder.interface import Caption, ClipDescription
from pipeline.found import Found, FoundVideo, nothing_matches
from pipeline.indexing import index_paths
from pipeline.moments import search_moments, search_videos
from pipeline.query import Example, ImageFile, LibraryClip, Part, Query, Step, Text
from pipeline.searching import search
from tests.catalog_records import clip
from tests.fake_encoder import COLOUR_SPACE, FakeEncoder, JudgingFakeEncoder
from tests.pipeline.films import LibraryAtHand, shoot


@pytest.fixture
def indexed(library: LibraryAtHand, films: Path) -> LibraryAtHand:
    shoot(films / "a.mp4", "red", "green")
    index_paths(library.open(FakeEncoder()), [films])
    return library


def probabilities(indexed: LibraryAtHand, *wanted: Example, minus: str = "") -> list[float | None]:
    query = Query.of(*wanted, minus=[Text(minus)] if minus else [])
    found = search(indexed.open(JudgingFakeEncoder()), query)
    return [one.probability for one in found]


def about(*values: float) -> object:
    return pytest.approx(values, abs=0.02)


def test_results_are_as_probable_as_the_encoder_says(indexed: LibraryAtHand) -> None:
    assert probabilities(indexed, Text("green")) == about(1, 0)


def test_of_several_words_those_that_fit_least_count(indexed: LibraryAtHand) -> None:
    both = probabilities(indexed, Text("red"), Text("red green"))
    assert both == about(0.71, 0)


def test_what_is_not_wanted_says_nothing_of_what_is(indexed: LibraryAtHand) -> None:
    assert probabilities(indexed, Text("red"), minus="blue") == about(1, 0)


def test_pictures_beside_words_leave_the_probability_to_the_words(
    indexed: LibraryAtHand, tmp_path: Path
) -> None:
    Image.new("RGB", (40, 30), (0, 255, 0)).save(tmp_path / "green.png")
    picture = ImageFile(tmp_path / "green.png")

    assert probabilities(indexed, Text("red"), picture) == about(1, 0)
    assert probabilities(indexed, picture) == [None, None]


def test_of_steps_the_one_that_fits_least_counts(indexed: LibraryAtHand) -> None:
    steps = [Step((Part(Text(words)),)) for words in ("red", "green blue")]

    (found, *_) = search(indexed.open(JudgingFakeEncoder()), Query(tuple(steps)))

    assert found.probability == pytest.approx(0.71, abs=0.02)


def test_without_words_or_an_encoder_that_can_tell_nothing_is_said(indexed: LibraryAtHand) -> None:
    (first, *_) = search(indexed.open(FakeEncoder()), Query.of(Text("red")))
    assert first.probability is None
    assert first.matches is None
    alike = search(indexed.open(), Query.of(LibraryClip(first.record.clip_id)))
    assert [one.probability for one in alike] == [None]
    assert not nothing_matches([first])
    assert not nothing_matches([])


def test_nothing_matches_where_all_is_improbable(indexed: LibraryAtHand) -> None:
    def found(words: str) -> list[Found]:
        return search_moments(indexed.open(JudgingFakeEncoder()), Query.of(Text(words)))

    assert nothing_matches(found("blue"))
    assert [one.matches for one in found("red")] == [True, False]
    assert not nothing_matches(found("red"))


class AskedStore(MemoryStore):
    """It counts how often it is asked whether the library has moved."""

    asked = 0

    def latest(self) -> MemoryStore:
        self.asked += 1
        return super().latest()


def test_a_search_hardly_asks_whether_the_library_has_moved(library: LibraryAtHand) -> None:
    library.store = store = AskedStore(COLOUR_SPACE)
    store.upsert_clips([clip("a", 0, np.array([1, 0, 0], np.float32))])
    opened = library.open(JudgingFakeEncoder())
    assert opened.encoder.space == COLOUR_SPACE
    store.asked = 0

    (found,) = search(opened, Query.of(Text("red")))

    assert found.probability is not None
    assert store.asked <= 2, "before the search, and before the clips are counted"


class ToldEncoder(JudgingFakeEncoder):
    """It keeps the captions that it is told of."""

    def relevance(
        self, text: str, clips: Sequence[ClipDescription], *, nearest: Sequence[Caption], among: int
    ) -> NDArray[np.float32]:
        self.seen.append(", ".join(caption.text for caption in nearest))
        return super().relevance(text, clips, nearest=nearest, among=among)


@pytest.mark.parametrize("searched", [search, search_moments, search_videos])
def test_one_result_is_judged_by_the_captions_of_several(
    indexed: LibraryAtHand, searched: Callable[..., Sequence[object]]
) -> None:
    encoder = ToldEncoder()

    (found,) = searched(indexed.open(encoder), Query.of(Text("red")), limit=1)

    assert encoder.seen == ["something red, something green"]
    best = found.found[0] if isinstance(found, FoundVideo) else found
    assert isinstance(best, Found)
    assert best.probability == pytest.approx(1, abs=0.02)
