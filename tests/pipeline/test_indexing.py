"""Indexing brings the catalog in line with the files, and does no work twice."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.indexing import index_paths
from pipeline.reports import IndexReport, Progress
from tests.fake_encoder import FakeEncoder
from tests.pipeline.films import LibraryAtHand, files_under, shoot, state


def run(library: LibraryAtHand, *paths: Path, encoder: FakeEncoder | None = None) -> IndexReport:
    return index_paths(library.open(encoder or FakeEncoder()), paths)


def run_without_encoder(library: LibraryAtHand, *paths: Path) -> IndexReport:
    return index_paths(library.open(), paths)


def names(report: IndexReport) -> dict[str, list[str]]:
    return {
        "indexed": [video.path.name for video in report.indexed],
        "skipped": [f"{file.path.name}: {file.reason}" for file in report.skipped],
        "failed": [file.path.name for file in report.failed],
        "missing": [path.name for path in report.missing],
    }


def outcome(**lists: list[str]) -> dict[str, list[str]]:
    return {"indexed": [], "skipped": [], "failed": [], "missing": []} | lists


def spoil_unseen(path: Path) -> None:
    """Make reading `path` fail or tell, without a trace in its size and modification time."""
    status = path.stat()
    path.write_bytes(b"\0" * status.st_size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_a_new_video_is_described_clip_by_clip(library: LibraryAtHand, films: Path) -> None:
    path = shoot(films / "a.mp4", "red", "blue")
    encoder, heard = FakeEncoder(), list[Progress]()
    report = index_paths(library.open(encoder), [films], on_progress=heard.append)

    assert names(report) == outcome(indexed=["a.mp4"])
    (indexed,) = report.indexed
    (video,) = library.store.videos()
    assert (video.path, video.clip_count, video.missing) == (path, 2, False)
    assert (indexed.video_id, indexed.clips) == (video.video_id, 2)
    assert indexed.seconds == pytest.approx(4, abs=0.3)
    clips = library.store.clips_of(video.video_id)
    assert encoder.seen == [clip.clip_id for clip in clips]
    assert [clip.path for clip in clips] == [path, path]
    captions = [clip.description.caption.text for clip in clips]
    assert captions == ["something red", "something blue"]
    assert [step.clips_done for step in heard] == [0, 1, 2]
    assert heard[-1].seconds_done == pytest.approx(heard[-1].seconds_total, abs=0.3)
    assert len(files_under(library.open().thumbnails)) == 2


def test_a_second_run_reads_nothing(library: LibraryAtHand, films: Path) -> None:
    paths = [shoot(films / "a.mp4", "red"), shoot(films / "deep" / "b.mp4", "blue")]
    run(library, films)
    before = state(library.store)
    for path in paths:
        spoil_unseen(path)
    report = run_without_encoder(library, films)
    assert names(report) == outcome(skipped=["a.mp4: unchanged", "b.mp4: unchanged"])
    assert state(library.store) == before


def test_a_touched_file_is_recognised_by_its_content(library: LibraryAtHand, films: Path) -> None:
    path = shoot(films / "a.mp4", "red")
    run(library, films)
    os.utime(path, ns=(1, 1_600_000_000_000_000_001))
    assert names(run_without_encoder(library, films)) == outcome(skipped=["a.mp4: unchanged"])
    assert library.store.videos()[0].modified_ns == 1_600_000_000_000_000_001
    spoil_unseen(path)
    assert names(run_without_encoder(library, films)) == outcome(skipped=["a.mp4: unchanged"])


def test_the_size_of_a_picture_is_noted_late_where_it_was_not(
    library: LibraryAtHand, films: Path
) -> None:
    shoot(films / "a.mp4", "red")
    run(library, films)
    (video,) = library.store.videos()
    assert (video.width, video.height) == (64, 48)
    library.store.upsert_video(replace(video, width=0, height=0))

    assert names(run_without_encoder(library, films)) == outcome(skipped=["a.mp4: unchanged"])
    assert library.store.videos() == [video]


def test_a_moved_file_keeps_its_clips(library: LibraryAtHand, films: Path) -> None:
    old = shoot(films / "a.mp4", "red", "green")
    run(library, films)
    new = films / "moved" / "b.mp4"
    new.parent.mkdir()
    old.rename(new)
    assert names(run_without_encoder(library, films)) == outcome(
        skipped=[f"b.mp4: moved from {old}"]
    )
    (video,) = library.store.videos()
    assert (video.path, video.missing) == (new, False)
    assert {clip.path for clip in library.store.clips_of(video.video_id)} == {new}
    assert library.store.count_clips() == 2


def test_files_that_swapped_names_keep_their_clips(library: LibraryAtHand, films: Path) -> None:
    red, blue = shoot(films / "a.mp4", "red", "red"), shoot(films / "b.mp4", "blue")
    run(library, films)
    red.rename(films / "spare")
    blue.rename(red)
    (films / "spare").rename(blue)
    report = run_without_encoder(library, films)
    assert [file.path for file in report.skipped] == [red, blue]
    assert library.store.count_clips() == 3
    (hit,) = library.store.search(FakeEncoder().embed_texts(["blue"])[0], limit=1)
    assert hit.record.path == red


def test_a_name_taken_over_keeps_both_contents(library: LibraryAtHand, films: Path) -> None:
    path = shoot(films / "b.mp4", "red")
    run(library, films)
    path.rename(films / "c.mp4")
    shoot(path, "blue")
    encoder = FakeEncoder()
    report = run(library, films, encoder=encoder)
    assert names(report) == outcome(indexed=["b.mp4"], skipped=[f"c.mp4: moved from {path}"])
    assert len(encoder.seen) == 1
    assert [video.path.name for video in library.store.videos()] == ["b.mp4", "c.mp4"]


def test_a_second_copy_is_skipped_and_names_the_first(library: LibraryAtHand, films: Path) -> None:
    first = shoot(films / "a.mp4", "red")
    shutil.copy(first, films / "b.mp4")
    for attempt in ("in the same run", "in a later run"):
        report = run(library, films)
        assert f"b.mp4: same content as {first}" in names(report)["skipped"], attempt
        assert [video.path for video in library.store.videos()] == [first]
        assert library.store.count_clips() == 1
    first.unlink()
    assert names(run_without_encoder(library, films)) == outcome(
        skipped=[f"b.mp4: moved from {first}"]
    )


def test_a_changed_file_is_replaced(library: LibraryAtHand, films: Path) -> None:
    path = shoot(films / "a.mp4", "red", "red")
    run(library, films)
    thumbnails = files_under(library.open().thumbnails)
    shoot(path, "blue")
    assert names(run(library, films)) == outcome(indexed=["a.mp4"])
    (video,) = library.store.videos()
    assert (video.path, library.store.count_clips()) == (path, 1)
    (clip,) = library.store.clips_of(video.video_id)
    assert clip.description.caption.text == "something blue"
    now = files_under(library.open().thumbnails)
    assert len(now) == 1
    assert not now & thumbnails


def test_a_changed_file_that_fails_keeps_its_entry(library: LibraryAtHand, films: Path) -> None:
    path = shoot(films / "a.mp4", "red")
    run(library, films)
    before = state(library.store)
    path.write_bytes(b"no video any more")
    assert names(run_without_encoder(library, films)) == outcome(failed=["a.mp4"])
    assert state(library.store) == before


def test_what_a_cut_short_change_left_behind_goes(library: LibraryAtHand, films: Path) -> None:
    path = shoot(films / "a.mp4", "red")
    run(library, films)
    shoot(path, "blue")
    unlucky = shoot(films / "b.mp4", "green")

    def stop_there(progress: Progress) -> None:
        if progress.path == unlucky:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index_paths(library.open(FakeEncoder()), [films], on_progress=stop_there)
    unlucky.unlink()
    assert [video.path for video in library.store.videos()] == [path, path]
    assert names(run_without_encoder(library, films)) == outcome(skipped=["a.mp4: unchanged"])
    (video,) = library.store.videos()
    (clip,) = library.store.clips_of(video.video_id)
    assert clip.description.caption.text == "something blue"
    assert library.store.count_clips() == 1


@pytest.mark.parametrize("given", ["file", "folder"])
def test_a_lost_file_is_missing_until_it_returns(
    library: LibraryAtHand, films: Path, given: str
) -> None:
    path, other = shoot(films / "a.mp4", "red"), shoot(films / "b.mp4", "blue")
    run(library, films)
    given_path = path if given == "file" else films
    path.rename(films / "a.away")
    report = run_without_encoder(library, given_path)
    assert report.missing == [path]
    assert report.failed == []
    assert [video.missing for video in library.store.videos()] == [True, False]
    assert library.store.count_clips() == 2
    (films / "a.away").rename(path)
    report = run_without_encoder(library, given_path)
    assert report.missing == []
    assert [video.missing for video in library.store.videos()] == [False, False]
    assert other.exists()


def test_a_lost_file_elsewhere_is_left_alone(
    library: LibraryAtHand, films: Path, tmp_path: Path
) -> None:
    elsewhere = shoot(tmp_path / "elsewhere" / "a.mp4", "red")
    shoot(films / "b.mp4", "blue")
    run(library, films, elsewhere)
    elsewhere.unlink()
    assert names(run_without_encoder(library, films)) == outcome(skipped=["b.mp4: unchanged"])
    assert not any(video.missing for video in library.store.videos())


def test_a_lost_folder_takes_its_videos_along(library: LibraryAtHand, films: Path) -> None:
    shoot(films / "a.mp4", "red")
    run(library, films)
    shutil.rmtree(films)
    assert names(run_without_encoder(library, films)) == outcome(missing=["a.mp4"])


def test_bad_files_do_not_stop_the_good_ones(library: LibraryAtHand, films: Path) -> None:
    shoot(films / "b.mp4", "red")
    (films / "a.mp4").write_bytes(b"not a video at all" * 100)
    (films / "c.mp4").write_bytes(b"")
    shoot(films / "d.mp4", "blue")
    report = run(library, films)
    assert names(report) == outcome(indexed=["b.mp4", "d.mp4"], failed=["a.mp4", "c.mp4"])
    for failed in report.failed:
        assert str(failed.path) in failed.error
        assert "\n" not in failed.error
    assert library.store.count_clips() == 2


def test_a_path_that_is_not_there_is_a_failed_file(library: LibraryAtHand, films: Path) -> None:
    shoot(films / "a.mp4", "red")
    report = run(library, films / "none.mp4", films)
    assert names(report) == outcome(indexed=["a.mp4"], failed=["none.mp4"])


def test_paths_that_overlap_count_once(library: LibraryAtHand, films: Path) -> None:
    path = shoot(films / "a.mp4", "red")
    (films.parent / "link").symlink_to(films)
    report = run(library, films, path, films.parent / "link")
    assert names(report) == outcome(indexed=["a.mp4"])


def test_left_over_clips_go_before_a_video_is_indexed(
    library: LibraryAtHand, films: Path, tmp_path: Path
) -> None:
    path = shoot(films / "a.mp4", "red", "green", "blue")
    fine = LibraryAtHand(tmp_path / "fine")
    fine.settings = fine.settings.model_copy(update={"clip_max_seconds": 1.0})
    run(fine, films)
    (video,) = fine.store.videos()
    left_over = fine.store.clips_of(video.video_id)
    library.store.upsert_clips(left_over)
    run(library, path)
    (video,) = library.store.videos()
    assert library.store.count_clips() == video.clip_count < len(left_over)


def test_a_video_that_fails_half_way_leaves_nothing(
    library: LibraryAtHand, films: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.indexing.CLIPS_PER_WRITE", 1)
    path = shoot(films / "a.mp4", *["red", "green"] * 12)  # more clips than are read ahead
    opened = library.open(FakeEncoder())
    stored = list[int]()

    def spoil_thumbnails(progress: Progress) -> None:
        if progress.clips_done == 2:
            stored.append(library.store.count_clips())
            shutil.rmtree(opened.thumbnails)
            opened.thumbnails.write_text("in the way")

    report = index_paths(opened, [films], on_progress=spoil_thumbnails)
    assert [failed.path for failed in report.failed] == [path]
    assert str(path) in report.failed[0].error
    assert stored == [2]
    assert library.store.count_clips() == 0
    assert library.store.videos() == []
