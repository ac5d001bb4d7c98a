"""Similarity over a video's time."""

from pathlib import Path

import pytest

from pipeline.curves import similarity_curve
from pipeline.indexing import index_paths
from pipeline.query import Part, Query, QueryError, Step, Text
from tests.fake_encoder import FakeEncoder
from tests.pipeline.films import LibraryAtHand, shoot


def test_a_curve_rises_where_the_query_fits(library: LibraryAtHand, films: Path) -> None:
    shoot(films / "a.mp4", "red", "green", "blue", "red", "green")
    opened = library.open(FakeEncoder())
    index_paths(opened, [films])
    (video,) = opened.store.videos()

    curve = similarity_curve(opened, Query.of(Text("green")), video.video_id)

    starts = [point.span.start_seconds for point in curve.points]
    assert starts == sorted(starts)
    assert [point.score > 0.9 for point in curve.points] == [False, True, False, False, True]
    assert sorted(peak.span.start_seconds for peak in curve.peaks) == [starts[1], starts[4]]
    assert curve.peaks[0].score >= curve.peaks[1].score

    steps = (Step((Part(Text("green")),)), Step((Part(Text("blue")),)))
    both = similarity_curve(opened, Query(steps), video.video_id)
    assert [point.score > 0.9 for point in both.points] == [False, True, True, False, True]


def test_a_flat_curve_has_one_peak(library: LibraryAtHand, films: Path) -> None:
    shoot(films / "a.mp4", "red")
    opened = library.open(FakeEncoder())
    index_paths(opened, [films])
    (video,) = opened.store.videos()
    curve = similarity_curve(opened, Query.of(Text("green")), video.video_id)
    assert curve.peaks == curve.points
    with pytest.raises(QueryError, match="not in the library any more"):
        similarity_curve(opened, Query.of(Text("green")), "gone")
