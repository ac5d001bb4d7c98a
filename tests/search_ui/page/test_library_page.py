"""The page Library: adding, and removing after a second question."""

import time
from pathlib import Path

from pipeline.library import Library
from search_ui.page.adding import Additions
from search_ui.page.opened import opened
from tests.pipeline.films import shoot
from tests.search_ui.page.drawn import PATIENCE_SECONDS, library_page

ADD, PATH = "Add", "folder to add"


def wait_until_done(additions: Additions) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not all(addition.is_done for addition in additions.all()):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def add(path: str):
    page = library_page().run()
    page.text_input(key=PATH).set_value(path)
    next(button for button in page.button if button.label == ADD).click().run()
    return page


def test_a_folder_is_added_and_its_broken_files_are_named(library: Library, tmp_path: Path) -> None:
    shoot(tmp_path / "films" / "a.mp4", "red", "green")
    (tmp_path / "films" / "page.mp4").write_text("<html>not a film</html>")

    page = add(str(tmp_path / "films"))
    wait_until_done(opened().additions)
    page.run()

    assert not page.exception
    assert [video.path.name for video in library.store.videos()] == ["a.mp4"]
    (error,) = page.error
    assert "page" in error.value
    assert {"Try again", "Dismiss"} <= {button.label for button in page.button}


def test_paths_that_are_not_there_are_refused_at_once(library: Library) -> None:
    assert "there is no such file" in add("/no/such/folder").warning[0].value
    assert "whole path" in add("films").warning[0].value
    assert opened().additions.all() == []


def test_a_video_is_removed_after_a_second_question(filled: Library) -> None:
    video = filled.store.videos()[0]
    page = library_page().run()
    assert "Remove from library" not in {button.label for button in page.button}

    page.selectbox(key="video to remove").set_value(video.video_id).run()
    press(page, "Remove from library")
    assert video in filled.store.videos()
    press(page, "Keep it")
    assert video in filled.store.videos()
    press(page, "Remove from library")
    press(page, "Yes, forget it")

    assert not page.exception
    assert video.video_id not in {left.video_id for left in filled.store.videos()}
    assert video.path.exists()


def press(page, label: str) -> None:
    next(button for button in page.button if button.label == label).click().run()
