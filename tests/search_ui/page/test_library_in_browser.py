"""The library at a real browser: from an upload to a moment that is found, by many at once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.pipeline.films import shoot
from tests.search_ui.page.browsing import PATIENCE_MS
from tests.search_ui.page.sessions import Drawn, Session, visitor
from tests.workers.system import System

VISITORS = 10
SEARCHES = ("red", "green", "blue")


def test_an_uploaded_film_is_checked_indexed_and_found(
    address: str, page: Page, system: System, tmp_path: Path
) -> None:
    film = shoot(tmp_path / "film.mp4", "red", "green", "blue")
    page.goto(f"{address}/library")
    with system.gate("encode"):
        page.locator("input[type=file]").set_input_files(film)
        expect(page.get_by_text("uploaded", exact=True)).to_be_visible(timeout=PATIENCE_MS)
        expect(page.get_by_text("1 video to go")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("1 video, 3 clips")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("All done")).to_be_visible(timeout=PATIENCE_MS)
    page.goto(f"{address}/?q=blue")
    expect(page.locator(".clip-picture").first).to_be_visible(timeout=PATIENCE_MS)
    assert [path.name for path in system.settings.uploads.glob("*")] == [".incoming", "film.mp4"]


def test_a_page_that_poses_as_a_film_is_refused_in_one_line(
    address: str, browser: Browser, tmp_path: Path
) -> None:
    fake = tmp_path / "page.mp4"
    fake.write_text("<html><script>alert(1)</script></html>")
    # The refusal is an answer that the console reports.
    page = browser.new_page()
    page.goto(f"{address}/library")
    page.locator("input[type=file]").set_input_files(fake, timeout=PATIENCE_MS)
    refused = page.locator("li.refused")
    expect(refused).to_contain_text("is not a video", timeout=PATIENCE_MS)
    page.close()


def test_ten_people_search_while_films_are_indexed(
    address: str, system: System, tmp_path: Path
) -> None:
    films = tmp_path / "films"
    for number in range(6):
        shoot(films / f"{number}.mp4", *SEARCHES, *["red"] * (number + 1))
    with ExitStack() as stack, ThreadPoolExecutor(VISITORS) as people:
        visitors = [stack.enter_context(visitor(address)) for _ in range(VISITORS)]
        with system.gate("encode"):
            indexing = system.index(films)
            drawn = searched(people, visitors)
        while not indexing.done():
            drawn += searched(people, visitors)
    assert [one.troubles for one in drawn if one.troubles or not one.pictures] == []
    assert len(indexing.result().indexed) == 6


def searched(people: ThreadPoolExecutor, visitors: Sequence[Session]) -> list[Drawn]:
    """Have all visitors search at once, each for something."""
    return [*people.map(Session.search, visitors, cycle(SEARCHES))]
