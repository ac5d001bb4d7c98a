"""Removing takes out what is recorded at a path, and nothing else."""

import shutil
from pathlib import Path

import pytest

from pipeline.indexing import index_paths
from pipeline.removal import remove
from tests.fake_encoder import FakeEncoder
from tests.pipeline.films import LibraryAtHand, files_under, shoot


@pytest.fixture
def indexed(library: LibraryAtHand, films: Path) -> LibraryAtHand:
    shoot(films / "a.mp4", "red", "green")
    shoot(films / "deep" / "b.mp4", "blue")
    shoot(films / "deeper.mp4", "green")
    index_paths(library.open(FakeEncoder()), [films])
    return library


def test_one_file_goes_with_clips_and_thumbnails(indexed: LibraryAtHand, films: Path) -> None:
    library = indexed.open()
    (removed,) = remove(library, [films / "a.mp4"])
    assert removed.path == films / "a.mp4"
    assert removed.clip_count == 2
    assert library.store.clips_of(removed.video_id) == []
    assert [video.path.name for video in library.store.videos()] == ["b.mp4", "deeper.mp4"]
    assert len(files_under(library.thumbnails)) == 2
    assert (films / "a.mp4").exists()


def test_a_folder_goes_with_all_that_is_under_it(indexed: LibraryAtHand, films: Path) -> None:
    library = indexed.open()
    assert [video.path.name for video in remove(library, [films / "deep"])] == ["b.mp4"]
    assert len(remove(library, [films, films / "a.mp4"])) == 2
    assert library.store.count_clips() == 0
    assert files_under(library.thumbnails) == set()


def test_files_that_are_gone_can_be_removed(
    indexed: LibraryAtHand, films: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(films)
    monkeypatch.chdir(films.parent)
    assert len(remove(indexed.open(), [Path("films/deep/../a.mp4")])) == 1


def test_what_is_not_recorded_removes_nothing(indexed: LibraryAtHand, films: Path) -> None:
    assert remove(indexed.open(), [films / "none.mp4", films.parent / "film"]) == []
    assert indexed.store.count_clips() == 4
