"""Corrected captions as something to learn from."""

from pathlib import Path

from ingest.clip import ClipSpan
from pipeline.corrections import Correction, Corrections
from tests.catalog_records import video
from tests.tiny_videos import colour_of, write_scenes
from training.own_corrections import corrected_moments
from training.own_data import OwnItem, clip_of


def test_corrected_moments_are_items_and_others_are_not(tmp_path: Path) -> None:
    path = write_scenes(tmp_path / "a.mp4", ["red", "blue"])
    corrections = Corrections(tmp_path)
    with corrections.turn():
        corrections.put("a", [Correction(ClipSpan(0, 2), removed=("dog",)),
                              Correction(ClipSpan(2, 4), "a blue wall"),
                              Correction(ClipSpan(4, 6), "...")])  # fmt: skip

    table = corrected_moments(corrections, [video("a", str(path)), video("b")])

    span = ClipSpan(2, 4)
    assert table.items == (OwnItem(str(path), path, span, ("a blue wall",), 1),)
    (problem,) = table.problems
    assert "has no word in English" in problem.error
    assert {colour_of(frame) for frame in clip_of(table.items[0]).frames} == {"blue"}
