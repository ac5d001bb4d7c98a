"""Videos in a store are indexed like files, and followed when they move."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.indexing import index_paths
from pipeline.removal import remove
from pipeline.reports import IndexReport
from tests.fake_encoder import FakeEncoder
from tests.ingest.store import Store, running_store
from tests.pipeline.films import LibraryAtHand, shoot

FILMS = Path("s3://bucket/films")


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with running_store() as store:
        yield store


def run(library: LibraryAtHand, *paths: Path) -> IndexReport:
    return index_paths(library.open(FakeEncoder()), paths)


def test_a_folder_in_a_store_is_indexed_and_followed(
    library: LibraryAtHand, films: Path, store: Store
) -> None:
    content = shoot(films / "a.mp4", "red", "blue").read_bytes()
    store.put("films/a.mp4", content)
    store.put("films/bad.mp4", b"no video")
    report = run(library, FILMS)
    assert [video.path for video in report.indexed] == [FILMS / "a.mp4"]
    (failed,) = report.failed
    assert failed.error.startswith("s3://bucket/films/bad.mp4: is not a video")
    (video,) = library.store.videos()
    clips = library.store.clips_of(video.video_id)
    assert [clip.path for clip in clips] == [FILMS / "a.mp4"] * 2

    again = run(library, FILMS)
    assert [file.reason for file in again.skipped] == ["unchanged"]
    here = run(library, films)
    assert [file.reason for file in here.skipped] == ["same content as s3://bucket/films/a.mp4"]

    store.put("films/new name.mp4", content)
    store.delete("films/a.mp4")
    moved = run(library, FILMS)
    assert [file.reason for file in moved.skipped] == ["moved from s3://bucket/films/a.mp4"]
    store.delete("films/new name.mp4")
    assert run(library, FILMS).missing == [FILMS / "new name.mp4"]
    assert len(remove(library.open(), [FILMS])) == 1
    assert library.store.count_clips() == 0


def test_a_store_that_does_not_answer_leaves_the_library_as_it_is(
    library: LibraryAtHand, films: Path
) -> None:
    with running_store() as store:
        store.put("films/a.mp4", shoot(films / "a.mp4", "red").read_bytes())
        run(library, FILMS)
        store.stop()
        report = run(library, FILMS)
    assert report.missing == []
    (failed,) = report.failed
    assert failed.error.startswith("s3://bucket/films: cannot be reached now (")
    assert [video.missing for video in library.store.videos()] == [False]


def test_a_bucket_that_does_not_exist_is_one_line(library: LibraryAtHand, store: Store) -> None:
    (failed,) = run(library, Path("s3://nowhere/films")).failed
    assert failed.error == "s3://nowhere/films: there is no such file or folder; check the name"
