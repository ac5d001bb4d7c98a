"""The page Library: adding, and removing after a second question."""

import importlib.util
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.indexing import index_paths
from pipeline.library import Library
from search_ui.page.adding import Additions
from search_ui.page.opened import opened
from tests.deployment.machine import PASSWORD, all_services, broker, new_machine
from tests.pipeline.films import shoot
from tests.search_ui.page.drawn import PATIENCE_SECONDS, library_page, search_page
from workers.application import application

ADD, PATH = "Add", "folder to add"


def wait_until_done(additions: Additions) -> None:
    wait_for(lambda: all(addition.is_done for addition in additions.all()))


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

    page.selectbox(key="chosen video").set_value(video.video_id).run()
    press(page, "Remove from library")
    assert video in filled.store.videos()
    press(page, "Keep it")
    assert video in filled.store.videos()
    press(page, "Remove from library")
    press(page, "Yes, forget it")

    assert not page.exception
    assert video.video_id not in {left.video_id for left in filled.store.videos()}
    assert video.path.exists()


def test_an_uploaded_file_goes_with_its_video(library: Library) -> None:
    path = shoot(library.settings.uploads / "a.mp4", "red")
    index_paths(library, [path])
    (video,) = library.store.videos()

    page = library_page().run()
    page.selectbox(key="chosen video").set_value(video.video_id).run()
    press(page, "Remove from library")
    assert "uploaded file is deleted" in page.warning[0].value
    press(page, "Yes, forget it")

    assert not page.exception
    assert not path.exists()


def test_what_failed_is_tried_again(library: Library, tmp_path: Path) -> None:
    path = shoot(tmp_path / "films" / "a.mp4", "red")
    index_paths(library, [path])
    path.rename(tmp_path / "elsewhere.mp4")
    index_paths(library, [path])
    assert library.store.videos()[0].missing
    page = library_page().run()

    (tmp_path / "elsewhere.mp4").rename(path)
    press(page, "Try all 1 again")
    wait_until_done(opened().additions)

    assert not page.exception
    assert not library.store.videos()[0].missing


def test_a_watched_folder_is_kept_in_line(library: Library, tmp_path: Path) -> None:
    path = shoot(tmp_path / "films" / "a.mp4", "red")
    page = library_page().run()
    page.text_input(key=PATH).set_value(str(path.parent))
    page.checkbox(key="watch the folder to add").check()
    press(page, ADD)
    assert not page.exception
    watching = opened().watching
    assert watching.folders.all() == [path.parent]

    watching.start(library)
    try:
        wait_for(library.store.videos)
        path.unlink()
        wait_for(lambda: watching.removed)
        shoot(tmp_path / "films" / "b.mp4", "blue")
        (tmp_path / "films" / "page.mp4").write_text("<html>not a film</html>")
        wait_for(lambda: watching.failed and library.store.videos())
    finally:
        watching.stop()
    assert "page.mp4" in watching.failed[0].error

    press(unfolded("watched"), "Watch no more")
    assert watching.folders.all() == []
    assert [video.path.name for video in library.store.videos()] == ["b.mp4"]


def test_sample_footage_is_one_click_away(library: Library) -> None:
    page = search_page().run()
    press(page, "Try it on sample footage")
    wait_until_done(opened().additions)

    assert not page.exception
    assert len(library.store.videos()) == 5
    assert search_page().run().header.values == []


def test_without_sample_footage_the_page_says_how_to_get_it(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    page = search_page().run()

    assert not page.exception
    assert "clipseek[demo]" in page.caption[0].value
    assert "Try it on sample footage" not in {button.label for button in page.button}


def test_moving_to_an_encoder_that_does_not_exist_changes_nothing(filled: Library) -> None:
    page = unfolded("encoder")
    page.text_input(key="encoder to move to").set_value("no/such/one")
    press(page, "Move")
    wait_for(lambda: opened().move.error)
    page.run()

    assert "'no/such/one'" in opened().move.error
    assert any("no/such/one" in error.value for error in page.error)


def test_the_machine_is_checked_on_request(filled: Library) -> None:
    page = unfolded("health")
    press(page, "Check this machine")

    assert not page.exception
    assert "decoder" in {*page.table[-1].value["Check"]}


def test_workers_without_a_supervisor_are_those_that_the_broker_knows(
    filled: Library, tmp_path: Path
) -> None:
    machine = new_machine(tmp_path)
    address = f"redis://:{PASSWORD}@127.0.0.1:{machine.redis}/0"
    filled.settings = filled.settings.model_copy(update={"broker_url": address})
    with broker(all_services(), machine):
        page = unfolded("health")
        assert [*page.table[0].value["Service"]] == ["catalog", "broker"]
        assert "No worker is connected" in page.warning[0].value
        with application(address, worker="encode one").connection_for_write() as worker:
            worker.default_channel.client.ping()
            page.run()
        assert [*page.table[0].value["Service"]][2].startswith("encode one@")
        assert not page.warning
    page.run()
    assert "the broker does not answer" in page.error[0].value


def unfolded(part: str):
    """The page with one of its folded parts open."""
    page = library_page()
    page.session_state[part] = True
    return page.run()


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def press(page, label: str) -> None:
    next(button for button in page.button if button.label == label).click().run()
