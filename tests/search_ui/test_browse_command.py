"""`clipseek browse` on a small library."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipeline import assembly
from pipeline.indexing import index_paths
from search_ui.command_line import app
from tests.fake_encoder import FakeEncoder
from tests.pipeline.films import LibraryAtHand, shoot


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library that the command opens, with two films."""
    at_hand = LibraryAtHand(tmp_path / "library")
    opened = at_hand.open(FakeEncoder())
    shoot(tmp_path / "a.mp4", "red", "green", "red")
    shoot(tmp_path / "b.mp4", "blue", "red")
    index_paths(opened, [tmp_path])
    monkeypatch.setattr(assembly, "open_library", lambda _: opened)


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["browse", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def document(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json"))


@pytest.mark.usefixtures("filled")
def test_categories_words_and_figures() -> None:
    categories = document()
    assert [(one["kind"], one["label"], one["clips"]) for one in categories] == [
        ("colour", "red", 3), ("colour", "blue", 1), ("colour", "green", 1),
    ]  # fmt: skip
    assert len(categories[0]["examples"]) == 3
    assert categories[1]["examples"][0]["caption"] == "something blue"
    assert [one["label"] for one in document("categories", "--limit", "1")] == ["red"]
    assert document("groups") == []
    videos = document("videos")
    assert [(one["width"], one["height"], one["clips"]) for one in videos] == [
        (64, 48, 3), (64, 48, 2),
    ]  # fmt: skip
    (month,) = document("months")
    assert sorted(month["videos"], key=lambda one: one["path"]) == videos
    assert document("words")[0] == {"word": "red", "clips": 3}
    figures = document("statistics")
    assert (figures["videos"], figures["clips"], figures["labels"]) == (2, 5, 3)
    assert figures["mean_clip_seconds"] == pytest.approx(2)


@pytest.mark.usefixtures("filled")
def test_all_of_it_is_printed_for_people_too() -> None:
    assert "b.mp4 0:00-0:02" in run("categories")
    assert "3  red" in run("words")
    assert "0:06      3  64 x 48  20" in run("videos")
    assert run("months").splitlines()[1].endswith("2    0:10")
    assert "5, 2.0 seconds on average" in run("statistics")
