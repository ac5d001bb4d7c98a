"""Every page at a real browser, light and dark: readable by all, and silent in the console."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pipeline.films import shoot
from tests.search_ui.page.browsing import PATIENCE_MS, faults, quiet_page
from tests.workers.system import System

BROWSE = {
    "Categories": ".label-samples",
    "Map": "[data-testid=stVegaLiteChart] .marks",
    "Words": "text=What the captions speak of",
    "Videos": ".video-cards",
    "Dates": "h2.clip-video",
}
"""The ways to browse, and what is there when each is drawn."""

themes = pytest.mark.parametrize("theme", ["light", "dark"])


@pytest.fixture(scope="module")
def filled(system: System) -> None:
    """Put two films and a file that is none into the library."""
    shoot(system.films / "a.mp4", "red", "green", "blue")
    shoot(system.films / "b.mp4", "blue", "red")
    (system.films / "page.mp4").write_text("<html>no film</html>")
    assert len(system.index(system.films).result().indexed) == 2


@themes
def test_the_first_run(address: str, browser: Browser, theme: str) -> None:
    with quiet_page(browser, theme=theme) as page:
        page.goto(address)
        see(page, "text=This library is empty")
        assert faults(page) == []


@themes
@pytest.mark.usefixtures("filled")
def test_a_library_with_films(address: str, browser: Browser, theme: str) -> None:
    with quiet_page(browser, theme=theme) as page:
        found = {
            "search": search(page, address),
            "library": library(page, address),
            **browse(page, address),
            "video": video(page, address),
        }
    assert {name: these for name, these in found.items() if these} == {}


def search(page: Page, address: str) -> list[str]:
    page.goto(f"{address}/?q=blue&category=blue")
    see(page, ".st-key-filter-colour")
    on_page = faults(page)
    page.locator(".clip-card .play").first.click()
    see(page, "[role=dialog] .bars button")
    return on_page + faults(page)


def library(page: Page, address: str) -> list[str]:
    page.goto(f"{address}/library")
    see(page, "text=3 videos, 5 clips")
    for part in ("Encoder", "Health"):
        page.get_by_text(part, exact=True).first.click()
    see(page, "text=catalog-writer")
    return faults(page)


def browse(page: Page, address: str) -> dict[str, list[str]]:
    page.goto(f"{address}/browse")
    found = {}
    for way, ready in BROWSE.items():
        page.get_by_role("radio", name=way).click()
        see(page, ready)
        found[way] = faults(page)
    return found


def video(page: Page, address: str) -> list[str]:
    page.goto(f"{address}/video")
    see(page, ".film .strip button")
    see(page, "[data-testid=stVegaLiteChart] .marks")
    page.get_by_text("Export all moments of this video").click()
    see(page, "text=Table, CSV")
    return faults(page)


def see(page: Page, what: str) -> None:
    expect(page.locator(what).first).to_be_visible(timeout=PATIENCE_MS)
