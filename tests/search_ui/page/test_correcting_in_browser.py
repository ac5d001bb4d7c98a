"""A person at a real browser who puts a caption right, finds it by the new words and exports."""

import csv
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.conftest import skip_or_fail
from tests.pipeline.films import shoot
from tests.workers.system import System

PATIENCE_MS = 120_000


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[System]:
    """A running system that holds one film of three shots."""
    system = System(tmp_path)
    shoot(system.films / "a.mp4", "red", "green", "blue")
    system.start()
    try:
        assert len(system.index(system.films).result().indexed) == 1
        yield system
    finally:
        system.stop()


@pytest.fixture
def visitor() -> Iterator[Page]:
    """A page in which no script may fail."""
    program = shutil.which("chromium")
    if program is None:
        skip_or_fail("browser", "there is no chromium on this machine")
    troubles: list[str] = []
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        yield page
        browser.close()
    assert not troubles


def test_from_a_wrong_caption_to_an_exported_moment(filled: System, visitor: Page) -> None:
    (service,) = (one for one in filled.running.services if one.name == "page")
    page, patient = visitor, {"timeout": PATIENCE_MS}
    video = f"{service.address}/video"

    page.goto(video)
    pictures = page.locator(".film .strip button")
    expect(pictures).to_have_count(3, **patient)
    pictures.nth(1).click()
    caption = page.get_by_label("What happens, 0:02-0:04")
    expect(caption).to_have_value("something green", **patient)
    page.wait_for_function("document.querySelector('.film video').currentTime > 2")

    caption.fill("a blue ball")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Undo corrections")).to_be_visible(**patient)
    # The fields of before stand until the new ones are drawn.
    expect(caption).to_have_count(1, **patient)
    expect(caption).to_have_value("a blue ball", **patient)

    page.goto(f"{service.address}/?q=blue")
    expect(page.get_by_text("a blue ball").first).to_be_visible(**patient)

    page.goto(video)
    page.get_by_text("Export all moments of this video").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Table, CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    captions = [row["caption"] for row in csv.DictReader(io.StringIO(text))]
    assert captions == ["something red", "a blue ball", "something blue"]
