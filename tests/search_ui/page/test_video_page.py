"""The page Video: what it shows of a film, and corrections made on it."""

import pytest
from starlette.testclient import TestClient

from catalog.interface import ClipSummary
from pipeline.browsing import find_clip
from pipeline.library import Library
from search_ui.page.category_chart import main_labels
from search_ui.page.film_media import ROUTE, film_url, stretches_url
from tests.search_ui.page.drawn import video_page


def clips(library: Library, number: int = 0) -> list[ClipSummary]:
    video = library.store.videos()[number]
    return [*map(ClipSummary.of, library.store.clips_of(video.video_id))]


def page_at(clip: ClipSummary):
    page = video_page()
    page.query_params["v"] = clip.video_id
    page.query_params["m"] = clip.clip_id
    return page.run()


def press(page, label: str):
    return next(button for button in page.button if button.label == label).click().run()


def said(library: Library, clip: ClipSummary) -> tuple[str, set[str]]:
    record = find_clip(library.store, clip.clip_id)
    assert record is not None
    described = record.description
    return described.caption.text, {category.label for category in described.categories}


def test_a_link_leads_to_a_moment_of_a_video(filled: Library) -> None:
    second = clips(filled, 1)[1]

    page = page_at(second)

    assert not page.exception
    assert page.selectbox(key="video to show").value == second.video_id
    assert page.text_area[0].value == second.caption == "something red"
    assert page.multiselect[0].value == ["red"]
    assert "2 moments" in page.caption[0].value


def test_a_caption_and_labels_are_put_right_and_taken_back(filled: Library) -> None:
    clip = clips(filled)[1]
    page = page_at(clip)

    page.text_area[0].set_value("a blue ball")
    page.multiselect[0].set_value(["red"])
    press(page, "Save")

    assert not page.exception
    assert said(filled, clip) == ("a blue ball", {"red"})
    assert page.text_area[0].value == "a blue ball"
    press(page, "Undo corrections")
    assert said(filled, clip) == ("something green", {"green"})
    assert page.text_area[0].value == "something green"
    assert "Undo corrections" not in {button.label for button in page.button}


def test_an_empty_caption_is_refused_in_words(filled: Library) -> None:
    clip = clips(filled)[0]
    page = page_at(clip)

    page.text_area[0].set_value("  ")
    press(page, "Save")

    assert "caption is empty" in page.warning[0].value
    assert said(filled, clip) == ("something red", {"red"})


@pytest.mark.parametrize("asked", [{"v": "gone"}, {"m": "x:1"}, {"v": "../..", "m": "<b>"}])
def test_a_link_that_leads_nowhere_breaks_nothing(filled: Library, asked: dict[str, str]) -> None:
    page = video_page()
    for name, value in asked.items():
        page.query_params[name] = value
    page.run()

    assert not page.exception
    assert page.text_area[0].value == "something red"


def test_films_are_served_in_ranges_and_in_stretches(filled: Library) -> None:
    video = filled.store.videos()[0]
    content = video.path.read_bytes()
    client = TestClient(ROUTE)

    whole = client.get(film_url(video.video_id), headers={"Range": "bytes=10-19"})
    stretch = client.get(stretches_url(video.video_id) + "0")

    assert (whole.status_code, whole.content) == (206, content[10:20])
    assert whole.headers["content-type"] == "video/mp4"
    assert (stretch.status_code, stretch.content[4:8]) == (200, b"ftyp")


def test_nothing_but_films_of_the_library_is_served(filled: Library) -> None:
    video = filled.store.videos()[0]
    client = TestClient(ROUTE)
    url = film_url(video.video_id)

    for wrong in (
        url.replace("/films/", "/films/x"),
        film_url("0" * 32),
        film_url("..%2f..%2fetc"),
        stretches_url(video.video_id) + "1",
        stretches_url(video.video_id) + "9999999999",
    ):
        assert client.get(wrong).status_code == 404
    video.path.unlink()
    answer = client.get(url)
    assert (answer.status_code, "gone from its place" in answer.text) == (404, True)


def test_the_labels_that_fill_most_time_come_first(filled: Library) -> None:
    assert main_labels(clips(filled)) == ["red", "green"]
