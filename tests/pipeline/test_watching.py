"""A watched folder and its library: whatever happens there, the catalog follows."""

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from encoder.interface import ClipDescription
from ingest.clip import Clip
from pipeline.indexing import index_paths
from pipeline.steps import QueueError
from pipeline.watching import Watch, WatchError, WatchReport, watch
from tests.fake_encoder import FakeEncoder
from tests.pipeline.films import LibraryAtHand, shoot, state
from tests.pipeline.watched import SETTLE, Watched


@pytest.fixture
def watched(library: LibraryAtHand, films: Path) -> Watched:
    return Watched(library, films)


def test_a_file_is_read_once_it_has_stopped_growing(watched: Watched) -> None:
    whole = shoot(watched.folder.parent / "a.mp4", "red").read_bytes()
    growing = watched.folder / "a.mp4"
    for part in range(1, 4):
        growing.write_bytes(whole[: len(whole) * part // 4])
        assert watched.look(later=SETTLE * 0.9) is None
    growing.write_bytes(whole)
    assert watched.look(later=SETTLE * 2) is None
    assert watched.watch.is_waiting
    report = watched.look(later=SETTLE)
    assert report is not None
    assert [video.path for video in report.index.indexed] == [growing]
    assert not watched.watch.is_waiting
    assert watched.look(later=SETTLE) is None


def test_a_rename_keeps_the_clips_without_describing_them_again(watched: Watched) -> None:
    path = shoot(watched.folder / "a.mp4", "red", "blue")
    watched.settle()
    (before,) = watched.library.store.videos()
    path.rename(shoot(watched.folder / "deep" / "other.mp4", "green").with_name("b.mp4"))
    watched.settle()
    seen = len(watched.encoder.seen)
    assert watched.names == ["deep/b.mp4", "deep/other.mp4"]
    assert watched.library.store.videos()[0].video_id == before.video_id
    assert seen == 3
    assert {c.path.name for c in watched.library.store.clips_of(before.video_id)} == {"b.mp4"}


def test_a_slow_move_between_disks_keeps_the_clips(watched: Watched) -> None:
    path = shoot(watched.folder / "a.mp4", "red")
    watched.settle()
    copy = watched.folder / "b.mp4"
    shutil.copyfile(path, copy)
    path.unlink()
    for _ in range(6):
        # The copy's times are still being set, long after the original went.
        os.utime(copy, ns=(1, int(watched.now * 1e9) + 1))
        report = watched.look(later=SETTLE * 0.9)
        assert report is None or not report.removed
    watched.settle()
    assert watched.names == ["b.mp4"]
    assert len(watched.encoder.seen) == 1


def test_a_deleted_file_loses_its_clips_and_the_others_keep_theirs(watched: Watched) -> None:
    path = shoot(watched.folder / "a.mp4", "red")
    shoot(watched.folder / "b.mp4", "blue")
    watched.settle()
    path.unlink()
    assert watched.look() is None
    assert watched.names == ["a.mp4", "b.mp4"]
    report = watched.settle()
    assert report is not None
    assert [video.path for video in report.removed] == [path]
    assert watched.names == ["b.mp4"]
    assert watched.library.store.count_clips() == 1


def test_a_file_that_was_away_for_a_moment_is_left_alone(watched: Watched) -> None:
    path = shoot(watched.folder / "a.mp4", "red")
    watched.settle()
    path.rename(watched.folder.parent / "a.mp4")
    watched.look(later=1)
    (watched.folder.parent / "a.mp4").rename(path)
    report = watched.settle()
    assert report is None or not report.removed
    assert watched.names == ["a.mp4"]
    assert len(watched.encoder.seen) == 1


def test_clips_stay_as_long_as_one_of_two_equal_files_does(watched: Watched) -> None:
    path = shoot(watched.folder / "a.mp4", "red")
    shutil.copyfile(path, watched.folder / "twin.mp4")
    watched.settle()
    path.unlink()
    watched.settle()
    assert watched.names == ["twin.mp4"]
    (watched.folder / "twin.mp4").unlink()
    watched.settle()
    assert watched.names == []
    assert len(watched.encoder.seen) == 1


def test_new_content_at_an_old_path_replaces_the_clips(watched: Watched) -> None:
    path = shoot(watched.folder / "a.mp4", "red")
    watched.settle()
    shoot(path, "blue")
    watched.settle()
    (video,) = watched.library.store.videos()
    (clip,) = watched.library.store.clips_of(video.video_id)
    assert clip.description.caption.text == "something blue"


def test_what_happened_while_nobody_watched_is_found_at_the_start(watched: Watched) -> None:
    gone, moved = shoot(watched.folder / "a.mp4", "red"), shoot(watched.folder / "b.mp4", "blue")
    watched.settle()
    gone.unlink()
    moved.rename(watched.folder / "c.mp4")
    shoot(watched.folder / "d.mp4", "green")
    watched.start()
    watched.settle()
    assert watched.names == ["c.mp4", "d.mp4"]
    assert len(watched.encoder.seen) == 3


def test_videos_elsewhere_are_none_of_its_business(watched: Watched) -> None:
    elsewhere = shoot(watched.folder.parent / "films-2" / "a.mp4", "red")
    index_paths(watched.library.open(FakeEncoder()), [elsewhere])
    elsewhere.unlink()
    shoot(watched.folder / "b.mp4", "blue")
    watched.settle()
    assert {v.path.name for v in watched.library.store.videos()} == {"a.mp4", "b.mp4"}


def test_a_bad_file_is_told_once_and_the_others_go_on(watched: Watched) -> None:
    bad = watched.folder / "bad.mp4"
    bad.write_bytes(b"no video")
    (watched.folder / "loop.mp4").symlink_to(watched.folder / "loop.mp4")
    shoot(watched.folder / "good.mp4", "red")
    report = watched.settle()
    assert report is not None
    assert [file.path for file in report.index.failed] == [bad]
    assert watched.names == ["good.mp4"]
    assert watched.settle() is None
    shoot(bad, "blue")
    watched.settle()
    assert watched.names == ["bad.mp4", "good.mp4"]


class Faulty(FakeEncoder):
    """Has a fault that only green footage reveals."""

    def describe(self, clips: Sequence[Clip]) -> list[ClipDescription]:
        described = super().describe(clips)
        if any("green" in description.caption.text for description in described):
            raise RuntimeError("cannot see green")
        return described


def test_a_fault_over_one_file_leaves_the_others(watched: Watched) -> None:
    watched.encoder = Faulty()
    for name, colour in [("a", "red"), ("b", "green"), ("c", "blue"), ("d", "red")]:
        shoot(watched.folder / f"{name}.mp4", colour, colour)
    shutil.copyfile(watched.folder / "c.mp4", watched.folder / "e.mp4")
    report = watched.settle()
    assert report is not None
    (failed,) = report.index.failed
    assert (
        failed.error == f"{watched.folder / 'b.mp4'}: RuntimeError: cannot see green; report this"
    )
    assert watched.names == ["a.mp4", "c.mp4"]


def test_a_drive_that_is_taken_away_loses_no_clips(watched: Watched) -> None:
    shoot(watched.folder / "a.mp4", "red")
    watched.settle()
    before = state(watched.library.store)
    watched.folder.rename(watched.folder.parent / "unplugged")
    assert watched.settle() is None
    (watched.folder.parent / "unplugged").rename(watched.folder)
    watched.settle()
    assert state(watched.library.store) == before
    assert len(watched.encoder.seen) == 1


def test_a_folder_that_is_empty_at_the_start_may_lack_its_drive(watched: Watched) -> None:
    path = shoot(watched.folder / "a.mp4", "red")
    watched.settle()
    path.unlink()
    watched.start()
    assert watched.settle() is None
    assert watched.names == ["a.mp4"]
    shoot(watched.folder / "b.mp4", "blue")
    watched.settle()
    assert watched.names == ["b.mp4"]


def test_trouble_with_the_catalog_passes(watched: Watched) -> None:
    shoot(watched.folder / "a.mp4", "red")
    told, reports = list[str](), list[WatchReport]()

    def seconds() -> Iterator[bool]:
        for second in range(60):
            watched.now, watched.locked = second, second < 20
            yield second == 0

    watch(
        watched.watch,
        seconds(),
        on_report=reports.append,
        on_trouble=lambda error: told.append(str(error)),
    )
    assert set(told) == {"another process has the catalog open; wait for it"}
    assert len(told) == 2
    assert [len(report.index.indexed) for report in reports] == [1]


class StoppedWorkers:
    """A queue whose workers are stopped as soon as they have an order."""

    def __init__(self) -> None:
        self.ordered: list[str] = []

    def open_video(self, video_id: str) -> None:
        self.ordered.append(video_id)

    def encode_segment(self, video_id: str, number: int) -> None:
        self.ordered.append(f"{video_id}: segment {number}")

    def store_video(self, video_id: str) -> None:
        self.ordered.append(f"{video_id}: to be stored")

    def require_workers(self) -> None:
        raise QueueError("the workers were stopped")


def test_workers_do_it_and_when_they_stop_it_is_done_here(watched: Watched) -> None:
    queue = StoppedWorkers()
    watched.queue = queue
    shoot(watched.folder / "a.mp4", "red")
    with pytest.raises(QueueError, match="stopped"):
        watched.settle()
    assert len(queue.ordered) == 1
    assert watched.encoder.seen == []
    watched.queue = None
    watched.settle()
    assert [video.video_id for video in watched.library.store.videos()] == queue.ordered
    assert watched.names == ["a.mp4"]


def test_files_are_found_where_the_system_tells_nothing(watched: Watched) -> None:
    reports = list[WatchReport]()

    def silent_seconds() -> Iterator[bool]:
        for second in range(100):
            watched.now = second
            if second == 10:
                shoot(watched.folder / "a.mp4", "red")
            yield False

    watch(watched.watch, silent_seconds(), on_report=reports.append, on_trouble=lambda error: None)
    assert [len(report.index.indexed) for report in reports] == [1]


@pytest.mark.parametrize(("name", "problem"), [("nowhere", "no such"), ("file", "not a folder")])
def test_a_folder_that_is_none_is_refused(watched: Watched, name: str, problem: str) -> None:
    (watched.folder / "file").touch()
    with pytest.raises(WatchError, match=problem) as refused:
        Watch([watched.folder / name], watched._open)
    assert str(refused.value).startswith(f"{watched.folder / name}: ")
