"""`clipseek export` on a small library."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline import assembly
from pipeline.indexing import index_paths
from pipeline.query import QueryError
from search_ui.command_line import app
from tests.fake_encoder import FakeEncoder
from tests.pipeline.films import LibraryAtHand, shoot


@pytest.fixture
def film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only film of the library that the command opens."""
    opened = LibraryAtHand(tmp_path / "library").open(FakeEncoder())
    path = shoot(tmp_path / "a.mp4", "red", "red", "green", "blue")
    index_paths(opened, [path])
    monkeypatch.setattr(assembly, "open_library", lambda _: opened)
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["export", *map(str, arguments)], catch_exceptions=False)


def test_what_a_query_finds_is_exported(film: Path, tmp_path: Path) -> None:
    target = tmp_path / "found.json"

    done = run(target, "--query", "green THEN blue", "--limit", "1", "--json")

    assert json.loads(done.stdout) == [{"path": str(target), "moments": 1, "copied": False}]
    (moment,) = json.loads(target.read_text())
    assert (moment["path"], moment["start_seconds"], moment["end_seconds"]) == (str(film), 4, 8)


def test_clips_side_by_side_are_exported_as_one_moment(film: Path, tmp_path: Path) -> None:
    target = tmp_path / "found.json"

    run(target, "--query", "red", "--limit", "1")

    (moment,) = json.loads(target.read_text())
    assert (moment["start_seconds"], moment["end_seconds"]) == (0, 4)


def test_moments_of_a_named_film_are_exported(film: Path, tmp_path: Path) -> None:
    done = run(tmp_path / "all.csv", film)

    assert "all.csv (4 moments)" in done.stdout


def test_a_query_must_say_what_happens(film: Path, tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="only narrows"):
        run(tmp_path / "x.csv", "--query", "category:red")
