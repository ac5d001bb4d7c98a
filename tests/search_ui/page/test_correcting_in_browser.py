"""A person at a real browser who puts a caption right, finds it by the new words and exports."""

import csv
import io

from playwright.sync_api import Page, expect

from tests.pipeline.films import shoot
from tests.search_ui.page.browsing import PATIENCE_MS
from tests.workers.system import System


def test_from_a_wrong_caption_to_an_exported_moment(
    system: System, address: str, page: Page
) -> None:
    shoot(system.films / "a.mp4", "red", "green", "blue")
    assert len(system.index(system.films).result().indexed) == 1
    patient = {"timeout": PATIENCE_MS}
    video = f"{address}/video"

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

    page.goto(f"{address}/?q=blue")
    expect(page.get_by_text("a blue ball").first).to_be_visible(**patient)

    page.goto(video)
    page.get_by_text("Export all moments of this video").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Table, CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    captions = [row["caption"] for row in csv.DictReader(io.StringIO(text))]
    assert captions == ["something red", "a blue ball", "something blue"]
