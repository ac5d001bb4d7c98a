"""A page that shows a library in memory, drawn without a browser."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import assembly
from pipeline.indexing import index_paths
from pipeline.library import Library
from search_ui.page.opened import opened
from tests.fake_encoder import FakeEncoder
from tests.pipeline.films import LibraryAtHand, shoot


@pytest.fixture(autouse=True)
def _program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit puts the page in the program's place, and processes of later tests would run it."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """An empty library, which the page opens."""
    at_hand = LibraryAtHand(tmp_path / "library")
    shown = at_hand.open(FakeEncoder())
    monkeypatch.setenv("CLIPSEEK_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setattr(assembly, "open_library", lambda _, create=False: shown)
    opened.clear()
    yield shown
    opened.clear()


@pytest.fixture
def filled(library: Library, tmp_path: Path) -> Library:
    """The library with two videos in it."""
    shoot(tmp_path / "films" / "a.mp4", "red", "green", "red")
    shoot(tmp_path / "films" / "b.mp4", "blue", "red")
    index_paths(library, [tmp_path / "films"])
    return library
