"""A library at a glance, and as a map."""

from pathlib import Path

import numpy as np
import pytest

from catalog.interface import ClipSummary
from encoder.interface import CategoryScore
from ingest.clip import ClipSpan
from pipeline.browsing import Holdings
from pipeline.clip_map import MOST_POINTS, OTHERS, group_of, layout, map_of
from pipeline.indexing import index_paths
from pipeline.shelf import Shelf
from pipeline.surveys import WordCount, by_month, figures, survey_labels, survey_words
from tests.catalog_records import clip, direction, video
from tests.fake_encoder import FakeEncoder
from tests.pipeline.films import LibraryAtHand, shoot


def summary(clip_id: str, caption: str, **labels: float) -> ClipSummary:
    categories = tuple(CategoryScore(label, "topic", sure) for label, sure in labels.items())
    return ClipSummary(clip_id, "v", Path("/films/v.mp4"), ClipSpan(0, 2), caption, categories)


CLIPS = [
    summary("v:0", "a dog runs and a dog jumps", sports=0.4, animals=0.9),
    summary("v:1", "the cat of the house", animals=0.7),
    summary("v:2", "a dog in the house", animals=0.95, sports=0.1),
]


def test_labels_come_with_their_surest_clips() -> None:
    animals, sports = survey_labels(CLIPS, examples=2)

    assert (animals.label, animals.clips, sports.label, sports.clips) == ("animals", 3, "sports", 2)
    assert [clip.clip_id for clip in animals.examples] == ["v:2", "v:0"]
    assert [clip.clip_id for clip in sports.examples] == ["v:0", "v:2"]


def test_words_are_counted_once_for_each_caption() -> None:
    assert survey_words([*CLIPS, CLIPS[1]]) == [
        WordCount("house", 3),
        WordCount("cat", 2),
        WordCount("dog", 2),
        WordCount("jumps", 1),
        WordCount("runs", 1),
    ]


def test_months_and_figures() -> None:
    videos = (video("a"), video("b"))
    holdings = Holdings(tuple(CLIPS), videos)

    (month,) = by_month(videos)

    assert month.month == "2023-11"
    assert {one.video_id for one in month.videos} == {"a", "b"}
    found = figures(holdings)
    assert (found.videos, found.clips, found.captioned, found.labels, found.words) == (
        2,
        3,
        3,
        2,
        5,
    )
    assert found.seconds == pytest.approx(120.08)
    assert (found.first_month, found.last_month) == ("2023-11", "2023-11")
    assert figures(Holdings((), ())).mean_clip_seconds == 0


def test_clips_that_are_alike_lie_together(library: LibraryAtHand, films: Path) -> None:
    shoot(films / "a.mp4", "red", "green", "blue", "red", "green", "blue")
    shoot(films / "b.mp4", "blue", "green", "red", "blue", "green", "red", "red")
    opened = library.open(FakeEncoder())
    index_paths(opened, [films])

    points = map_of(opened.store, Shelf().look(opened).clips)

    assert len(points) == 13
    assert {group_of(point.clip) for point in points} == {OTHERS}
    places = np.array([(point.x, point.y) for point in points])
    assert np.abs(places).max() == pytest.approx(1)
    colours = np.array([point.clip.categories[0].label for point in points])
    for place, colour in zip(places, colours, strict=True):
        distances = np.linalg.norm(places - place, axis=1)
        own = colours == colour
        assert distances[own].max() < distances[~own].min()


def test_groups_are_seen_from_the_side_that_parts_them() -> None:
    # What varies most within groups is of no interest.
    vectors = [
        direction(100 * noise, group == 0, group == 1, group == 2)
        for group in range(3)
        for noise in (-1, 0, 1)
    ]
    groups = [str(number // 3) for number in range(9)]

    places = layout(np.stack(vectors), groups)

    middles = places.reshape(3, 3, 2)[:, 1]
    assert min(np.linalg.norm(middles[a] - middles[b]) for a, b in ((0, 1), (0, 2), (1, 2))) > 0.5


@pytest.mark.parametrize("count", [1, 2, 3, 20])
@pytest.mark.parametrize("groups", [1, 4])
def test_any_number_of_clips_has_a_map(count: int, groups: int) -> None:
    names = [str(number % groups) for number in range(count)]
    same = np.stack([direction(1.0)] * count)
    assert np.abs(layout(same, names)).max() == 0
    several = np.stack([direction(1.0, number) for number in range(count)])
    assert layout(several, names).shape == (count, 2)


def test_a_large_library_is_sampled(library: LibraryAtHand) -> None:
    opened = library.open()
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(MOST_POINTS + 300, 3)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    records = [clip("a", 4.0 * number, vector) for number, vector in enumerate(vectors)]
    opened.store.upsert_clips(records)
    opened.store.upsert_video(video("a"))

    points = map_of(opened.store, opened.store.summaries_of(["a"]))

    starts = [point.clip.span.start_seconds for point in points]
    assert len(points) == MOST_POINTS
    assert (starts[0], starts[-1]) == (0, records[-1].span.start_seconds)
