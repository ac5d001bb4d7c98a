"""A page that shows a library in memory, drawn without a browser; and real ones in a browser."""

import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from pipeline import assembly
from pipeline.indexing import index_paths
from pipeline.library import Library
from search_ui.page.opened import opened
from tests.fake_encoder import FakeEncoder
from tests.pipeline.films import LibraryAtHand, shoot
from tests.search_ui.page.browsing import chromium, quiet_page
from tests.workers.system import System, wait_for
from workers.services import accepts


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


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A running system; its library is empty when the first test of a module begins."""
    one = System(tmp_path_factory.mktemp("system"))
    one.start()
    try:
        yield one
    finally:
        one.stop()


@pytest.fixture(scope="module")
def address(system: System) -> str:
    """Where the running system's page is, as soon as it answers."""
    (page,) = (service for service in system.running.services if service.name == "page")
    wait_for(lambda: accepts(urlsplit(page.address).port), "the page answers")
    return page.address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as one:
        yield one


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test where it logs an error, or asks a foreign host."""
    with quiet_page(browser) as one:
        yield one
